"""The printed words of a blank form, in rows."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from common.geometry import Box
from common.text import fold, nfc
from models.reading import Image
from models.rules import Rules, Segment

# At colons, dots and blanks, and where a word begins behind figures or signs no label has.
_BREAK = re.compile(r"[:….‥·_]{1,}|\s+|(?<=[]\d|#%⁄»«<>{}[])(?=[^\W\d_]{3})")
_MISREAD = re.compile(r"(?<=^[a-z])[06]$")
_SPECK = 0.4  # words lower than this share of the usual height are dirt read as letters
_HIGH = 1.6  # usual heights of its row, above which a word has taken in other ink
_BESIDE = 16  # heights between words whose lines are level
_INK = 90  # least darkness of what is compared between pages
_STEADY = 0.82  # of the steadiness of the print around, under which a word is written by hand
_READ_AGAIN = 0.7  # the same, for a word that is read in what nearly all pages show
_ALIKE = 3  # readings, or half of them, that read a word alike; writing is read otherwise each time
_TRUSTED = 0.4  # confidence of a word that is believed in pages drawn together
_THROUGH = 0.2  # of a word's height, on both sides of its middle, where no rule runs
_SURE = 0.4  # of the form's width, above which a rule is no row of letters
_MOST = 0.8  # of its width, which a rule through a word covers
_AROUND = 25  # words, in all readings, whose steadiness is usual there


class Printed(Protocol):
    """A word as a print reader gives it."""

    @property
    def text(self) -> str: ...

    @property
    def box(self) -> Box: ...

    @property
    def confidence(self) -> float: ...


class PageReader(Protocol):
    """Anything that reads the printed words of a page."""

    def read_page(self, grey: Image, *, psm: int = 11) -> Sequence[Printed]:
        """Words of a page (H, W), under one of Tesseract's page segmentations."""
        ...


@dataclass(frozen=True)
class Word:
    """A word of the blank form.

    Attributes:
        text: as read; `key` is what is compared.
        box: in form pixels.
        confidence: the reader's, 0..1.
        steady: whether nearly all pages show it; handwriting that many pages share is not.
    """

    text: str
    box: Box
    confidence: float = 1.0
    steady: bool = True

    @cached_property
    def key(self) -> str:
        """Its letters and digits; a 6 or 0 after one letter is an *ố* misread (``S6``)."""
        return _MISREAD.sub("o", key_of(self.text))


Row = tuple[Word, ...]


def key_of(text: str) -> str:
    """Letters and digits alone, without diacritics, case or spaces: ``Cư-trú tại:`` → cutrutai."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def read_words(
    page: Image,
    reader: PageReader,
    *,
    pale: bool = True,
    smooth: float = 0.0,
    zoom: float = 1.0,
    psm: int = 11,
) -> tuple[Word, ...]:
    """The printed words of a blank form (H, W) whose rules are lifted.

    Args:
        pale: pale the haze of writing; worn print is read better with its pale strokes kept.
        smooth: sigma in pixels of a Gaussian that closes broken letters; 0 for none.
        zoom: enlargement, for small print.
        psm: Tesseract's page segmentation.
    """
    if smooth:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), smooth), dtype=np.uint8)
    if pale:
        page = np.clip(page.astype(np.float32) * (255 / 190), 0, 255).astype(np.uint8)
    if zoom != 1:
        page = np.asarray(
            cv2.resize(page, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC), dtype=np.uint8
        )
    words: list[Word] = []
    for printed in reader.read_page(page, psm=psm):
        box = Box(*(edge / zoom for edge in printed.box))
        words.extend(_pieces(Word(nfc(printed.text), box, printed.confidence)))
    height = float(np.median([word.box.height for word in words] or [0.0]))
    return in_their_room(_evened(word for word in words if word.box.height > _SPECK * height))


def in_their_room(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words, each ending where one begins that stands within it: a reader may count to a word
    the room of all that follow it."""

    def ended(word: Word) -> Word:
        box = word.box
        within = [
            other.box.x0
            for other in words
            if box.x0 + box.height < other.box.x0 < other.box.x1 <= box.x1
            and _beside(box, other.box)
        ]
        return replace(word, box=box._replace(x1=min(within))) if within else word

    return tuple(map(ended, words))


def _evened(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words, none much higher than those beside it: a stroke of the next line is no part."""
    even: list[Word] = []
    for row in in_rows(words):
        usual = float(np.median([word.box.height for word in row]))
        level = [word for word in row if word.box.height <= _HIGH * usual]
        for word in row:
            near = [w for w in level if abs(w.box.x0 - word.box.x0) < _BESIDE * usual]
            if word in level or not near:
                even.append(word)
                continue
            y0, y1 = np.median([(w.box.y0, w.box.y1) for w in near], axis=0)
            even.append(replace(word, box=Box(word.box.x0, float(y0), word.box.x1, float(y1))))
    return tuple(even)


def told_from_writing(
    readings: Sequence[Sequence[Word]],
    known: Container[str],
    lying: tuple[Image, Image],
    drawn: tuple[Image, Image],
) -> list[tuple[Word, ...]]:
    """Readings whose words know whether they are steady.

    A clerk who begins every date with *ngày* leaves it in the consensus of the pages, where it
    reads like print. What most pages show is then darker than what nearly all show, by far more
    than the print around it is; that may be pale or torn there too. Print that cockled paper moved
    is steady only in pages drawn together; so is some writing that every page repeats, and only
    words that forms print, read passably, are believed there.

    Args:
        readings: words of the same form; the second reading is of what nearly all pages show.
            What it shows too, and what half of them read alike, is the surer print.
        known: keys of words that forms print; most words read so are print.
        lying, drawn: (H, W) what most pages show and what nearly all do, as they lie and drawn
            together word by word.
    """
    printed = [w.box for words in readings for w in words if len(w.key) > 2 and w.key in known]
    if not printed:
        return [tuple(words) for words in readings]
    places = np.array([box.centre for box in printed])
    pairs = lying, drawn
    shares = [np.array([_steadiness(box, *pair) for box in printed]) for pair in pairs]
    by_key = [_by_key(words) for words in readings]

    def steady(word: Word) -> bool:
        near = np.argsort(np.hypot(*(places - word.box.centre).T))[:_AROUND]
        again = [any(_same(word, other) for other in keyed[word.key]) for keyed in by_key]
        sure = again[1] or sum(again) >= max(_ALIKE, len(readings) // 2)
        least = (_READ_AGAIN if sure else _STEADY), _STEADY
        plain = word.confidence > _TRUSTED and len(word.key) > 2 and word.key in known
        return any(
            _steadiness(word.box, *pair) >= share * min(np.median(own), np.median(own[near]))
            for pair, share, own in zip(pairs[: 1 + plain], least, shares, strict=False)
        )

    return [tuple(replace(word, steady=steady(word)) for word in words) for words in readings]


def _by_key(words: Iterable[Word]) -> defaultdict[str, list[Word]]:
    keyed: defaultdict[str, list[Word]] = defaultdict(list)
    for word in words:
        keyed[word.key].append(word)
    return keyed


def _steadiness(box: Box, grey: Image, strict: Image) -> float:
    """The share of a word's ink that nearly all pages show, 0..1."""
    x0, y0, x1, y1 = box.clipped(grey.shape[1], grey.shape[0]).rounded()
    most = 255 - grey[y0:y1, x0:x1].astype(np.float32)
    nearly = 255 - strict[y0:y1, x0:x1].astype(np.float32)
    ink = most > _INK
    return float(nearly[ink].sum() / max(1.0, float(most[ink].sum())))


def clear_of_rules(words: Iterable[Word], rules: Rules, width: float) -> Iterator[Word]:
    """The words on one side of every rule of a form so wide, for print crosses none: one through
    whose middle a rule runs is misplaced, and what lies beyond a rule is not its own.

    Only a long rule is sure: a row of letters may look like a short one.
    """
    long = long_rules(rules, width)
    for word in words:
        box = word.box
        middle, height = box.centre[1], box.height
        ys = [r.at(box.centre[0]) for r in long if _runs_along(r, box)]
        if all(abs(y - middle) >= _THROUGH * height for y in ys):
            top = max((y for y in ys if box.y0 < y < middle), default=box.y0)
            foot = min((y for y in ys if middle < y < box.y1), default=box.y1)
            yield replace(word, box=box._replace(y0=top, y1=foot))


def long_rules(rules: Rules, width: float) -> list[Segment]:
    """Level rules of a form so wide that no row of letters looks like."""
    return [rule for rule in rules.horizontal if rule.length > _SURE * width]


def _runs_along(rule: Segment, box: Box) -> bool:
    """Whether a level rule covers most of a box's width."""
    return min(rule.x1, box.x1) - max(rule.x0, box.x0) > _MOST * box.width


def in_rows(words: Iterable[Word]) -> list[Row]:
    """Words chained into rows, each left to right, the rows from the top.

    A word continues the row whose last word is nearest to its left at about its height, so rows
    may slope and are never torn by it.
    """
    words = sorted(words, key=lambda word: word.box.x0)
    if not words:
        return []
    height = float(np.median([word.box.height for word in words]))
    rows: list[list[Word]] = []
    for word in words:
        last = [(row[-1], row) for row in rows]
        near = [
            (word.box.x0 - tail.box.x1, row)
            for tail, row in last
            if _beside(tail.box, word.box) and _follows(tail.box, word.box, 0.6 * height)
        ]
        if near:
            min(near, key=lambda item: item[0])[1].append(word)
        else:
            rows.append([word])
    rows.sort(key=lambda row: np.mean([_middle(word) for word in row]))
    return [tuple(row) for row in rows]


def _follows(tail: Box, box: Box, spare: float) -> bool:
    """Whether a word begins where another ends, or in its second half and ends behind it: a reader
    may count a word's room to the one before it."""
    ends_behind = box.x1 > tail.x1 and box.x0 > tail.centre[0]
    return ends_behind or box.x0 > tail.x1 - spare


def with_dates(readings: Sequence[Sequence[Word]], known: Container[str]) -> list[tuple[Word, ...]]:
    """Readings of a form where what precedes *tháng* and *năm* on a row is *ngày* but for a letter.

    The word is so short that a worn letter makes it another, and only there it is sure, whichever
    reading has the others. Two letters of a steady word that no form prints (``known``) may be
    worn.
    """
    dates = [date for words in readings for row in in_rows(words) for date in _dated(row)]
    return [_with_days(words, dates, known) for words in readings]


def _dated(row: Row) -> Iterator[tuple[float, Word]]:
    """Each *tháng* of a row before a *năm*, and where what may be its *ngày* begins at the left."""
    left, month = -math.inf, None
    for word in row:
        if word.key == "thang":
            month = month or word
        elif word.key == "nam":
            if month:
                yield left, month
            left, month = word.box.x1, None


def _with_days(
    words: Sequence[Word], dates: Iterable[tuple[float, Word]], known: Container[str]
) -> tuple[Word, ...]:
    days: set[Word] = set()
    for left, month in dates:
        before = [w for w in words if left < w.box.x0 < month.box.x0 and _beside(w.box, month.box)]
        if not any(word.key == "ngay" for word in before):
            near = [word for word in before if _is_day(word, known)]
            days.update(sorted(near, key=lambda word: word.box.x0)[-1:])
    return tuple(replace(word, text="ngày") if word in days else word for word in words)


def _is_day(word: Word, known: Container[str]) -> bool:
    wrong = Levenshtein.distance(word.key, "ngay")
    return wrong <= 1 or (wrong == 2 and word.steady and word.key not in known)


def around(words: Iterable[Word]) -> Box:
    """The box around words, of which there must be one."""
    boxes = [word.box for word in words]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return whole


def _same(first: Word, second: Word) -> bool:
    """Whether two words that read alike stand in the same place."""
    near = abs(first.box.x0 - second.box.x0) < first.box.height
    return near and _beside(first.box, second.box)


def _beside(first: Box, second: Box) -> bool:
    """Whether two words stand on one line: they share half the height of the lower one."""
    shared = min(first.y1, second.y1) - max(first.y0, second.y0)
    return shared > 0.5 * min(first.height, second.height)


def _middle(word: Word) -> float:
    return (word.box.y0 + word.box.y1) / 2


def _pieces(word: Word) -> list[Word]:
    """A token cut at colons and dots, where the reader ran a label and its leader together, and
    where it ran writing, read as figures and signs, or a box to tick into a label."""
    pieces, start, share = [], 0, word.box.width / max(1, len(word.text))
    for match in [*_BREAK.finditer(word.text), None]:
        end = match.start() if match else len(word.text)
        text = word.text[start:end]
        if key_of(text):
            left = word.box.x0 + start * share
            box = Box(left, word.box.y0, word.box.x0 + end * share, word.box.y1)
            pieces.append(Word(text, box, word.confidence))
        start = match.end() if match else end
    return pieces
