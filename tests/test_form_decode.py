"""Printed words against the form's order: labels told apart, cases counted. No pictures needed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from common.geometry import Box
from extract.form.decode import Found
from extract.form.discover import DiscoverOptions, understand
from extract.form.expected import with_expected
from extract.form.occurrences import Occurrence, find_occurrences, spans_of
from extract.form.recognise import Candidate, rank_forms, split_cases
from extract.form.wordings import states_of, vocabulary
from extract.form.words import Word, in_rows, told_from_writing
from extract.registers import load_register, register_codes
from models.rules import Rules, Segment

SIZE = (1200, 1700)
EVERY = [load_register(code) for code in register_codes()]


def words_of(lines: list[str], top: float = 100, left: float = 80) -> list[Word]:
    """Words of lines 40 px apart; ``|`` leaves a gap to write in."""
    words = []
    for number, line in enumerate(lines):
        x, y = left, top + 40 * number
        for token in line.split():
            if token == "|":
                x = left + 250 * round((x - left) / 250 + 1)
                continue
            words.append(Word(token, Box(x, y, x + 11 * len(token), y + 20), 0.95))
            x += 11 * len(token) + 7
    return words


def best_of(words: list[Word]) -> Candidate:
    return rank_forms([in_rows(words)], EVERY, SIZE)[0]


def codes_of(candidate: Candidate, case: int = 0) -> list[str]:
    return [code for item in candidate.cases[case] for code in item.state.codes]


OLD = [
    "Số hiệu",
    "Tên, họ ấu-nhi",
    "Phái | Sanh (Ngày, tháng, năm)",
    "Tại",
    "Cha (Tên, họ) | | Tuổi",
    "Nghề-nghiệp | Cư-trú tại",
    "Mẹ (Tên, họ) | | Tuổi",
    "Nghề-nghiệp | Cư-trú tại",
    "Vợ (Chánh hay thứ)",
    "Người khai (Tên, họ) | Tuổi",
    "Ngày khai",
]


KT_1976 = [
    "Số | Ngày đăng ký",
    "Họ và tên | | Nam, nữ",
    "Sinh ngày | Dân tộc | Quốc tịch",
    "Chỗ ở khi còn sống",
    "Chết ngày | | Nơi chết",
    "Nguyên nhân chết",
    "Họ tên người báo tử",
]


def test_like_labels_go_to_their_owners() -> None:
    best = best_of(words_of(OLD))
    assert (best.register, best.generation.id) == ("KS", "rvn-1955-1975")
    assert codes_of(best) == [
        *("so", "nksHoTen", "nksGioiTinh", "nksNgaySinh", "nksNoiSinh", "chaHoTen", "chaNgaySinh"),
        *("chaNgheNghiep", "chaNoiCuTru", "meHoTen", "meNgaySinh", "meNgheNghiep", "meNoiCuTru"),
        *("meThuBacVo", "nycHoTen", "nycTuoi", "ngayDangKy"),
    ]


def test_a_witness_s_home_is_not_the_declarant_s() -> None:
    """*Người chứng thứ nhứt* is so like *thứ nhì* that both are near: the likest owns."""
    witnesses = [
        line
        for which in ("nhứt", "nhì")
        for line in (f"Người chứng thứ {which} (Tên, họ)", "Tuổi | Nghề-nghiệp | Cư-trú tại")
    ]
    words = words_of([*OLD[:-1], "Nghề-nghiệp", "Ở tại", *witnesses])
    homes = [i for i in best_of(words).cases[0] if "nycNoiCuTru" in i.state.codes]
    assert [home.occurrence.text for home in homes] == ["Ở tại"]


def test_the_mother_printed_first_keeps_her_age() -> None:
    best = best_of(words_of([*OLD[:4], *OLD[6:9], *OLD[4:6], *OLD[9:]]))
    codes = codes_of(best)
    assert codes.index("meHoTen") < codes.index("meNgaySinh") < codes.index("chaHoTen")
    assert codes.index("chaHoTen") < codes.index("chaNgaySinh") < codes.index("chaNoiCuTru")


NAM_KY = [
    "Số hiệu",
    "Tên, họ đứa nhỏ",
    "Phái",
    "Sanh ngày, tháng, năm nào",
    "Sanh tại đâu",
    "Tên, họ cha",
    "Làm nghề gì",
    "Nhà cửa ở đâu",
    "Tên, họ mẹ",
    "Làm nghề gì",
    "Nhà cửa ở đâu",
    "Vợ chánh hay thứ",
    "Tên, họ người khai",
    "Mấy tuổi",
]


def test_a_father_whose_work_is_worn_does_not_take_the_mother_s() -> None:
    """Two worn lines in between: what is read again below belongs to the parent after him."""
    worn = [
        "Exuun HE đ" if at == 6 else "Tén ito mẹ" if at == 8 else line
        for at, line in enumerate(NAM_KY)
    ]
    words = words_of(worn)
    best = best_of(words)
    codes = codes_of(best)
    assert codes[codes.index("chaHoTen") :][:4] == [
        *("chaHoTen", "chaNoiCuTru", "meNgheNghiep", "meNoiCuTru")
    ]
    case = with_expected(best.cases[0], best.states, [in_rows(words)])
    name = next(item for item in case if item.state.codes == ("meHoTen",))
    assert name.occurrence.text == "Tén ito mẹ"  # the first of its section: no label of it is above


def test_a_box_to_tick_printed_first_is_known_though_a_letter_is_worn() -> None:
    labels = load_register("KS").generation("tt15-2015").labels
    lines = [label.texts[0] for label in labels if label.kind != "tick"]
    head = ["Số | Dáng hạn | Trẻ bị bỏ rơi", "Quyển | Quá hạn | Ghi vào sổ", "Ngày đăng ký"]
    words = words_of([*head, *lines[3:]])
    ticks = [i for i in best_of(words).cases[0] if i.state.codes == ("loaiDangKy",)]
    assert [tick.occurrence.text for tick in ticks] == ["Dáng hạn", "Quá hạn", "Ghi vào sổ"]


def test_a_label_ends_where_two_readings_end_it() -> None:
    """One took the first letters of what every page has written there into its last word."""
    states = states_of(load_register("KS").generation("tt15-2015"), "table")
    rows = [words_of(["Nơi cư trú"]) for _ in range(3)]
    end = rows[0][-1].box.x1
    long = replace(rows[0][-1], box=rows[0][-1].box._replace(x1=end + 40))
    readings = [in_rows([*rows[0][:-1], long]), in_rows(rows[1]), in_rows(rows[2])]
    (found,) = find_occurrences(spans_of(readings), states)
    assert (found.last_line.x1, found.times) == (end, 3)
    (alone,) = find_occurrences(spans_of(readings[:1]), states)
    assert alone.last_line.x1 == end + 40


def test_a_page_number_is_no_end_of_its_label() -> None:
    """One reading has *Trang 5#* as *Trang Sẻ*, which is *Trang số* but for a letter."""
    states = states_of(load_register("KS").generation("tt15-2015"), "table")
    again = [in_rows(words_of([text])) for text in ("Trang 52", "Trang", "Trang 54")]
    once = in_rows(words_of(["Trang Sẻ"]))
    (found,) = find_occurrences(spans_of([*again, once]), states)
    assert found.text == "Trang"
    (alone,) = find_occurrences(spans_of([again[0], once]), states)
    assert alone.text == "Trang Sẻ"


def test_worn_letters_are_forgiven_and_haze_is_not_read_as_labels() -> None:
    worn = [line.replace("Người khai", "Nguời khoi").replace("ấu-nhi", "áu-nbi") for line in OLD]
    worn.insert(3, "x7 //w ~t Ngh 12")
    assert codes_of(best_of(words_of(worn))) == codes_of(best_of(words_of(OLD)))


def test_two_cases_on_a_page() -> None:
    best = best_of([*words_of(OLD), *words_of(OLD, top=800)])
    assert len(best.cases) == 2
    assert codes_of(best, 0) == codes_of(best, 1)


def test_two_cases_side_by_side() -> None:
    narrow = [line.replace(" | | ", " | ") for line in OLD]
    best = rank_forms(
        [in_rows([*words_of(narrow), *words_of(narrow, left=1300)])], EVERY, (2400, 1700)
    )[0]
    assert len(best.cases) == 2
    assert codes_of(best, 0) == codes_of(best, 1)


def test_parents_in_a_table_and_stacked() -> None:
    child = ["Số", "Họ và tên", "Nam, nữ | Sinh ngày", "Nơi sinh"]
    rows = ["Họ và tên", "Tuổi", "Dân tộc", "Quốc tịch", "Nghề nghiệp", "Nơi ĐKNK thường trú"]
    end = ["Đăng ký ngày"]
    table = best_of(words_of([*child, "PHẦN KHAI VỀ CHA MẸ | Người cha | Người mẹ", *rows, *end]))
    assert table.generation.id == "1976-1998"
    tuoi = next(i for i in table.cases[0] if i.occurrence.text == "Tuổi")
    assert tuoi.state.codes == ("chaNgaySinh", "meNgaySinh")
    stacked = best_of(words_of([*child, "Người cha", *rows, "Người mẹ", *rows, *end]))
    codes = codes_of(stacked)
    assert codes.index("chaNgaySinh") < codes.index("meHoTen") < codes.index("meNgaySinh")


def test_two_cases_of_stacked_parents_are_not_four_tables() -> None:
    """Each row is printed twice a case: a table's rows would explain all the words, in order."""
    parents = [
        line
        for parent in ("cha", "mẹ")
        for line in (f"Họ và tên {parent} | | Tuổi | Dân tộc", "Quốc tịch | Nghề nghiệp | Chỗ ở")
    ]
    lines = [
        "Số | Đăng ký ngày",
        "Họ và tên | | Nam, nữ",
        "Sinh ngày | Nơi sinh",
        "Sinh ngày (bằng chữ)",
        *parents,
        "Người đứng khai | Số giấy CM hoặc CNCC",
        "| Người đứng khai | Ghi chú | TM. UBND",
    ]
    best = best_of([*words_of(lines), *words_of(lines, top=800)])
    assert len(best.cases) == 2
    assert codes_of(best, 0) == codes_of(best, 1)
    codes = codes_of(best)
    assert codes.index("chaQuocTich") < codes.index("meHoTen") < codes.index("meQuocTich")
    assert {"nycHoTen", "ghiChu", "nguoiKy"} <= set(codes)


def test_a_table_stays_a_table_when_a_row_and_dirt_are_misread() -> None:
    """Its heads stand side by side over its rows, though *Tên, họ* and *Cư-trú tại* are unread."""
    rows = ["| Cha | Mẹ", "| |", "Tuổi |", "Nghề-nghiệp |", "| |", "Vợ chánh hay thứ |"]
    words = words_of([*OLD[:4], *rows, *OLD[9:]])
    dirt = Word("me", Box(500, 440, 505, 444), 0.9)
    best = best_of([*words, dirt])
    codes = codes_of(best)
    assert ("chaNgaySinh", "meNgaySinh") in [item.state.codes for item in best.cases[0]], codes
    assert ("chaNgheNghiep", "meNgheNghiep") in [item.state.codes for item in best.cases[0]]
    assert "chaHoTen" not in codes  # *Cha* is a head here, not the label of a name


def test_parents_side_by_side_each_with_their_own_labels() -> None:
    """Lines in columns under their heads are no table, though the heads stand side by side."""
    columns = [
        "| | CHA | | | | MẸ",
        "Tên, họ | | | Tên, họ",
        "Tuổi | | | Tuổi",
        "Nghề-nghiệp | | | Nghề-nghiệp",
        "Cư-trú tại | | | Cư-trú tại",
    ]
    best = rank_forms([in_rows(words_of([*OLD[:4], *columns, *OLD[8:]]))], EVERY, (1700, 1700))[0]
    place = {i.state.codes: i.occurrence.box for i in best.cases[0]}
    for row in ("HoTen", "NgaySinh", "NgheNghiep", "NoiCuTru"):
        assert place[(f"cha{row}",)].x0 < 200 < 700 < place[(f"me{row}",)].x0


def test_a_label_at_the_head_of_the_next_case_is_its_own_on_a_sloping_page() -> None:
    """*Ghi chú* in the margin stands a little above the line that opens the case."""
    lines = [f"Số {line[9:]}" if number == 0 else line for number, line in enumerate(OLD)]
    words = [*words_of(lines), *words_of(lines, top=800)]
    note = [Word("Ghi", Box(1000, 774, 1040, 794)), Word("chú", Box(1047, 774, 1087, 794))]
    best = best_of([*words, *note])
    assert len(best.cases) == 2
    assert "ghiChu" not in codes_of(best, 0) and "ghiChu" in codes_of(best, 1)


def test_writing_that_every_page_begins_with_is_no_label() -> None:
    """The clerk's *ngày* after *Sanh (…)* is in what most pages show, not in what nearly all do."""
    words = words_of(OLD)
    clerks = Word("ngày", Box(760, 180, 804, 200), 0.95)
    most = np.full((1700, 1200), 255, dtype=np.uint8)
    for word in [*words, clerks]:
        x0, y0, x1, y1 = word.box.rounded()
        most[y0:y1, x0:x1] = 60
    nearly_all = most.copy()
    nearly_all[180:200, 760:804] = 150
    known = vocabulary(g for register in EVERY for g in register.generations)
    read = [[*words, clerks], words]
    marked = told_from_writing(read, known, (most, nearly_all), (most, nearly_all))
    assert [word.text for words in marked for word in words if not word.steady] == ["ngày"]
    best = rank_forms([in_rows(words) for words in marked], EVERY, SIZE)[0]
    assert clerks.box not in [i.occurrence.box for i in best.cases[0]]


def test_a_label_under_stamps_is_known_by_several_readings() -> None:
    """A stamp hides *Hộ-lại* on many pages, so it looks like writing; three readings agree."""
    states = states_of(load_register("KT").generation("rvn-1955-1975"), "blocks")
    label = [replace(word, steady=False) for word in words_of(["Hộ-lại"])]
    two, three = ([in_rows(label)] * times for times in (2, 3))
    assert [o.text for o in find_occurrences(spans_of(three), states)] == ["Hộ-lại"]
    assert not find_occurrences(spans_of(two), states)
    alone = [replace(word, steady=False) for word in words_of(["Tuổi"])]
    assert not find_occurrences(spans_of([in_rows(alone)] * 3), states)


def test_a_signature_s_heading_under_a_stamp_stands_level_with_the_other() -> None:
    """Three readings have words there, none reads *Hộ lại*; two would be chance."""
    states = states_of(load_register("KT").generation("nam-ky-1883-1955"), "blocks")
    index = next(i for i, state in enumerate(states) if "nguoiKy" in state.codes)
    left, right = words_of(["Người khai"], left=300), Box(900, 100, 960, 120)
    known = next(i for i, s in enumerate(states) if "nguoikhai" in s.keys)
    case = [Found(states[known], known, Occurrence(tuple(left), "nguoikhai"), 1.0)]
    texts = ("Hộ hi", "Hữu ta", "dù ta")
    readings = [[(*left, Word(text, right, 0.2))] for text in texts]
    found = with_expected(case, states, readings)
    assert [item.occurrence.box for item in found if item.index == index] == [right]
    assert index not in [item.index for item in with_expected(case, states, readings[:2])]
    names = [[(*left, Word(text, right, 0.2))] for text in ("Nguyễn Văn Tư",) * 3]
    assert index not in [item.index for item in with_expected(case, states, names)]


def test_two_letters_of_dirt_yield_to_a_longer_wording_of_the_label() -> None:
    """*xã* at the sheet's edge, read once, is not where the commune stands."""
    head = words_of(["UBNDxa | | | Trang"], top=40)
    dirt = Word("xã", Box(1100, 75, 1112, 84), 0.9)
    best = best_of([*head, *words_of(KT_1976), dirt])
    where = [i.occurrence.text for i in best.cases[0] if "noiDangKy" in i.state.codes]
    assert where == ["UBNDxa"]


def test_of_two_readings_of_a_page_s_label_two_letters_read_once_are_dirt() -> None:
    states = states_of(load_register("KT").generation("1976-1998"), "blocks")
    index, state = next((i, s) for i, s in enumerate(states) if "ubndxa" in s.keys)
    label = Occurrence((Word("UNNDxa", Box(116, 130, 157, 141), 0.4),), "unndxa")
    dirt = Occurrence((Word("xã", Box(1179, 152, 1187, 159), 0.9),), "xa")
    for times, wanted in ((1, label), (2, replace(dirt, times=2))):
        seen = [
            Found(state, index, label, 0.83),
            Found(state, index, replace(dirt, times=times), 1.0),
        ]
        (kept,) = (item for case in split_cases(seen, {"page"}) for item in case)
        assert kept.occurrence == wanted


def test_the_form_s_code_ends_a_place() -> None:
    """Else the volume is read with the code printed behind it."""
    code, easy = ("TP/HT-1999-A.1", "Mẫu"), DiscoverOptions(coverage=0.05, labels=3)
    rights = []
    for behind in code:
        form = [
            "Số",
            "Họ và tên | | Giới tính",
            "Ngày, tháng, năm sinh",
            "Nơi sinh",
            "Dân tộc | Quốc tịch",
        ]
        words = words_of([f"Quyển số | | {behind}", *form])
        register = load_register("KS")
        blank = np.full(SIZE[::-1], 255, np.uint8)
        _, (entry, *_) = understand([words], Rules(), blank, register, easy)
        rights.append(entry.fields["quyenSo"].box.x1)
    end = next(word.box.x0 for word in words_of([f"Quyển số | | {code[0]}"]) if "TP" in word.text)
    assert rights[0] == end < rights[1]


def test_a_word_whose_room_the_one_before_it_was_given_is_on_its_row() -> None:
    words = [
        Word("Hương", Box(960, 100, 1067, 120), 0.9),
        Word("bộ", Box(1042, 96, 1072, 124), 0.9),
    ]
    assert [[word.text for word in row] for row in in_rows(words)] == [["Hương", "bộ"]]
    nested = [words[0], Word("bộ", Box(980, 100, 1030, 120), 0.9)]
    assert len(in_rows(nested)) == 2


def test_a_very_short_label_needs_its_place() -> None:
    """Letters of an answer, far below the heading, are no *Số*."""
    words = words_of(["Tên, họ ấu-nhi", *OLD[2:]])
    away = Word("sở", Box(900, 345, 915, 373), 0.9)
    assert "so" not in codes_of(best_of([*words, away]))


def test_a_short_label_stands_free_in_every_reading() -> None:
    """*Mẫu số 1* is no registration number, though one reading put *số* on a row of its own."""
    form = [Word("Mẫu", Box(900, 60, 940, 80), 0.9), Word("1", Box(970, 60, 976, 80), 0.9)]
    other = [Word("số", Box(946, 60, 966, 80), 0.9)]
    words = words_of(["Số", *OLD[1:]])
    best = rank_forms([in_rows([*words, *form]), in_rows(other)], EVERY, SIZE)[0]
    number = next(i for i in best.cases[0] if i.state.codes == ("so",))
    assert number.occurrence.box.x0 == 80


def test_a_word_that_several_readings_cannot_read_is_printed_all_the_same() -> None:
    """*Số* of *Quyển số* is no registration number, though nobody could read *Quyển*."""
    worn = [Word(text, Box(900, 60, 938, 80), 0.2) for text in ("Quyx", "Qua", "Quyếm", "Ow")]
    number = Word("số", Box(946, 60, 966, 80), 0.9)
    words = words_of(["Số", *OLD[1:]])

    def so(times: int) -> float:
        readings = [in_rows([*words, number]), *([in_rows([word]) for word in worn[:times]])]
        found = rank_forms(readings, EVERY, SIZE)[0].cases[0]
        return next(i for i in found if i.state.codes == ("so",)).occurrence.box.x0

    assert so(0) != 80 and so(4) == 80


def test_the_longer_of_two_like_readings_is_the_label() -> None:
    """Handwriting read as *ngày* does not take the date from *Lập ngày* printed in full."""
    words = words_of([*OLD[:10], "Lập ngày | tháng | năm"])
    haze = Word("ngày", Box(900, 185, 944, 205), 0.9)
    found = {i.state.codes: i.occurrence for i in best_of([*words, haze]).cases[0]}
    assert found[("ngayDangKy",)].key == "lapngay"


def test_a_label_broken_over_two_lines_is_one() -> None:
    states = states_of(load_register("KS").generation("tt15-2015"), "table")
    long = [
        "Họ, chữ đệm, tên, chức vụ người ký Giấy khai sinh/Trích lục ghi vào sổ",
        "hộ tịch việc khai sinh",
    ]
    found = find_occurrences(spans_of([in_rows(words_of(long))]), states)
    assert len(found) == 1 and len(found[0].words) == 20
    assert found[0].last_line.y0 == pytest.approx(140)


def test_no_label_runs_through_the_rule_that_closes_its_cell() -> None:
    states = states_of(load_register("KS").generation("tt15-2015"), "table")
    rows = [in_rows(words_of(["Nơi cư trú"]))]
    assert [o.text for o in find_occurrences(spans_of(rows), states)] == ["Nơi cư trú"]
    end = rows[0][0][1].box.x1 + 3  # the last word is written in the next cell, on every page
    wall = Segment(end, 50, end, 300, 2)
    assert not find_occurrences(spans_of(rows, [wall]), states)
    short = Segment(end, 50, end, 90, 2)  # of the row above
    assert find_occurrences(spans_of(rows, [short]), states)


def test_a_marriage_is_known_as_a_marriage() -> None:
    marriage = [
        "Số hiệu",
        "Tên, họ chồng",
        "Nghề-nghiệp | Cư-sở tại",
        "Sanh ngày | Tại",
        "Tên, họ cha chồng (Sống chết phải nói)",
        "Tên, họ mẹ chồng (Sống chết phải nói)",
        "Tên, họ vợ",
        "Nghề-nghiệp | Cư-sở tại",
        "Tên, họ cha vợ (Sống chết phải nói)",
        "Ngày cưới",
    ]
    assert best_of(words_of(marriage)).register == "KH"


MARRIED = [
    "Nơi đăng ký",
    "SỔ ĐĂNG KÝ KẾT HÔN",
    "Số | Ngày đăng ký",
    "| Chồng | Vợ",
    "Họ và tên",
    "Dân tộc",
    "Quốc tịch",
    "Nơi thường trú",
    "Họ, tên, chức vụ người ký",
    "Chồng | Vợ",
]


@pytest.mark.parametrize(
    ("code", "form"), [("TP/HT-1999-C.1", "1999-2005"), ("STP/HT-2006", "2006-2015")]
)
def test_the_code_in_the_corner_tells_the_generation(code: str, form: str) -> None:
    assert best_of(words_of([f"| | | {code}", *MARRIED])).generation.id == form


def test_heads_of_each_case_are_its_own_and_no_signatures() -> None:
    """Three cases on a page: the columns stand side by side in every one."""
    best = best_of(words_of(["TP/HT-1999", *MARRIED, *MARRIED[2:], *MARRIED[2:]]))
    assert len(best.cases) == 3
    for case in range(3):
        assert {"chongHoTen", "voHoTen", "chongNoiCuTru", "voNoiCuTru"} <= set(codes_of(best, case))
        assert sum(item.state.is_head for item in best.cases[case]) == 2


def test_a_title_that_ends_in_a_head_s_name_is_none_of_its_columns() -> None:
    """*Phần khai về cha / mẹ* names the rows; a reading has but a sliver of the mother's head."""
    rows = ["Họ và tên", "Tuổi", "Nghề nghiệp", "Dân tộc", "Quốc tịch", "Nơi ĐKNK thường trú"]
    top = ["KHAI SINH", "Số | Quyển số", "Họ và tên", "Nam, nữ | Nơi sinh", "Sinh ngày"]
    foot = ["Họ và tên người đứng khai | | Tuổi", "Số giấy CM hoặc CNCC", "Đăng ký ngày"]
    words = words_of([*top, "PHẦN KHAI VỀ CHA | | CHA | MẸ", "MẸ", *rows, *foot])
    head = next(w for w in words if w.text == "MẸ" and w.box.x0 > 500)
    sliver = replace(
        head, box=Box(head.box.x0 - 4, head.box.y0 - 18, head.box.x1, head.box.y0 - 10)
    )
    lines = in_rows([*words, sliver])
    best = rank_forms([lines], [load_register("KS")], SIZE)[0]
    assert {"chaHoTen", "meHoTen", "chaQuocTich", "meQuocTich"} <= set(codes_of(best))


def test_a_label_on_three_lines_is_one() -> None:
    states = states_of(load_register("KH").generation("1976-1998"), "table")
    words = words_of(["Nơi đăng ký", "nhân khẩu", "thường trú", "Dân tộc"])
    found = find_occurrences(spans_of([in_rows(words)]), states)
    assert sorted(len(item.words) for item in found) == [2, 7]


def test_french_headings_are_no_form() -> None:
    french = [
        "NUMÉROS | DATES | NATURE ET ESPÈCE DES ACTES",
        "d'ordre | NOMS, PRÉNOMS | QUALITÉS DES PARTIES",
    ]
    best = best_of(words_of(french * 4))
    assert best.coverage < 0.2
