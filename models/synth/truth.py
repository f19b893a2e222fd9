"""The truth of a rendered book, in the records format."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from models.synth.clerk import BLANK, DERIVED, ILLEGIBLE, Written
from models.synth.page import Points

ABSENT = "absent_on_form"
SOURCE = "synthesiser"
FORMS = Path(__file__).parent / "forms"


@cache
def register_codes(register: str) -> tuple[str, ...]:
    """What a record of this register holds, in its order (`forms/<REGISTER>/codes.txt`)."""
    return tuple((FORMS / register / "codes.txt").read_text(encoding="utf-8").split())


def tight_box(points: Points, size: tuple[int, int]) -> list[int]:
    """The smallest box of whole pixels around points, clipped to an image (width, height)."""
    x0, y0 = points.min(axis=0)
    x1, y1 = points.max(axis=0)
    width, height = size
    return [
        max(0, min(width, int(x0))),
        max(0, min(height, int(y0))),
        max(0, min(width, int(x1 + 0.999))),
        max(0, min(height, int(y1 + 0.999))),
    ]


def field_truth(written: Written | None, box: list[int] | None) -> dict[str, Any]:
    """One field of a record; None means that the form does not have it."""
    return {
        "raw": written.raw if written else None,
        "value": written.value if written else None,
        "confidence": 1.0,
        "status": written.status if written else ABSENT,
        "box": box if written else None,
        "review": False,
        "alternatives": [],
        "source": SOURCE,
    }


def with_province(written: Mapping[str, Written], province: str | None) -> dict[str, Written]:
    """Add nksNoiSinhDVHC: derived from the place of birth where that names its province."""
    place = written.get("nksNoiSinh")
    if place is None:
        return dict(written)
    if place.status in (BLANK, ILLEGIBLE) or province is None:
        status = ILLEGIBLE if place.status == ILLEGIBLE else BLANK
        derived = Written(None, None, status)
    else:
        derived = Written(None, province, DERIVED)
    return {**written, "nksNoiSinhDVHC": derived}


def record(
    place: tuple[str, int, int, str, str],
    on_form: Collection[str],
    written: Mapping[str, Written],
    boxes: Mapping[str, list[int]],
) -> dict[str, Any]:
    """A case's record. ``place``: (book, page, entry, register, form); boxes in scan pixels."""
    book, page, entry, register, form = place
    boxes = {**boxes, **({"nksNoiSinhDVHC": boxes["nksNoiSinh"]} if "nksNoiSinh" in boxes else {})}
    known = {*on_form, *({"nksNoiSinhDVHC"} if "nksNoiSinh" in on_form else set())}
    fields = {
        code: field_truth(written.get(code) if code in known else None, boxes.get(code))
        for code in register_codes(register)
    }
    head = {"book": book, "page": page, "entry": entry, "register": register, "form": form}
    return {**head, "fields": fields, "issues": [], "matches": []}
