"""Register texts: every kind, readable by the charset, varied, in form."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest

from common.errors import UsageError
from common.text import vietnamese_letters
from models.charset import default_charset
from models.synth.chance import late_tone
from models.synth.french import french_number
from models.synth.syllables import random_syllables
from models.synth.texts import KINDS, can_chi, random_text


def texts(kind: str | None, count: int, seed: int = 1) -> list[str]:
    rng = np.random.default_rng(seed)
    return [random_text(rng, kind) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_readable_nfc_and_varied(kind: str) -> None:
    drawn = texts(kind, 300)
    charset = default_charset()
    for text in drawn:
        assert text and text == text.strip() and "  " not in text
        assert text == unicodedata.normalize("NFC", text)
        assert charset.covers(text), text
        assert "{" not in text
    assert len(set(drawn)) >= (12 if kind in ("sex", "ditto", "nationality", "relation") else 50)


def test_the_same_seed_draws_the_same_texts() -> None:
    assert texts(None, 50) == texts(None, 50)
    assert texts(None, 50) != texts(None, 50, seed=2)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="horoscope"):
        random_text(np.random.default_rng(0), "horoscope")


def test_every_vietnamese_letter_is_met_often_enough_to_be_learnt() -> None:
    written = "".join(texts("syllables", 8000)) + "".join(texts("person_name", 2000))
    counts = {letter: written.count(letter) for letter in vietnamese_letters()}
    assert min(counts[c] for c in counts if c == c.lower()) >= 5, counts


def test_a_syllable_carries_at_most_one_tone_and_stops_only_sharp_or_heavy() -> None:
    rng = np.random.default_rng(3)
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    for _ in range(3000):
        syllable = random_syllables(rng, 1)
        found = [c for c in unicodedata.normalize("NFD", syllable) if c in tones]
        assert len(found) <= 1, syllable
        if syllable.endswith(("c", "ch", "p", "t")) and found:
            assert found[0] in ("\u0301", "\u0323"), syllable


def test_dates_and_numbers_look_like_dates_and_numbers() -> None:
    assert all(re.search(r"\d", text) for text in texts("date_figures", 300))
    words = texts("date_words", 500)
    assert not any(re.search(r"\d", text) for text in words)
    assert not any(re.search(r"tháng$", text) for text in words)
    assert sum("năm một" in text for text in words) > 100
    assert all(sum(c.isdigit() for c in text) >= 6 for text in texts("id_number", 300))


@pytest.mark.parametrize(
    ("early", "late"),
    [("Hòa Thúy", "Hoà Thuý"), ("HÓA", "HOÁ"), ("Hoàn Quý Thuận", "Hoàn Quý Thuận"),
     ("khỏe-mạnh", "khoẻ-mạnh"), ("Nguyễn", "Nguyễn"), ("Hòa-hảo", "Hoà-hảo")],
)  # fmt: skip
def test_late_tone(early: str, late: str) -> None:
    assert late_tone(early) == late


def test_old_style_is_written_too() -> None:
    names = texts("person_name", 1000)
    hyphenated = [name for name in names if re.search(r"^\w+-\w+-\w+$", name)]
    assert 0.08 < len(hyphenated) / len(names) < 0.4
    assert any(name.isupper() for name in names) and any(name.islower() for name in names)
    assert {"tỉnh", "huyện", "xã"} <= set(" ".join(texts("address", 400)).split())


def test_french_numbers_and_years_of_the_cycle() -> None:
    written = {1: "un", 21: "vingt et un", 34: "trente-quatre", 71: "soixante et onze",
               75: "soixante-quinze", 80: "quatre-vingts", 91: "quatre-vingt-onze"}  # fmt: skip
    assert {n: french_number(n) for n in written} == written
    assert (can_chi(1954), can_chi(1924), can_chi(1984)) == ("Giáp Ngọ", "Giáp Tý", "Giáp Tý")
