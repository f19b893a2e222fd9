"""The pages of a planned book: written, spoilt, aged, and laid on the scanner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.act import Act
from models.synth.act_entry import fill_act
from models.synth.clerk import BLANK, DERIVED, DITTO, ILLEGIBLE, READ, Written
from models.synth.entry import COMPOSITE, cover_fields, fill, opened, page_fields
from models.synth.illegible import spoil
from models.synth.page import Page, Plate, Points, printed_page
from models.synth.people import Case
from models.synth.plan import Plan
from models.synth.press import Press
from models.synth.scan_damage import Geometry, faded, laid_on_glass, scanned, shown_through, torn
from models.synth.sheet_paper import aged_paper
from models.synth.signature import paraph
from models.synth.truth import register_codes, with_province
from models.synth.writing import Desk

LOST = 0.3  # share of a field's outline that a tear must take to make it unreadable


@dataclass(frozen=True)
class Entry:
    """A case as written on its page, and the points that enclose each field, in page pixels."""

    case: Case | Act
    written: dict[str, Written]
    points: dict[str, Points]


@dataclass(frozen=True)
class Scan:
    """One scan (H, W, 3) RGB with what stands on it; ``number`` counts from 1."""

    number: int
    image: NDArray[np.uint8]
    entries: list[Entry]
    page: Page
    geometry: Geometry


def scans(plan: Plan) -> Iterator[Scan]:
    """The scans in order. A leaf's two pages are written first: each shows through the other."""
    count, per_page = plan.options.pages, plan.press.entries
    cases = list(plan.cases(count * per_page))
    content = [cases[start : start + per_page] for start in range(0, len(cases), per_page)]
    sides: list[tuple[Press, list[Case | Act]]] = [(plan.press, own) for own in content]
    if plan.options.covers:
        sides = [(plan.cover, []), *sides, (plan.closing, [])]
    for recto in range(0, len(sides), 2):
        leaf = []
        for number, (press, own) in enumerate(sides[recto : recto + 2], start=recto + 1):
            leaf.append((number, *_written(plan, number, press, own)))
        plates = [page.plate.copy() for _, page, _ in leaf]
        for side, (number, page, entries) in enumerate(leaf):
            verso = plates[1 - side] if len(plates) == 2 else None
            yield _scanned(plan, number, page, verso, entries)


def _written(
    plan: Plan, number: int, press: Press, cases: Sequence[Case | Act]
) -> tuple[Page, list[Entry]]:
    rng = plan.rng(10, number)  # the pen's; the clerk's choices do not hang on how it writes
    page, affine = printed_page(press, rng)
    second = len(plan.clerks) > 1 and number > 0.55 * plan.options.pages
    clerk = replace(plan.clerks[-1 if second else 0], rng=plan.rng(11, number))
    desk = Desk(page, press, affine, plan.writers[-1 if second else 0], rng)
    printed = frozenset(slot.code for slot in press.sheet.slots if slot.kind == "print")
    home, year = plan.community.home, plan.community.year
    leaf = plan.first_page + number - (2 if plan.options.covers else 1)
    head = page_fields(clerk, home, year, leaf, printed)
    if not cases:
        total = plan.options.pages * plan.press.entries
        head |= cover_fields(clerk, year, plan.first_number, total, plan.options.pages)
    above = desk.write(0, head)
    entries: list[Entry] = []
    for index, case in enumerate(cases, start=1):
        parts = plan.parts
        own = fill_act(clerk, case, parts) if isinstance(case, Act) else fill(clerk, case, parts)
        written = head | own
        points = desk.write(index, written)
        if rng.random() < 0.9 and "nguoiKyChucVu" not in plan.parts:
            _seal(plan, page, index, points.get("nguoiKy"), rng)
        for code in COMPOSITE.keys() & points.keys():
            written |= opened(code, written[code])
        written = _spoilt(plan, page, written, points, plan.rng(12, number, index))
        entries.append(Entry(case, written, above | points))
    return page, entries


def _seal(
    plan: Plan, page: Page, entry: int, signed: Points | None, rng: np.random.Generator
) -> None:
    """Sign over the officer's name and strike the stamp beside it."""
    if signed is None:
        return
    x, y = (float(v) for v in signed.mean(axis=0))
    paraph(page.plate, (x, y - 0.5 * plan.press.pitch), 130, (40, 44, 90), rng)
    away = rng.normal((-9, -5), 6, 2) * plan.press.scale
    plan.stamp.strike(page, x + float(away[0]), y + float(away[1]), entry, rng)


def _spoilt(
    plan: Plan,
    page: Page,
    written: dict[str, Written],
    points: dict[str, Points],
    rng: np.random.Generator,
) -> dict[str, Written]:
    """Make a few fields unreadable, on the page and in the truth."""
    result, codes = dict(written), register_codes(plan.options.register_code)
    for code, cloud in points.items():
        readable = code in codes and written[code].status in (READ, DERIVED, DITTO)
        if readable and rng.random() < plan.severity.illegible:
            spoil(page.plate, cloud, plan.press.pitch, rng)
            result[code] = Written(None, None, ILLEGIBLE)
    return result


def _scanned(
    plan: Plan, number: int, page: Page, verso: Plate | None, entries: list[Entry]
) -> Scan:
    rng = plan.rng(20, number)
    severity, scale = plan.severity, plan.press.scale
    plate = shown_through(faded(page.plate, severity, rng), verso, severity.bleed)
    shape = (plate.shape[0], plate.shape[1])
    paper = aged_paper(shape, plan.stock, severity, scale, rng)
    image = np.asarray(cv2.multiply(paper, plate, scale=1 / 255), np.uint8)
    gone = torn(image, severity, plan.stock.border, scale, rng)
    left = (number % 2 == 1) == (plan.stock.binding == "left")
    geometry = laid_on_glass(shape, severity, scale, left, rng)
    scan = scanned(image, geometry, plan.stock, severity, rng)
    return Scan(number, scan, [_finished(entry, gone) for entry in entries], page, geometry)


def _finished(entry: Entry, gone: NDArray[np.uint8] | None) -> Entry:
    """The entry's truth after tears, with the province that the place of birth names."""
    written = dict(entry.written)
    for code, points in entry.points.items():
        if gone is None or code not in written or written[code].status == BLANK:
            continue
        rows, columns = (points[:, ::-1].astype(int)).T
        rows = rows.clip(0, gone.shape[0] - 1)
        columns = columns.clip(0, gone.shape[1] - 1)
        if (gone[rows, columns] > 0).mean() > LOST:
            written[code] = Written(None, None, ILLEGIBLE)
    if isinstance(entry.case, Case):
        written = with_province(written, entry.case.birth_province)
    return replace(entry, written=written)
