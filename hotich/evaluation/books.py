"""Whole rendered books, of presses, faces and seeds never trained on, against their truth."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from common.errors import MissingPartError
from extract.evaluate import Score, evaluate
from extract.record import read_records
from extract.registers import load_register
from hotich.evaluation.extraction import Extraction, extract_call, run_extraction


class BookFigure(NamedTuple):
    """What one rendered book gave."""

    form: str
    severity: str
    pages: int
    seed: int
    score: Score
    extraction: Extraction

    @property
    def title(self) -> str:
        return (
            f"rendered book, register KS, form {self.form}, {self.severity} decay, "
            f"{self.pages} pages, seed {self.seed}, split test"
        )

    @property
    def cost(self) -> str:
        run = self.extraction
        return (
            f"{run.seconds / self.pages:.1f} s a page, {run.cpu_seconds / self.pages:.1f} s of one "
            f"core a page, peak memory {run.peak_mib:.0f} MiB"
        )


def evaluate_books(
    forms: Sequence[str], severities: Sequence[str], pages: int, seeds: Sequence[int], work: Path
) -> Iterator[BookFigure]:
    """Render, extract and score one book for each form, severity and seed, in ``work``.

    A book that lies in ``work`` already is not rendered again; extraction always runs anew.
    """
    register = load_register("KS")
    for form, severity, seed in itertools.product(forms, severities, seeds):
        folder = work / f"{form}-{severity}-{pages}-{seed}"
        if not (folder / "truth.jsonl").exists():
            _render(folder, form=form, severity=severity, pages=pages, seed=seed, split="test")
        out = folder / "extracted"
        for stale in sorted(out.rglob("*"), reverse=True):
            stale.rmdir() if stale.is_dir() else stale.unlink()
        name = folder.name
        call = extract_call(folder / "pages", out, "KS", "--book", name)
        extraction = run_extraction(call, out)
        truth = read_records(folder / "truth.jsonl")
        score = evaluate(extraction.records(), truth, register)
        yield BookFigure(form, severity, pages, seed, score, extraction)


def together(figures: Sequence[BookFigure]) -> Iterator[tuple[str, Score]]:
    """The books of each decay counted as one, where there are several: a title and the score."""
    for severity in dict.fromkeys(figure.severity for figure in figures):
        mine = [figure for figure in figures if figure.severity == severity]
        if len(mine) > 1:
            pages = sum(figure.pages for figure in mine)
            title = f"all {len(mine)} rendered books, {severity} decay, {pages} pages, split test"
            yield title, Score.sum(figure.score for figure in mine)


def _render(folder: Path, **options: object) -> None:
    try:
        from models.synth.book import BookOptions, render_book
    except ImportError as error:
        raise MissingPartError(
            f"rendering needs {error.name}", hint="pip install 'hotich[synth]'"
        ) from error
    render_book(BookOptions.of(**options), folder)
