"""Pages of wrong registers are refused, pages of the right one are not: whole rendered books of
every type and generation, by the release's own steps up to the reading of the handwriting.

A book's form is learnt as `hotich extract` learns it; then its own pages, and pages of books of
other registers that strayed into it, are laid on the form as `hotich extract` lays them. The whole
book is also said to be of another register; its print is read once for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from common.errors import FormError
from extract.folder import BookFolder
from extract.form import BookForm, place_form
from extract.form.discover import DiscoverOptions, form_of, read_print
from extract.learn import LearnOptions, sample_pages
from extract.reading.page import FORM_SIDE, PageOptions, PageStep, reduced
from extract.reading.readings import PageReading
from extract.registers import load_register, register_codes
from hotich.evaluation.books import orders
from hotich.evaluation.rendered import Order
from models.print_reader import PrintReader
from models.reading import Image, Reading
from preprocessing.clean import CleanPage
from preprocessing.scans import open_scans

HEAD = (
    "| rendered book | right pages refused | strayed pages of other registers refused | "
    "pages refused when the book is said to be of another register | wrong answers |"
)
_COUNTS = re.compile(r"\| (\d+) of (\d+) \| (\d+) of (\d+) \| (\d+) of (\d+) \|")


@dataclass
class Refusals:
    """Pages that were given, and how many of them were refused.

    Attributes:
        right_refused, right: pages of the book itself.
        strays_refused, strays: pages of other registers among them.
        wrong_refused, wrong: pages of the book when it is said to be of another register.
        said: every answer that was wrong.
    """

    right_refused: int = 0
    right: int = 0
    strays_refused: int = 0
    strays: int = 0
    wrong_refused: int = 0
    wrong: int = 0
    said: list[str] = field(default_factory=list)

    @classmethod
    def sum(cls, rows: Sequence[str]) -> Refusals:
        """The counts of rows that `row` gave, together."""
        found = [match for row in rows if (match := _COUNTS.search(row))]
        own_refused, own, strays_refused, strays, wrong_refused, wrong = (
            sum(int(match[n]) for match in found) for n in range(1, 7)
        )
        return cls(own_refused, own, strays_refused, strays, wrong_refused, wrong)

    def row(self, name: str) -> str:
        """The counts as a row of a markdown table under `HEAD`."""
        said = "; ".join(self.said).replace("|", "/")
        return (
            f"| {name} | {self.right_refused} of {self.right} | "
            f"{self.strays_refused} of {self.strays} | {self.wrong_refused} of {self.wrong} | "
            f"{said} |"
        )


def add_rows(
    asked: Sequence[Order], learn: int, strays: int, work: Path, table: Path
) -> Iterator[str]:
    """Append one row for each book to ``table``, as each is done; every row, those that were
    there already too, and at last all together."""
    known = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
    rows = []
    with table.open("a", encoding="utf-8") as file:
        if HEAD not in known:
            file.write(f"{HEAD}\n{'|---' * (HEAD.count('|') - 1)}|\n")
        for order in asked:
            row = next((line for line in known if line.startswith(f"| {order.name} |")), None)
            if row is None:
                row = evaluate_refusal(order, learn, strays, work).row(order.name)
                file.write(f"{row}\n")
                file.flush()
            rows.append(row)
            yield row
    yield Refusals.sum(rows).row(f"**all {len(rows)}**")


def evaluate_refusal(order: Order, learn: int, strays: int, work: Path) -> Refusals:
    """What was refused of one book, its form learnt from ``learn`` of its pages.

    Args:
        strays: pages of other registers' books, each of another book, that are put to it.
        work: books are rendered there; one that lies there already is not rendered again.
    """
    own = open_scans([order.rendered(work) / "pages"])
    strangers = _strangers(order, strays)
    claimed = strangers[0].register_code
    found = Refusals(right=len(own), wrong=len(own))
    options, reader = DiscoverOptions(), PrintReader()
    pages = sample_pages(own, LearnOptions(pages=learn), FORM_SIDE)
    seen = read_print(pages, options, reader)
    try:
        form_of(seen, load_register(claimed), options, reader)
    except FormError:
        found.wrong_refused = len(own)
    else:
        found.said.append(f"taken for register {claimed}")
    try:
        form = form_of(seen, load_register(order.register_code), options, reader)
    except FormError as error:
        found.right_refused = len(own)
        found.said.append(str(error))
        return found
    with TemporaryDirectory(prefix="hotich-") as name:
        out = BookFolder(Path(name))
        out.prepare()
        if form.generation != order.form:
            found.said.append(f"taken for generation {form.generation}")
        step = _Lay(out, PageOptions(), _Nobody(), form)
        for scan in own:
            answer = step(scan)
            if answer.outcome != "done":
                found.right_refused += 1
                found.said.append(f"page {scan.index}: {answer.cause}")
        for page, other in zip(range(strays), cycle(strangers), strict=False):
            found.strays += 1
            scan = open_scans([other.rendered(work) / "pages"])[page]
            if step(scan).outcome == "done":
                found.said.append(f"page {scan.index} of {other.name} not refused")
            else:
                found.strays_refused += 1
    return found


def _strangers(order: Order, pages: int) -> list[Order]:
    """Small books of every form of every other register: those that follow this one's first, so
    that other pages stray into every book."""
    every = orders(register_codes(), None, [order.severity], pages, [order.seed])
    at = [(one.register_code, one.form) for one in every].index((order.register_code, order.form))
    turned = every[at:] + every[:at]
    return [other for other in turned if other.register_code != order.register_code]


@dataclass(frozen=True)
class _Lay(PageStep):
    """The step that reads a page, up to where its form lies; what is written is not read."""

    form: BookForm

    def _read(self, page: int, clean: CleanPage) -> PageReading:
        place_form(reduced(clean.grey)[0], self.form)
        return PageReading(page)


class _Nobody:
    """A reader that is never asked."""

    source = "nobody"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        return [Reading("", 0.0) for _ in lines]
