"""Whole books, rendered with their truth: `render_book`, and its command line.

python -m models.synth.book --register KH --form tt15-2015 --pages 8 --seed 7 --out DIR
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cv2

from models.synth.conditions import SEVERITIES
from models.synth.leaves import Scan, scans
from models.synth.page import Mark
from models.synth.pdf import write_pdf
from models.synth.plan import BookOptions, Plan, plan_book
from models.synth.press import registers
from models.synth.truth import record, register_codes, tight_box

__all__ = ["BookOptions", "render_book"]


def render_book(options: BookOptions, out: Path, *, pdf: bool = False) -> Path:
    """Render a book into the folder ``out`` and give it back.

    pages/NNNN.jpg, the scans (or with ``pdf`` one PDF named as the book, the same JPEGs in it);
    truth.jsonl, the records, boxes in scan pixels; layout.jsonl, every label, rule, field and
    stamp with its box; book.json, what was drawn. The same options give the same bytes.

    Raises:
        UsageError: an unknown register or form, or more entries a page than a press prints.
    """
    plan = plan_book(options)
    out.mkdir(parents=True, exist_ok=True)
    jpegs: list[bytes] = []
    records: list[dict[str, Any]] = []
    layout: list[dict[str, Any]] = []
    without: list[int] = []
    for scan in scans(plan):
        jpegs.append(jpeg(plan, scan))
        records.extend(_records(plan, scan))
        layout.extend(_place(scan, mark) for mark in scan.page.marks)
        if not scan.entries:
            without.append(scan.number)
    if pdf:
        write_pdf(jpegs, out / f"{plan.name}.pdf", options.dpi)
    else:
        (out / "pages").mkdir(exist_ok=True)
        for number, data in enumerate(jpegs, start=1):
            (out / "pages" / f"{number:04d}.jpg").write_bytes(data)
    _write_lines(out / "truth.jsonl", records)
    _write_lines(out / "layout.jsonl", layout)
    facts = _facts(plan, len(records), without)
    text = json.dumps(facts, ensure_ascii=False, indent=1)
    (out / "book.json").write_text(text + "\n", encoding="utf-8")
    return out


def jpeg(plan: Plan, scan: Scan) -> bytes:
    """The scan as its scanner stored it."""
    quality = int(plan.rng(7, scan.number).integers(*plan.severity.quality))
    bgr = cv2.cvtColor(scan.image, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def _records(plan: Plan, scan: Scan) -> Iterable[dict[str, Any]]:
    size = (scan.image.shape[1], scan.image.shape[0])
    for index, entry in enumerate(scan.entries, start=1):
        boxes = {
            code: tight_box(scan.geometry.forward(points), size)
            for code, points in entry.points.items()
        }
        options = plan.options
        place = (plan.name, scan.number, index, options.register_code, options.form)
        yield record(place, plan.parts, entry.written, boxes)


def _place(scan: Scan, mark: Mark) -> dict[str, Any]:
    size = (scan.image.shape[1], scan.image.shape[0])
    return {
        "page": scan.number,
        "kind": mark.kind,
        "text": mark.text,
        "code": mark.code,
        "entry": mark.entry,
        "box": tight_box(scan.geometry.forward(mark.points), size),
    }


def _facts(plan: Plan, cases: int, without: list[int]) -> dict[str, Any]:
    codes = register_codes(plan.options.register_code)
    return {
        "book": plan.name,
        "register": plan.options.register_code,
        **plan.options.model_dump(exclude={"name", "register_code"}),
        "year": plan.community.year,
        "cases": cases,
        "entries_per_page": plan.press.entries,
        "press": plan.press.name,
        "leader": plan.press.leader,
        "print_face": plan.press.face.family,
        "hands": [writer.hand.face.name for writer in plan.writers],
        "pens": [writer.hand.pen.kind for writer in plan.writers],
        "codes_on_form": [code for code in codes if code in plan.parts],
        "non_case_pages": without,
    }


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """The command line: options of `BookOptions`, ``--pdf`` and ``--out``."""
    parser = argparse.ArgumentParser(prog="python -m models.synth.book", description=__doc__)
    parser.add_argument("--register", dest="register_code", choices=registers(), default="KS")
    parser.add_argument("--form", required=True)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--entries-per-page", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--severity", choices=sorted(SEVERITIES), default="moderate")
    parser.add_argument("--split", choices=["train", "test"], default="train")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--name", default="")
    parser.add_argument("--covers", action="store_true", help="add a cover and a closing page")
    parser.add_argument("--pdf", action="store_true", help="one PDF instead of a folder of JPEGs")
    parser.add_argument("--out", type=Path, required=True)
    values = vars(parser.parse_args())
    out, pdf = values.pop("out"), values.pop("pdf")
    render_book(BookOptions.of(**values), out, pdf=pdf)


if __name__ == "__main__":
    main()
