"""One page of a book before it ages: the press's ink and what the clerk wrote into it.

The page is a plate: how much light each pixel lets through (255 all, 0 none), so that printing,
writing and stamps multiply. What stands where is kept as `Mark`s with the points that enclose
it, so that any later geometry can be applied to the truth exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from common.geometry import Box
from models.synth.clerk import BLANK, Written
from models.synth.entry import COMPOSITE
from models.synth.form_layout import Slot, Words
from models.synth.hand import Hand, Ink
from models.synth.marks import smooth
from models.synth.press import Press, draw_words

Plate = NDArray[np.uint8]
Points = NDArray[np.float32]
OFFICERS = ("nguoiKy", "nguoiThucHien")  # whose names stand under their signatures


@dataclass(frozen=True)
class Mark:
    """Something that stands on the page: ``kind`` label, title, field, rule or stamp."""

    kind: str
    text: str
    code: str
    entry: int
    points: Points


@dataclass
class Page:
    """A plate (H, W, 3) and its marks, in page pixels."""

    plate: Plate
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class Writer:
    """A clerk's hand at work in this book. ``x_height`` in millimetres."""

    hand: Hand
    x_height: float
    lift: float  # baseline above the printed line, in x-heights
    overflow: float  # how far beyond a blank this clerk writes, as a share of its width


def printed_page(press: Press, rng: np.random.Generator) -> tuple[Page, NDArray[np.float32]]:
    """The form as printed on one sheet: registration and inking differ a little.

    Returns the page and the 2x3 map from the press's sheet to this page.
    """
    height, width = press.ink.shape
    angle, mm = float(rng.normal(0, 0.12)), press.scale
    shift = rng.normal(0, 0.35 * mm, 2)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    matrix[:, 2] += shift
    ink = cv2.warpAffine(press.ink, matrix, (width, height), flags=cv2.INTER_LINEAR)
    small = rng.normal(1.0, 0.10, (6, 5)).astype(np.float32)
    inking = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    ink = dimmed(ink, np.clip(inking * float(rng.uniform(0.72, 0.98)), 0.3, 1.0))
    plate = through(ink, press_colour(press))
    page = Page(plate)
    affine = matrix.astype(np.float32)
    for words in press.sheet.words:
        kind = "title" if words.title else "label"
        page.marks.append(Mark(kind, words.text, "", 0, moved(corners(words.box), affine)))
    for rule in press.sheet.rules:
        ends = np.asarray([(rule.x0, rule.y0), (rule.x1, rule.y1)], np.float32)
        kind = "leader" if rule.dotted else "rule"
        page.marks.append(Mark(kind, "", "", 0, moved(ends, affine)))
    return page, affine


def dimmed(image: NDArray[np.uint8], factor: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The image (H, W) or (H, W, 3) times a factor (H, W) in 0..1."""
    steps = cv2.convertScaleAbs(factor, alpha=255)
    steps = cv2.merge([steps] * 3) if image.ndim == 3 else steps
    return np.asarray(cv2.multiply(image, steps, scale=1 / 255), np.uint8)


def press_colour(press: Press) -> tuple[int, int, int]:
    """Printer's black, a little warm or cold by press."""
    tone = sum(press.name.encode()) % 16
    return 34 + tone, 30 + tone // 2, 36


def through(ink: NDArray[np.uint8], colour: Sequence[int]) -> Plate:
    """The plate (H, W, 3) of an ink layer (255 = full) of one colour."""
    ramp = np.arange(256, dtype=np.float32) / 255
    channels = [
        cv2.LUT(ink, (255 - ramp * (255 - level)).round().astype(np.uint8)) for level in colour
    ]
    return np.asarray(cv2.merge(channels), np.uint8)


def write_fields(
    page: Page,
    press: Press,
    affine: NDArray[np.float32],
    entry: int,
    written: Mapping[str, Written],
    writer: Writer,
    rng: np.random.Generator,
) -> dict[str, Points]:
    """Write an entry's fields (entry 0: the page's own) into their blanks.

    Returns, by code, the points that enclose what was written; for a blank, its slot's corners.
    """
    places: dict[str, list[Points]] = {}
    for slot in press.sheet.slots:
        field_ = written.get(slot.code)
        if slot.entry != entry or field_ is None or slot.part == "+":
            continue
        parted = _write_slot(page, press, affine, slot, field_, writer, rng)
        if field_.status == BLANK:
            codes = [slot.code, *COMPOSITE.get(slot.code, ())]
            parted = {code: [moved(corners(slot.box), affine)] for code in codes}
        for code, points in parted.items():
            places.setdefault(code, []).extend(points)
    result = {code: np.concatenate(parts) for code, parts in places.items() if parts}
    for code, cloud in result.items():
        text = (written[code].raw or "") if code in written else ""
        page.marks.append(Mark("field", text, code, entry, cloud))
    return result


def _write_slot(
    page: Page,
    press: Press,
    affine: NDArray[np.float32],
    slot: Slot,
    field_: Written,
    writer: Writer,
    rng: np.random.Generator,
) -> dict[str, list[Points]]:
    """Write one blank (and its further lines); the points by code."""
    if slot.kind == "tick":
        return {slot.code: _tick(page, slot, field_, affine, writer, rng)}
    text = field_.texts.get(slot.part, "")
    if not text:
        return {}
    if slot.kind == "print":
        return {slot.code: [_print(page, press, slot, text, affine)]}
    if slot.code.startswith("_ky"):
        return {slot.code: _sign(page, slot, text, affine, writer, press, rng)}
    base = min(writer.x_height * press.scale, 0.3 * press.pitch)
    blanks = _blanks(press, slot)
    lines, sizes = _fit(text, blanks, base, writer)
    parted: dict[str, list[Points]] = {}
    done = 0
    for line, size, (x0, x1, baseline) in zip(lines, sizes, blanks, strict=False):
        ink = writer.hand.write(line, size, rng)
        spare = max(0.0, (x1 - x0) - (ink.alpha.shape[1] - ink.left))
        share = 0.5 if slot.code in OFFICERS else float(rng.uniform(0.01, 0.22))
        y = baseline - writer.lift * size + float(rng.normal(0, 0.09 * size))
        at = moved(np.asarray([(x0 + share * spare, y)], np.float32), affine)[0]
        points = blot_in(page.plate, ink, float(at[0]), float(at[1]))
        if len(points):
            parted.setdefault(slot.code, []).append(points)
            for code, piece in _pieces(points, line, done, field_, writer.hand):
                parted.setdefault(code, []).append(piece)
        done += len(line) + 1
    return parted


def _pieces(
    points: Points, line: str, done: int, field_: Written, hand: Hand
) -> Iterator[tuple[str, Points]]:
    """The points of each segment on one line of a blank; ``done``: letters written before it."""
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    unit = (right - left) / max(hand.measure(line), 1e-3)
    start = 0
    for code, text in field_.segments:
        first, last = max(0, start - done), min(len(line), start + len(text) - done)
        start += len(text) + 1
        if not code or last <= first:
            continue
        x0 = left + (unit * hand.measure(line[:first]) if first else 0.0)
        x1 = left + unit * hand.measure(line[:last])
        inside = points[(points[:, 0] >= x0 - 1) & (points[:, 0] <= x1 + 1)]
        if len(inside):
            yield code, inside


def _blanks(press: Press, slot: Slot) -> list[tuple[float, float, float]]:
    """The lines (x0, x1, baseline) a value may run over, first to last."""
    x0, x1 = slot.box.x0 + 0.15 * press.pitch * 0.3, slot.box.x1
    if slot.code in OFFICERS:
        return [(x0, x1, slot.box.y1 - 0.25 * press.pitch)]
    lines = [(x0, x1, slot.baseline + press.pitch * i) for i in range(slot.lines)]
    for other in press.sheet.slots:
        if other.code == slot.code and other.entry == slot.entry and other.part == "+":
            lines.append((other.box.x0, other.box.x1, other.baseline))
    return lines


def _fit(
    text: str, blanks: Sequence[tuple[float, float, float]], base: float, writer: Writer
) -> tuple[list[str], list[float]]:
    """Break a text over its blanks and choose each line's x-height: smaller before too long."""
    measure = writer.hand.measure
    room = [(x1 - x0) * (1 + writer.overflow) for x0, x1, _ in blanks]
    words = text.split(" ")
    lines: list[str] = []
    for index in range(len(blanks)):
        last = index == len(blanks) - 1
        line = words.pop(0) if words else ""
        while words and (last or measure(f"{line} {words[0]}") * 0.9 * base <= room[index]):
            line = f"{line} {words.pop(0)}"
        if line:
            lines.append(line)
    sizes = []
    for line, width in zip(lines, room, strict=False):
        sizes.append(min(base, max(0.42 * base, width / max(measure(line), 1e-3))))
    return lines, sizes


def blot_in(plate: Plate, ink: Ink, x: float, baseline: float) -> Points:
    """Lay ink on the plate with its pen start at ``x`` on ``baseline``; what it covers."""
    top, left = round(baseline - ink.baseline), round(x - ink.left)
    height, width = ink.alpha.shape
    y0, x0 = max(0, top), max(0, left)
    y1, x1 = min(plate.shape[0], top + height), min(plate.shape[1], left + width)
    if y1 <= y0 or x1 <= x0:
        return np.empty((0, 2), np.float32)
    alpha = ink.alpha[y0 - top : y1 - top, x0 - left : x1 - left]
    shade = (255 - np.asarray(ink.colour, np.float32)) / 255
    region = plate[y0:y1, x0:x1]
    region[:] = (region * (1 - alpha[..., None] * shade)).astype(np.uint8)
    return outline(alpha > 0.25) + np.asarray((x0, y0), np.float32)


def outline(inked: NDArray[np.bool_]) -> Points:
    """The highest and lowest inked pixel of every column that has any, and the column ends."""
    columns = np.flatnonzero(inked.any(axis=0))
    if not len(columns):
        return np.empty((0, 2), np.float32)
    top = inked.argmax(axis=0)[columns]
    bottom = inked.shape[0] - inked[::-1].argmax(axis=0)[columns]
    left = np.stack([columns, top], axis=1)
    right = np.stack([columns + 1, bottom], axis=1)
    return np.concatenate([left, right]).astype(np.float32)


def corners(box: Box) -> Points:
    """The four corners of a box."""
    x0, y0, x1, y1 = box
    return np.asarray([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


def moved(points: Points, affine: NDArray[np.float32]) -> Points:
    """Points (N, 2) through a 2x3 map."""
    result: Points = (points @ affine[:, :2].T + affine[:, 2]).astype(np.float32)
    return result


def _tick(
    page: Page,
    slot: Slot,
    field_: Written,
    affine: NDArray[np.float32],
    writer: Writer,
    rng: np.random.Generator,
) -> list[Points]:
    if slot.part not in field_.texts:
        return []
    box = slot.box.grown(0.15 * slot.box.width, 0.15 * slot.box.height)
    a = moved(corners(box) + rng.normal(0, 2, (4, 2)).astype(np.float32), affine)
    strokes = [(a[0], a[2]), (a[1], a[3])]
    if field_.texts[slot.part] == "v":
        strokes = [((a[0] + a[3]) / 2, (a[2] + a[3]) / 2), ((a[2] + a[3]) / 2, a[1])]
    layer = np.zeros(page.plate.shape[:2], np.uint8)
    for start, end in strokes:
        first, last = (tuple(int(v * 8) for v in p) for p in (start, end))
        cv2.line(layer, first, last, 255, 3, cv2.LINE_AA, 3)
    x0, y0, x1, y1 = Box(*a.min(axis=0), *a.max(axis=0)).grown(4, 4).rounded()
    part = page.plate[max(0, y0) : y1, max(0, x0) : x1]
    plate = through(layer[max(0, y0) : y1, max(0, x0) : x1], writer.hand.pen.colour)
    part[:] = cv2.multiply(part, plate, scale=1 / 255)
    return [moved(corners(slot.box), affine)]


def _print(page: Page, press: Press, slot: Slot, text: str, affine: NDArray[np.float32]) -> Points:
    """Words printed on this page only (a page number)."""
    x, y = moved(np.asarray([(slot.box.x0, slot.baseline)], np.float32), affine)[0]
    width = press.face.width(text, slot.size, slot.style)
    words = Words(text, 4, round(1.2 * slot.size), slot.size, slot.style, width=width)
    picture = Image.new("L", (round(width) + 8, round(1.7 * slot.size)), 0)
    draw_words(ImageDraw.Draw(picture), words, press.face)
    alpha = np.asarray(picture, np.float32) / 255 * 0.9
    ink = Ink(alpha, words.baseline, 4.0, press_colour(press))
    return blot_in(page.plate, ink, float(x), float(y))


def _sign(
    page: Page,
    slot: Slot,
    text: str,
    affine: NDArray[np.float32],
    writer: Writer,
    press: Press,
    rng: np.random.Generator,
) -> list[Points]:
    """A signature: the given name, hurried, with a paraph under it."""
    centre = np.asarray([(slot.box.centre)], np.float32)
    x, y = moved(centre, affine)[0] + rng.normal(0, 0.05 * slot.box.width, 2)
    given = text.replace("-", " ").split()[-1].capitalize()
    size = float(rng.uniform(0.8, 1.15)) * writer.x_height * press.scale
    ink = writer.hand.write(given, size, rng)
    points = blot_in(page.plate, ink, float(x) - ink.alpha.shape[1] / 2, float(y))
    paraph(page.plate, float(x), float(y), ink.alpha.shape[1], writer.hand.pen.colour, rng)
    return [points] if len(points) else []


def paraph(
    plate: Plate,
    x: float,
    y: float,
    width: float,
    colour: Sequence[int],
    rng: np.random.Generator,
) -> None:
    """A signature's flourish: one smooth stroke through random turns."""
    turns = int(rng.integers(3, 8))
    xs = np.linspace(-0.6, 0.75, turns) * width + rng.normal(0, 0.2 * width, turns)
    ys = rng.normal(0, 0.16 * width, turns)
    line = np.stack([xs, ys], axis=1)
    line = smooth(line.astype(np.float32), rounds=4)
    half = int(1.4 * width) + 8
    layer = np.zeros((2 * half, 2 * half), np.uint8)
    path = ((line + half) * 8).astype(np.int32)
    cv2.polylines(layer, [path], False, 230, int(rng.integers(2, 4)), cv2.LINE_AA, 3)
    blot_in(plate, Ink(layer.astype(np.float32) / 255, half, half, tuple(colour)), x, y)  # type: ignore[arg-type]
