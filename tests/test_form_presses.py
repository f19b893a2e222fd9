"""Every press that no training sees, its print read without a fault: each blank is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from common.errors import FormError
from common.geometry import Box
from extract.form.discover import DiscoverOptions, understand
from extract.form.words import Word
from extract.registers import load_register
from models.rules import find_rules
from models.synth.entry import COMPOSITE
from models.synth.form_layout import Slot
from models.synth.press import Press, forms_of, load_form, registers, set_press

DPI = 80
NOTE = ["ghi", "chu"]
PAIR = "two cases a page, dotted lines"
PRESSES = [
    (register, form, press.name)
    for register in registers()
    for form in forms_of(register)
    for press in load_form(form, register).presses
    if press.split == "test"
]


@pytest.mark.parametrize(("register", "form", "name"), PRESSES)
def test_every_blank_of_every_case_is_found(register: str, form: str, name: str) -> None:
    press = set_one(register, form, name)
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    known = load_register(register)
    chosen, cases = understand(
        [words_of(press)], find_rules(blank), blank, known, DiscoverOptions()
    )
    assert chosen.generation.id == form and len(cases) == press.entries
    lost = {
        (entry, code)
        for (entry, code), slots in written(press).items()
        if (found := cases[entry - 1].fields.get(code)) is None
        or not any(found.box.contains(*point_of(slots, press)) for slots in slots)
    }
    assert not lost
    fields = [(code, slot) for case in cases for code, slot in case.fields.items()]
    squares = [box.centre for _, slot in fields if slot.kind == "tick" for box in slot.boxes]
    lines = [(code, box) for code, slot in fields if slot.kind != "tick" for box in slot.boxes]
    assert not {code for code, box in lines for square in squares if box.contains(*square)}


def written(press: Press) -> dict[tuple[int, str], list[list[Slot]]]:
    """Where the columns are written by case: each place once, a date's parts together."""
    places: dict[tuple[int, str], list[list[Slot]]] = {}
    for slot in press.sheet.slots:
        if slot.code.startswith("_") or slot.kind == "print":
            continue
        cases = range(1, press.entries + 1) if slot.entry == 0 else [slot.entry]
        for key in (
            (case, code) for case in cases for code in COMPOSITE.get(slot.code, [slot.code])
        ):
            own = places.setdefault(key, [])
            if slot.part and own:
                own[-1].append(slot)
            else:
                own.append([slot])
    return places


def point_of(slots: list[Slot], press: Press) -> tuple[float, float]:
    """A point inside what is written there: its beginning, or the middle of a date."""
    if slots[0].part:
        boxes = [slot.box for slot in slots]
        return (boxes[0].x0 + boxes[-1].x1) / 2, boxes[0].centre[1]
    box = slots[0].box
    return box.x0 + 0.35 * box.width, slots[0].baseline - 0.2 * press.pitch


def set_one(register: str, form: str, name: str) -> Press:
    """The press of this name, set at a low resolution."""
    spec = load_form(form, register)
    only = spec.model_copy(update={"presses": [p for p in spec.presses if p.name == name]})
    printed = {"noiDangKy": "TÂN LẬP", "trangSo": "12"}
    return set_press(only, only.presses[0].split, np.random.default_rng(1), DPI, None, printed)


def words_of(press: Press) -> tuple[Word, ...]:
    return tuple(words(press))


def words(press: Press) -> Iterator[Word]:
    """The printed words as a perfect reader gives them."""
    for line in press.sheet.words:
        x, space = line.x, press.face.width(" ", line.size, line.style)
        for text in line.text.split():
            width = press.face.width(text, line.size, line.style)
            top, foot = line.baseline - 0.75 * line.size, line.baseline + 0.2 * line.size
            yield Word(text, Box(x, top, x + width, foot))
            x += width + space


def test_cases_are_parted_whatever_stands_first() -> None:
    """The lower note's heading a little above its number's row, as on a page that slopes."""
    press = set_one("KT", "tt15-2015", "two entries, boxed lines")
    printed = words_of(press)
    note = [i for i, pair in enumerate(pairwise(printed)) if [w.key for w in pair] == NOTE]
    raised = [
        replace(word, box=Box(word.box.x0, word.box.y0 - 8, word.box.x1, word.box.y1 - 8))
        if i in (note[-1], note[-1] + 1)
        else word
        for i, word in enumerate(printed)
    ]
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    known = load_register("KT")
    _, cases = understand([raised], find_rules(blank), blank, known, DiscoverOptions())
    assert len(note) == press.entries == len(cases) == 2
    assert cases[0].fields["nktHoTen"].box.y1 < cases[1].fields["nktHoTen"].box.y0


def test_a_worn_label_is_known_by_the_row_it_must_stand_on() -> None:
    press = set_one("LH", "tt15-2015", "spacious single page, note column on the left")
    worn = [
        replace(word, text="n§ày", steady=False, confidence=0.1) if word.text == "ngày" else word
        for word in words_of(press)
    ]
    assert any(not word.steady for word in worn)
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    known = load_register("LH")
    _, cases = understand([worn], find_rules(blank), blank, known, DiscoverOptions())
    slots = written(press)[1, "lhVanBanNgay"]
    assert any(cases[0].fields["lhVanBanNgay"].box.contains(*point_of(own, press)) for own in slots)


def test_a_worn_label_that_begins_a_row_is_known_by_its_neighbours_rows() -> None:
    """*Dân tộc* read as *Lăn Lọc*, and printed after *Nghề nghiệp*, which the form has below."""
    press = set_one("KH", "1976-1998", "registration first, notes at the right")
    misread = {"Dân": "Lăn", "tộc": "Lọc"}
    worn = [
        replace(word, text=misread.get(word.text, word.text), confidence=0.2)
        for word in words_of(press)
    ]
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    _, cases = understand([worn], find_rules(blank), blank, load_register("KH"), DiscoverOptions())
    for code in ("chongDanToc", "voDanToc"):
        slots = written(press)[1, code]
        assert any(cases[0].fields[code].box.contains(*point_of(own, press)) for own in slots)


def test_a_worn_label_that_begins_the_row_of_the_next_is_found() -> None:
    """*Nơi đăng ký* where it looks like writing: not all pages show it, and it is the first."""
    press = set_one("KH", "1999-2005", PAIR)
    printed = words_of(press)
    worn = [replace(word, steady=word.text != "Nơi") for word in printed]
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    _, cases = understand([worn], find_rules(blank), blank, load_register("KH"), DiscoverOptions())
    slots = written(press)[1, "noiDangKy"]
    assert any(cases[0].fields["noiDangKy"].box.contains(*point_of(own, press)) for own in slots)


@pytest.mark.parametrize(
    ("register", "lost"), [("KH", "chongSoGiayToTuyThan"), ("KS", "nksDanToc")]
)
def test_a_label_is_lent_by_its_like_in_whatever_order_the_press_prints_them(
    register: str, lost: str
) -> None:
    """No reader saw it in any case; the form's order has it below other labels than the press."""
    press = set_one(register, "1999-2005", PAIR)
    places = [own[0][0].box for (_, code), own in written(press).items() if code == lost]
    seen = [
        word
        for word in words_of(press)
        if not any(
            abs(word.box.centre[1] - place.centre[1]) < press.pitch / 3
            and place.x0 - 4 * press.pitch < word.box.x0 < place.x0
            and word.text in ("Dân", "tộc:", "Số", "CMND/Hộ", "chiếu:")
            for place in places
        )
    ]
    assert len(seen) < len(words_of(press))
    blank, known = np.asarray(255 - press.ink, dtype=np.uint8), load_register(register)
    _, cases = understand([seen], find_rules(blank), blank, known, DiscoverOptions())
    for (entry, code), slots in written(press).items():
        if code == lost:
            place = cases[entry - 1].fields[code].box
            assert any(place.contains(*point_of(own, press)) for own in slots)


def test_dirt_that_one_reading_takes_for_a_label_is_none() -> None:
    press = set_one("KH", "1976-1998", "registration first, notes at the right")
    printed = words_of(press)
    number = next(word for word in printed if word.text == "Số")
    dirt = replace(number, box=Box(12, 8, 12 + number.box.width, 8 + number.box.height))
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    readings = [[dirt, *printed], printed, printed]
    _, cases = understand(
        readings, find_rules(blank), blank, load_register("KH"), DiscoverOptions()
    )
    slots = written(press)[1, "so"]
    assert any(cases[0].fields["so"].box.contains(*point_of(own, press)) for own in slots)


def test_a_ledger_s_head_is_found_beside_rows_that_name_its_labels() -> None:
    """*Số* misread as figures, the title unread, the office's label hardly; *xã* in every row."""
    press = set_one("KT", "1976-1998", "ledger in narrow rows")
    blank, printed = np.asarray(255 - press.ink, dtype=np.uint8), words_of(press)
    least = min(word.box.height for word in printed)
    seen = [word for word in printed if word.box.height < 1.2 * least]  # all but the title
    seen = [replace(w, text="S6" if w.text == "Số" else w.text, confidence=0.3) for w in seen]
    rows = [own[0][0].box for (_, code), own in written(press).items() if code == "nktNoiCuTru"]
    seen += [Word("xã", Box(box.x0 + 9, box.y0, box.x0 + 15, box.y0 + least)) for box in rows]
    rules, known = find_rules(blank), load_register("KT")
    _, cases = understand([seen], rules, blank, known, DiscoverOptions())
    assert len(cases) == press.entries == len(rows)
    for (entry, code), slots in written(press).items():
        if code in ("so", "noiDangKy", "nktNoiCuTru"):
            place = cases[entry - 1].fields[code].box
            assert any(place.contains(*point_of(own, press)) for own in slots)


def test_the_first_column_of_a_ledger_holds_the_numbers_whatever_its_head_is_read() -> None:
    """*Số* not read, but misread out of other print above the table."""
    press = set_one("KT", "1976-1998", "ledger in narrow rows")
    head = next(word for word in words_of(press) if word.text == "Số")
    above = replace(head, box=Box(400, 20, 420, 20 + head.box.height))
    seen = [above if word == head else word for word in words_of(press)]
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    _, cases = understand([seen], find_rules(blank), blank, load_register("KT"), DiscoverOptions())
    for (entry, code), slots in written(press).items():
        if code == "so":
            place = cases[entry - 1].fields[code].box
            assert any(place.contains(*point_of(own, press)) for own in slots)


def test_worn_print_is_refused_as_a_register_whose_form_is_shorter() -> None:
    """Of a fuller form more is worn away: a shorter one that shares its labels has more left."""
    press = set_one("KS", "2006-2015", "two cases a page, dotted lines")
    worn = np.random.default_rng(2)
    seen = [word for word in words_of(press) if worn.random() > 0.25]
    blank = np.asarray(255 - press.ink, dtype=np.uint8)
    marriages = load_register("KH")
    with pytest.raises(FormError, match="show register KS"):
        understand([seen], find_rules(blank), blank, marriages, DiscoverOptions())
