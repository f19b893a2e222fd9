"""What the report shows, as plain numbers and words: the template only lays it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from extract.folder import BookFolder
from extract.record import FieldValue, Record
from extract.registers import Register, load_register
from extract.reopen import Extracted
from extract.report.causes import told
from extract.report.levels import level, texts
from extract.report.people import Work, work_of
from extract.report.rescans import RescanView, rescans
from extract.report.seen import Seen, seen_by_people
from extract.store import StoredPage


@dataclass(frozen=True)
class FieldView:
    """One field of one case, as shown."""

    id: str
    code: str
    label: str
    value: FieldValue
    level: str
    crop: str | None
    messages: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.value.value or self.value.raw or ""

    @property
    def percent(self) -> int:
        return round(100 * self.value.confidence)

    @property
    def status(self) -> str:
        return str(texts()["statuses"][self.value.status])


@dataclass(frozen=True)
class CaseView:
    """One case: what identifies it, its fields that the form has, the rules it breaks."""

    page: int
    entry: int
    number: str
    name: str
    fields: tuple[FieldView, ...]
    messages: tuple[str, ...]
    matches: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PageView:
    """One page with its picture, whose ``width`` and ``height`` are in scan pixels.

    ``cause`` is why it was not read, for people; ``detail`` as the log has it.
    """

    number: int
    outcome: str
    cause: str
    detail: str
    picture: str | None
    width: float
    height: float
    cases: tuple[CaseView, ...]


@dataclass
class ColumnView:
    """One column over the whole book."""

    code: str
    label: str
    counts: Counter[str] = field(default_factory=Counter)
    review: int = 0
    confidence: float = 0.0

    @property
    def present(self) -> int:
        return sum(n for status, n in self.counts.items() if status != "absent_on_form")

    @property
    def mean(self) -> int:
        return round(100 * self.confidence / self.present) if self.present else 0


@dataclass(frozen=True)
class BookView:
    """Everything the template needs."""

    name: str
    register: Register
    form: str
    pages: tuple[PageView, ...]
    columns: tuple[ColumnView, ...]
    levels: Counter[str]
    seen: Seen
    work: Work
    rescans: tuple[RescanView, ...]

    @property
    def cases(self) -> list[CaseView]:
        return [case for page in self.pages for case in page.cases]

    @property
    def troubled(self) -> list[PageView]:
        """Pages that were not read."""
        return [page for page in self.pages if page.outcome in ("failed", "refused")]

    @property
    def waiting(self) -> list[tuple[CaseView, FieldView]]:
        """Fields that a person must look at, the least sure first."""
        found = [(c, f) for c in self.cases for f in c.fields if f.value.review]
        return sorted(found, key=lambda at: at[1].value.confidence)

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(page.outcome for page in self.pages)


def book_view(book: Extracted) -> BookView:
    """The view of an extracted book."""
    records = book.records()
    code = records[0].register if records else "KS"
    register = load_register(code)
    labels = {column.code: column.label for column in register.columns}
    stored = book.store.pages(book.name)
    by_page: dict[int, list[Record]] = {page.page: [] for page in stored}
    for record in records:
        by_page.setdefault(record.page, []).append(record)
    outcomes = {page.page: page for page in stored}
    pages = tuple(
        _page(book.folder, number, outcomes.get(number), cases, labels)
        for number, cases in sorted(by_page.items())
    )
    fields = [field for page in pages for case in page.cases for field in case.fields]
    form = records[0].form if records else ""
    named = [generation.name for generation in register.generations if generation.id == form]
    return BookView(
        name=book.name,
        register=register,
        form=f"{form} · {named[0]}" if named else form,
        pages=pages,
        columns=tuple(_columns(records, labels)),
        levels=Counter(field.level for field in fields),
        seen=seen_by_people(records, book.store.histories(book.name)),
        work=work_of(book),
        rescans=rescans(book.folder, records),
    )


def _page(
    folder: BookFolder,
    number: int,
    stored: StoredPage | None,
    records: Sequence[Record],
    labels: dict[str, str],
) -> PageView:
    path = folder.page_image(number)
    width = height = 0.0
    if path.is_file():
        with Image.open(path) as picture:
            scale = float(stored.payload.get("picture_scale", 1.0)) if stored else 1.0
            width, height = picture.width / scale, picture.height / scale
    return PageView(
        number=number,
        outcome=stored.outcome if stored else "done",
        cause=told(stored.cause) if stored else "",
        detail=stored.cause if stored else "",
        picture=path.relative_to(folder.root).as_posix() if path.is_file() else None,
        width=width,
        height=height,
        cases=tuple(_case(folder, record, labels) for record in records),
    )


def _case(folder: BookFolder, record: Record, labels: dict[str, str]) -> CaseView:
    shown = {c: v for c, v in record.fields.items() if v.status != "absent_on_form"}
    return CaseView(
        page=record.page,
        entry=record.entry,
        number=record.get("so").value or "",
        name=record.get("nksHoTen").value or "",
        fields=tuple(_field(folder, record, code, v, labels) for code, v in shown.items()),
        messages=tuple(issue.message for issue in record.issues),
        matches=tuple((match.id, round(100 * match.score)) for match in record.matches),
    )


def _field(
    folder: BookFolder, record: Record, code: str, value: FieldValue, labels: dict[str, str]
) -> FieldView:
    crop = folder.crop(record.page, record.entry, code)
    return FieldView(
        id=f"f{record.page}-{record.entry}-{code}",
        code=code,
        label=labels.get(code, code),
        value=value,
        level=level(value),
        crop=crop.relative_to(folder.root).as_posix() if crop.is_file() else None,
        messages=tuple(issue.message for issue in record.issues if code in issue.fields),
    )


def _columns(records: Sequence[Record], labels: dict[str, str]) -> list[ColumnView]:
    found: dict[str, ColumnView] = {}
    for record in records:
        for code, value in record.fields.items():
            column = found.setdefault(code, ColumnView(code, labels.get(code, code)))
            column.counts[value.status] += 1
            if value.status != "absent_on_form":
                column.review += value.review
                column.confidence += value.confidence
    return [column for column in found.values() if column.present]
