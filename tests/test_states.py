"""What tells a place's state: stamps, lines in tall places, the room of the ink, marks."""

from __future__ import annotations

import cv2
import numpy as np

from common.geometry import Box
from extract.decision.choose import draft
from extract.decision.composite import split_shared
from extract.ink.lift import InkOptions, cut_line
from extract.ink.rows import rows_in, without_run_in
from extract.ink.stamps import StampOptions, without_stamps
from extract.parse.dates import Era
from extract.parse.field import Context
from extract.parse.marks import likely_mark, mark_of, strokes
from extract.parse.places import province_near
from extract.reading.extent import Extent, fits, in_room
from extract.reading.readings import SlotReading
from extract.registers import load_register
from models.reading import Image

KS = load_register("KS")
LINE = 60.0


def paper(height: int = 400, width: int = 700) -> Image:
    return np.full((height, width), 250, np.uint8)


def write(page: Image, text: str, x: int, y: int) -> None:
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 70, 3, cv2.LINE_AA)


def test_a_red_stamp_goes_and_the_name_under_it_stays() -> None:
    colour = np.full((200, 500, 3), 250, np.uint8)
    cv2.putText(colour, "Nguyen Van", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (84, 58, 40), 3)
    plain = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    stamp = np.full_like(colour, 250)
    cv2.circle(stamp, (160, 100), 70, (190, 50, 60), 6, cv2.LINE_AA)
    both = cv2.multiply(colour, stamp, scale=1 / 250)
    grey = cv2.cvtColor(both, cv2.COLOR_RGB2GRAY)
    found = without_stamps(grey, both, StampOptions())
    assert ((found < 200) & (plain > 240)).sum() < 0.02 * (plain < 200).sum()
    assert (found[plain < 120] < 150).mean() > 0.97
    grey_scan = cv2.cvtColor(plain, cv2.COLOR_GRAY2RGB)
    assert np.array_equal(without_stamps(plain, grey_scan, StampOptions()), plain)


def test_lines_of_a_tall_place_are_found_and_dirt_is_none() -> None:
    page = paper()
    for y, text in ((80, "Da cap"), (150, "ban sao"), (220, "5/11/2000")):
        write(page, text, 330, y)
    cv2.circle(page, (400, 330), 4, 60, -1)
    place = Box(300, 20, 690, 390)
    rows = rows_in(page, place, LINE, InkOptions())
    assert len(rows) == 3
    assert all(row.y0 < y - 12 < row.y1 for row, y in zip(rows, (80, 150, 220), strict=True))
    write(page, "nam nam", 180, 340)  # runs on into the place from its neighbour
    assert len(rows_in(page, place, LINE, InkOptions())) == 4
    cleared = without_run_in(page, place, LINE, InkOptions())
    assert len(rows_in(cleared, place, LINE, InkOptions())) == 3


def test_a_dark_edge_of_the_sheet_does_not_make_writing_a_smudge() -> None:
    page = paper(200)
    write(page, "24", 60, 110)
    alone = cut_line(page, Box(40, 60, 680, 120), InkOptions()).box
    page[:, 640:660] = 10
    assert cut_line(page, Box(40, 60, 680, 120), InkOptions()).box == alone


def test_pieces_above_and_below_do_not_make_writing_small() -> None:
    page = paper(300)
    write(page, "CMND 376957163", 60, 160)
    alone = cut_line(page, Box(40, 100, 680, 190), InkOptions()).image.shape
    page[92:104, 200:208] = page[186:198, 200:208] = 80
    assert cut_line(page, Box(40, 100, 680, 190), InkOptions()).image.shape == alone


def test_a_flourish_over_a_name_goes_and_the_letters_it_touches_stay() -> None:
    page = paper(200)
    write(page, "Van Dat", 100, 140)
    place, signed = Box(40, 80, 680, 160), InkOptions(sparse=0.25)
    alone = cut_line(page, place, signed)
    cv2.polylines(page, [np.array([(90, 70), (150, 118), (220, 80), (330, 60)])], False, 50, 3)
    cut = cut_line(page, place, signed)
    assert abs(cut.box.y0 - alone.box.y0) <= 4 and abs(cut.ink / alone.ink - 1) < 0.15
    assert cut_line(page, place, InkOptions()).box.y0 < alone.box.y0 - 20


def test_a_text_is_as_long_as_its_ink() -> None:
    name, dash, slash = Extent(6.0, 1.0), Extent(0.4, 0.1), Extent(0.3, 0.8)
    assert in_room((("-", 0.9), ("Phan Công Khá", 0.01)), name)[0][0] == "Phan Công Khá"
    assert in_room((("-", 1.0),), name) == ()
    assert in_room((("Kinh", 0.6), ("-", 0.4)), dash)[0][0] == "-"
    assert in_room((('"', 0.6), ("/", 0.3)), slash)[0][0] == "/"
    assert fits("Nguyễn Văn Tư", Extent(5.5, 1.0)) == fits("//", Extent(0.6, 0.8)) == 0.0
    assert in_room((("/", 0.9), ("VN", 0.1)), Extent(0.9, 0.9, 0.75))[0][0] == "VN"
    assert in_room((("ng", 0.7), ("Ng", 0.3)), Extent(4.0, 1.2, 17.0)) == ()  # a blot
    assert sum(p for _, p in in_room((("-", 0.5), ("ab", 0.3)), Extent(1.0, 1.0))) == 0.8


def shared(text: str, *codes: str) -> dict[str, SlotReading]:
    slots = [
        SlotReading(code, "text", (1, 2, 3, 4), written=1.0, candidates=((text, 0.9),))
        for code in codes
    ]
    return {slot.code: slot for slot in split_shared(slots, KS)}


def test_parts_of_a_shared_place_are_read_blank_or_not_understood() -> None:
    paper_codes = [f"nyc{n}GiayToTuyThan" for n in ("So", "Loai", "NgayCap", "NoiCap")]
    known = shared("CMND số 376957163 d0 C4 Thanh Hóa cập ngày 09/06/2013", *paper_codes)
    assert [known[code].text for code in paper_codes] == [
        "376957163", "CMND", "09/06/2013", "CA Thanh Hóa",
    ]  # fmt: skip
    card = shared("CCCD số 066086337525 do Cục C5 QUNG xã TIN cấp ngày 6-5-2020", *paper_codes)
    assert card[paper_codes[3]].text == "Cục CS QLHC về TTXH"
    short = shared("CMND 376957163", *paper_codes)
    assert short[paper_codes[3]].candidates == () and short[paper_codes[3]].written == 0.0
    lost = shared("NOM TRMAIN LT PIN ET PIOM PIAIS S", *paper_codes)
    assert lost[paper_codes[0]].text and lost[paper_codes[0]].written == 1.0
    assert {slot.text for slot in shared("không", *paper_codes).values()} == {"không"}
    for name in ("Nguyễn Văn Trọng", "Lê Văn Chủ", "Trần Thị Hộ Lan"):
        alone = shared(name, "nguoiKy", "chucVuNguoiKy")
        assert alone["nguoiKy"].text == name and alone["chucVuNguoiKy"].text == ""
    office = shared("Lê Văn Do Phố Chủ tnh", "nguoiKy", "chucVuNguoiKy")
    assert office["nguoiKy"].text == "Lê Văn Do"
    assert office["chucVuNguoiKy"].text == "Phó Chủ tịch"


def test_strokes_are_a_mark_and_slips_still_name_a_province() -> None:
    assert mark_of("không xã") == mark_of("Không ro") == "unknown" and mark_of("Khổng Tú") is None
    slips = ("nh chợ", "như thợ", "ne me", "như trê", "Như Xuân", "nội trợ", "đánh cá")
    found = [likely_mark(((text, 0.6),), "place") for text in slips]
    assert found == ["ditto_father", "ditto_father", "ditto_mother", "ditto", None, None, None]
    assert likely_mark((("an", 0.57), ("nt", 0.4)), "place") == "ditto"
    assert likely_mark((("11", 0.6),), "text") == "either" and likely_mark((), "text") is None
    assert strokes("11") == strokes("//") == "either" and strokes("12") is None
    assert province_near("xã Bình Đức, Định Tườnq") == "Định Tường"
    assert province_near("xã Phước Hòa") is None and province_near(None) is None


def test_large_figures_fit_their_own_size() -> None:
    """A year in figures larger than the page's writing is no line of ink without letters."""
    assert fits("086074107536", Extent(13.0, 1.0)) == 0.0 > fits("nguoi cho con", Extent(13.0, 1.0))
    assert in_room((("1973", 0.9),), Extent(5.0, 1.7)) == (("1973", 0.9),)
    assert fits("1", Extent(0.8, 1.0)) == 0.0


def test_a_wide_hand_is_read_and_a_smear_is_not() -> None:
    wide = Extent(19.9, 1.0, 1.1)
    assert in_room((("083069400265", 0.9),), wide) == (("083069400265", 0.9),)
    assert in_room((("Kinh", 0.9),), Extent(5.6, 1.0, 2.5))[0][0] == "Kinh"
    assert in_room((("Phan Chi", 0.9),), wide) == ()  # half of it is not told
    assert in_room((("no", 0.9),), Extent(5.0, 1.0, 2.5)) == ()


def test_gaps_over_printed_words_take_no_letters() -> None:
    """A date over "tháng … năm" stands in pieces: only the pieces count as written."""
    page = np.full((100, 1000), 255, np.uint8)
    for x in (40, 70, 480, 510, 900, 930):
        cv2.line(page, (x, 40), (x + 12, 70), 40, 4)
    cut = cut_line(page, Box(20, 30, 980, 80), InkOptions())
    assert cut.box.width > 850
    assert 100 < cut.written < 200


def test_no_is_an_answer_where_the_form_asks_and_nothing_elsewhere() -> None:
    def status(code: str, kind: str) -> str:
        slot = SlotReading(code, kind, (0, 0, 9, 9), written=1.0, candidates=(("không có", 0.9),))
        context = Context(1960, Era(1955, 1975))
        return draft(load_register("KH").column(code), [slot], context).value.status

    assert status("honKhe", "text") == "read"
    assert status("voNgheNghiep", "text") == "blank"
