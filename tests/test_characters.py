"""Character n-grams: probabilities that add up, kept in a file, and worth something to a reader."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from common.errors import MissingPartError
from models.beam import Search, search
from models.characters import END, START, Characters, any_text, count_ngrams, read_ngrams
from models.charset import default_charset

TEXTS = ["Nguyễn Văn Tư", "Nguyễn Thị Tư", "Trần Văn Ba", "Ngô Văn Tám"]


def _weight(language: Characters, text: str) -> float:
    state = language.start
    for letter in text:
        state = language.step(state, letter)
    return language.end(state)


def test_what_may_follow_adds_up_to_one() -> None:
    ngrams = count_ngrams(TEXTS, least=(1,) * 6)
    for before in ("", "n", "văn ", START * 5, "nguyễ"):
        total = sum(ngrams.share(before, letter) for letter in ngrams.letters)
        assert total == pytest.approx(1)
    assert ngrams.share("nguyễ", "n") > 0.5 > ngrams.share("nguyễ", "ă") > 0
    assert ngrams.share("văn", " ") > ngrams.share("văn", END)


def test_letters_never_seen_stay_possible() -> None:
    language = Characters([count_ngrams(TEXTS)])
    assert math.isfinite(_weight(language, "Жж 漢"))


def test_the_file_gives_the_same_shares(tmp_path: Path) -> None:
    ngrams = count_ngrams(TEXTS, least=(1,) * 6)
    ngrams.save(tmp_path / "x.npz")
    again = read_ngrams(tmp_path / "x.npz")
    contexts = [text.lower()[at : at + 5] for text in TEXTS for at in range(6)]
    assert [again.share(c, "n") for c in contexts] == [ngrams.share(c, "n") for c in contexts]
    with pytest.raises(MissingPartError):
        read_ngrams(tmp_path / "none.npz")


def test_the_language_of_a_line_shows_in_its_shares() -> None:
    language = any_text()
    shares = []
    for text in ("procuration par madame veuve", "Nguyễn Thị Hồng, ấp Bình Hòa"):
        state = language.start
        for letter in text:
            state = language.step(state, letter)
        shares.append(state.shares)
    (french, _), (_, vietnamese) = shares
    assert french > 0.99 and vietnamese > 0.99


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("Procuration par Madame", "Pracuratian par Modome"), ("Nguyễn Thị Lựu", "Nguyên Thí Lụu")],
)
def test_a_doubtful_reading_is_decided_by_its_letters(right: str, wrong: str) -> None:
    """Frames that find the wrong letters a little likelier are read rightly all the same."""
    charset = default_charset()
    shares = np.full((3 * len(right), len(charset)), 1e-5)
    shares[:, 0] = 0.98
    for at, (good, bad) in enumerate(zip(right, wrong, strict=True)):
        shares[3 * at + 1, 0] = 0.01
        shares[3 * at + 1, charset.encode(bad)[0]] += 0.52
        shares[3 * at + 1, charset.encode(good)[0]] += 0.45
    log_probs = np.log(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    found = search(log_probs, charset, any_text(), Search(strength=0.5))
    assert found[0][0] == right
