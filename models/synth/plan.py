"""What is drawn once for a whole book: its press, paper, clerks, commune and condition."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from common.options import Options
from models.synth.act import Act
from models.synth.acts import acts
from models.synth.clerk import Clerk
from models.synth.conditions import SEVERITIES, Severity
from models.synth.entry import COMPOSITE
from models.synth.faces import faces
from models.synth.hand import Hand
from models.synth.pen import Pen
from models.synth.people import Case, Community
from models.synth.press import Press, load_form, set_leaf, set_press
from models.synth.sheet_paper import Stock
from models.synth.stamp import Stamp
from models.synth.writing import Writer

PENS_OF = {
    "rvn-1955-1975": ["dip", "dip", "fountain", "fountain", "ballpoint"],
    "1976-1998": ["fountain", "ballpoint", "ballpoint"],
    "tt15-2015": ["ballpoint", "gel", "gel"],
    "1999-2015": ["ballpoint", "ballpoint", "gel"],
    "nam-ky-1883-1955": ["dip", "dip", "dip", "fountain"],
}
_DEEP = 30.0  # millimetres of a tear, mean, in a book whose every page is torn
TYPED = 0.1  # share of books written on a typewriter
TWO_CLERKS = 0.35  # share of books that a second clerk goes on with


class BookOptions(Options):
    """What to render.

    ``entries_per_page`` None lets the press decide; ``split`` keeps presses and faces of the
    test apart from those of training; ``covers`` adds a cover and a closing page; ``torn`` tears
    every page; ``dpi`` is the scanner's; ``name`` defaults to ``<register>.<year>.01``.
    """

    form: str
    register_code: str = "KS"
    pages: int = 8
    entries_per_page: int | None = None
    seed: int = 0
    severity: Literal["clean", "moderate", "severe"] = "moderate"
    split: Literal["train", "test"] = "train"
    dpi: int = 200
    name: str = ""
    covers: bool = False
    torn: bool = False


@dataclass(frozen=True)
class Plan:
    """A book before its first page. ``parts``: the form's codes with the parts of their blanks."""

    options: BookOptions
    severity: Severity
    press: Press
    cover: Press
    closing: Press
    stock: Stock
    community: Community
    clerks: tuple[Clerk, ...]
    writers: tuple[Writer, ...]
    stamp: Stamp
    first_number: int
    first_page: int
    parts: dict[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.options.name or f"{self.options.register_code}.{self.community.year}.01"

    def cases(self, count: int) -> Iterator[Case | Act]:
        """The first ``count`` cases that the book registers."""
        if self.options.register_code == "KS":
            return self.community.cases(count, self.first_number)
        return acts(self.options.register_code, self.community, count, self.first_number)

    def rng(self, *purpose: int) -> np.random.Generator:
        """A generator of its own for each purpose, so that pages do not depend on each other."""
        return _rng(self.options, *purpose)


def _rng(options: BookOptions, *purpose: int) -> np.random.Generator:
    form = (
        options.form if options.register_code == "KS" else f"{options.register_code}/{options.form}"
    )
    return np.random.default_rng([options.seed, zlib.crc32(form.encode()), *purpose])


def plan_book(options: BookOptions) -> Plan:
    """Draw a book by its seed. Raises `UsageError` for a form or a layout that is not known."""
    rng, press_rng, clerk_rng = (_rng(options, purpose) for purpose in (1, 3, 4))
    form = load_form(options.form, options.register_code)
    severity = SEVERITIES[options.severity]
    if options.torn:
        severity = replace(severity, torn=1.0, tear=_DEEP)
    year = int(rng.integers(form.years[0], form.years[1] + 1))
    community = Community(form.era, year, _rng(options, 2))
    commune, province = community.home.commune.upper(), community.home.province.upper()
    printed = {"noiDangKy": commune, "trangSo": "000"}
    per_page = options.entries_per_page
    press = set_press(form, options.split, press_rng, options.dpi, per_page, printed)
    count = 2 if clerk_rng.random() < TWO_CLERKS else 1
    typed = bool(clerk_rng.random() < TYPED)
    writers = tuple(_writer(form.era, options.split, typed, clerk_rng) for _ in range(count))
    clerks = tuple(Clerk.random(form.era, clerk_rng) for _ in range(count))
    around, centre = f"XÃ {commune} · {province} · ", commune.replace(" ", "\n", 1)
    return Plan(
        options=options,
        severity=severity,
        press=press,
        cover=set_leaf(press, form.cover, press_rng),
        closing=set_leaf(press, form.closing, press_rng),
        stock=Stock.random(severity, _rng(options, 5)),
        community=community,
        clerks=clerks,
        writers=writers,
        stamp=Stamp.cut(around, centre, press.face, press.scale, clerk_rng),
        first_number=int(rng.integers(1, 120)),
        first_page=int(rng.integers(1, 60)),
        parts=_parts(press),
    )


def _writer(era: str, split: str, typed: bool, rng: np.random.Generator) -> Writer:
    options = faces("typewriter" if typed else "handwriting", split)
    hand = Hand.random(rng, options[int(rng.integers(len(options)))])
    if not typed:
        hand = replace(hand, pen=Pen.random(rng, str(rng.choice(PENS_OF[era]))))
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
