"""How long `hotich extract` takes for a book, and where the time goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from extract.folder import BookFolder
from extract.report import write_report
from extract.run import run_book
from hotich.evaluation.stopwatch import Stopwatch
from preprocessing.scans import book_name

STEPS = {
    "extract.run:learn_form": "learn the form, once a book",
    "extract.learn:load_form": "learn the form, once a book",
    "preprocessing.scans:Scan.load": "open the scan",
    "extract.reading.page:clean_page": "clean the page",
    "extract.reading.page:reduced": "clean the page",
    "preprocessing.clean:CleanPage.colour_at": "clean the page",
    "extract.reading.page:place_form": "lay it on the form",
    "extract.form.place:Placement.pull": "lay it on the form",
    "extract.reading.page:without_stamps": "lift stamps, rules and print",
    "extract.reading.fields:find_rules": "lift stamps, rules and print",
    "extract.reading.fields:without_rules": "lift stamps, rules and print",
    "extract.reading.fields:lift_ink": "lift stamps, rules and print",
    "extract.reading.fields:own_page": "cut out what is written",
    "extract.reading.fields:_cuts": "cut out what is written",
    "extract.reading.fields:cut_line": "cut out what is written",
    "extract.run:read_printed": "printed figures (Tesseract)",
    "models.handwriting:HandwritingReader.log_probs": "handwriting network",
    "models.handwriting:HandwritingReader.decode": "decode",
    "extract.reading.lines:weigh": "weigh with the place's language",
    "extract.reading.fields:grammar_for": "build languages, once a run",
    "extract.reading.fields:grammar_for_several": "build languages, once a run",
    "extract.reading.page:keep_image": "write page pictures and crops",
    "extract.run:Store.save_page": "store and log",
    "extract.run:note_read": "store and log",
    "extract.run:note_decided": "store and log",
    "extract.run:Store.save_records": "store and log",
    "extract.run:decide": "decide over the whole book",
    "hotich.evaluation.speed:write_report": "write the report",
}
"""What is timed, and as which step: functions as the modules that call them know them."""
_HOUR = 3600


@dataclass(frozen=True)
class Speed:
    """What one run cost.

    Attributes:
        cases, pages: of the book.
        steps: seconds of processor time by step.
    """

    cases: int
    pages: int
    steps: dict[str, float]

    @property
    def seconds(self) -> float:
        """Of one core, for the whole book."""
        return sum(self.steps.values())

    def rows(self) -> Iterator[str]:
        """The figures as lines of a markdown table."""
        per_page = self.seconds / self.pages
        yield (
            f"{self.pages} pages, {self.cases} cases: {per_page:.2f} s of one core "
            f"a page, {_HOUR / per_page:,.0f} pages a core-hour"
        )
        yield ""
        yield "| step | s a page | share |"
        yield "|---|---|---|"
        for step, seconds in sorted(self.steps.items(), key=lambda item: -item[1]):
            yield f"| {step} | {seconds / self.pages:.3f} | {seconds / self.seconds:.1%} |"


def evaluate_speed(scans: Path, out: Path, register: str = "KS", form: Path | None = None) -> Speed:
    """Extract a book in this process, as `hotich extract` does, report included, and time it.

    Raises:
        HotichError: as `extract.run.run_book`.
    """
    watch = Stopwatch()
    with watch.watching(STEPS):
        summary = run_book([scans], register, BookFolder(out), book=book_name([scans]), form=form)
        write_report(out)
    pages = sum(summary.outcomes.values())
    return Speed(len(summary.records), pages, dict(watch.seconds))
