"""Notes that are none: a name signed beside the column for notes, words of a line that ran into it.

Officers sign where there is room, and a long address goes on over the rule. What a case's other
fields say anyway, and nothing else, is no note; what was read stays as the raw text.
"""

from __future__ import annotations

from dataclasses import replace

from extract.decision.numbering import Drafts
from extract.parse.tables import table

RULE = "what ran into the notes"


def without_run_over(drafts: Drafts) -> None:
    """Make notes blank, in place, that repeat a signature of their case or the last words of its
    other fields."""
    notes = set(table("values")["notes"]) & drafts.keys()
    others = [own for code, own in drafts.items() if code not in notes and own.value.value]
    said = [str(own.value.value).lower() for own in others]
    signed = {
        value
        for value, own in zip(said, others, strict=True)
        if own.evidence.kind in ("signature", "person_name")
    }
    ends = {words[-1] for value in said if (words := value.split())}
    for code in sorted(notes):
        own = drafts[code]
        note = str(own.value.value or "").lower()
        if note and (note in signed or set(note.split()) <= ends):
            value = replace(own.value, value=None, status="blank")
            evidence = replace(own.evidence, kind="mark")
            drafts[code] = replace(own, value=value, evidence=evidence, options={})
