"""What a book's own pages say of a clerk's hand, and which ink belongs to which place."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted, texts_of
from extract.decision.decide import draft_book
from extract.decision.ditto import resolve_dittos
from extract.decision.kin import agree_on_age
from extract.decision.plausible import weigh_ages
from extract.decision.recurring import recurring
from extract.decision.votes import named_elsewhere, vote
from extract.decision.witnesses import mend_tails
from extract.ink.beside import bare_places, crossings, own_page
from extract.ink.lift import InkOptions, cut_line, lift_ink
from extract.ink.rows import rows_in, without_run_in
from extract.parse.names import likely_name
from extract.parse.phrases import usual_values
from extract.reading.printed import cut_figures, read_printed
from extract.reading.readings import EntryReading, PageReading, SlotReading
from extract.record import FieldValue
from extract.registers import load_register
from extract.roles import roles_of
from models.reading import Image

OPTIONS = InkOptions()
KS = load_register("KS")
LEFT, RIGHT = Box(100, 60, 500, 120), Box(504, 60, 900, 120)


def sheet() -> Image:
    return np.full((300, 1000), 250, np.uint8)


def written(page: Image, text: str, x: int, y: int = 105) -> Image:
    page = page.copy()
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.2, 70, 2, cv2.LINE_AA)
    return page


def drafted(kind: str, mark: str | None = None, /, **options: float) -> Drafted:
    values = {name.replace("_", " "): share for name, share in options.items()}
    best = max(values, key=lambda value: values[value])
    value = FieldValue(best, None if mark else best, 0.0, "read", (0, 0, 1, 1))
    return Drafted(value, Evidence(kind, values[best]), values, mark)  # type: ignore[arg-type]


def test_a_line_that_runs_into_the_next_cell_is_read_in_its_own() -> None:
    page = written(written(sheet(), "mmmmm", 380), "nnnn", 640)
    first = cut_line(own_page(page, LEFT, [LEFT, RIGHT], OPTIONS), LEFT, OPTIONS)
    second = cut_line(own_page(page, RIGHT, [LEFT, RIGHT], OPTIONS), RIGHT, OPTIONS)
    assert 510 < first.box.x1 < 600  # it goes on over the edge, and stops where it ends
    assert second.box.x0 > 620
    alone = own_page(page, LEFT, [LEFT], OPTIONS)
    assert alone is page  # nobody beside it


def test_narrow_cells_keep_their_own_ink_and_it_may_touch_their_edge() -> None:
    cells = [Box(x, 20, x + 64, 280) for x in (100, 164, 228)]  # narrower than high
    page = sheet()
    for cell, text in zip(cells, ("36", "37", "38"), strict=True):
        cv2.putText(page, text, (round(cell.x0), 80), cv2.FONT_HERSHEY_PLAIN, 2, 70, 2)
    for cell in cells:
        own = own_page(page, cell, cells, OPTIONS, line=40)
        inside = slice(20, 280), slice(round(cell.x0) + 3, round(cell.x1) - 3)
        assert (own[inside] < 200).sum() == (page[inside] < 200).sum() > 0
    kept = without_run_in(page, cells[1], 40, OPTIONS)
    assert (kept[20:280, 167:225] < 200).sum() > 0.9 * (page[20:280, 167:225] < 200).sum()


def test_a_clerks_usual_first_stroke_is_no_print_and_a_colon_is() -> None:
    place = Box(100, 60, 500, 120)
    blank = sheet()
    cv2.circle(blank, (108, 85), 3, 20, -1)
    cv2.circle(blank, (108, 104), 3, 20, -1)  # a colon
    cv2.line(blank, (122, 75), (116, 105), 60, 3)  # what most pages begin with
    bare = bare_places(blank, [place], [], OPTIONS)
    assert (bare[80:110, 104:112] < 100).any()
    assert (bare[70:110, 114:126] > 200).all()
    page = blank.copy()
    kept = lift_ink(page, bare, [place], OPTIONS)
    assert (kept[78:102, 114:126] < 120).sum() > 40
    assert (kept[80:110, 104:112] > 200).all()


def test_what_many_pages_have_in_common_in_a_place_is_writing() -> None:
    place, label = Box(100, 60, 500, 120), Box(20, 80, 84, 106)
    blank = sheet()
    cv2.putText(blank, "So", (24, 106), cv2.FONT_HERSHEY_SIMPLEX, 1, 20, 3)
    cv2.line(blank, (100, 114), (600, 114), 20, 3)
    shared = blank.copy()
    cv2.line(shared, (112, 72), (112, 114), 60, 3)  # the first figure of most dates, on the rule
    cv2.line(shared, (180, 45), (172, 100), 60, 4)  # a letter that stands out above
    bare = bare_places(shared, [place], [label], OPTIONS)
    assert (bare[75:108, 108:117] > 200).all() and (bare[46:98, 168:186] > 200).all()
    assert np.array_equal(bare[:, :90], blank[:, :90]) and (bare[113:116, 130:500] < 80).all()
    lifted = lift_ink(shared, bare, [place], OPTIONS, [label])
    assert (lifted[48:98, 168:186] < 120).sum() > 0.9 * (shared[48:98, 168:186] < 120).sum()


def test_a_short_age_in_a_high_cell_is_read_and_dirt_is_not() -> None:
    cell = Box(100, 20, 400, 180)
    page = written(sheet(), "29", 130, 70)
    figures = OPTIONS.model_copy(update={"short": 0.2})
    assert len(rows_in(page, cell, 90, figures)) == 1
    assert rows_in(page, cell, 90, OPTIONS) == []


def test_knots_of_lifted_rules_go() -> None:
    blank = sheet()
    cv2.line(blank, (50, 60), (950, 60), 30, 3)
    cv2.line(blank, (100, 10), (100, 290), 30, 3)
    lifted = written(sheet(), "hh", 200)
    lifted[57:64, 97:104] = 40
    found = lifted.copy()
    found[crossings(blank)] = 250
    assert (found[50:70, 90:110] == 250).all()
    assert (found[80:110, 200:240] < 150).any()


def test_printed_figures_are_read_with_their_first_one() -> None:
    page = sheet()
    cv2.putText(page, "57", (120, 105), cv2.FONT_HERSHEY_DUPLEX, 1.2, 30, 2, cv2.LINE_AA)
    with_one = cut_figures(page, {"trangSo": LEFT})
    without = cut_figures(sheet(), {"trangSo": LEFT})
    empty, none, found = read_printed([without, {}, with_one])  # of three pages, together
    ((text, probability),) = found["trangSo"]
    assert text == "57" and probability > 0.3
    assert (empty, none) == ({"trangSo": ()}, {})


def test_a_printed_number_is_read_beside_the_dark_edge_of_the_sheet() -> None:
    """A form's code above it, and the grain of the edge behind it, are none of its figures."""
    page, label = sheet(), Box(60, 84, 110, 106)
    cv2.putText(page, "HT-2010", (90, 76), cv2.FONT_HERSHEY_DUPLEX, 0.7, 30, 1, cv2.LINE_AA)
    cv2.putText(page, "20", (130, 105), cv2.FONT_HERSHEY_DUPLEX, 0.7, 30, 1, cv2.LINE_AA)
    place = Box(112, 50, 400, 112)
    rng = np.random.default_rng(1)
    for x, y in zip(rng.integers(250, 400, 300), rng.integers(50, 112, 300), strict=True):
        page[y : y + 3, x : x + 2] = 90
    (whole,) = read_printed([cut_figures(page, {"trangSo": place})])
    (found,) = read_printed([cut_figures(page, {"trangSo": place}, {"trangSo": label})])
    assert whole["trangSo"][:1] != (("20", found["trangSo"][0][1]),)
    assert found["trangSo"][0][0] == "20" and found["trangSo"][0][1] > 0.5


def number(code: str, *texts: tuple[str, float], printed: str = "") -> SlotReading:
    shown = ((printed, 0.9),) if printed else ()
    seen = 0.99 if texts else 0.0
    return SlotReading(
        code, "number_token", (0, 0, 9, 9), written=seen, candidates=texts, printed=shown
    )


def pages_numbered(*slots: SlotReading) -> list[str | None]:
    read = [PageReading(n, (EntryReading(1, (one,)),)) for n, one in enumerate(slots, start=1)]
    generation = KS.generation("rvn-1955-1975")
    drafted = draft_book(read, KS, generation)
    return [drafts["trangSo"].value.value for _, drafts in drafted]


def test_a_book_whose_page_numbers_are_printed_is_told_from_one_where_they_are_written() -> None:
    half = [number("trangSo", (str(n % 10), 0.5), ("110", 0.3), printed=str(n)) for n in (58, 59)]
    half += [number("trangSo", ("110", 0.6), printed="60"), number("trangSo", printed="61")]
    assert pages_numbered(*half) == ["58", "59", "60", "61"]
    clerk = [number("trangSo", (str(n), 0.9), printed="7") for n in (12, 13, 14)]
    assert pages_numbered(*clerk) == ["12", "13", "14"]


def test_an_unread_month_may_be_any_and_is_mostly_a_stroke() -> None:
    day = SlotReading("ngayDangKy", "partial_date", (0, 0, 9, 9), "d", candidates=(("5", 1.0),))
    stroke = SlotReading("ngayDangKy", "partial_date", (0, 0, 9, 9), "m", ink=0.05)
    texts = texts_of((day, stroke))
    assert texts[0][0].split("\x1f")[:2] == ["5", "1"]
    assert {text.split("\x1f")[1] for text, _ in texts} == {str(n) for n in range(1, 13)}
    nothing = texts_of((stroke, SlotReading("ngayDangKy", "partial_date", (0, 0, 9, 9), "d")))
    assert nothing == ()


def test_a_declarant_is_seldom_very_old_and_as_old_as_the_parent_of_that_name() -> None:
    roles = roles_of("KS")
    drafts = {"nycTuoi": drafted("age", **{"86": 0.4, "26": 0.2})}
    weigh_ages(drafts, roles)
    assert drafts["nycTuoi"].value.value == "26"
    drafts = {
        "ngayDangKy": drafted("partial_date", **{"02.03.1969": 0.9}),
        "nycHoTen": drafted("person_name", Lê_Văn_Tư=0.9),
        "nycTuoi": drafted("age", **{"47": 0.5, "41": 0.4}),
        "chaHoTen": drafted("person_name", Lê_Văn_Tự=0.9),
        "chaNgaySinh": drafted("age", **{"1928": 0.9}),
    }
    agree_on_age(drafts, roles)
    assert drafts["nycTuoi"].value.value == "41"


def test_a_declarants_ditto_points_to_the_parent_of_that_name() -> None:
    drafts = {
        "chaHoTen": drafted("person_name", Lê_Văn_Tư=0.9),
        "chaNgheNghiep": drafted("text", làm_ruộng=0.9),
        "meHoTen": drafted("person_name", Trần_Thị_Ba=0.9),
        "meNgheNghiep": drafted("text", nội_trợ=0.9),
        "nycHoTen": drafted("person_name", Lê_Văn_Tự=0.9),
        "nycNgheNghiep": drafted("text", "ditto", nt=0.9),
    }
    resolve_dittos([drafts], roles_of("KS"))
    assert drafts["nycNgheNghiep"].value.value == "làm ruộng"


def test_a_hand_whose_threes_look_like_nines_is_known_from_its_numbers() -> None:
    def age(code: str, text: str) -> SlotReading:
        return SlotReading(code, "age", (1, 0, 9, 9), written=0.99, candidates=((text, 0.9),))

    def read(looks: str) -> list[PageReading]:
        pages = []
        for number_, years in ((31, "31"), (32, "38"), (33, "27"), (34, "36"), (35, "24")):
            seen = [str(number_).replace("3", looks), years.replace("3", looks)]
            date = ((f"{number_ - 30}-6-1962", 0.95),)
            slots = (
                number("so", (seen[0], 0.8), (str(number_), 0.15)),
                SlotReading("ngayDangKy", "partial_date", (2, 0, 9, 9), "", candidates=date),
                age("meNgaySinh", seen[1]),
            )
            pages.append(PageReading(number_, (EntryReading(1, slots),)))
        return pages

    def born(looks: str) -> list[str | None]:
        generation = KS.generation("rvn-1955-1975")
        drafted = draft_book(read(looks), KS, generation)
        return [drafts["meNgaySinh"].value.value for _, drafts in drafted]

    assert born("3") == born("9") == ["1931", "1924", "1935", "1926", "1938"]


def test_a_months_misread_figure_is_known_from_the_words_of_deaths() -> None:
    """A clerk's 3 read as 9 in a whole book: in words the deaths are of March."""
    words = {1: "một", 3: "ba", 5: "năm", 7: "bảy"}

    def date(code: str, *texts: tuple[str, float]) -> SlotReading:
        return SlotReading(code, "partial_date", (len(code), 0, 9, 9), "", candidates=texts)

    pages = []
    for day in words:
        said = f"ngày mùng {words[day]} tháng ba năm hai nghìn không trăm mười lăm"
        paper = (f"{day}-9-2015", 0.95), (f"{day}-3-2015", 0.0003)
        slots = (
            number("so", (f"{day}", 0.9)),
            date("ngayDangKy", (f"{day + 2}-9-2015", 0.7), (f"{day + 2}-3-2015", 0.2)),
            date("nktNgayChet", (f"{day}-9-2015", 0.9)),
            SlotReading(
                "nktNgayChetGhiBangChu", "text", (2, 0, 9, 9), "", candidates=((said, 0.9),)
            ),
            date("gbtNgay", *paper),
        )
        pages.append(PageReading(day, (EntryReading(1, slots),)))
    register = load_register("KT")
    drafted = draft_book(pages, register, register.generation("2006-2015"))
    for code in ("ngayDangKy", "nktNgayChet", "gbtNgay"):
        assert {own[code].value.value[3:] for _, own in drafted} == {"03.2015"}, code


def test_a_scrawled_signature_is_the_officers_and_another_officers_name_stays() -> None:
    usual = [{"Phan Trung Luận": 0.9}] * 6
    read = recurring(
        [*usual, {"Nh T": 1.0}, {"Trần Văn Ánh": 0.9}], likely=likely_name
    )  # letters far from the usual name: no name at all, and a name
    assert [max(own, key=lambda v: own[v]) for own in read[-2:]] == [
        "Phan Trung Luận",
        "Trần Văn Ánh",
    ]


def test_a_rank_keeps_the_capital_it_is_written_with() -> None:
    read = recurring(
        [{"Chánh": 0.9, "chánh": 0.05}, {"chánh": 0.9}, {"vợ chánh": 0.9}] * 3,
        new=0.2,
        known=usual_values("meThuBacVo"),
    )
    assert [max(own, key=lambda v: own[v]) for own in read[:2]] == ["Chánh", "chánh"]


def test_kinds_of_work_are_known_and_new_ones_stay() -> None:
    known = usual_values("chaNgheNghiep")
    assert {"làm ruộng", "thơ ký"} <= known and not usual_values("chaHoTen")
    readings = [{"làm rường": 0.5}, {"đánh có": 0.7}, {"buôn bán": 0.9}, {"nuôi cá sấu": 0.9}]
    found = [max(own, key=lambda v: own[v]) for own in recurring(readings, 0.2, known=known)]
    assert found == ["làm ruộng", "đánh cá", "buôn bán", "nuôi cá sấu"]


def test_an_office_is_called_as_the_homes_call_it() -> None:
    homes = [{"chaNoiCuTru": drafted("place", **{"xã_Tường_Lộc,_Vĩnh_Long": 0.9})}] * 5
    favour = named_elsewhere(homes, besides=["noiDangKy"])
    offices = [{"noiDangKy": drafted("place", Tương_Lộc=0.9)}] * 9
    hamlets = [{"meNoiCuTru": drafted("place", **{"ấp_Tương_Lộc,_Vĩnh_Long": 0.9})}] * 9
    told = named_elsewhere([*homes, *offices, *hamlets], besides=["noiDangKy"])
    assert told("Tương Lộc") == 1.0 < told("Tường Lộc")
    readings = [{"Tương Lộc": 0.5, "Tường Lộc": 0.3}] * 4
    assert all(max(r, key=lambda v: r[v]) == "Tường Lộc" for r in recurring(readings, 0.02, favour))
    assert all(max(r, key=lambda v: r[v]) == "Tương Lộc" for r in recurring(readings, 0.02))


def test_a_hamlet_ends_where_its_commune_begins() -> None:
    home = {"chaNoiCuTru": drafted("place", ấp_vinh_lộc_xã_Tân_Lý=0.9)}
    others = [{"chaNoiCuTru": drafted("place", **{"ấp_Hạ,_xã_Tân_Lý": 0.9})}] * 3
    vote([home, *others])
    assert home["chaNoiCuTru"].value.value == "ấp vinh lộc, xã Tân Lý"


def test_a_witness_is_so_many_tuoi_old_and_of_a_known_work() -> None:
    drafts = {
        "nhanChung1": drafted(
            "person_name", **{"Lê_Bé,_44_tổi,_nội_trị": 0.4, "Lê_Bê,_44_tuổi,_nội_trợ": 0.5}
        ),
        "nhanChung2": drafted("person_name", **{"Lê_Út,_31_t6i_nuôi_cá_sấu": 0.9}),
    }
    drafts["nhanChung1"].options["Lê Bé, 44 tuổi, nội trợ"] = 0.2  # type: ignore[index]
    mend_tails([drafts])
    assert drafts["nhanChung1"].value.value == "Lê Bé, 44 tuổi, nội trợ"
    assert drafts["nhanChung2"].value.value == "Lê Út, 31 tuổi, nuôi cá sấu"
