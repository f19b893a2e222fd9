"""A book teaches its form: its pages agree on a blank form, whose print tells the fields."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from common.errors import FormError
from common.geometry import Box
from common.options import Options
from extract.form.between_rules import read_between_rules
from extract.form.book_form import BookForm, Entry, FieldSlot, FoundLabel
from extract.form.case_rows import entries_of, find_ledger, in_ledger
from extract.form.consensus import Consensus, build_consensus
from extract.form.decode import Found
from extract.form.expected import with_expected
from extract.form.folds import without_folds
from extract.form.folio import FOLIO, with_folio
from extract.form.ground import Ground, bounding, unbroken, without_ghosts, without_letters
from extract.form.lend import lent
from extract.form.marks import tick_square, ticked_right
from extract.form.recognise import Candidate, is_code, rank_forms
from extract.form.second_look import CropReader, look_again
from extract.form.slots import column_heads, ruled_heads, slots_of
from extract.form.surroundings import Surroundings
from extract.form.wordings import vocabulary
from extract.form.words import (
    Word,
    clear_of_rules,
    in_rows,
    read_words,
    told_from_writing,
    with_dates,
)
from extract.parse.tables import table
from extract.registers import Label, Register, load_register, register_codes
from extract.roles import roles_of
from models.print_reader import PrintReader
from models.reading import Image
from models.rules import Rules, find_rules, lift_rules

_AHEAD = 1.25  # times that another register's form explains the print better, and is the right one
_ENLARGED = 2.5  # how much larger a ledger's headings are read


class DiscoverOptions(Options):
    """How a form is sought.

    Attributes:
        pages: how many pages, spread over the book, teach the form.
        long_side: pixels of the longer side of the blank form.
        coverage: weighted share of a generation's labels that must be found.
        labels: fewest labels that must be found.
    """

    pages: int = 16
    long_side: int = 2000
    coverage: float = 0.4
    labels: int = 7


@dataclass(frozen=True)
class Print:
    """What the pages of a book print, before it is known which form that is.

    Attributes:
        common: what the pages have in common.
        rules: its ruled lines.
        readings: its printed words, read several ways; the last is the fullest.
        pages: the pages (H, W) it was learnt from.
    """

    common: Consensus
    rules: Rules
    readings: tuple[tuple[Word, ...], ...]
    pages: tuple[Image, ...]


def discover_form(
    pages: Sequence[Image],
    register: Register,
    options: DiscoverOptions | None = None,
    reader: CropReader | None = None,
) -> BookForm:
    """Learn the blank form of a book, and where each of the register's fields is written on it.

    Args:
        pages: clean grey pages (H, W) of the book, all or a sample spread over it.
        register: the register the book is said to be.
        reader: reads the printed words; Tesseract by default.

    Raises:
        FormError: the pages show no form of this register; nothing is ever assumed.
    """
    options = options or DiscoverOptions()
    reader = reader or PrintReader()
    return form_of(read_print(pages, options, reader), register, options, reader)


def read_print(pages: Sequence[Image], options: DiscoverOptions, reader: CropReader) -> Print:
    """What clean grey pages (H, W) of a book print, whatever its register.

    Raises:
        FormError: there is no page with print on it.
    """
    common = build_consensus(pages, options.pages, options.long_side)
    rules = without_letters(find_rules(common.grey), common.grey)
    registers = map(load_register, register_codes())
    printed = vocabulary(g for register in registers for g in register.generations)
    readings = told_from_writing(
        _readings(common, rules, reader, printed),
        printed,
        (common.grey, common.strict),
        (common.sharp, common.steady),
    )
    headings = _headings(common.grey, rules, reader)
    rules = without_folds(without_ghosts(rules, common.strict), common.grey)
    width = common.grey.shape[1]
    clear = (tuple(clear_of_rules(words, rules, width)) for words in (*headings, *readings))
    return Print(common, rules, tuple(clear), tuple(pages))


def form_of(
    seen: Print, register: Register, options: DiscoverOptions, reader: CropReader
) -> BookForm:
    """Which form of a register a book's print is, and where each field is written on it.

    Raises:
        FormError: it is no form of this register.
    """
    common, blank = seen.common, seen.common.grey
    chosen, cases = understand(seen.readings, seen.rules, blank, register, options)
    if not _placed(cases, FOLIO) and (label := _label_of(chosen, FOLIO)):
        layers = common.layers(seen.pages, options.long_side)
        words = _fullest(seen.readings)
        cases = with_folio(cases, label, layers, common.pages, words, reader)
    return BookForm(
        register=register.code,
        generation=chosen.generation.id,
        blank=blank,
        labels=tuple(_labels(chosen)),
        entries=cases,
        score=min(1.0, chosen.coverage),
        missing=tuple(code for code in chosen.generation.printed if not _placed(cases, code)),
        pages=tuple(index + 1 for index in common.pages),
    )


def understand(
    readings: Sequence[Sequence[Word]],
    rules: Rules,
    blank: Image,
    register: Register,
    options: DiscoverOptions,
) -> tuple[Candidate, tuple[Entry, ...]]:
    """Which of the register's forms a blank form is, and where each case is written on it.

    Args:
        readings: its printed words, read one way or several; the last is the fullest.
        rules: its ruled lines.

    Raises:
        FormError: it is no form of this register.
    """
    size = (blank.shape[1], blank.shape[0])
    ledger = find_ledger(rules, size)
    cells = ledger.cells() if ledger else ()
    lines = [in_rows(words) for words in readings]
    walls = unbroken(rules.vertical, blank)
    ranked = rank_forms(lines, _known(register), size, cells, walls)
    chosen = _chosen(ranked, register, options)
    words = _fullest(readings)
    headed = in_ledger(chosen.cases[0], ledger) if ledger else {}
    if ledger and headed:
        number = _label_of(chosen, roles_of(register.code)["number"])
        rows = entries_of(headed, ledger, number, _notes_of(chosen))
        outside = [in_rows(_outside(rows, words)) for words in readings]
        again = rank_forms(outside, [register], size, cells, walls)
        page = next(c for c in again if c.generation == chosen.generation)
        around = tuple(item for item in page.cases[0] if item not in headed)
        chosen = replace(chosen, cases=((*headed, *around),))
        return chosen, _rows(replace(chosen, cases=(around,)), rows, rules, words, blank)
    once = {section.id for section in chosen.generation.sections if section.once}
    seen = [with_expected(case, chosen.states, lines) for case in chosen.cases]
    bare = lift_rules(blank, rules)
    chosen = replace(chosen, cases=lent(seen, chosen.states, bare, once))
    return chosen, _entries(chosen, rules, words, blank)


def _fullest(readings: Sequence[Sequence[Word]]) -> tuple[Word, ...]:
    return tuple(readings[-1] or readings[0])


def _known(register: Register) -> list[Register]:
    """This register and, after it, the others."""
    return [register, *(load_register(c) for c in register_codes() if c != register.code)]


def _readings(
    common: Consensus, rules: Rules, reader: CropReader, printed: Container[str]
) -> list[tuple[Word, ...]]:
    """The print in several renderings: each reads worn labels that the others miss.

    What none of them understood is then read piece by piece.
    """
    plain, strict, sharp = (
        lift_rules(image, rules) for image in (common.grey, common.strict, common.sharp)
    )
    readings = [
        read_words(plain, reader),
        read_words(strict, reader),
        read_words(plain, reader, pale=False),
        read_words(plain, reader, pale=False, smooth=1.0, psm=6),
        read_words(strict, reader, pale=False, zoom=1.5, psm=6),
        read_between_rules(plain, rules, reader),
        read_words(sharp, reader),
        read_words(sharp, reader, pale=False, zoom=1.5, psm=6),
    ]
    readings.append(look_again(plain, strict, readings, printed, reader))
    return with_dates(readings, printed)


def _headings(grey: Image, rules: Rules, reader: CropReader) -> list[tuple[Word, ...]]:
    """A ledger's headings, and what stands above them, read again, enlarged: they are small on a
    large sheet."""
    ledger = find_ledger(rules, (grey.shape[1], grey.shape[0]))
    if ledger is None:
        return []
    plain = lift_rules(grey, rules)
    y0, y1 = (round(y) for y in ledger.bands[0])
    bands = [(top, foot) for top, foot in ((0, y0), (y0, y1)) if foot > top]
    readings = []
    for psm in (6, 11):
        words: list[Word] = []
        for top, foot in bands:
            read = read_words(plain[top:foot], reader, pale=False, zoom=_ENLARGED, psm=psm)
            words += (replace(word, box=_lowered(word.box, top)) for word in read)
        readings.append(tuple(words))
    return readings


def _lowered(box: Box, by: float) -> Box:
    return Box(box.x0, box.y0 + by, box.x1, box.y1 + by)


def _chosen(ranked: Sequence[Candidate], register: Register, options: DiscoverOptions) -> Candidate:
    def shown(candidate: Candidate) -> bool:
        return candidate.coverage >= options.coverage and candidate.count >= options.labels

    best = next(c for c in ranked if c.register == register.code)
    rival = ranked[0]
    ahead = rival.coverage > best.coverage or rival.rank > _AHEAD * best.rank
    if rival.register != register.code and ahead and shown(rival):
        raise FormError(
            f"the pages show register {rival.register} ({rival.generation.name}), "
            f"not {register.code}",
            hint=f"--register {rival.register}",
        )
    if not shown(best):
        raise FormError(
            f"the pages show no form of register {register.code}: the nearest, "
            f"{best.generation.id}, has {best.count} of its printed labels there",
            hint="check --register, or correct a form file and give it with --form",
        )
    return best


def _entries(
    chosen: Candidate, rules: Rules, words: tuple[Word, ...], blank: Image
) -> tuple[Entry, ...]:
    size = (blank.shape[1], blank.shape[0])
    everything = [item for case in chosen.cases for item in case]
    boxes = tuple(
        box for item in everything for box in {item.occurrence.box, item.occurrence.last_line}
    )
    ground = Ground.of(rules, boxes, size)
    once = {section.id for section in chosen.generation.sections if section.once}
    heads, ruled = column_heads(everything, ground), ruled_heads(everything, ground)
    ticks = [i.occurrence for i in everything if i.state.label and i.state.label.kind == "tick"]
    right = ticked_right((tick.box for tick in ticks), ground.height, blank)
    page = Surroundings(
        ground, boxes, words, ground.foot, heads, blank, right, ground.pitch(boxes), ruled
    )
    squares = (tick_square(tick.last_line, page) for tick in ticks)
    codes = (word.box for word in words if is_code(word.key, chosen.generation))
    page = replace(page, labels=(*boxes, *squares, *codes))  # a place ends before these, too
    entries: list[Entry] = []
    for index, case in enumerate(chosen.cases, start=1):
        inside = [item for item in case if item.state.section not in once] or case
        own = bounding(item.occurrence.box for item in inside)
        bottom = _bottom(own, case, chosen.cases, ground)
        fields = _fields(case, replace(page, bottom=bottom), once)
        if entries:
            shared = _once_codes(chosen, once) & set(entries[0].fields)
            fields = {**fields, **{code: entries[0].fields[code] for code in shared}}
        entries.append(Entry(index, own, fields))
    _part_alike(entries, chosen)
    return tuple(entries)


def _part_alike(entries: Sequence[Entry], chosen: Candidate) -> None:
    """Make one place of two again, where a mark parts them in some cases only: it is dirt."""
    labels = [state.label for state in chosen.states if state.label and state.codes]
    for first, second in {(i.codes[0], i.also[0]) for i in labels if len(i.also) == 1}:
        both = [e.fields for e in entries if first in e.fields and second in e.fields]
        both = [f for f in both if f[first].label_box == f[second].label_box]
        apart = [fields for fields in both if fields[first].boxes != fields[second].boxes]
        for fields in apart if len(apart) < len(both) else ():
            one = replace(fields[first], boxes=(fields[first].box.union(fields[second].box),))
            fields.update({first: one, second: one})


def _outside(rows: Sequence[Entry], words: Iterable[Word]) -> list[Word]:
    """The words that stand in no row of a ledger: those in one are written."""
    return [w for w in words if not any(row.anchor.contains(*w.box.centre) for row in rows)]


def _rows(
    page: Candidate,
    rows: tuple[Entry, ...],
    rules: Rules,
    words: tuple[Word, ...],
    blank: Image,
) -> tuple[Entry, ...]:
    """The rows of a ledger, each with what is printed once a ``page`` beside its own cells."""
    once = _entries(page, rules, words, blank)[0].fields if page.cases[0] else {}
    return tuple(replace(row, fields={**once, **row.fields}) for row in rows)


def _placed(cases: Sequence[Entry], code: str) -> bool:
    return any(code in entry.fields for entry in cases)


def _label_of(chosen: Candidate, code: str) -> Label | None:
    labels = (label for label in chosen.generation.labels if code in label.codes)
    return next(labels, None)


def _notes_of(chosen: Candidate) -> Label | None:
    """The label of the column that most cases leave empty."""
    found = (_label_of(chosen, code) for code in table("values")["notes"])
    return next(filter(None, found), None)


def _fields(case: Sequence[Found], near: Surroundings, once: set[str]) -> dict[str, FieldSlot]:
    """The places of one case.

    A label printed once a page counts for more than the same in a case (the head of the page is
    written with care, and repeated in haste), and both for more than a place shared with another.
    """
    own: dict[str, FieldSlot] = {}
    page: dict[str, FieldSlot] = {}
    shared: dict[str, FieldSlot] = {}
    for item in case:
        for code, slot in slots_of(item, near).items():
            if any(min(box.width, box.height) < 1 for box in slot.boxes):
                continue  # of misread print: no such place can be written down
            if code not in item.state.codes:
                shared.setdefault(code, slot)
            elif item.state.section in once:
                page.setdefault(code, slot)
            else:
                own[code] = _merged(own.get(code), slot)
    return {**shared, **own, **page}


def _once_codes(chosen: Candidate, once: set[str]) -> set[str]:
    return {
        code for item in chosen.cases[0] if item.state.section in once for code in item.state.codes
    }


def _merged(first: FieldSlot | None, slot: FieldSlot) -> FieldSlot:
    """Ticks of one code are parts of one field; otherwise the first place found stays."""
    if first is None:
        return slot
    if first.kind == slot.kind == "tick":
        return FieldSlot(
            (*first.boxes, *slot.boxes), first.label_box, "tick", {**first.parts, **slot.parts}
        )
    return first


def _bottom(
    own: Box, case: Sequence[Found], cases: Sequence[Sequence[Found]], ground: Ground
) -> float:
    """Where a case in this box ends: above the first label of the case under it.

    A level rule that closes it there is its end; under the last, the page's foot is.
    """
    below = [
        item.occurrence.box.y0 - 0.3 * ground.height
        for other in cases
        if other is not case
        for item in other
        if item.occurrence.box.y0 > own.y1 - ground.height
        and item.occurrence.box.x0 < own.x1
        and item.occurrence.box.x1 > own.x0
    ]
    end = min([0.985 * ground.size[1], *below])
    closing = [y for y in ground.levels(own.x0, own.x1) if own.y1 + 3 * ground.height < y < end]
    return max(closing, default=end)


def _labels(chosen: Candidate) -> list[FoundLabel]:
    return [
        FoundLabel(
            text=item.occurrence.text,
            label=item.state.text,
            codes=item.state.codes,
            box=Box(*item.occurrence.box),
            score=item.score,
            entry=index,
        )
        for index, case in enumerate(chosen.cases, start=1)
        for item in case
    ]
