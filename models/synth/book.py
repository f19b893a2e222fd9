"""Whole books, rendered with their truth: `render_book` and its command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from common.options import Options
from models.synth.clerk import BLANK, DERIVED, DITTO, ILLEGIBLE, READ, Clerk, Written
from models.synth.conditions import SEVERITIES, Severity
from models.synth.entry import COMPOSITE, fill, page_fields, paper_fields
from models.synth.faces import faces
from models.synth.hand import Hand
from models.synth.illegible import spoil
from models.synth.page import (
    Mark,
    Page,
    Points,
    Writer,
    paraph,
    printed_page,
    write_fields,
)
from models.synth.pen import Pen
from models.synth.people import Case, Community
from models.synth.press import Press, load_form, set_press
from models.synth.scan_damage import Geometry, faded, laid_on_glass, scanned, shown_through, torn
from models.synth.sheet_paper import Stock, aged_paper
from models.synth.stamp import Stamp
from models.synth.truth import CODES, record, tight_box, with_province


class BookOptions(Options):
    """What to render. ``entries_per_page`` None lets the press decide; ``dpi`` of the scans."""

    form: str
    pages: int = 8
    entries_per_page: int | None = None
    seed: int = 0
    severity: Literal["clean", "moderate", "severe"] = "moderate"
    split: Literal["train", "test"] = "train"
    dpi: int = 200
    name: str = ""
    covers: bool = False


@dataclass(frozen=True)
class _Entry:
    """A case as written on its page: what, and the points that enclose each field."""

    case: Case
    written: dict[str, Written]
    points: dict[str, Points]


@dataclass
class _Book:
    """Everything that is drawn once a book."""

    options: BookOptions
    severity: Severity
    press: Press
    stock: Stock
    community: Community
    clerks: list[Clerk]
    writers: list[Writer]
    stamp: Stamp
    first_number: int
    first_page: int
    parts: dict[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.options.name or f"KS.{self.community.year}.01"


def render_book(options: BookOptions, out: Path) -> Path:
    """Render a book to ``out``: pages/NNNN.jpg, truth.jsonl, layout.jsonl, book.json.

    The same options give the same bytes. Raises `UsageError` for an unknown form, or a number
    of entries a page that no press of the split prints.
    """
    book = _set_up(options)
    (out / "pages").mkdir(parents=True, exist_ok=True)
    records: list[dict[str, Any]] = []
    layout: list[dict[str, Any]] = []
    for number, (scan, entries, page, geometry) in enumerate(_pages(book), start=1):
        (out / "pages" / f"{number:04d}.jpg").write_bytes(_jpeg(book, number, scan))
        size = (scan.shape[1], scan.shape[0])
        for index, entry in enumerate(entries, start=1):
            boxes = {c: tight_box(geometry.forward(p), size) for c, p in entry.points.items()}
            place = (book.name, number, index, options.form)
            records.append(record(place, book.parts, entry.written, boxes))
        layout.extend(_layout_line(number, mark, geometry, size) for mark in page.marks)
    _write_lines(out / "truth.jsonl", records)
    _write_lines(out / "layout.jsonl", layout)
    facts = json.dumps(_facts(book, len(records)), ensure_ascii=False, indent=1)
    (out / "book.json").write_text(facts + "\n", encoding="utf-8")
    return out


def _set_up(options: BookOptions) -> _Book:
    rng = np.random.default_rng([options.seed, 1])
    form = load_form(options.form)
    severity = SEVERITIES[options.severity]
    year = int(rng.integers(form.years[0], form.years[1] + 1))
    community = Community(options.form, year, np.random.default_rng([options.seed, 2]))
    printed = {"noiDangKy": community.home.commune.upper(), "trangSo": "000", "quyenSo": "01"}
    press_rng = np.random.default_rng([options.seed, 3])
    per_page = options.entries_per_page
    press = set_press(form, options.split, press_rng, options.dpi, per_page, printed)
    clerk_rng = np.random.default_rng([options.seed, 4])
    count = 2 if clerk_rng.random() < 0.35 else 1
    typed = clerk_rng.random() < 0.1
    writers = [_writer(options.split, typed, clerk_rng) for _ in range(count)]
    clerks = [Clerk.random(options.form, clerk_rng) for _ in range(count)]
    home = community.home
    stamp = Stamp.cut(
        f"XÃ {home.commune.upper()} · {home.province.upper()} · ",
        home.commune.upper().replace(" ", "\n", 1),
        press.face,
        press.scale,
        clerk_rng,
    )
    stock = Stock.random(severity, np.random.default_rng([options.seed, 5]))
    return _Book(
        options=options,
        severity=severity,
        press=press,
        stock=stock,
        community=community,
        clerks=clerks,
        writers=writers,
        stamp=stamp,
        first_number=int(rng.integers(1, 120)),
        first_page=int(rng.integers(1, 60)),
        parts=_parts(press),
    )


def _writer(split: str, typed: bool, rng: np.random.Generator) -> Writer:
    options = faces("typewriter" if typed else "handwriting", split)
    hand = Hand.random(rng, options[int(rng.integers(len(options)))])
    if hand.pen.kind == "pencil":  # registers are kept in ink
        hand = replace(hand, pen=Pen.random(rng, "fountain"))
    height = float(rng.uniform(1.6, 1.9) if typed else rng.uniform(1.9, 2.8))
    return Writer(hand, height, float(rng.uniform(0.0, 0.35)), float(rng.uniform(0, 0.12)))


def _parts(press: Press) -> dict[str, tuple[str, ...]]:
    """The codes that the form has, in reading order, with the parts of their blanks."""
    parts: dict[str, tuple[str, ...]] = {}
    slots = [slot for slot in press.sheet.slots if slot.entry <= 1]
    for slot in sorted(slots, key=lambda s: (round(s.baseline / press.pitch * 2), s.box.x0)):
        parts[slot.code] = (*parts.get(slot.code, ()), slot.part)
    inside = {code: ("",) for blank in COMPOSITE if blank in parts for code in COMPOSITE[blank]}
    return parts | inside


def _pages(book: _Book) -> Iterator[tuple[Any, list[_Entry], Page, Geometry]]:
    """Scans in order. The two pages of a leaf are written first, for each shows on the other."""
    count, per_page = book.options.pages, book.press.entries
    cases = list(book.community.cases(count * per_page, book.first_number))
    for recto in range(1, count + 1, 2):
        leaf = []
        for number in (recto, recto + 1):
            if number <= count:
                own = cases[(number - 1) * per_page : number * per_page]
                leaf.append((number, *_written_page(book, number, own)))
        plates = [page.plate.copy() for _, page, _ in leaf]
        for side, (number, page, entries) in enumerate(leaf):
            verso = plates[1 - side] if len(plates) == 2 else None
            yield (*_scan(book, number, page, verso, entries),)


def _written_page(book: _Book, number: int, cases: list[Case]) -> tuple[Page, list[_Entry]]:
    rng = np.random.default_rng([book.options.seed, 10, number])
    page, affine = printed_page(book.press, rng)
    late = len(book.clerks) > 1 and number > 0.55 * book.options.pages
    clerk = replace(book.clerks[1 if late else 0], rng=rng)
    writer = book.writers[1 if late else 0]
    printed = frozenset(slot.code for slot in book.press.sheet.slots if slot.kind == "print")
    leaf = book.first_page + number - 1
    head = page_fields(clerk, book.community.home, book.community.year, leaf, printed)
    head_points = write_fields(page, book.press, affine, 0, head, writer, rng)
    entries: list[_Entry] = []
    for index, case in enumerate(cases, start=1):
        written = head | fill(clerk, case, book.parts)
        points = write_fields(page, book.press, affine, index, written, writer, rng)
        if rng.random() < 0.9 and "nguoiKyChucVu" not in book.parts:
            _strike(book, page, index, points, rng)
        for code in COMPOSITE.keys() & points.keys():
            written |= _opened(code, written[code], case)
        written = _spoil(book, page, written, points, rng)
        written = with_province(written, case.birth_province)
        entries.append(_Entry(case, written, {**head_points, **points}))
    return page, entries


def _strike(
    book: _Book, page: Page, entry: int, points: dict[str, Points], rng: np.random.Generator
) -> None:
    signed = points.get("nguoiKy")
    if signed is not None:
        x, y = signed.mean(axis=0)
        paraph(page.plate, float(x), float(y) - 0.5 * book.press.pitch, 130, (40, 44, 90), rng)
        mm = book.press.scale
        away = rng.normal((-9, -5), 6, 2) * mm
        book.stamp.strike(page, float(x + away[0]), float(y + away[1]), entry, rng)


def _opened(code: str, blank: Written, case: Case) -> dict[str, Written]:
    """The fields inside a blank that holds several."""
    if blank.status == BLANK:
        return dict.fromkeys(COMPOSITE[code], blank)
    return paper_fields(blank, case)


def _spoil(
    book: _Book,
    page: Page,
    written: dict[str, Written],
    points: dict[str, Points],
    rng: np.random.Generator,
) -> dict[str, Written]:
    """Make a few fields unreadable, on the page and in the truth."""
    result = dict(written)
    for code, cloud in points.items():
        field = written[code]
        if code not in CODES or field.status not in (READ, DERIVED, DITTO):
            continue
        if rng.random() < book.severity.illegible:
            spoil(page.plate, cloud, book.press.pitch, rng)
            result[code] = Written(None, None, ILLEGIBLE)
    return result


def _scan(
    book: _Book, number: int, page: Page, verso: Any, entries: list[_Entry]
) -> tuple[Any, list[_Entry], Page, Geometry]:
    rng = np.random.default_rng([book.options.seed, 20, number])
    severity, scale = book.severity, book.press.scale
    plate = shown_through(faded(page.plate, severity, rng), verso, severity.bleed)
    shape = (plate.shape[0], plate.shape[1])
    paper = aged_paper(shape, book.stock, severity, scale, rng)
    image = np.asarray(cv2.multiply(paper, plate, scale=1 / 255), np.uint8)
    torn(image, severity, book.stock.border, scale, rng)
    left = (number % 2 == 1) == (book.stock.binding == "left")
    geometry = laid_on_glass(shape, severity, scale, left, rng)
    return scanned(image, geometry, book.stock, severity, rng), entries, page, geometry


def _jpeg(book: _Book, number: int, scan: Any) -> bytes:
    """The scan as its scanner stored it."""
    rng = np.random.default_rng([book.options.seed, 7, number])
    quality = int(rng.integers(*book.severity.quality))
    bgr = cv2.cvtColor(scan, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def _layout_line(
    number: int, mark: Mark, geometry: Geometry, size: tuple[int, int]
) -> dict[str, Any]:
    return {
        "page": number,
        "kind": mark.kind,
        "text": mark.text,
        "code": mark.code,
        "entry": mark.entry,
        "box": tight_box(geometry.forward(mark.points), size),
    }


def _facts(book: _Book, cases: int) -> dict[str, Any]:
    options = book.options
    return {
        "book": book.name,
        "register": "KS",
        **options.model_dump(),
        "year": book.community.year,
        "cases": cases,
        "entries_per_page": book.press.entries,
        "press": book.press.name,
        "leader": book.press.leader,
        "print_face": book.press.face.family,
        "hands": [writer.hand.face.name for writer in book.writers],
        "pens": [writer.hand.pen.kind for writer in book.writers],
        "codes_on_form": [code for code in CODES if code in book.parts],
        "non_case_pages": [],
    }


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """`python -m models.synth.book --form rvn-1955-1975 --pages 8 --seed 7 --out DIR`."""
    parser = argparse.ArgumentParser(prog="models.synth.book", description=__doc__)
    parser.add_argument("--form", required=True)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--entries-per-page", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--severity", choices=sorted(SEVERITIES), default="moderate")
    parser.add_argument("--split", choices=["train", "test"], default="train")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--name", default="")
    parser.add_argument("--covers", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    values = vars(parser.parse_args())
    out: Path = values.pop("out")
    render_book(BookOptions.of(**values), out)


if __name__ == "__main__":
    main()
