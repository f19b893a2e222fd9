"""The form as files: ``form.yaml`` a person can correct, the blank form, and the overlay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from common.errors import InputError
from common.geometry import Box
from extract.form.book_form import BookForm, Entry, FieldSlot, FoundLabel
from extract.form.overlay import draw_overlay
from extract.registers import KINDS

_HEAD = """\
# The form of one book, as it was found. Boxes are [left, top, right, bottom] in pixels of
# blank.png; overlay.png shows them. Correct a box, add or remove a field, and give this file
# back with --form: it holds for every page of the book.
"""


def save_form(form: BookForm, folder: Path) -> None:
    """Write ``form.yaml``, ``blank.png`` and ``overlay.png`` into a folder that exists."""
    data = {
        "register": form.register,
        "generation": form.generation,
        "score": round(form.score, 3),
        "pages": list(form.pages),
        "missing": list(form.missing),
        "entries": [
            {
                "entry": entry.index,
                "anchor": _list(entry.anchor),
                "fields": {code: _slot_data(slot) for code, slot in entry.fields.items()},
            }
            for entry in form.entries
        ],
        "labels": [
            {
                "text": label.text,
                "label": label.label,
                "codes": list(label.codes),
                "box": _list(label.box),
                "score": round(label.score, 3),
                "entry": label.entry,
            }
            for label in form.labels
        ],
    }
    text = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=140,
        default_flow_style=None,
    )
    _write(folder / "blank.png", form.blank)
    _write(folder / "overlay.png", cv2.cvtColor(draw_overlay(form), cv2.COLOR_RGB2BGR))
    (folder / "form.yaml").write_text(_HEAD + text, encoding="utf-8")


def load_form(path: Path) -> BookForm:
    """Read ``form.yaml`` (or the folder it lies in) and the ``blank.png`` beside it.

    Raises:
        InputError: a file is missing or cannot be understood; it names the place.
    """
    path = path / "form.yaml" if path.is_dir() else path
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("cannot be read", where=str(path), hint="give a form.yaml") from error
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {error}".replace("\n", " "), where=str(path)) from error
    blank = cv2.imread(str(path.with_name("blank.png")), cv2.IMREAD_GRAYSCALE)
    if blank is None:
        raise InputError("blank.png is missing beside it", where=str(path))
    try:
        return BookForm(
            register=str(data["register"]),
            generation=str(data["generation"]),
            blank=np.asarray(blank, dtype=np.uint8),
            labels=tuple(_label(item) for item in data.get("labels", ())),
            entries=tuple(_entry(item) for item in data["entries"]),
            score=float(data["score"]),
            missing=tuple(data.get("missing", ())),
            pages=tuple(data.get("pages", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"is no form file: {error!r}", where=str(path)) from error


class _Dumper(yaml.SafeDumper):
    """Never writes anchors and aliases: a person edits the file."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _list(box: Box) -> list[int]:
    return list(box.rounded())


def _box(values: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    if x1 <= x0 or y1 <= y0:
        raise ValueError(f"box {list(values)} is empty")
    return Box(x0, y0, x1, y1)


def _slot_data(slot: FieldSlot) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": slot.kind, "lines": [_list(box) for box in slot.boxes]}
    if slot.label_box is not None:
        data["label"] = _list(slot.label_box)
    if slot.parts:
        data["parts"] = {name: _list(box) for name, box in slot.parts.items()}
    return data


def _entry(item: dict[str, Any]) -> Entry:
    return Entry(
        index=int(item["entry"]),
        anchor=_box(item["anchor"]),
        fields={str(code): _slot(code, data) for code, data in item["fields"].items()},
    )


def _slot(code: str, data: dict[str, Any]) -> FieldSlot:
    kind = str(data.get("kind", "text"))
    if kind not in KINDS:
        raise ValueError(f"{code}: unknown kind {kind}")
    lines = tuple(_box(values) for values in data["lines"])
    if not lines:
        raise ValueError(f"{code}: no lines")
    label = _box(data["label"]) if data.get("label") else None
    parts = {str(name): _box(values) for name, values in (data.get("parts") or {}).items()}
    return FieldSlot(lines, label, kind, parts)


def _label(item: dict[str, Any]) -> FoundLabel:
    return FoundLabel(
        text=str(item["text"]),
        label=str(item["label"]),
        codes=tuple(item["codes"]),
        box=_box(item["box"]),
        score=float(item["score"]),
        entry=int(item["entry"]),
    )


def _write(path: Path, image: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
    path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
