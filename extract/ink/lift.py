"""Handwriting lifted off the printed form, and the ink of one field cut out of its page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from common.geometry import Box
from common.options import Options
from extract.ink.grain import GrainOptions, without_grain
from models.reading import Image
from models.rules import Rules, find_rules, lift_rules

Mask = NDArray[np.bool_]
_LETTERS = 0.3  # ink of a name beside that of the flourish over it, at least
_EDGE = 0.04  # share of the letters' ink above and below the rows that a flourish is left in
_DIRT = 0.1  # share of a line's ink under which what stands apart from it is dirt
_COLUMN = 2.0  # heights of a line from which a place is a column, which nobody writes out of
_LEVEL = 0.5  # of a place's height, from which it stands beside a label, not above or below it
PAPER = 250
"""The grey level of clean paper."""
BESIDE = 0.3
"""Heights of a label about it in which print is its own."""


class InkOptions(Options):
    """How ink is told from paper and from print.

    Attributes:
        dark: a pixel at least this far under the paper (grey levels) is ink.
        print_dark: the same for the blank form's print.
        slack: pixels by which a page's print may lie off the form's.
        bridge: pixels above and below a written stroke in which print is left standing, so that
            strokes across a rule, and letters that stand on it, are not cut.
        colon: a label's colon is at least this far under the paper on the blank form; what stands
            there otherwise is where many cases' writing begins.
        lead: share of a line's height at a place's left end where its label's colon may stand.
        spill: heights right of a place where print is not taken off.
        speck: components of fewer pixels are dirt.
        mark: share of the line's height up to which a component is a mark (a tone, a dot under
            a letter, a comma) that belongs to the letters it stands by.
        letter, pale: a component less strong than ``pale`` of the median strength of those of
            at least ``letter`` heights is a smudge.
        low: a component lower than this share of the line's taller ones is no letter.
        tangled: a component with this share of its ink in the line, though its middle lies in
            another, is shared with that line.
        overrun, step: writing that reaches the right end of its place is followed over it for
            so many heights, as long as no gap is wider than ``step`` heights.
        apart, foreign: what stands farther right than this many heights, and is less strong
            than this share of the writing before it, is not this field's.
        sparse: strokes longer than a line's height that fill less than this share of their extent
            are a signature's flourish; 0 where nobody signs.
        short: heights of a line: in a place of several lines, what is shorter than this is dirt.
        reach: share of the line's height that ascenders and descenders may stand out of it.
        thin, about, body: the body of the writing is the rows about its fullest with at least this
            share of that one's ink; ``about`` of its height above and below belong to it. What
            holds less than ``body`` of the ink is no body.
        margin: paper left around the trimmed ink, as a share of the line's height.
        grain: how dirt in many small pieces is told from strokes.
    """

    dark: int = 45
    print_dark: int = 28
    slack: int = 2
    bridge: int = 4
    colon: int = 120
    lead: float = 0.3
    spill: float = 1.2
    speck: int = 8
    mark: float = 0.3
    letter: float = 0.2
    pale: float = 0.65
    low: float = 0.4
    tangled: float = 0.3
    overrun: float = 6.0
    step: float = 0.6
    apart: float = 1.8
    foreign: float = 0.9
    sparse: float = 0.0
    short: float = 0.5
    reach: float = 0.45
    thin: float = 0.06
    about: float = 0.6
    body: float = 0.6
    margin: float = 0.15
    grain: GrainOptions = GrainOptions()


_GAP = 1.0  # heights of a line from which a gap in its ink is no room that letters took


@dataclass(frozen=True)
class Cut:
    """One written line cut out.

    Attributes:
        image: (h, w) grey, trimmed to its ink; what is not this line's is paper.
        ink: area of the ink as a share of the line's height squared.
        box: the ink's extent in the page's pixels; the place itself when nothing is there.
        density: share of that extent which is ink; writing fills a tenth to a third, a blot more.
        strength: how far the ink lies under the paper, in grey levels: the mean of its pixels.
        written: the extent's width less its gaps, in pixels: a date over a form's printed words
            stands in pieces.
    """

    image: Image
    ink: float
    box: Box
    density: float = 0.0
    strength: float = 0.0
    written: float = 0.0


def lift_ink(
    page: Image,
    blank: Image,
    places: Sequence[Box],
    options: InkOptions,
    labels: Sequence[Box] = (),
    line: float = math.inf,
    bare: Image | None = None,
) -> Image:
    """The page without its printed form and grainy dirt, (H, W) grey; both in the form's
    geometry.

    Rules and leaders are lifted wherever they run, found on the page or, where writing hides
    them, on the blank form. Other print is where the blank form is dark,
    but not in the ``places`` where people write, nor just right of them where writing runs over:
    what the pages share there is handwriting. At ``labels`` it is print all the same.
    ``line``: pixels of a usual line, where places may be cells of several. ``bare``: the page
    `without_rules`, when it is known.
    """
    if bare is None:
        bare = without_rules(page, find_rules(page), find_rules(blank))
    lifted = bare.copy()
    size = 2 * options.slack + 1
    darkest = cv2.erode(blank, np.ones((size, size), np.uint8))
    printed = darkest < PAPER - options.print_dark
    print_here = printed.copy()
    usual = float(np.median([min(place.height, line) for place in places])) if places else 0.0
    for place in places:
        left = options.lead * min(place.height, usual)
        right = options.spill * usual if place.height < _COLUMN * usual else 0.0
        inner = window_of(Box(place.x0 + left, place.y0, place.x1 + right, place.y1), page)
        print_here[inner] = False
        colon = window_of(Box(place.x0, place.y0, place.x0 + left, place.y1), page)
        print_here[colon] &= darkest[colon] < PAPER - options.colon
    for label in labels:
        window = window_of(label.grown(BESIDE * label.height, BESIDE * label.height), page)
        print_here[window] = printed[window]
        for place in places:  # beside the last line of a label that has several
            top, bottom = max(place.y0, label.y0), min(place.y1, label.y1)
            level = bottom - top > _LEVEL * min(place.height, line)
            if label.x0 < place.x0 < label.x1 - place.height and level:
                left = place.x0 + options.lead * usual
                print_here[window_of(Box(left, top, label.x1, bottom), page)] = False
    written = ((lifted < PAPER - options.dark) & ~print_here).astype(np.uint8)
    joined = cv2.morphologyEx(written, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    near = cv2.dilate(joined, np.ones((2 * options.bridge + 1, 1), np.uint8))
    lifted[print_here & (near == 0)] = PAPER
    return without_grain(lifted, places, PAPER - options.dark, options.grain, PAPER)


def without_rules(page: Image, own: Rules, form: Rules) -> Image:
    """The page without its ``own`` rules and those of its blank form."""
    every = Rules(
        own.horizontal + form.horizontal, own.vertical + form.vertical, own.dotted + form.dotted
    )
    return lift_rules(page, every)


def window_of(box: Box, page: Image) -> tuple[slice, slice]:
    """The rows and columns of a page that a box holds."""
    x0, y0, x1, y1 = box.clipped(page.shape[1], page.shape[0]).rounded()
    return slice(y0, y1), slice(x0, x1)


def cut_line(lifted: Image, box: Box, options: InkOptions) -> Cut:
    """The ink that belongs to the line at ``box``: components whose middle lies in its height,
    and what runs on over its right edge."""
    high, wide = options.reach * box.height, options.overrun * box.height
    area_box = Box(box.x0 - 0.1 * box.height, box.y0 - high, box.x1 + wide, box.y1 + high)
    x0, y0, x1, y1 = area_box.clipped(*lifted.shape[::-1]).rounded()
    area = lifted[y0:y1, x0:x1]
    if area.size == 0:
        return Cut(np.full((8, 8), PAPER, np.uint8), 0.0, box)
    own = _own_ink(area, Box(box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0), options)
    own &= _beside_core(own, options)
    rows, columns = np.nonzero(own)
    if rows.size == 0:
        return Cut(np.full((8, 8), PAPER, np.uint8), 0.0, box)
    around = cv2.dilate(own.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    kept = np.where(around, area, PAPER).astype(np.uint8)
    margin = max(2, round(options.margin * box.height))
    top, bottom = rows.min(), rows.max() + 1
    left, right = columns.min(), columns.max() + 1
    trimmed = cv2.copyMakeBorder(
        kept[top:bottom, left:right],
        *(margin, margin, margin, margin),
        cv2.BORDER_CONSTANT,
        value=PAPER,
    )
    extent = Box(x0 + float(left), y0 + float(top), x0 + float(right), y0 + float(bottom))
    ink, depth = float(own.sum()), float(PAPER - area[own].mean())
    share = ink / extent.area
    inked = np.unique(columns)
    gaps = np.diff(inked)
    written = float(right - left - gaps[gaps > _GAP * box.height].sum())
    return Cut(np.asarray(trimmed, np.uint8), ink / box.height**2, extent, share, depth, written)


def _own_ink(area: Image, line: Box, options: InkOptions) -> Mask:
    """The components whose middle lies in the line's height, the small marks just above and below
    them, and of strokes tangled with a neighbouring line the part within this one. Specks, and
    smudges much paler than the writing, are left out."""
    ink = area < PAPER - options.dark
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    high, height = centres[:, 1], line.height
    real = (stats[:, cv2.CC_STAT_AREA] >= options.speck) & ~_through(stats, area.shape[0], height)
    flourish = _flourish(stats, height, options.sparse)
    real &= ~_rest_of_rule(stats, height) & ~flourish
    real &= centres[:, 0] < line.x1
    within = real & (high >= line.y0) & (high < line.y1)
    strength = _strengths(area, labels, stats)
    if within.any():
        letters = within & (stats[:, cv2.CC_STAT_HEIGHT] >= options.letter * height)
        usual = float(np.median(strength[letters if letters.any() else within]))
        real &= strength >= options.pale * usual
    own = within & real
    usual_height = _tall(stats, own, options.letter * height)
    letters = own & (stats[:, cv2.CC_STAT_HEIGHT] >= options.low * usual_height)
    own = letters | (real & _marks_beside(labels, stats, letters, line, options))
    own &= ~_strangers(stats, strength, own, options.apart * height, options.foreign)
    own &= ~_stray(stats, own, height, 0.5 * usual_height)
    own |= _run_over(stats, centres, own, line, options)
    band = np.zeros(ink.shape, np.bool_)
    rows = slice(max(0, round(line.y0)), round(line.y1 + options.mark * height / 2))
    band[rows] = True
    held = np.bincount(labels[rows][labels[rows] > 0], minlength=count)
    inside = held / stats[:, cv2.CC_STAT_AREA]
    tangled = real & ~own & (inside >= options.tangled)
    tangled &= stats[:, cv2.CC_STAT_HEIGHT] > options.mark * height
    tangled &= _in_reach(stats, own, options.step * height)
    tied = own & _cut_off(stats, area.shape[0])
    kept = (own & ~tied)[labels] | ((tangled | tied)[labels] & band)
    if flourish.any():
        kept |= flourish[labels] & _level_with(own[labels] & ink)
    return np.asarray(kept & ink, np.bool_)


def _cut_off(stats: NDArray[np.int32], high: int) -> Mask:
    """Components that go on above or below the cut, farther than letters reach: they are tied to
    a neighbouring line's, by a stroke or by what is left of a rule between the two."""
    top = stats[:, cv2.CC_STAT_TOP]
    return np.asarray((top <= 0) | (top + stats[:, cv2.CC_STAT_HEIGHT] >= high))


def _level_with(letters: Mask) -> Mask:
    """The rows in which most of the letters' ink stands: there a flourish may be tangled with
    letters, and is left."""
    rows = np.cumsum(letters.sum(axis=1)) / max(letters.sum(), 1)
    level = (rows > _EDGE) & (rows < 1 - _EDGE)
    return np.asarray(np.broadcast_to(level[:, None], letters.shape), np.bool_)


def _beside_core(own: Mask, options: InkOptions) -> Mask:
    """The rows in and about the body of the writing: what else stands above or below, as pieces
    of a fold, would make the writing small in its crop."""
    profile = cv2.blur(own.sum(axis=1, dtype=np.float32)[:, None], (1, 3))[:, 0]
    thin = np.flatnonzero(profile < options.thin * profile.max(initial=1e-3))
    middle = int(profile.argmax())
    top = int(thin[thin < middle].max(initial=-1)) + 1
    bottom = int(thin[thin > middle].min(initial=len(profile)))
    about = round(options.about * (bottom - top))
    rows = np.zeros(own.shape, np.bool_)
    if own[top:bottom].sum() < options.body * own.sum():
        return ~rows
    rows[max(0, top - about) : bottom + about] = True
    return rows


def _through(stats: NDArray[np.int32], high: int, height: float) -> Mask:
    """The paper, and what runs through the whole cut from top to bottom and is no wider than a
    letter: a fold, a frame, the edge of the sheet."""
    top, tall = stats[:, cv2.CC_STAT_TOP], stats[:, cv2.CC_STAT_HEIGHT]
    through = (top <= 1) & (top + tall >= high - 1) & (stats[:, cv2.CC_STAT_WIDTH] < height)
    through[0] = True
    return np.asarray(through, np.bool_)


def _rest_of_rule(stats: NDArray[np.int32], height: float) -> Mask:
    """Flat strips longer than any dash: what is left of a rule, or of the top of a line below."""
    flat = stats[:, cv2.CC_STAT_HEIGHT] < 0.15 * height
    return np.asarray(flat & (stats[:, cv2.CC_STAT_WIDTH] > 1.2 * height))


def _flourish(stats: NDArray[np.int32], height: float, sparse: float) -> Mask:
    """Strokes longer than a letter that fill less of their extent than writing does; none where
    they leave hardly anything."""
    wide, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    found = (wide > height) & (stats[:, cv2.CC_STAT_AREA] < sparse * wide * high)
    letters = stats[1:, cv2.CC_STAT_AREA].sum() - stats[found, cv2.CC_STAT_AREA].sum()
    alone = letters < _LETTERS * stats[found, cv2.CC_STAT_AREA].sum()
    return np.asarray(found & ~alone)


def letters_of(area: Image, height: float, options: InkOptions) -> Mask:
    """The ink of a part of a page without specks, smudges and what is no writing of lines of
    this height: long strokes, frames, folds."""
    ink = area < PAPER - options.dark
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    real = stats[:, cv2.CC_STAT_AREA] >= options.speck
    real &= (stats[:, cv2.CC_STAT_HEIGHT] < 2 * height) & ~_through(stats, area.shape[0], height)
    letters = real & (stats[:, cv2.CC_STAT_HEIGHT] >= options.letter * height)
    if not letters.any():
        return np.zeros(ink.shape, np.bool_)
    strength = _strengths(area, labels, stats)
    real &= strength >= options.pale * np.median(strength[letters])
    return np.asarray(real[labels] & ink, np.bool_)


def _tall(stats: NDArray[np.int32], own: Mask, least: float) -> float:
    """The median height of the components of at least this height; of all, when none is."""
    heights = stats[own, cv2.CC_STAT_HEIGHT]
    letters = heights[heights >= least]
    return float(np.median(letters)) if letters.size else float(heights.max(initial=0))


def _in_reach(stats: NDArray[np.int32], own: Mask, gap: float) -> Mask:
    """Components no farther left or right of the writing than ``gap``."""
    if not own.any():
        return np.zeros(len(stats), np.bool_)
    starts = stats[:, cv2.CC_STAT_LEFT]
    ends = starts + stats[:, cv2.CC_STAT_WIDTH]
    return np.asarray((starts <= ends[own].max() + gap) & (ends >= starts[own].min() - gap))


def _marks_beside(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    own: Mask,
    line: Box,
    options: InkOptions,
) -> Mask:
    """Small components in, just above or just below the line, close to its letters."""
    reach = max(1, round(options.mark * line.height))
    middle = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    tall = _tall(stats, own, options.letter * line.height)
    small = stats[:, cv2.CC_STAT_HEIGHT] < max(reach, 0.5 * tall)
    small &= (middle >= line.y0 - reach) & (middle < line.y1 + reach)
    body = own[labels].astype(np.uint8)
    near = cv2.dilate(body, np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
    touched = np.bincount(labels[near], minlength=len(stats)) > 0
    return np.asarray(small & touched, np.bool_)


def _run_over(
    stats: NDArray[np.int32],
    centres: NDArray[np.float64],
    own: Mask,
    line: Box,
    options: InkOptions,
) -> Mask:
    """Components beyond the line's right edge that go on where the writing in it ends."""
    beyond = (centres[:, 0] >= line.x1) & (centres[:, 1] >= line.y0) & (centres[:, 1] < line.y1)
    beyond &= stats[:, cv2.CC_STAT_AREA] >= options.speck
    beyond[0] = False
    ends = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    reached = float(ends[own].max()) if own.any() else -np.inf
    taken = np.zeros(len(stats), np.bool_)
    if reached < line.x1 - options.step * line.height:
        return taken
    for index in np.argsort(stats[:, cv2.CC_STAT_LEFT], kind="stable"):
        if not beyond[index]:
            continue
        if stats[index, cv2.CC_STAT_LEFT] - reached > options.step * line.height:
            break
        taken[index] = True
        reached = max(reached, float(ends[index]))
    return taken


def _strangers(
    stats: NDArray[np.int32],
    strength: NDArray[np.float64],
    own: Mask,
    gap: float,
    foreign: float,
) -> Mask:
    """Components right of a wide gap whose ink is paler than the writing left of it: a stamp."""
    strange = np.zeros(len(stats), np.bool_)
    order = [i for i in np.argsort(stats[:, cv2.CC_STAT_LEFT], kind="stable") if own[i]]
    reached, written, apart = -1.0, 0.0, False
    for index in order:
        left, width = stats[index, cv2.CC_STAT_LEFT], stats[index, cv2.CC_STAT_WIDTH]
        apart = apart or (reached >= 0 and left - reached > gap)
        strange[index] = apart and strength[index] < foreign * written
        if not apart:
            written = max(written, strength[index])
        reached = max(reached, left + width)
    return strange


def _stray(stats: NDArray[np.int32], own: Mask, gap: float, low: float) -> Mask:
    """Dirt: components far from all others, lower than letters and with little of the ink."""
    stray = np.zeros(len(stats), np.bool_)
    order = [i for i in np.argsort(stats[:, cv2.CC_STAT_LEFT], kind="stable") if own[i]]
    groups: list[list[int]] = []
    reached = -np.inf
    for index in order:
        left, width = stats[index, cv2.CC_STAT_LEFT], stats[index, cv2.CC_STAT_WIDTH]
        if left - reached > gap or not groups:
            groups.append([])
        groups[-1].append(index)
        reached = max(reached, left + width)
    total = stats[order, cv2.CC_STAT_AREA].sum()
    for group in groups:
        small = stats[group, cv2.CC_STAT_AREA].sum() < _DIRT * total
        stray[group] = small and stats[group, cv2.CC_STAT_HEIGHT].max() < low
    return stray


def _strengths(
    area: Image, labels: NDArray[np.int32], stats: NDArray[np.int32]
) -> NDArray[np.float64]:
    """How far each component lies under the paper, in grey levels: the mean of its pixels; 0 for
    the paper itself."""
    inked = labels > 0
    depth = (PAPER - area[inked].astype(np.float64)).clip(0)
    sums = np.bincount(labels[inked], depth, minlength=len(stats))
    return np.asarray(sums / stats[:, cv2.CC_STAT_AREA])
