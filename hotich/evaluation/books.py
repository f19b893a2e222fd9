"""Whole rendered books, of presses, faces and seeds never trained on, against their truth."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from common.errors import MissingPartError, install_hint
from extract.evaluate import Score, evaluate
from extract.record import read_records
from extract.registers import load_register
from hotich.evaluation.extraction import Extraction, extract_call, run_extraction


class BookFigure(NamedTuple):
    """What one rendered book gave."""

    register_code: str
    form: str
    severity: str
    pages: int
    seed: int
    score: Score
    extraction: Extraction

    @property
    def title(self) -> str:
        return (
            f"rendered book, register {self.register_code}, form {self.form}, "
            f"{self.severity} decay, {self.pages} pages, seed {self.seed}, split test"
        )

    @property
    def cost(self) -> str:
        run = self.extraction
        return (
            f"{run.seconds / self.pages:.1f} s a page, {run.cpu_seconds / self.pages:.1f} s of one "
            f"core a page, peak memory {run.peak_mib:.0f} MiB"
        )


def evaluate_books(
    forms: Sequence[str],
    severities: Sequence[str],
    pages: int,
    seeds: Sequence[int],
    work: Path,
    register_code: str = "KS",
) -> Iterator[BookFigure]:
    """Render, extract and score one book for each form, severity and seed, in ``work``.

    A book that lies in ``work`` already is not rendered again; extraction always runs anew.
    """
    register = load_register(register_code)
    for form, severity, seed in itertools.product(forms, severities, seeds):
        kind = form if register_code == "KS" else f"{register_code}-{form}"
        folder = work / f"{kind}-{severity}-{pages}-{seed}"
        if not (folder / "truth.jsonl").exists():
            facts = {"register_code": register_code, "form": form, "severity": severity}
            _render(folder, **facts, pages=pages, seed=seed, split="test")
        out = folder / "extracted"
        for stale in sorted(out.rglob("*"), reverse=True):
            stale.rmdir() if stale.is_dir() else stale.unlink()
        name = folder.name
        call = extract_call(folder / "pages", out, register_code, "--book", name)
        extraction = run_extraction(call, out)
        truth = read_records(folder / "truth.jsonl")
        score = evaluate(extraction.records(), truth, register)
        yield BookFigure(register_code, form, severity, pages, seed, score, extraction)


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
            f"rendering needs {error.name}", hint=install_hint("synth")
        ) from error
    render_book(BookOptions.of(**options), folder)
