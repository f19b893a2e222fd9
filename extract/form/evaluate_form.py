"""How well forms are found: cases and field boxes against the truth of rendered books.

    python -m extract.form.evaluate_form BOOK… [--learn 16] [--overlay DIR]

A book is a folder with ``pages/*.jpg`` and ``truth.jsonl`` (the synthesiser's). A field counts
as hit when the centre of its true box lies inside one of the boxes found for its code.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from common.errors import FormError
from common.geometry import Box
from extract.form.book_form import BookForm
from extract.form.discover import discover_form
from extract.form.form_file import save_form
from extract.form.place import place_form
from extract.page import FORM_SIDE, reduced
from extract.registers import load_register
from models.reading import Image
from preprocessing.clean import clean_page
from preprocessing.scans import open_scans
from preprocessing.transform import Mapping

Truth = dict[int, list[dict[str, Any]]]


@dataclass
class Score:
    """Counts over one book."""

    generation: str = ""
    pages: int = 0
    refused: int = 0
    cases: int = 0
    cases_found: int = 0
    fields: int = 0
    hits: int = 0
    learn_seconds: float = 0.0
    place_seconds: float = 0.0
    misses: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class ReadyPage:
    """A page as the run sees it: its position, clean grey, and the way back to the scan."""

    index: int
    grey: Image
    scale: float
    transform: Mapping


def evaluate_book(folder: Path, learn: int = 16, overlay: Path | None = None) -> Score:
    """Learn one rendered book's form, lay every page on it and compare with the truth."""
    truth: Truth = defaultdict(list)
    for line in (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        truth[record["page"]].append(record)
    pages = _ready(folder)
    score = Score(pages=len(pages), cases=sum(map(len, truth.values())))
    register = load_register(next(iter(truth.values()))[0]["register"])
    started = time.process_time()
    try:
        chosen = pages[:: max(1, len(pages) // (2 * learn))]
        form = discover_form([page.grey for page in chosen], register)
    except FormError as error:
        typer.echo(f"  {folder.name}: {error}")
        score.refused = len(pages)
        return score
    score.learn_seconds = time.process_time() - started
    score.generation = form.generation
    if overlay:
        (overlay / folder.name).mkdir(parents=True, exist_ok=True)
        save_form(form, overlay / folder.name)
    for page in pages:
        _score_page(page, truth.get(page.index, []), form, score)
    return score


def _ready(folder: Path) -> list[ReadyPage]:
    ready = []
    for scan in open_scans([folder / "pages"]):
        clean = clean_page(scan.load())
        grey, scale = reduced(clean.grey, FORM_SIDE)
        ready.append(ReadyPage(scan.index, grey, scale, clean.transform))
    return ready


def _score_page(
    page: ReadyPage, records: list[dict[str, Any]], form: BookForm, score: Score
) -> None:
    started = time.process_time()
    try:
        placed = place_form(page.grey, form)
    except FormError as error:
        score.refused += bool(records)
        if records:
            typer.echo(f"    page {page.index}: {error}")
        return
    score.place_seconds += time.process_time() - started
    fields = placed.fields(form)
    derived = dict(load_register(form.register).generation(form.generation).derived)
    for record in records:
        if record["entry"] > len(fields):
            continue
        score.cases_found += 1
        ours = fields[record["entry"] - 1]
        for code, true in record["fields"].items():
            if true["box"] is None or code in derived:
                continue
            box = page.transform.box_forward(Box(*true["box"]))
            x, y = (edge * page.scale for edge in box.centre)
            hit = any(one.contains(x, y) for one in ours.get(code, ()))
            score.fields += 1
            score.hits += hit
            if not hit:
                score.misses[code if code in ours else f"{code} (not placed)"] += 1


def main(
    books: Annotated[list[Path], typer.Argument(help="Folders of rendered books.")],
    learn: Annotated[int, typer.Option(help="Pages that teach the form.")] = 16,
    overlay: Annotated[Path | None, typer.Option(help="Where to keep the forms found.")] = None,
) -> None:
    """Print one line a book, and what was missed."""
    typer.echo("book (rendered) | form | pages placed | cases | field boxes | learn s | page s")
    hits = fields = 0
    for folder in books:
        s = evaluate_book(folder, learn, overlay)
        hits, fields = hits + s.hits, fields + s.fields
        placed = s.pages - s.refused
        typer.echo(
            f"{folder.name} | {s.generation or '-'} | {placed}/{s.pages} | "
            f"{s.cases_found}/{s.cases} | {s.hits}/{s.fields} = {s.hits / max(1, s.fields):.1%} | "
            f"{s.learn_seconds:.1f} | {s.place_seconds / max(1, placed):.2f}"
        )
        for code, count in s.misses.most_common(12):
            typer.echo(f"      missed {code}: {count}")
    typer.echo(f"all: {hits}/{fields} = {hits / max(1, fields):.1%} of field boxes")


if __name__ == "__main__":
    typer.run(main)
