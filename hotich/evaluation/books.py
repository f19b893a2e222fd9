"""Whole rendered books, of presses, faces and seeds never trained on, against their truth."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from common.errors import HotichError
from extract.evaluate import Score, evaluate
from extract.record import read_records
from extract.registers import load_register
from hotich.evaluation.extraction import Extraction, extract_call, run_extraction
from hotich.evaluation.rendered import Order

KINDS = ("numbers", "dates", "names", "places", "sex", "other")
HEAD = (
    "| register | form | decay | pages | seed | cases found | box holds the true centre | "
    f"state right | value exact | {' | '.join(KINDS)} | one core, s a page |"
)
"""The head of the table that `row` gives the rows of."""


class BookFigure(NamedTuple):
    """What one rendered book gave."""

    order: Order
    score: Score
    extraction: Extraction

    @property
    def cost(self) -> str:
        run, pages = self.extraction, self.order.pages
        return (
            f"{run.seconds / pages:.1f} s a page, {run.cpu_seconds / pages:.1f} s of one "
            f"core a page, peak memory {run.peak_mib:.0f} MiB"
        )

    @property
    def row(self) -> str:
        """The figures as a row of a markdown table."""
        score = self.score
        tallies = [score.cases, score.boxes, score.states, score.value]
        cells = [f"{tally.share:.1%} ({tally.n})" for tally in tallies]
        for kind in KINDS:
            tally = score.values.get(kind)
            cells.append(f"{tally.share:.1%} ({tally.n})" if tally else "–")
        seconds = self.extraction.cpu_seconds / self.order.pages
        return f"{row_begin(self.order)} {' | '.join(cells)} | {seconds:.1f} |"


def row_begin(order: Order) -> str:
    """What a book's row begins with, and no other's."""
    return (
        f"| {order.register_code} | {order.form} | {order.severity} | {order.pages} | "
        f"{order.seed} |"
    )


def orders(
    register_codes: Sequence[str],
    forms: Sequence[str] | None,
    severities: Sequence[str],
    pages: int,
    seeds: Sequence[int],
) -> list[Order]:
    """A book for each generation of these registers (or each of ``forms``), severity and seed."""
    kinds = [
        (code, form)
        for code in register_codes
        for form in forms or [generation.id for generation in load_register(code).generations]
    ]
    return [
        Order(code, form, severity, pages, seed)
        for (code, form), severity, seed in itertools.product(kinds, severities, seeds)
    ]


def evaluate_book(order: Order, work: Path) -> BookFigure:
    """Render, extract and score one book in ``work``.

    A book that lies in ``work`` already is not rendered again; extraction always runs anew.
    """
    folder = order.rendered(work)
    out = folder / "extracted"
    for stale in sorted(out.rglob("*"), reverse=True):
        stale.rmdir() if stale.is_dir() else stale.unlink()
    call = extract_call(folder / "pages", out, order.register_code, "--book", folder.name)
    extraction = run_extraction(call, out)
    truth = read_records(folder / "truth.jsonl")
    score = evaluate(extraction.records(), truth, load_register(order.register_code))
    return BookFigure(order, score, extraction)


def add_rows(books: Sequence[Order], work: Path, table: Path) -> Iterator[str]:
    """Append one row for each book to ``table``, as each is done; the rows, as they come.

    A book whose row is there is passed over, and one that fails has a row that says why: so the
    table goes on after anything.
    """
    known = table.read_text(encoding="utf-8") if table.exists() else ""
    with table.open("a", encoding="utf-8") as file:
        if HEAD not in known:
            file.write(f"{HEAD}\n{'|---' * (HEAD.count('|') - 1)}|\n")
        for order in books:
            if row_begin(order) in known:
                continue
            try:
                row = evaluate_book(order, work).row
            except HotichError as error:
                row = f"{row_begin(order)} failed: {str(error).replace('|', '/')} |"
            file.write(f"{row}\n")
            file.flush()
            yield row


def together(figures: Sequence[BookFigure]) -> Iterator[tuple[str, Score]]:
    """The books of each decay counted as one, where there are several: a title and the score."""
    for severity in dict.fromkeys(figure.order.severity for figure in figures):
        mine = [figure for figure in figures if figure.order.severity == severity]
        if len(mine) > 1:
            pages = sum(figure.order.pages for figure in mine)
            title = f"all {len(mine)} rendered books, {severity} decay, {pages} pages, split test"
            yield title, Score.sum(figure.score for figure in mine)
