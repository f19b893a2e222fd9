"""Choosing one field's value from what was read in its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from extract.confidence.curves import Evidence
from extract.parse.dates import compose_date
from extract.parse.field import Context, parse_value
from extract.parse.marks import Mark, likely_mark, mark_of, strokes
from extract.parse.numbers import age
from extract.parse.tables import table
from extract.reading.readings import SlotReading, merged
from extract.record import FieldValue, Status
from extract.registers import Column

_HIDDEN = 0.5  # probability of writing above which an unread place is not called blank
_INKED = 1.0  # ink (area over height squared) above which an unread place is not called blank
_FIGURES = {"d": 31, "m": 12}  # the greatest figure of a part of a date
_STROKE, _OTHER = 0.012, 0.015  # least ink of a stroke; share of every figure but 1 where unread
_PARTS = 0.75  # weight of a date read part by part, beside the date read as a whole
_BLANK = 0.4  # share of parts without ink that are blank
_TRIED = 5  # texts of each part of a date that are combined
_BETWEEN = "\x1f"  # stands between the parts of a date; no reader writes it
_KEPT = 5  # alternatives a record keeps


@dataclass(frozen=True)
class Drafted:
    """A field's value with the evidence for it; the confidence is set from that at the end."""

    value: FieldValue
    evidence: Evidence
    options: Mapping[str, float] = field(default_factory=dict)
    mark: Mark | None = None


def options_of(column: Column, slots: Sequence[SlotReading], context: Context) -> dict[str, float]:
    """Every value that the readings may give, with its probability."""
    found: dict[str, float] = {}
    for text, probability in texts_of(slots):
        value = _value(column, slots, text, context)
        if value is not None:
            found[value] = found.get(value, 0.0) + probability
    return found


def texts_of(slots: Sequence[SlotReading]) -> tuple[tuple[str, float], ...]:
    """Texts of a place; of a date in parts also the combinations of its parts."""
    read = any(slot.part and slot.candidates for slot in slots)
    unread = _unread if read else lambda _: (("", 1.0),)
    parts = {slot.part: slot.candidates[:_TRIED] or unread(slot) for slot in slots if slot.part}
    whole = [text for slot in slots if not slot.part for text in slot.candidates]
    if not parts:
        return tuple(whole)
    combined = []
    for picked in product(*(parts.get(name, (("", 1.0),)) for name in "dmy")):
        share = 1.0
        for _, p in picked:
            share *= p
        if any(text for text, _ in picked):
            combined.append((_BETWEEN.join(text for text, _ in picked), share))
    if not whole or not combined:
        return merged(combined or whole)
    return merged(
        (*((t, _PARTS * p) for t, p in combined), *((t, (1 - _PARTS) * p) for t, p in whole))
    )


def _unread(slot: SlotReading) -> tuple[tuple[str, float], ...]:
    """What a part of a date may say that was not read: mostly a lone stroke, 1; perhaps nothing,
    where hardly any ink is."""
    if slot.part not in _FIGURES:
        return (("", 1.0),)
    blank = (("", _BLANK),) if slot.ink < _STROKE else ()
    others = [(str(n), _OTHER) for n in range(2, _FIGURES[slot.part] + 1)]
    one = 1.0 - sum(p for _, p in (*blank, *others))
    return tuple(sorted((*blank, ("1", one), *others), key=lambda item: -item[1]))


def draft(column: Column, slots: Sequence[SlotReading], context: Context) -> Drafted:
    """The field as its own place gives it: a value, a mark, blank, or illegible."""
    lead = slots[0]
    texts = texts_of(slots)
    raw = " ".join(texts[0][0].replace(_BETWEEN, " ").split()) if texts else ""
    box = _around(slots)
    if not raw:
        seen = max(slot.written for slot in slots)
        if max(slot.ink for slot in slots) > _INKED:
            seen = max(seen, 1 - seen)
        status: Status = "illegible" if seen > _HIDDEN else "blank"
        sure = seen if status == "illegible" else 1 - seen
        return Drafted(FieldValue(None, None, sure, status, box), Evidence(status, sure, sure))
    mark = mark_of(raw) if _BETWEEN in texts[0][0] else likely_mark(texts, lead.kind)
    if raw.replace(" ", "").isalpha() and column.code in table("values")["answers"]:
        mark = None
    if mark:
        return _marked(mark, raw, box, slots)
    options = options_of(column, slots, context)
    source = lead.source
    if not options and (mark := strokes(raw)):
        return _marked(mark, raw, box, slots)
    if not options:
        status = "read" if any(ch.isalnum() for ch in raw) else "illegible"
        evidence = Evidence(
            "unparsed",
            texts[0][1],
            _weakest(slots),
            support=-1.0,
            fit=_fit(slots, raw),
            size=len(raw),
        )
        return Drafted(FieldValue(raw, None, 0.0, status, box, source=source), evidence)
    value = max(sorted(options), key=lambda option: options[option])
    first = _value(column, slots, texts[0][0], context) == value
    derived = column.type == "partial_date" and lead.kind == "age" and age(raw) is not None
    read = FieldValue(raw, value, 0.0, "derived" if derived else "read", box, source=source)
    evidence = Evidence(
        lead.kind, options[value], _weakest(slots), first, fit=_fit(slots, raw), size=len(raw)
    )
    return Drafted(read, evidence, options)


def suggested(drafted: Drafted, value: str, probability: float) -> Drafted:
    """A field that stays unread, with a value its neighbours suggest as an alternative."""
    return replace(drafted, options={**drafted.options, value: probability})


def chosen(drafted: Drafted, value: str, support: float, source: str = "") -> Drafted:
    """The same field with another of its values, or one that its neighbours brought."""
    options = {**drafted.options}
    share = options.get(value, 0.0)
    changed = value != drafted.value.value
    known = drafted.evidence
    evidence = replace(
        known,
        kind=known.kind if known.kind != "unparsed" else "brought",
        reader=share if changed else known.reader,
        first=known.first and not changed,
        support=support,
    )
    unread = drafted.value.status in ("illegible", "blank")  # a blank has no value
    status: Status = "read" if unread else drafted.value.status
    kept = FieldValue(
        drafted.value.raw,
        value,
        0.0,
        status,
        drafted.value.box,
        source=source or drafted.value.source,
    )
    return Drafted(kept, evidence, options, drafted.mark)


def alternatives_of(drafted: Drafted, room: float) -> tuple[tuple[str, float], ...]:
    """The values not chosen, best first; ``room`` is the probability left for them all."""
    others = merged((v, p) for v, p in drafted.options.items() if v != drafted.value.value)[:_KEPT]
    scale = min(1.0, room / max(sum(p for _, p in others), 1e-9))
    return tuple((value, p * scale) for value, p in others)


def _value(column: Column, slots: Sequence[SlotReading], text: str, context: Context) -> str | None:
    if _BETWEEN in text:
        day, month, year = text.split(_BETWEEN)
        date = compose_date(day, month, year or str(context.year or ""), context.era)
        return date.text if date else None
    return parse_value(column, slots[0].kind, text, context)


def _marked(
    mark: Mark, raw: str, box: tuple[int, int, int, int], slots: Sequence[SlotReading]
) -> Drafted:
    ditto = mark.startswith("ditto")
    status: Status = "ditto" if ditto else "blank"
    seen = slots[0].candidates[0][1] if slots[0].candidates else 0.0
    evidence = Evidence("ditto" if ditto else "mark", seen, _weakest(slots))
    value = FieldValue(raw, None, 0.0, status, box, source=slots[0].source)
    return Drafted(value, evidence, mark=mark)


def _weakest(slots: Sequence[SlotReading]) -> float:
    return min(slot.weakest for slot in slots)


def _fit(slots: Sequence[SlotReading], raw: str) -> float:
    """How far the text lies under the reader's likeliest, in log probability a letter."""
    return sum(slot.fit for slot in slots) / max(len(raw), 1)


def _around(slots: Sequence[SlotReading]) -> tuple[int, int, int, int]:
    boxes = [slot.box for slot in slots]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
