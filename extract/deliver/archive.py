"""The book for the archive: a searchable PDF/A, the pages' pictures, and their text as XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from extract.deliver.archive_pdf import ArchivePage, archive_pdf
from extract.deliver.archive_xml import alto, image_name, page_xml
from extract.deliver.pages import PageSource
from extract.deliver.text_layer import by_page, written_cases
from extract.record import Record


def archive_files(
    title: str, records: Sequence[Record], base: str, sources: Sequence[PageSource]
) -> Iterator[tuple[str, bytes]]:
    """The files of a book's archive by their path in the package.

    Args:
        base: the base name of the book's files.
    """
    home, time, cases = f"{base}.archive", _last_change(records), by_page(records)
    pages = (_page(source, cases) for source in sources)
    yield f"{home}/{base}.pdf", archive_pdf(title, pages, time)
    for source in sources:
        page = _page(source, cases)
        number = f"{source.page:04d}.xml"
        yield f"{home}/images/{image_name(page.master)}", page.master.jpeg
        yield f"{home}/alto/{number}", alto(page.master, page.cases, time)
        yield f"{home}/page/{number}", page_xml(page.master, page.cases, time)


def _page(source: PageSource, cases: Mapping[int, Sequence[Record]]) -> ArchivePage:
    master, records = source.load(), cases.get(source.page, ())
    return ArchivePage(master, written_cases(records, master.scale, master.width, master.height))


def _last_change(records: Sequence[Record]) -> datetime:
    """When a value was last added: what is written of the same values is then the same."""
    times = [value.time for record in records for value in record.fields.values() if value.time]
    last = datetime.fromisoformat(max(times)) if times else datetime(2000, 1, 1, tzinfo=UTC)
    return last if last.tzinfo else last.replace(tzinfo=UTC)
