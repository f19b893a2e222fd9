"""A printed form from its description: where its words, rules and blanks stand on the sheet.

A form is written down as lines, as they stand on the page (see `forms/*.yaml`):

    "Cha (Tên, họ): {chaHoTen:3} Tuổi: {chaNgaySinh}"

words are printed, ``{code}`` is a blank for the clerk, ``:3`` its share of the line.
    {code.part}   one part of a value: ``ngayDangKy.d``, ``.m``, ``.y``
    {code+}       a second line for a value that runs over
    {=code}       printed on the page by the press (a page number, a commune's own sheets)
    {?code=1}     a box to tick
    [one|other]   wording that differs between printers (chosen once a book)
Marks before a line: ``#`` title, ``##`` smaller title, ``^`` centred, ``>`` right, ``*`` bold,
``_`` italic, ``~4`` a gap of 4 mm, ``%18`` a free blank 18 mm high, ``%*`` down to the frame,
``---`` a rule, ``===`` a double rule, ``-*-`` a short centred rule.
A block may also be ``columns:``, ``table:`` (cells divided by ``|``) or ``frame:``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from common.geometry import Box

_BLANK = re.compile(r"\{([^}]*)\}")
_SPEC = re.compile(r"([=?]?)([A-Za-z_][\w]*)(?:\.(\w+))?(\+?)(?:=(\w+))?(?::([\d.]+))?$")
_MARKS = re.compile(r"(##|#|\^|>|\*|_)\s+")
_MIN_BLANK = 8.5  # mm, the narrowest share of a blank before the words are set smaller
_PAD = 1.1  # mm between words and a blank

Block = str | Mapping[str, Any]


class Typeface(Protocol):
    """What the layout must know of a typeface."""

    def width(self, text: str, size: float, style: str) -> float:
        """Advance width of ``text`` in pixels at an em of ``size`` pixels."""
        ...


@dataclass(frozen=True)
class Words:
    """Printed words: left end and baseline in pixels, em size in pixels."""

    text: str
    x: float
    baseline: float
    size: float
    style: str
    title: bool = False
    width: float = 0.0

    @property
    def box(self) -> Box:
        return Box(
            self.x,
            self.baseline - 0.9 * self.size,
            self.x + self.width,
            self.baseline + 0.28 * self.size,
        )


@dataclass(frozen=True)
class RuleLine:
    """A straight rule or a row of dots."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: float
    dotted: bool = False


@dataclass(frozen=True)
class Slot:
    """A blank. ``entry`` is 0 for one of the whole page; ``kind``: write, print or tick."""

    code: str
    part: str
    kind: str
    box: Box
    baseline: float
    entry: int
    lines: int = 1
    size: float = 0.0
    style: str = "regular"


@dataclass
class Sheet:
    """Everything a press prints on one page, in pixels."""

    width: int
    height: int
    words: list[Words] = field(default_factory=list)
    rules: list[RuleLine] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


@dataclass(frozen=True)
class Setting:
    """How a press sets type. Lengths in millimetres; ``scale`` is pixels a millimetre."""

    scale: float
    text: float
    pitch: float
    leader: str  # dotted | fine | ruled | boxed | none
    rule: float = 0.3
    title: float = 1.9


class Compositor:
    """Sets blocks onto a sheet. ``stretch`` multiplies every vertical step."""

    def __init__(
        self, sheet: Sheet, setting: Setting, face: Typeface, printed: Mapping[str, str]
    ) -> None:
        self.sheet, self.setting, self.face, self.printed = sheet, setting, face, printed
        self.entry = 0
        self.stretch = 1.0
        self._leader = setting.leader

    def blocks(
        self, blocks: Sequence[Block], x0: float, x1: float, y: float, floor: float = 0.0
    ) -> float:
        """Set ``blocks`` between ``x0`` and ``x1`` from ``y`` down; give the y after the last."""
        for block in blocks:
            if isinstance(block, str):
                y = self._line_block(block, x0, x1, y, floor)
            elif "columns" in block:
                y = self._columns(block, x0, x1, y, floor)
            elif "table" in block:
                y = self._table(block, x0, x1, y)
            else:
                y = self._frame(block, x0, x1, y)
        return y

    def _mm(self, length: float) -> float:
        return length * self.setting.scale

    def _line_block(self, text: str, x0: float, x1: float, y: float, floor: float) -> float:
        pitch = self._mm(self.setting.pitch) * self.stretch
        if text.startswith("~"):
            return y + self._mm(float(text[1:])) * self.stretch
        if text in ("---", "===", "-*-"):
            return self._ruled(text, x0, x1, y, pitch)
        if text.startswith("%"):
            return self._free(text, x0, x1, y, floor, pitch)
        mark = _MARKS.match(text)
        sign = mark.group(1) if mark else ""
        body = text[mark.end() :] if mark else text
        big = {"#": self.setting.title, "##": 1.3}.get(sign, 1.0)
        small = sign in ("^", ">") or big > 1.0
        advance = pitch * max(0.72, big * 0.75) if small else pitch
        style = "bold" if sign in ("#", "##", "*") else "italic" if sign == "_" else "regular"
        if sign in ("^", ">") and body[:2] in ("* ", "_ "):
            style, body = ("bold" if body[0] == "*" else "italic"), body[2:]
        align = "centre" if sign in ("#", "##", "^") else "right" if sign == ">" else "left"
        size = self._mm(self.setting.text) * big
        self.line(body, x0, x1, y + 0.74 * advance, size, style, align, advance, big > 1.0)
        if self._leader == "boxed" and align == "left" and _BLANK.search(body):
            self._rule(x0, y + advance, x1, y + advance)
        return y + advance

    def line(
        self,
        text: str,
        x0: float,
        x1: float,
        baseline: float,
        size: float,
        style: str,
        align: str,
        height: float,
        title: bool = False,
    ) -> None:
        """Set one line of words and blanks on ``baseline``."""
        pieces = _BLANK.split(text)  # words, spec, words, spec, … words
        specs = [_parse(spec) for spec in pieces[1::2]]
        pad = self._mm(_PAD)
        for _ in range(6):
            fixed = sum(self._words_width(w, size, style, pad, bool(specs)) for w in pieces[::2])
            fixed += sum(self._fixed_width(spec, size, style) for spec in specs)
            share = sum(spec.weight for spec in specs if spec.kind == "write")
            if fixed + share * self._mm(_MIN_BLANK) <= x1 - x0:
                break
            size *= 0.93
        spare = (x1 - x0) - fixed
        unit = spare / share if share else 0.0
        x = x0 + (0.0 if share or align == "left" else spare / (2 if align == "centre" else 1))
        for index, words in enumerate(pieces[::2]):
            if words.strip():
                width = self.face.width(words.strip(), size, style)
                left = x + (pad if index else 0.0)
                self.sheet.words.append(
                    Words(words.strip(), left, baseline, size, style, title, width)
                )
            x += self._words_width(words, size, style, pad, bool(specs))
            if index < len(specs):
                spec = specs[index]
                width = unit * spec.weight if spec.kind == "write" else 0.0
                width += self._fixed_width(spec, size, style)
                self._slot(spec, x, x + width, baseline, size, style, height)
                x += width

    def _words_width(
        self, words: str, size: float, style: str, pad: float, with_blanks: bool
    ) -> float:
        stripped = words.strip()
        if not stripped:
            return pad if with_blanks and words else 0.0
        return self.face.width(stripped, size, style) + (2 * pad if with_blanks else 0.0)

    def _fixed_width(self, spec: _Spec, size: float, style: str) -> float:
        if spec.kind == "print":
            return self.face.width(self.printed.get(spec.code, "000"), size, style)
        return 0.95 * size if spec.kind == "tick" else 0.0

    def _slot(
        self,
        spec: _Spec,
        x0: float,
        x1: float,
        baseline: float,
        size: float,
        style: str,
        height: float,
    ) -> None:
        if spec.kind == "tick":
            top = baseline - 0.75 * size
            box = Box(x0, top, x0 + 0.85 * size, top + 0.85 * size)
            for x, y, right, bottom in _edges(box):
                self._rule(x, y, right, bottom)
        else:
            box = Box(x0, baseline - 0.68 * height, x1, baseline + 0.27 * height)
        led = spec.kind == "write" and spec.code != "_"
        if led and self._leader in ("dotted", "fine", "ruled"):
            gap = self._mm(0.35)
            self._rule(
                x0, baseline + gap, x1 - self._mm(0.5), baseline + gap, self._leader != "ruled"
            )
        self.sheet.slots.append(
            Slot(spec.code, spec.part, spec.kind, box, baseline, self.entry, 1, size, style)
        )

    def _free(self, text: str, x0: float, x1: float, y: float, floor: float, pitch: float) -> float:
        height, _, body = text[1:].partition(" ")
        bottom = floor if height == "*" else y + self._mm(float(height)) * self.stretch
        bottom = max(bottom, y + pitch)
        spec = _parse(_BLANK.findall(body)[0])
        lines = max(1, int((bottom - y) / pitch))
        inset = self._mm(1.0)
        box = Box(x0 + inset, y, x1 - inset, bottom)
        self.sheet.slots.append(
            Slot(spec.code, spec.part, "write", box, y + 0.72 * pitch, self.entry, lines)
        )
        return bottom

    def _ruled(self, kind: str, x0: float, x1: float, y: float, pitch: float) -> float:
        middle = y + 0.25 * pitch
        if kind == "-*-":
            centre, half = (x0 + x1) / 2, 0.12 * (x1 - x0)
            self._rule(centre - half, middle, centre + half, middle)
        else:
            self._rule(x0, middle, x1, middle)
            if kind == "===":
                self._rule(x0, middle + self._mm(1.0), x1, middle + self._mm(1.0))
        return y + 0.5 * pitch

    def _columns(
        self, block: Mapping[str, Any], x0: float, x1: float, y: float, floor: float
    ) -> float:
        columns: list[list[Block]] = block["columns"]
        weights: list[float] = block.get("widths", [1.0] * len(columns))
        gap = self._mm(block.get("gap", 4.0))
        unit = (x1 - x0 - gap * (len(columns) - 1)) / sum(weights)
        edges: list[tuple[float, float]] = []
        x = x0
        for weight in weights:
            edges.append((x, x + unit * weight))
            x += unit * weight + gap
        order = sorted(range(len(columns)), key=lambda i: "%*" in str(columns[i]))
        bottom = y
        for index in order:
            left, right = edges[index]
            bottom = max(bottom, self.blocks(columns[index], left, right, y, max(floor, bottom)))
        if block.get("rule"):
            for _, right in edges[:-1]:
                self._rule(right + gap / 2, y, right + gap / 2, bottom)
        return bottom

    def _frame(self, block: Mapping[str, Any], x0: float, x1: float, y: float) -> float:
        inset = self._mm(2.0)
        bottom = self.blocks(block["frame"], x0 + inset, x1 - inset, y + inset)
        bottom += inset
        for left, top, right, low in _edges(Box(x0, y, x1, bottom)):
            self._rule(left, top, right, low)
        return bottom

    def _table(self, block: Mapping[str, Any], x0: float, x1: float, y: float) -> float:
        rows = [_row(row) for row in block["table"]]
        widths: list[float] = block.get("widths", [1.0] * len(rows[0][1]))
        unit = (x1 - x0) / sum(widths)
        xs = [x0]
        for width in widths:
            xs.append(xs[-1] + unit * width)
        pitch = self._mm(self.setting.pitch) * self.stretch
        outer, self._leader = self._leader, "none"
        top = y
        self._rule(x0, y, x1, y)
        for lines, cells in rows:
            height = pitch * (lines + 0.1)
            for cell, left, right in zip(cells, xs, xs[1:], strict=False):
                self._cell(cell, left, right, y, height, lines, pitch)
            y += height
            self._rule(x0, y, x1, y)
        for x in xs:
            self._rule(x, top, x, y)
        self._leader = outer
        return y

    def _cell(
        self, cell: str, x0: float, x1: float, y: float, height: float, lines: int, pitch: float
    ) -> None:
        inset = self._mm(1.2)
        x0, x1 = x0 + inset, x1 - inset
        size = self._mm(self.setting.text)
        align = "centre" if cell.startswith("^") else "left"
        body = cell.lstrip("^ ")
        style = "bold" if body.startswith("* ") else "regular"
        body = body.removeprefix("* ")
        if lines > 1 and _BLANK.fullmatch(body):
            spec = _parse(_BLANK.findall(body)[0])
            box = Box(x0, y, x1, y + height)
            baseline = y + 0.76 * pitch
            self.sheet.slots.append(
                Slot(spec.code, spec.part, spec.kind, box, baseline, self.entry, lines)
            )
            return
        wrapped = [body] if _BLANK.search(body) else self._wrap(body, x1 - x0, size, style)
        step = min(1.25 * size, height / max(1, len(wrapped)))
        first = y + (height - step * (len(wrapped) - 1)) / 2 + 0.33 * size
        for index, line in enumerate(wrapped):
            self.line(line, x0, x1, first + index * step, size, style, align, min(height, pitch))

    def _wrap(self, text: str, width: float, size: float, style: str) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.face.width(longer, size, style) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines or [""]

    def _rule(self, x0: float, y0: float, x1: float, y1: float, dotted: bool = False) -> None:
        width = self._mm(self.setting.rule)
        self.sheet.rules.append(RuleLine(x0, y0, x1, y1, width, dotted))


@dataclass(frozen=True)
class _Spec:
    kind: str
    code: str
    part: str
    weight: float


def _parse(spec: str) -> _Spec:
    match = _SPEC.match(spec)
    if match is None:
        raise ValueError(f"blank {{{spec}}} is not understood")
    sign, code, part, more, option, weight = match.groups()
    kind = {"": "write", "=": "print", "?": "tick"}[sign]
    return _Spec(kind, code, part or more or option or "", float(weight or 1))


def _row(row: str) -> tuple[int, list[str]]:
    """A table row: its height in lines (``%2 …``) and its cells."""
    lines = 1
    if row.startswith("%"):
        head, _, row = row[1:].partition(" ")
        lines = int(head)
    return lines, [cell.strip() for cell in row.split("|")]


def _edges(box: Box) -> list[tuple[float, float, float, float]]:
    x0, y0, x1, y1 = box
    return [(x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0)]
