"""Where each field is written: from its label along the line, into its cell, or under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from common.geometry import Box
from extract.form.book_form import FieldSlot
from extract.form.decode import Found
from extract.form.ground import Ground, height_at
from extract.form.marks import comma, date_parts, tick_square
from extract.form.surroundings import Surroundings

_LEAST = 1.5  # widths of a letter row under which nothing can be written beside a label
_GAP = 2.5  # label heights that are left to write in before another label
_NARROW = 10  # label heights; a shorter line without a leader may be none, but for a number
_SHORT = 4  # label heights; less is hardly meant to be written on
_ACROSS = 0.4  # of a cell's width that a line to write on in it runs, at least
_LEADER = 0.3  # share of the rest of a line that dots must fill to be its leader, not dirt
_FREE = 8  # label heights of blank paper that a heading at the foot of a page may mean


def slots_of(found: Found, around_it: Surroundings) -> dict[str, FieldSlot]:
    """The places to write for one label found, by column code; empty when there is no room.

    The label's own codes come first, those written in the same place after them.
    """
    label = found.state.label
    if label is None or not found.state.codes:
        return {}
    box = found.occurrence.last_line
    whole = found.occurrence.box
    if label.kind == "tick":
        tick = tick_square(box, around_it)
        slot = FieldSlot((tick,), whole, "tick", {label.tick: tick})
        return dict.fromkeys(found.state.codes, slot)
    if len(found.state.codes) > 1:
        return _columns(found, around_it)
    boxes = _boxes(found, around_it)
    if not boxes:
        return {}
    parts = date_parts(boxes[0], around_it, box) if label.kind == "partial_date" else {}
    slot = FieldSlot(tuple(boxes), whole, label.kind, parts)
    one_line = len(label.also) == len(boxes) == 1 and label.kind != "signature"
    mark = comma(boxes[0], around_it) if one_line else None
    if mark is None:
        return dict.fromkeys((*found.state.codes, *label.also), slot)
    first, second = boxes[0]._replace(x1=mark.x0), boxes[0]._replace(x0=mark.x1)
    return {
        found.state.codes[0]: FieldSlot((first,), whole, label.kind),
        label.also[0]: FieldSlot((second,), whole, "text"),
    }


def _boxes(found: Found, near: Surroundings) -> list[Box]:
    label = found.state.label
    assert label is not None
    box, whole = found.occurrence.last_line, found.occurrence.box
    cells = near.ground.cells_right_of(whole, 1)
    printed = cells and any(cells[0].contains(*other.centre) for other in near.labels)
    if cells and not printed and label.where != "below":
        return _lines_in(cells[0], label.lines, near.ground)
    if label.where == "below":
        return _under(box, near, 14 if label.kind == "signature" else 200)
    right = _right_bound(box, near)
    room = right - box.x1 > _NARROW * near.ground.height
    if label.where == "either" and not (room and _led(box, right, near.ground)):
        high = 0.6 * near.ground.height  # what is signed above reaches down to it
        first = [Box(box.x1 + high, box.y0 - high, right, box.y1 + high)] if room else []
        return [*first, *_under(box, near, _FREE / 2 if room else 200)]
    narrow = _SHORT if label.kind == "number_token" else _NARROW
    return _beside(box, label.lines, near, narrow)


def _columns(found: Found, near: Surroundings) -> dict[str, FieldSlot]:
    """A label printed once with a place in each column of its table."""
    label, codes = found.state.label, found.state.codes
    assert label is not None
    whole = found.occurrence.box
    areas = near.ground.cells_right_of(whole, len(codes))
    if len(areas) < len(codes):
        heads = near.heads.get(found.state.section, ())
        line = _beside(found.occurrence.last_line, label.lines, near)
        if len(heads) < len(codes) or not line or heads[0][1] <= whole.x1:
            return {}  # a head that ends before the label does is none of its columns'
        areas = [Box(x0, line[0].y0, x1, line[-1].y1) for x0, x1 in heads]
        areas[0] = Box(max(areas[0].x0, whole.x1), *areas[0][1:])
    elif ruled := near.ruled.get(found.state.section):
        areas = _under_heads(areas[: len(codes)], ruled)
    return {
        code: FieldSlot(tuple(_lines_in(area, label.lines, near.ground)), whole, label.kind)
        for code, area in zip(codes, areas, strict=False)
        if code
    }


def _under_heads(areas: list[Box], heads: Sequence[Box]) -> list[Box]:
    """A row's cells, those of the heads above where a fold, or the other side's rule, parts one:
    then a cell stands under no head."""
    first, near = heads[0], heads[0].height
    begins = first.x0 - near < areas[0].x0 and areas[0].x1 < first.x1 + near
    under = (area.x0 < head.centre[0] < area.x1 for area, head in zip(areas, heads, strict=False))
    if not begins or all(under):
        return areas
    return [Box(head.x0, areas[0].y0, head.x1, areas[0].y1) for head in heads[: len(areas)]]


def _lines_in(cell: Box, lines: int, ground: Ground) -> list[Box]:
    """The written lines of a cell: on its leaders, or as many as its height holds, at most 3."""
    inner = Box(cell.x0 + 2, cell.y0 + 2, cell.x1 - 2, cell.y1 - 2)
    lines_in = ground.writing_lines(inner.grown(0, -0.6 * ground.height))
    leaders = [s.y0 for s in lines_in if s.length > _ACROSS * inner.width]
    if leaders:
        feet = [*leaders, inner.y1] if inner.y1 - leaders[-1] > 1.6 * ground.height else leaders
        tops = [inner.y0, *(foot + 0.1 * ground.height for foot in feet[:-1])]
        return [
            Box(inner.x0, top, inner.x1, min(foot + 0.5 * ground.height, inner.y1))
            for top, foot in zip(tops, feet, strict=True)
        ]
    count = max(1, min(lines, 3, round(inner.height / (2.0 * ground.height))))
    step = inner.height / count
    return [
        Box(inner.x0, inner.y0 + i * step, inner.x1, inner.y0 + (i + 1) * step)
        for i in range(count)
    ]


def _right_bound(box: Box, near: Surroundings) -> float:
    """Where the line beside a label ends: the next label, an upright rule, the print's edge."""
    ground = near.ground
    middle, reach = (box.y0 + box.y1) / 2, 0.6 * ground.height
    bounds = [min(max(ground.right, box.x1) + ground.height, 0.985 * ground.size[0])]
    bounds += [
        other.x0
        for other in near.labels
        if other.x0 > box.x1 + _GAP * ground.height  # nearer, it is writing that looks like one
        and other.y0 - reach < middle < other.y1 + reach
        and abs((other.y0 + other.y1) / 2 - middle) < 0.8 * ground.height
    ]
    bounds += [x for x in ground.uprights(middle - 4, middle + 4) if x > box.x1 + ground.height]
    return min(bounds)


def _led(box: Box, right: float, ground: Ground) -> bool:
    """Whether a line to write on follows the label."""
    return bool(ground.writing_lines(Box(box.x1, box.y0, right, box.y1 + 1.2 * ground.height)))


def _beside(box: Box, lines: int, near: Surroundings, narrow: float = _NARROW) -> list[Box]:
    """The rest of the label's line, and the lines under it up to the next row of labels.

    ``narrow``: label heights under which the rest of a line without a leader may be none.
    """
    ground = near.ground
    filled = _filled_column(box, ground)
    if filled and (under := _lines_of_its_own(box, filled, lines, near)):
        return under
    right = _right_bound(box, near)
    start = box.x1 + 0.15 * ground.height
    if right - start < narrow * ground.height and not _led(box, right, ground):
        under = _lines_of_its_own(box, right, lines, near)
        if under:
            return under
    foot = box.y1
    above = [
        other.y1
        for other in near.labels
        if other.y1 < box.y0 + 0.3 * ground.height
        and other.centre[1] < box.centre[1] - 0.8 * ground.height
        and other.x0 < right
        and other.x1 > box.x0 - 10 * ground.height
    ]
    top = max([foot - 2.4 * ground.height, *(y + 0.1 * ground.height for y in above)])
    top = min(top, box.y0 - 0.2 * ground.height)
    boxes = []
    if right - start > _LEAST * ground.height:
        boxes.append(Box(start, top, right, _end_of_line(box, right, near)))
    if right - start < _SHORT * ground.height and not _led(box, right, ground):
        boxes += _free_line(box, right, near)
    if lines > 1 or not boxes:
        boxes += _continued(box, right, lines, near)
    return boxes


def _end_of_line(box: Box, right: float, near: Surroundings) -> float:
    """Where the line beside a label ends: under its letters, where tails reach, but above the
    letters of a label close below it."""
    height = near.ground.height
    below = [
        other.y0
        for other in near.labels
        if other.x0 < right and other.x1 > box.x0 and other.centre[1] > box.y1
    ]
    least, most = box.y1 + 0.1 * height, box.y1 + 0.45 * height
    return max(least, min([most, *below]))


def _filled_column(box: Box, ground: Ground) -> float:
    """The upright rule right after a label that reaches it; 0 where there is none."""
    rules = ground.uprights(box.centre[1] - 4, box.centre[1] + 4)
    return next((x for x in rules if 0 < x - box.x1 <= ground.height), 0.0)


def _lines_of_its_own(box: Box, right: float, lines: int, near: Surroundings) -> list[Box]:
    """The lines under a label that fills its own, up to the first label that stands on one."""
    ground = near.ground
    middle = (box.y0 + box.y1) / 2
    column = max([0.0, *(x for x in ground.uprights(middle - 4, middle + 4) if x < box.x0)])
    area = Box(column, box.y1 + 0.6 * ground.height, right, box.y1 + 1.6 * lines * near.pitch)
    boxes, top = [], box.y1 + 0.1 * ground.height
    for line in ground.writing_lines(area):
        row = [o.x0 for o in near.labels if abs(o.y1 - line.y0) < 0.8 * ground.height]
        end = min([line.x1, *(x for x in row if column < x < right)])
        between = any(
            box.y1 < o.centre[1] < line.y0 and o.x0 < end and o.x1 > box.x0 for o in near.labels
        )
        below = box.x0 - 6 * ground.height < line.x0 and box.x0 + ground.height < end
        begins = not between and below and line.x0 < end - 2 * ground.height
        if not begins or line.y0 - top > 1.6 * near.pitch:
            break
        left = min(line.x0, box.x0)  # a leader may be broken where it is written on
        boxes.append(Box(left, top, end, line.y0 + 0.45 * ground.height))
        top = line.y0 + 0.1 * ground.height
        if end < line.x1:
            break
    return boxes[:lines]


def _free_line(box: Box, right: float, near: Surroundings) -> list[Box]:
    """The line under a label that fills its own, where nothing else is printed."""
    height = near.ground.height
    below = [o.y0 for o in near.labels if o.y0 > box.y1 and o.x0 < right and o.x1 > box.x0]
    end = min([near.bottom, *below])
    top = box.y1 + 0.1 * height
    return [Box(box.x0, top, right, top + 3 * height)] if end - top > 4 * height else []


def _continued(box: Box, right: float, lines: int, near: Surroundings) -> list[Box]:
    """Lines under a label's own that belong to it: it must be the last of its row or column."""
    ground = near.ground
    middle = (box.y0 + box.y1) / 2
    uprights = ground.uprights(middle - 4, middle + 4)
    closed = any(abs(x - right) < ground.height for x in uprights)
    if not closed and right < min(ground.right - 3 * ground.height, 0.9 * ground.right):
        return []
    column = max([0.0, *(x for x in uprights if x < box.x0)])
    row = (o.x0 for o in near.labels if abs((o.y0 + o.y1) / 2 - middle) < ground.height)
    left = min([box.x0, *(x for x in row if x > column)])
    below = [
        other.y0
        for other in near.labels
        if other.centre[1] > middle + 0.8 * ground.height and column < other.x1 and other.x0 < right
    ]
    limit = min([near.bottom, *below])
    area = Box(left, box.y1 + 0.8 * ground.height, right, limit + 0.4 * ground.height)
    dots = (
        min(s.x1, right) - max(s.x0, box.x1)
        for s in ground.rules.dotted
        if s.x1 > box.x1
        and s.x0 < right
        and abs(height_at(s, min(s.x1, right)) - box.y1) < 0.6 * ground.height
    )
    dotted = sum(dots) > _LEADER * (right - box.x1)
    feet = [
        s.y0
        for s in ground.writing_lines(area, dotted_only=dotted)
        if s.length > 0.3 * (right - left) and s.y0 < limit + 0.35 * ground.height
    ]
    if not feet and not dotted:
        count = min(lines - 1, round((limit - box.y0) / near.pitch) - 1)
        step = min((limit - box.y0) / (count + 1), 1.3 * near.pitch) if count > 0 else 0.0
        feet = [box.y1 + step * (i + 1) for i in range(count)]
    boxes, top = [], box.y1 + 0.1 * ground.height
    for foot in feet[: max(lines, 1)]:
        boxes.append(Box(left, top, right, foot + 0.45 * ground.height))
        top = foot + 0.1 * ground.height
    return boxes


def _under(box: Box, near: Surroundings, most: float) -> list[Box]:
    """The free place under a heading: to its neighbours' middles, down to the next label.

    A heading is centred over its place, or begins a place as wide as the column.

    It is at most ``most`` label heights high, and ends with the upright rules at its sides, or
    with the print of the page: the paper below is no place to write.
    """
    ground = near.ground
    centre, middle = box.centre
    row = [
        other.centre[0]
        for other in near.labels
        if abs(other.centre[1] - middle) < 1.2 * ground.height and abs(other.centre[0] - centre) > 1
    ]
    bounds = ground.uprights(box.y1, box.y1 + 2 * ground.height)
    flush = box.x0 - max([ground.left, *(x for x in bounds if x < box.x0)]) < 3 * ground.height
    reach = ground.size[0] if flush and not row else 0.2 * ground.size[0]
    left = max(
        [
            ground.left - ground.height,
            centre - reach,
            *((x + centre) / 2 for x in row if x < centre),
            *(x for x in bounds if x < box.x0),
        ]
    )
    right = min(
        [
            max(ground.right, box.x1) + ground.height,
            centre + reach,
            *((x + centre) / 2 for x in row if x > centre),
            *(x for x in bounds if x > box.x1),
        ]
    )
    top = max(
        [
            box.y1 + 0.1 * ground.height,
            *(y for y in ground.levels(left, right) if 0 < y - box.y1 < ground.height),
        ]
    )
    below = [
        other.y0
        for other in near.labels
        if other.y0 > box.y1 + 0.5 * ground.height and other.x0 < right and other.x1 > left
    ]
    free = box.y1 + _FREE * ground.height
    sides = [x for x in bounds if x in (left, right)]
    end = ground.foot_of(sides, free) if sides else max(ground.foot, free)
    bottom = min([near.bottom, box.y1 + most * ground.height, end, *below])
    return [Box(left, top, right, bottom)] if bottom > top + 4 else []


def _heads_of(found: Iterable[Found]) -> dict[str, list[Box]]:
    """The printed heads of each table's columns, in their order."""
    heads: dict[str, dict[int, Box]] = {}
    for item in found:
        if item.state.is_head:
            heads.setdefault(item.state.section, {})[item.state.column] = item.occurrence.box
    return {section: [boxes[at] for at in sorted(boxes)] for section, boxes in heads.items()}


def ruled_heads(found: Iterable[Found], ground: Ground) -> dict[str, tuple[Box, ...]]:
    """The cells of each table's heads, where rules close every one of them and no two are one."""
    ruled = {}
    for section, heads in _heads_of(found).items():
        cells = [_cell_of(head, ground) for head in heads]
        known = [cell for cell in cells if cell is not None]
        apart = all(left.x1 <= right.x0 + 1 for left, right in pairwise(known))
        if len(known) == len(cells) > 1 and apart:
            ruled[section] = tuple(known)
    return ruled


def _cell_of(head: Box, ground: Ground) -> Box | None:
    """The rules beside a head, as a box; None where one is missing."""
    rules = sorted(ground.uprights(head.y0, head.y1))
    left = [x for x in rules if x <= head.x0]
    right = [x for x in rules if x >= head.x1]
    return Box(left[-1], head.y0, right[0], head.y1) if left and right else None


def column_heads(
    found: Iterable[Found], ground: Ground
) -> dict[str, tuple[tuple[float, float], ...]]:
    """Extents of the columns of each table whose printed heads were all found."""
    extents = {}
    for section, heads in _heads_of(found).items():
        centres = [head.centre[0] for head in heads]
        if len(centres) < 2 or centres != sorted(centres):
            continue
        middles = [(a + b) / 2 for a, b in pairwise(centres)]
        first = max(ground.left, 2 * centres[0] - middles[0])
        edges = [first, *middles, ground.right]
        extents[section] = tuple(pairwise(edges))
    return extents
