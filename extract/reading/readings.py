"""What was seen and read on one page, before anything is decided. Stored, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from models.reading import Image

Figures = Mapping[tuple[int, str], tuple[Image, ...]]
"""Places for numbers cut out, one way or several, by entry and column."""
_DIGITS = 5
_LEAST = 1e-5  # what was thought of at all is never impossible: probabilities are weighed later


@dataclass(frozen=True)
class SlotReading:
    """One place of the form on one page.

    Attributes:
        code: the column written there; ``also``: further columns written in the same place.
        kind: what is written there (`extract.registers.KINDS`).
        part: ``d``, ``m`` or ``y`` for a part of a date, else empty.
        box: pixels of the page as scanned.
        ink: ink beyond the printed form, as a share of the place's area.
        written: the reader's probability that anything is written.
        hidden: share of what is written that stands under blots.
        candidates: texts with their probabilities, best first.
        weakest: the least probability of any character of the best text.
        fit: how far the best text lies under the reader's free reading, in log probability.
        source: ``engine@weights``.
        printed: what the print reader sees there with the form's print left standing: a page's
            number may be printed. Texts with probabilities, best first.
    """

    code: str
    kind: str
    box: tuple[int, int, int, int]
    part: str = ""
    also: tuple[str, ...] = ()
    tick: str = ""
    ink: float = 0.0
    written: float = 0.0
    hidden: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()
    weakest: float = 0.0
    fit: float = 0.0
    source: str = ""
    printed: tuple[tuple[str, float], ...] = ()

    @property
    def text(self) -> str:
        """The likeliest text; empty when nothing was read."""
        return self.candidates[0][0] if self.candidates else ""

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        for name in ("candidates", "printed"):
            texts: tuple[tuple[str, float], ...] = data[name]
            data[name] = [[text, max(round(p, _DIGITS), _LEAST)] for text, p in texts]
        for name in ("ink", "written", "hidden", "weakest", "fit"):
            data[name] = round(data[name], _DIGITS)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        x0, y0, x1, y1 = data["box"]
        changed = {
            "box": (x0, y0, x1, y1),
            "also": tuple(data["also"]),
            "candidates": tuple((text, p) for text, p in data["candidates"]),
            "printed": tuple((text, p) for text, p in data.get("printed", ())),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True)
class EntryReading:
    """The places of one case, in the form's order."""

    entry: int
    slots: tuple[SlotReading, ...]


@dataclass(frozen=True)
class PageReading:
    """All cases of one page; ``figures``: where print may stand that is not read yet."""

    page: int
    entries: tuple[EntryReading, ...] = field(default_factory=tuple)
    figures: Figures = field(default_factory=dict, compare=False)

    def with_printed(self, found: Mapping[tuple[int, str], tuple[tuple[str, float], ...]]) -> Self:
        """The page with what the print reader found in its ``figures``."""
        entries = tuple(
            EntryReading(
                one.entry,
                tuple(replace(s, printed=found.get((one.entry, s.code), ())) for s in one.slots),
            )
            for one in self.entries
        )
        return type(self)(self.page, entries)

    def as_json(self) -> dict[str, Any]:
        return {
            "page": self.page,
            "entries": [
                {"entry": e.entry, "slots": [slot.as_json() for slot in e.slots]}
                for e in self.entries
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            data["page"],
            tuple(
                EntryReading(e["entry"], tuple(SlotReading.from_json(s) for s in e["slots"]))
                for e in data["entries"]
            ),
        )


def merged(candidates: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Equal texts as one, their probabilities added; best first, ties by text."""
    total: dict[str, float] = {}
    for text, probability in candidates:
        total[text] = total.get(text, 0.0) + probability
    return tuple(sorted(total.items(), key=lambda item: (-item[1], item[0])))
