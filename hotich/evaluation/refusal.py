"""Pages of wrong registers are refused, pages of the right one are not: whole rendered books of
every type and generation, by the release's own steps up to the reading of the handwriting.

A book's form is learnt as `hotich extract` learns it; then its own pages, and pages of books of
other registers that strayed into it, are laid on the form as `hotich extract` lays them. The whole
book is also said to be of another register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from common.errors import FormError
from extract.folder import BookFolder
from extract.form import BookForm, place_form
from extract.learn import LearnOptions, learn_form
from extract.reading.page import PageOptions, PageStep, reduced
from extract.reading.readings import PageReading
from extract.registers import load_register
from hotich.evaluation.rendered import Order
from models.reading import Image, Reading
from preprocessing.clean import CleanPage
from preprocessing.scans import Scan, Scans, open_scans


@dataclass
class Refusals:
    """Pages that were given, and how many of them were refused.

    Attributes:
        right, right_refused: pages of the book itself.
        strays, strays_refused: pages of other registers among them.
        wrong, wrong_refused: pages of the book when it is said to be of another register.
        said: every answer that was wrong.
    """

    right: int = 0
    right_refused: int = 0
    strays: int = 0
    strays_refused: int = 0
    wrong: int = 0
    wrong_refused: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: Refusals) -> None:
        self.right += other.right
        self.right_refused += other.right_refused
        self.strays += other.strays
        self.strays_refused += other.strays_refused
        self.wrong += other.wrong
        self.wrong_refused += other.wrong_refused

    def row(self, name: str) -> str:
        """The counts as a row of a markdown table under `HEAD`."""
        return (
            f"| {name} | {self.right_refused} of {self.right} | "
            f"{self.strays_refused} of {self.strays} | {self.wrong_refused} of {self.wrong} |"
        )


HEAD = (
    "| rendered book | right pages refused | strayed pages of other registers refused | "
    "pages refused when the book is said to be of another register |\n|---|---|---|---|"
)


def evaluate_refusal(
    orders: Sequence[Order], learn: int, strays: int, work: Path
) -> Iterator[tuple[Order, Refusals]]:
    """Each book, its form learnt from ``learn`` of its pages, and what was refused.

    Args:
        orders: books of several registers; all are rendered before the first is looked at.
        strays: pages of the other registers' books that are put to each.
    """
    scans = {order: open_scans([order.rendered(work) / "pages"]) for order in orders}
    with TemporaryDirectory(prefix="hotich-") as folder:
        for number, order in enumerate(orders):
            out = BookFolder(Path(folder) / str(number))
            out.prepare()
            others = [*orders[number + 1 :], *orders[:number]]
            yield order, _book(order, scans, others, out, learn, strays)


def _book(
    order: Order,
    scans: dict[Order, Scans],
    others: Sequence[Order],
    out: BookFolder,
    learn: int,
    strays: int,
) -> Refusals:
    options = LearnOptions(pages=learn)
    own = scans[order]
    found = Refusals(right=len(own))
    strangers = [other for other in others if other.register_code != order.register_code]
    if strangers:
        found.wrong = len(own)
        claimed = strangers[0].register_code
        nobody = BookFolder(out.root / claimed)
        nobody.prepare()
        try:
            learn_form(own, load_register(claimed), nobody, None, options)
        except FormError:
            found.wrong_refused = len(own)
        else:
            found.said.append(f"{order.name}: taken for register {claimed}")
    try:
        form = learn_form(own, load_register(order.register_code), out, None, options)
    except FormError as error:
        found.right_refused = len(own)
        found.said.append(f"{order.name}: {error}")
        return found
    if form.generation != order.form:
        found.said.append(f"{order.name}: taken for generation {form.generation}")
    step = _Lay(out, PageOptions(), _Nobody(), form)
    for scan in own:
        answer = step(scan)
        if answer.outcome != "done":
            found.right_refused += 1
            found.said.append(f"{order.name} page {scan.index}: {answer.cause}")
    for other, scan in islice(_in_turn(strangers, scans), strays):
        found.strays += 1
        if step(scan).outcome == "done":
            found.said.append(f"{order.name}: page {scan.index} of {other.name} not refused")
        else:
            found.strays_refused += 1
    return found


def _in_turn(orders: Sequence[Order], scans: dict[Order, Scans]) -> Iterator[tuple[Order, Scan]]:
    """The first page of every book, then the second of each, and so on."""
    for index in range(max((len(scans[order]) for order in orders), default=0)):
        for order in orders:
            if index < len(scans[order]):
                yield order, scans[order][index]


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
