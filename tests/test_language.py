"""How likely a text is before it is read, and reading with that: lexicons are soft evidence."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pytest

from models import vietnamese
from models.beam import Search, search
from models.charset import Charset
from models.ctc import LogProbs, greedy, score
from models.handwriting import HandwritingReader
from models.language import END, Habits, Language, Letters, NGrams, masses, spellings
from models.lexicon_reader import LexiconReader
from models.reading import Reading
from models.weights import Calibration


def test_what_begins_a_word_has_the_mass_of_all_words_that_do() -> None:
    found = masses({"an": 3.0, "anh": 1.0})
    assert found["a"] == found["an"] == 1.0
    assert found["an" + END] == 0.75 and found["anh" + END] == 0.25


def test_both_places_of_a_tone_are_one_word() -> None:
    assert spellings("hòa") == spellings("hoà") == ("hòa", "hoà")
    assert spellings("quý") == ("quý",)
    places = vietnamese.places()
    assert places.weight("Khánh Hòa") == pytest.approx(places.weight("Khánh Hoà"), abs=0.01)


def test_what_follows_a_word_shares_one() -> None:
    ngrams = NGrams([(["a", "b", "c"], 2.0), (["a", "b", "d"], 1.0), (["b", "c"], 1.0)], 2)
    for before in ((), ("a",), ("a", "b"), ("x",), ("x", "b")):
        found = ngrams(before)
        assert sum(share for share, _ in found) == pytest.approx(1.0)
        ends = [sum(p for word, p in known.items() if word.endswith(END)) for _, known in found]
        assert ends == pytest.approx([1.0] * len(found))
    after = dict.fromkeys("abcd", 0.0)
    for share, known in ngrams(("a", "b")):
        for word in after:
            after[word] += share * known.get(word + END, 0.0)
    assert after["c"] > after["d"] > after["a"] > 0


def test_the_share_of_a_new_words_letters_is_at_most_one() -> None:
    letters = Letters(["an", "anh", "ba"])
    known = "abcdefghijklmnopqrstuvwxyz" + END
    for word in ("", "a", "an"):
        assert 0.9 < sum(letters(word, letter) for letter in known) < 1.05


@pytest.mark.parametrize(
    ("usual", "odd"),
    [
        ("Lương Lỗ, Thanh Ba, Phú Thọ", "Lương Lê, Thanh Ba, Phú Thọ"),
        ("Vũng Liêm, Vĩnh Long", "Vũng Liêm, Vĩnh Lo"),
    ],
)
def test_communes_are_likely_in_their_districts(usual: str, odd: str) -> None:
    places = vietnamese.places()
    assert places.weight(usual) > places.weight(odd) + 5


class Anything:
    """A language in which every text weighs the same; its only state is itself."""

    weight = 0.0

    @property
    def start(self) -> Anything:
        return self

    def step(self, state: object, letter: str) -> Anything:
        return self

    def end(self, state: object) -> float:
        return 0.0

    def following(self, state: object) -> Iterable[str] | None:
        return None


def likeliest(line: LogProbs, charset: Charset) -> tuple[str, float]:
    """The likeliest text in lower case, over every path: the definition itself."""
    sums: dict[str, float] = {}
    for path in itertools.product(range(line.shape[1]), repeat=len(line)):
        folded = [0 if k == 0 else ord(charset.decode([k]).lower()) for k in path]
        text = "".join(chr(k) for k, _ in itertools.groupby(folded) if k)
        share = math.exp(sum(float(line[t, k]) for t, k in enumerate(path)))
        sums[text] = sums.get(text, 0.0) + share
    return max(sums.items(), key=lambda item: item[1])


@pytest.mark.parametrize("seed", range(5))
def test_without_weights_the_beam_finds_the_likeliest_text(seed: int) -> None:
    charset = Charset(" aAb")
    logits = np.random.default_rng(seed).normal(0, 1.5, (5, 5))
    line = (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)).astype(np.float32)
    found = search(line, charset, Anything(), Search(width=200, floor=0.0, letters=10))
    assert found[0][0].lower() == likeliest(line, charset)[0]


def written(text: str, charset: Charset, doubt: float = 0.0, other: str = "") -> LogProbs:
    """A line that reads ``text``, its last letter with some share of another."""
    rows = []
    for place, letter in enumerate(text):
        row = np.full(len(charset), 1e-6)
        row[charset.encode(letter)[0]] = 1.0
        if other and place == len(text) - 1:
            row[charset.encode(letter)[0]] = 1 - doubt
            row[charset.encode(other)[0]] = doubt
        gap = np.full(len(charset), 1e-6)
        gap[0] = 1.0
        rows += [row, gap]
    shares = np.array(rows, np.float32)
    line: LogProbs = np.log(shares / shares.sum(axis=1, keepdims=True))
    return line


def test_a_language_settles_doubt_but_not_what_is_clear() -> None:
    charset = Charset(" NHguyễăâênvh")
    words = NGrams([(["nguyễn", "vân"], 9.0), (["nguyễn", "vê"], 1.0)], 2)
    names = Language(words, Letters(["nguyễn", "văn", "vân", "vê"]), Habits())
    doubtful = written("Nguyễn vă", charset, 0.4, "ê")
    assert search(doubtful, charset, names, Search())[0][0] == "Nguyễn vê"
    for rare in ("Nguyễn Huy", "Nguyễn Hân"):
        assert search(written(rare, charset), charset, names, Search())[0][0] == rare


def test_a_reader_with_a_lexicon_asks_it_only_in_doubt() -> None:
    charset = Charset(" NHguyễăâênvh")
    words = NGrams([(["nguyễn", "văn"], 9.0), (["nguyễn", "vân"], 1.0)], 2)
    names = Language(words, Letters(["nguyễn", "văn", "vân"]), Habits())

    class Known(HandwritingReader):
        def __init__(self) -> None:
            self.charset, self.calibration = charset, Calibration()

        @property
        def source(self) -> str:
            return "known"

        def decode(self, log_probs: LogProbs) -> Reading:
            best = greedy(log_probs)
            sure = float(np.exp(score(log_probs, best)))
            return Reading(charset.decode(best), sure, source="known", written=1.0)

    reader = LexiconReader(Known(), names)
    sure = reader.decode(written("Nguyễn vă", charset))
    assert (sure.text, sure.source) == ("Nguyễn vă", "known")
    assert reader.decode(written("Nguyễn vân", charset)).text == "Nguyễn vân"
    seen = written("Nguyễn vân", charset)
    seen[16, :] = np.log(1e-6)
    seen[16, charset.encode("â")[0]], seen[16, charset.encode("ă")[0]] = np.log([0.55, 0.45])
    read = reader.decode(seen)
    assert (read.text, read.source) == ("Nguyễn văn", "known+lexicon")
    assert read.alternatives[0][0] == "Nguyễn vân"
