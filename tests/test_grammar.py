"""What may be written in a place, and reading a line within it."""

from __future__ import annotations

import numpy as np
import pytest

from extract.beam import within
from extract.grammar import Grammar, ended, sequence, step, trie
from extract.grammars import grammar_for
from extract.lines import Expected, read_lines
from extract.parse.dates import Era
from extract.registers import load_register
from models.charset import BLANK, default_charset
from models.ctc import LogProbs, score
from models.reading import Reading

KS = load_register("KS")
ERA = Era(1950, 1976)
CHARSET = default_charset()
LETTERS = {i: CHARSET.decode([i]) for i in range(1, len(CHARSET))}


def weight(code: str, kind: str, text: str, part: str = "") -> float | None:
    grammar = grammar_for(KS.column(code), kind, part, ERA)
    assert grammar is not None
    state = grammar.start
    for letter in text:
        state = step(state, letter)
    return ended(state)


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("nksHoTen", "person_name", "Nguyễn-văn-Tư"),
        ("nksHoTen", "person_name", "TRẦN THỊ MỸ TUYẾT"),
        ("nhanChung1", "person_name", "Lê Văn Tư, 45 tuổi, làm ruộng"),
        ("chaHoTen", "person_name", "không rõ"),
        ("ngayDangKy", "partial_date", "5-3-1966"),
        ("ngayDangKy", "partial_date", "ngày 05 tháng 3 năm 1966"),
        ("ngayDangKy", "partial_date", "5/3/66"),
        ("ngayDangKy", "partial_date", "ngày mùng năm tháng ba năm một ngàn chín trăm sáu mươi"),
        ("chaNgaySinh", "age", "hai mươi ba tuổi"),
        ("chaNgaySinh", "age", "23"),
        ("so", "number_token", "007"),
        ("so", "number_token", "47/1966"),
        ("nksGioiTinh", "enum", "con gái"),
        ("meNoiCuTru", "place", "ấp Cái-Tắc, xã Bình-hòa"),
        ("meNoiCuTru", "place", "như trên"),
        ("chaNgheNghiep", "text", "làm ruộng"),
    ],
)
def test_what_clerks_write_is_in_the_grammar(code: str, kind: str, text: str) -> None:
    assert weight(code, kind, text) is not None


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("nksHoTen", "person_name", "Nguyễn-"),
        ("nksHoTen", "person_name", "Xyzq Văn Tư"),
        ("ngayDangKy", "partial_date", "45-3-1966"),
        ("ngayDangKy", "partial_date", "5-13-1966"),
        ("ngayDangKy", "partial_date", "5-3-1866"),
        ("nksGioiTinh", "enum", "như trên"),
    ],
)
def test_what_they_do_not_write_is_not(code: str, kind: str, text: str) -> None:
    assert weight(code, kind, text) is None


def test_frequent_names_weigh_more() -> None:
    common = weight("nksHoTen", "person_name", "Nguyễn Văn Tư")
    rare = weight("nksHoTen", "person_name", "Ngụy Văn Tư")
    assert common is not None and rare is not None and common > rare + 2


def test_parts_of_a_date_have_their_own_grammar() -> None:
    assert weight("ngayDangKy", "partial_date", "31", "d") is not None
    assert weight("ngayDangKy", "partial_date", "31", "m") is None
    assert weight("ngayDangKy", "partial_date", "66", "y") is not None


def test_optional_words_of_a_sequence() -> None:
    root = sequence({"1": 0.0, "2": -1.0}, {"": 0.0, " tuổi": -0.5})
    grammar = Grammar((root, trie({"x": 0.0}, final=True)))

    def value(text: str) -> float | None:
        state = grammar.start
        for letter in text:
            state = step(state, letter)
        return ended(state)

    assert value("1") == 0.0 and value("2 tuổi") == -1.5 and value("x") == 0.0
    assert value("1 tuổ") is None and value("") is None


def line(text: str, doubt: dict[int, tuple[str, float]] | None = None) -> LogProbs:
    """Log probabilities of a line that reads ``text``; ``doubt``: at a letter, another's share."""
    frames = []
    for place, letter in enumerate(text):
        row = np.full(len(CHARSET), 1e-6)
        other, share = (doubt or {}).get(place, ("", 0.0))
        row[CHARSET.encode(letter)[0]] = 1 - share
        if other:
            row[CHARSET.encode(other)[0]] += share
        gap = np.full(len(CHARSET), 1e-6)
        gap[BLANK] = 1.0
        frames += [row, gap]
    shares = np.array(frames)
    return np.log(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def test_the_beam_keeps_to_the_grammar_and_its_scores_are_exact() -> None:
    grammar = grammar_for(KS.column("nksGioiTinh"), "enum", "", ERA)
    assert grammar is not None
    seen = line("nan", {2: ("m", 0.3)})
    found = within(seen, grammar, LETTERS)
    texts = [CHARSET.decode(labels) for labels, _ in found]
    assert texts[0] == "nam"
    assert score(seen, CHARSET.encode("nam")) == pytest.approx(np.log(0.3), abs=0.01)


class Scorer:
    """A reader with known log probabilities."""

    charset = CHARSET
    source = "known@0"

    def __init__(self, seen: LogProbs, text: str) -> None:
        self._seen, self._text = seen, text

    def log_probs(self, lines: object) -> list[LogProbs]:
        return [self._seen]

    def decode(self, log_probs: LogProbs) -> Reading:
        share = float(np.exp(score(log_probs, CHARSET.encode(self._text))))
        chars = tuple((letter, 0.6) for letter in self._text)
        return Reading(self._text, share, chars, (), self.source, 0.98)

    def read(self, lines: object) -> list[Reading]:
        raise AssertionError("a scoring reader is asked for log probabilities")


def read(seen: LogProbs, text: str, kind: str = "person_name") -> tuple[tuple[str, float], ...]:
    expected = Expected(kind, grammar_for(KS.column("nksHoTen"), kind, "", ERA))
    (one,) = read_lines(Scorer(seen, text), [np.zeros((4, 4), np.uint8)], [expected])
    assert one.source == "known@0" and one.weakest == 0.6
    return one.texts


def test_a_doubtful_letter_is_settled_by_the_lexicon() -> None:
    seen = line("Lê Vãn Tám", {4: ("ă", 0.3)})
    assert read(seen, "Lê Vãn Tám")[0][0] == "Lê Văn Tám"


def test_a_rare_name_that_is_clearly_read_stays() -> None:
    seen = line("Lê Văn Tắcx")
    assert read(seen, "Lê Văn Tắcx")[0][0] == "Lê Văn Tắcx"
