"""What was read on the lines of a place, believed or not, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from extract.ink.ditto import is_ditto
from extract.ink.lift import Cut
from extract.parse.marks import REPEATED, mark_of
from extract.parse.tables import table
from extract.reading.lines import FIGURES, Seen
from extract.reading.options import FieldOptions
from extract.reading.readings import SlotReading, merged

_FIGURED = ("partial_date", "age", "time")
_JOINED = 3  # readings of each line that are combined with the other lines'
_KEPT = 24  # texts kept for a place
_UNKNOWN = 0.5  # probability of writing where nothing can be read
_UPRIGHT = 1.5  # heights to widths of a stroke that stands
_LIKELY = 0.1  # probability from which a reading counts
_OPEN = ("person_name", "place", "text", "id_number")  # kinds in which dirt is read as letters
_DITTO, _SURE = "″", 0.9  # such a mark, and how surely small strokes are one
_RAN = 0.9  # how surely a shadow is writing that ran


@dataclass(frozen=True)
class Piece:
    """One line of one place, cut out and waiting to be read; ``room``: lines' heights of its place.
    A line of a higher place was searched for: most smudges are there."""

    entry: int
    code: str
    kind: str
    part: str
    cut: Cut
    room: float = 1.0

    @property
    def is_note(self) -> bool:
        """Whether it stands in a column that is mostly empty."""
        return is_notes(self.code)


class Place(NamedTuple):
    """What all lines of a place have in common.

    Attributes:
        box: on the scan.
        under: pixels of writing hidden by blots.
        shared: whether other columns are written there too.
        shadow: grey levels that its darkest spot lies under its paper.
    """

    code: str
    kind: str
    part: str
    box: tuple[int, int, int, int]
    under: float
    shared: bool
    shadow: float = 0.0


class Usual(NamedTuple):
    """The page's usual writing: pixels of its height, grey levels of its strength, and how many
    pixels of ink a pixel of its length has; 0 where that is not known. ``clear``: log probability
    a letter that the reader gives what it reads there."""

    height: float
    strength: float
    ink: float
    clear: float = 0.0


def is_notes(code: str) -> bool:
    """Whether most cases leave this column empty."""
    return code in table("values")["notes"]


def is_solid(cut: Cut, options: FieldOptions) -> bool:
    """Whether a line's ink is no strokes but one spot, which hides them."""
    return cut.density > options.solid and cut.ink > options.solid_ink


def slot_of(
    place: Place,
    lines: Sequence[tuple[Piece, Seen | None]],
    usual: Usual,
    options: FieldOptions,
) -> SlotReading:
    """A place by what was seen on its lines; None is a line that nobody read."""
    lines = [(p, _believed(p, r, usual, options) if r else None) for p, r in lines]
    seen = [r for _, r in lines if r and r.written >= options.least_written and r.texts]
    if place.kind == "signature" and len(seen) > 1:  # the name, not the flourish above it
        seen = [max(seen, key=lambda one: one.texts[0][1] * len(one.texts[0][0]))]
    strokes = [(p.cut, r) for p, r in lines if r]
    share = _hidden(place, lines)
    hidden = _is_hidden(place, share, lines, usual, options)
    worded = any(ch.isalpha() for r in seen for ch in r.texts[0][0])
    if place.kind in REPEATED and not worded and (mark := _ditto(lines, usual, options)):
        seen = [mark]
    candidates = _joined(seen) or _stroke(place.kind, place.part, strokes, options)
    written = max((r.written for r in (*seen, *(r for _, r in lines if r))), default=0.0)
    if not (candidates or is_notes(place.code)) and place.shadow >= options.shadow.dark:
        written = max(written, _RAN)
    return SlotReading(
        code=place.code,
        kind=place.kind,
        box=place.box,
        part=place.part,
        ink=sum(piece.cut.ink for piece, r in lines if not _is_dirt(piece, r, options)),
        written=1.0 if hidden else written,
        hidden=share,
        candidates=() if hidden else candidates,
        weakest=min((r.weakest for r in seen), default=0.0),
        fit=sum(r.fit for r in seen),
        source=seen[0].source if seen else "",
    )


def _hidden(place: Place, lines: Sequence[tuple[Piece, Seen | None]]) -> float:
    """The share of a place's writing that stands under blots."""
    clear = sum(piece.cut.written for piece, r in lines if r and r.texts)
    return place.under / (place.under + clear) if place.under else 0.0


def _is_hidden(
    place: Place,
    share: float,
    lines: Sequence[tuple[Piece, Seen | None]],
    usual: Usual,
    options: FieldOptions,
) -> bool:
    """Whether too much of a place stands under blots, or ran, to be read."""
    most = options.hidden_together if place.shared else options.hidden
    ran = not place.shared and any(r and _is_smeared(p, r, usual, options) for p, r in lines)
    return share > most or ran or any(is_solid(piece.cut, options) for piece, _ in lines)


def _believed(piece: Piece, seen: Seen, usual: Usual, options: FieldOptions) -> Seen:
    """What was read on a line, less what dirt is taken for: then nothing may be written there."""
    clear = min(options.unclear, options.faint * usual.clear)  # from which little ink shows letters
    ink, stands, least = piece.cut.ink, bool(seen.texts), options.unread_ink
    known = piece.kind in FIGURES
    if _is_smeared(piece, seen, usual, options):
        return replace(seen, texts=(), written=1.0)
    if piece.is_note:
        stands = stands and _is_a_note(piece, seen, clear, options)
    elif _is_lettered(piece, seen) and ink < options.little and seen.clear < clear:
        stands, known = any(mark_of(text) for text, p in seen.texts if p >= _LIKELY), False
        least = options.little
    if stands or known:
        return seen
    hides = _hides_note(piece.cut, options) if piece.is_note else ink >= least
    return replace(seen, texts=(), written=seen.written if hides else min(seen.written, _UNKNOWN))


def _is_lettered(piece: Piece, seen: Seen) -> bool:
    """Whether a line's text is letters, as dirt is read: a date, an age or a time is figures."""
    if piece.kind not in _FIGURED:
        return piece.kind in _OPEN
    text = seen.texts[0][0] if seen.texts else ""
    return 2 * sum(map(str.isdigit, text)) < sum(map(str.isalpha, text))


def _is_a_note(piece: Piece, seen: Seen, clear: float, options: FieldOptions) -> bool:
    """Whether what was read in a column for notes is one: so many letters, clear and dense."""
    letters = sum(ch.isalnum() for ch in seen.texts[0][0])
    inked = piece.cut.ink >= options.note_ink and piece.cut.density >= options.note_density
    return letters >= options.note_letters and inked and seen.clear >= clear


def _is_smeared(piece: Piece, seen: Seen, usual: Usual, options: FieldOptions) -> bool:
    """Whether a line's ink is too much, and too dense, for dirt, and yet shows no letters: paler
    than the page's writing it ran, darker it was written over. As strong, it is a hand that the
    reader does not know. A signature shows few letters at the best, and a number is told by its
    neighbours."""
    cut = piece.cut
    paler, darker = (share * usual.strength for share in options.smear_strength)
    return (
        piece.kind not in ("signature", "number_token")
        and seen.clear < options.smeared
        and cut.ink >= options.smear_ink
        and cut.density >= options.smear_density
        and not paler <= cut.strength <= darker
    )


def _is_dirt(piece: Piece, seen: Seen | None, options: FieldOptions) -> bool:
    """Ink of a column for notes that no text was read on and that hides none."""
    unread = seen is None or not (seen.texts or _hides_note(piece.cut, options))
    return piece.is_note and unread


def _hides_note(cut: Cut, options: FieldOptions) -> bool:
    """Whether ink in a column for notes is more, and denser, than the dirt there."""
    return cut.ink >= options.note_blot and cut.density >= options.smear_density


def _ditto(
    lines: Sequence[tuple[Piece, Seen | None]], usual: Usual, options: FieldOptions
) -> Seen | None:
    """A mark too small for the reader, if that is all that a place bears."""
    inked = [piece.cut for piece, _ in lines if piece.cut.ink]
    if len(inked) != 1 or not usual.strength:
        return None
    (cut,) = inked
    if not is_ditto(cut.image, usual.height, cut.strength / usual.strength, options.ditto):
        return None
    return Seen(((_DITTO, _SURE),), 1.0, _SURE, 0.0, "strokes")


def _stroke(
    kind: str, part: str, lines: Sequence[tuple[Cut, Seen]], options: FieldOptions
) -> tuple[tuple[str, float], ...]:
    """One upright stroke where figures are expected, too little for the reader: 1."""
    if kind != "number_token" and part not in ("d", "m"):
        return ()
    upright = [
        seen.written
        for cut, seen in lines
        if cut.box.height > _UPRIGHT * cut.box.width and seen.written >= options.least_stroke
    ]
    return (("1", max(upright)),) if len(upright) == len(lines) > 0 else ()


def _joined(lines: Sequence[Seen]) -> tuple[tuple[str, float], ...]:
    """Texts of all lines of a place: the likeliest combinations of each line's likeliest texts."""
    texts: Sequence[tuple[str, float]] = [("", 1.0)] if lines else []
    for line in lines:
        kept = line.texts if len(lines) == 1 else line.texts[:_JOINED]
        texts = merged((f"{a} {b}".strip(), p * q) for a, p in texts for b, q in kept)[:_KEPT]
    return tuple(texts)
