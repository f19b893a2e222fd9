"""What may be written in a place, and reading a line within it."""

from __future__ import annotations

import numpy as np
import pytest

from extract.parse.dates import Era
from extract.parse.field import Context, parse_value
from extract.reading.grammar import Grammar, sequence, trie
from extract.reading.grammars import grammar_for, grammar_for_several
from extract.reading.lines import Expected, read_lines
from extract.reading.weigh import weight_of
from extract.registers import load_register
from models.beam import Search, Weighing, search
from models.charset import BLANK, default_charset
from models.ctc import LogProbs, score
from models.reading import Reading

KS = load_register("KS")
ERA = Era(1950, 1976)
CHARSET = default_charset()
NONSENSE = -40.0


def language(code: str, kind: str, part: str = "") -> Weighing:
    grammar = grammar_for(KS.column(code), kind, part, ERA)
    assert grammar is not None
    return grammar


def weight(code: str, kind: str, text: str, part: str = "") -> float:
    return weight_of(language(code, kind, part), text)


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("ngayDangKy", "partial_date", "5-3-1966"),
        ("ngayDangKy", "partial_date", "ngày 05 tháng 3 năm 1966"),
        ("ngayDangKy", "partial_date", "5/3/66"),
        ("meNgaySinh", "partial_date", "1951"),
        ("meNgaySinh", "partial_date", "năm 1951"),
        ("meNgaySinh", "partial_date", "3/1951"),
        ("ngayDangKy", "partial_date", "ngày mùng năm tháng ba năm một ngàn chín trăm sáu mươi"),
        ("chaNgaySinh", "age", "hai mươi ba tuổi"),
        ("chaNgaySinh", "age", "23"),
        ("so", "number_token", "007"),
        ("so", "number_token", "47/1966"),
        ("nksGioiTinh", "enum", "con gái"),
    ],
)
def test_what_clerks_write_is_in_the_grammar(code: str, kind: str, text: str) -> None:
    assert weight(code, kind, text) > NONSENSE


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("ngayDangKy", "partial_date", "45-3-1966"),
        ("ngayDangKy", "partial_date", "5-13-1966"),
        ("ngayDangKy", "partial_date", "5-3-1866"),
        ("nksGioiTinh", "enum", "như trên"),
    ],
)
def test_what_they_do_not_write_is_not(code: str, kind: str, text: str) -> None:
    assert weight(code, kind, text) == NONSENSE


@pytest.mark.parametrize(
    ("code", "kind", "usual", "odd"),
    [
        ("nksHoTen", "person_name", "Nguyễn-văn-Tư", "Nguyễn-vãn-Tu"),
        ("meHoTen", "person_name", "Trần Thị Mỹ Tuyết", "Trần Thi Mỹ Tuyệt"),
        (
            "nhanChung1",
            "person_name",
            "Lê Văn Tư, 45 tuổi, làm ruộng",
            "Lê Văn Tư, 45 tuối, lâm ruộng",
        ),
        ("chaHoTen", "person_name", "không rõ", "khống rõ"),
        ("meNoiCuTru", "place", "ấp Cái-Tắc, xã Bình-hòa", "Sp Cái-Tắc, xã Bình-hà"),
        ("nksNoiSinh", "place", "Long Thành, Biên Hòa", "Long Thành, Biên Hà"),
        ("meNoiCuTru", "place", "như trên", "nhú trên"),
        ("chaNgheNghiep", "text", "làm ruộng", "làm muộng"),
        ("chucVuNguoiKy", "text", "Phó Chủ tịch", "Phố Chủ tịch"),
    ],
)
def test_usual_words_weigh_more(code: str, kind: str, usual: str, odd: str) -> None:
    assert weight(code, kind, usual) > weight(code, kind, odd) + 2 > NONSENSE


def test_names_by_their_bearer() -> None:
    assert weight("nksHoTen", "person_name", "Nguyễn Văn Tư") > weight(
        "nksHoTen", "person_name", "Ngụy Văn Tư"
    )
    for text, woman in (("Lê Thị Hoa", True), ("Lê Văn Tư", False)):
        mother = weight("meHoTen", "person_name", text)
        assert (mother > weight("chaHoTen", "person_name", text) + 2) == woman


def test_a_place_that_columns_share_has_a_language_of_its_own() -> None:
    paper = grammar_for_several(
        [KS.column(f"nyc{name}GiayToTuyThan") for name in ("So", "Loai", "NgayCap", "NoiCap")]
    )
    assert paper is not None
    written = "CMND số 253985325 do CA Vĩnh Long cấp ngày 2 tháng 10 năm 2011"
    assert weight_of(paper, written) > weight_of(paper, written.replace("cấp", "cốn")) + 2


def test_parts_of_a_date_have_their_own_grammar() -> None:
    assert weight("ngayDangKy", "partial_date", "31", "d") > NONSENSE
    assert weight("ngayDangKy", "partial_date", "31", "m") == NONSENSE
    assert weight("ngayDangKy", "partial_date", "66", "y") > NONSENSE


def test_optional_words_of_a_sequence() -> None:
    root = sequence({"1": 0.0, "2": -1.0}, {"": 0.0, " tuổi": -0.5})
    grammar = Grammar((root, trie({"x": 0.0}, final=True)))

    def value(text: str) -> float:
        return weight_of(grammar, text)

    assert value("1") == 0.0 and value("2 tuổi") == -1.5 and value("x") == 0.0
    assert value("1 tuổ") == NONSENSE == value("")


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


def test_the_beam_keeps_to_the_grammar() -> None:
    seen = line("nan", {2: ("m", 0.3)})
    found = search(seen, CHARSET, language("nksGioiTinh", "enum"), Search())
    assert found[0] == ("nam", 0.0)
    assert score(seen, CHARSET.encode("nam")) == pytest.approx(np.log(0.3), abs=0.01)


def test_words_keep_the_case_they_are_read_in() -> None:
    for text in ("xã Bình An", "TRẦN THỊ ẨN", "Nguyễn-văn-Tư"):
        kind, code = ("place", "meNoiCuTru") if "xã" in text else ("person_name", "nksHoTen")
        assert search(line(text), CHARSET, language(code, kind), Search())[0][0] == text


PAPER = np.zeros((4, 4), np.uint8)


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


def test_what_is_read_as_nothing_is_no_name_and_may_be_a_figure() -> None:
    seen = line("12")
    number = Expected("number_token", grammar_for(KS.column("so"), "number_token", "", ERA))
    name = Expected("person_name", grammar_for(KS.column("nksHoTen"), "person_name", "", ERA))
    found = [read_lines(Scorer(seen, ""), [PAPER], [what])[0] for what in (number, name)]
    assert found[0].texts[0][0] == "12" and found[1].texts == ()
    assert all(one.written > 0.9 for one in found)  # something is: illegible, not blank


def test_a_rare_name_that_is_clearly_read_stays() -> None:
    seen = line("Lê Văn Tắcx")
    assert read(seen, "Lê Văn Tắcx")[0][0] == "Lê Văn Tắcx"


def test_names_of_places_want_capitals_and_words_for_places_do_not() -> None:
    seen = line("xã đông Hòa", {3: ("Đ", 0.45)})
    expected = Expected("place", language("meNoiCuTru", "place"))
    (one,) = read_lines(Scorer(seen, "xã đông Hòa"), [np.zeros((4, 4), np.uint8)], [expected])
    assert one.texts[0][0] == "xã Đông Hòa"


def test_a_year_that_breaks_off_is_the_records() -> None:
    column = KS.column("nksNgaySinhBangChu")
    context = Context(1963, ERA)
    text = "ngày mùng bốn tháng năm năm một ngàn chín trăm"
    whole = f"{text} sáu mươi ba"
    for written in (text, whole):
        assert parse_value(column, "text_date_words", written, context) == whole


def test_a_year_in_words_that_is_whole_is_not_taken_for_one_broken_off() -> None:
    column = KS.column("nksNgaySinhBangChu")
    said = "hai mươi sáu tháng mười năm một nghìn chín trăm tám mươi"  # registered the year after
    assert parse_value(column, "text_date_words", said, Context(1981, ERA)) == said
