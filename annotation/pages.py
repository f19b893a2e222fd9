"""Pages that a crop of one field cannot settle ↔ Label Studio tasks with the whole page.

A page that shows no form, one whose fields nobody could see, one that is mostly unreadable. The
person draws a box around a field, says which it is and of which case, and types what it holds.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from annotation.tasks import VERSION, Correction, Place, typed, who_and_when
from annotation.texts import texts
from annotation.written import proposed
from extract.record import Record
from extract.registers import ANY, load_register
from extract.reopen import Extracted
from extract.report.causes import told

_TORN = 0.5  # share of a page's fields that hardly anybody can read, from which it is shown whole
_HOPELESS = 0.5  # confidence below which a field counts as such


@dataclass(frozen=True)
class DoubtfulPage:
    """A page for a person to look at, why, and its cases."""

    page: int
    why: str
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Verdict:
    """What a person said of a page as a whole."""

    page: int
    said: str
    author: str
    time: str


def doubtful_pages(
    book: Extracted, records: Sequence[Record], hidden: Collection[int]
) -> list[DoubtfulPage]:
    """The pages to be shown whole, in book order; those without a picture are in the report only.

    Args:
        hidden: pages of doubtful fields that no crop shows.
    """
    why: dict[int, str] = {}
    for stored in book.store.pages(book.name):
        if stored.outcome in ("refused", "failed"):
            why[stored.page] = f"{texts()['outcomes'][stored.outcome]}: {told(stored.cause)}"
    for record in records:
        if record.page in hidden:
            why.setdefault(record.page, texts()["hidden"])
        elif _torn(record):
            why.setdefault(record.page, texts()["torn"])
    return [
        DoubtfulPage(page, reason, tuple(r for r in records if r.page == page))
        for page, reason in sorted(why.items())
        if book.folder.page_image(page).is_file()
    ]


def box_labels(records: Sequence[Record]) -> dict[str, str]:
    """The columns that a box may be, with their labels, each label once: those of the form, and
    those the form's records hold."""
    if not records:
        return {}
    register = load_register(records[0].register)
    if register.code == ANY:
        return {code: code for code in records[0].fields}
    held = set(register.generation(records[0].form).printed)
    labels: dict[str, str] = {}
    for column in register.columns:
        if column.code in held:
            name = column.label
            labels[column.code] = f"{name} ({column.code})" if name in labels.values() else name
    return labels


def _torn(record: Record) -> bool:
    shown = [value for value in record.fields.values() if value.status != "absent_on_form"]
    poor = sum(v.status == "illegible" or v.confidence < _HOPELESS for v in shown if v.review)
    return poor > _TORN * len(shown)


def page_task(book: Extracted, wanted: DoubtfulPage, images: str | None) -> dict[str, Any]:
    """The task: the page, why it is shown, and its fields as the machine has them."""
    picture = book.folder.page_image(wanted.page)
    with Image.open(picture) as image:
        size = image.size
    scale = book.picture_scale(wanted.page)
    result = [part for record in wanted.records for part in _regions(record, scale, size)]
    embedded = "data:image/jpeg;base64,"
    data = {
        "hotich": f"{wanted.page}",
        "label": texts()["page"].format(page=wanted.page),
        "hint": wanted.why,
        "reading": wanted.why,
        "image": f"{images}/{picture.name}"
        if images
        else embedded + base64.b64encode(picture.read_bytes()).decode("ascii"),
    }
    predictions = [{"model_version": VERSION, "score": 0.0, "result": result}] if result else []
    return {"data": data, "predictions": predictions}


def _regions(record: Record, scale: float, size: tuple[int, int]) -> Iterator[dict[str, Any]]:
    for code, value in record.fields.items():
        if value.box is None or not value.review:
            continue
        x0, y0, x1, y1 = (
            100 * edge * scale / side for edge, side in zip(value.box, (*size, *size), strict=True)
        )
        place = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0, "rotation": 0}
        about = {
            "id": f"{record.entry}-{code}",
            "to_name": "image",
            "original_width": size[0],
            "original_height": size[1],
        }
        yield about | {
            "from_name": "field",
            "type": "rectanglelabels",
            "value": {**place, "rectanglelabels": [code]},
        }
        yield about | {
            "from_name": "entry",
            "type": "number",
            "value": {**place, "number": record.entry},
        }
        text = proposed(record, code)
        if text:
            yield about | {
                "from_name": "text",
                "type": "textarea",
                "value": {**place, "text": [text]},
            }


def page_answers(
    task: dict[str, Any], users: dict[int, str], codes: dict[str, str]
) -> tuple[list[Correction], list[Verdict]]:
    """What people said on a page: texts of boxes, oldest first, and verdicts on the whole.

    Args:
        codes: the column of each label.
    """
    page = int(task["data"]["hotich"])
    boxes: list[Correction] = []
    verdicts: list[Verdict] = []
    for annotation in sorted(task["annotations"], key=lambda one: str(one["updated_at"])):
        if annotation["was_cancelled"]:
            continue
        author, time = who_and_when(annotation, users)
        regions: dict[str, dict[str, dict[str, Any]]] = {}
        for part in annotation["result"]:
            regions.setdefault(part.get("id", ""), {})[part["from_name"]] = part["value"]
        for region in regions.values():
            if "page" in region:
                verdicts.append(Verdict(page, region["page"]["choices"][0], author, time))
            label = region.get("field", {}).get("rectanglelabels", [""])[0]
            text = typed(region.get("text", {}))
            if label in codes and text:
                entry = int(region.get("entry", {}).get("number", 1))
                place = Place(page, entry, codes[label])
                box = _share(region["field"])
                boxes.append(Correction(place, text, "read", author, time, None, box))
    return boxes, verdicts


def _share(value: dict[str, Any]) -> tuple[float, float, float, float]:
    x, y = value["x"] / 100, value["y"] / 100
    return x, y, x + value["width"] / 100, y + value["height"] / 100
