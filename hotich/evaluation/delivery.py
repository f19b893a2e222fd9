"""How much of a page's writing the small delivery PDF keeps: the same lines read from both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import pymupdf

from common.geometry import Box
from extract.deliver.pdfs import case_pdf
from extract.reading.page import PageOptions, reduced
from extract.record import Record, read_records
from models.handwriting import HandwritingReader, ReaderOptions
from models.reading import Image
from models.training.metrics import error_rates


@dataclass(frozen=True)
class Delivered:
    """What was read: the lines' texts, what was read of them in the scans and in the delivery PDFs,
    and the bytes of each page's PDF."""

    name: str
    texts: tuple[str, ...]
    scans: tuple[str, ...]
    pdfs: tuple[str, ...]
    sizes: tuple[int, ...]

    @property
    def row(self) -> str:
        """The figures as a line of text."""
        from_scan, from_pdf = (
            error_rates(read, self.texts, fold_case=True).cer for read in (self.scans, self.pdfs)
        )
        return (
            f"{self.name} (rendered): n={len(self.texts)} lines of {len(self.sizes)} pages, CER "
            f"from the scan {from_scan:.1%}, from the delivery PDF {from_pdf:.1%}; "
            f"{max(self.sizes) / 1000:.0f} kB a page at the most"
        )


def together(books: Sequence[Delivered]) -> Delivered:
    """All books as one."""
    return Delivered(
        f"all {len(books)} books",
        tuple(chain.from_iterable(one.texts for one in books)),
        tuple(chain.from_iterable(one.scans for one in books)),
        tuple(chain.from_iterable(one.pdfs for one in books)),
        tuple(chain.from_iterable(one.sizes for one in books)),
    )


def evaluate_delivery(books: Sequence[Path], pages: int) -> Iterator[Delivered]:
    """Read every field of some pages of rendered books from the scan and from the PDF of it.

    Args:
        books: folders of rendered books: ``pages/`` and ``truth.jsonl``.
        pages: the first of each.
    """
    reader = HandwritingReader(options=ReaderOptions(beam=0))
    for book in books:
        records = [one for one in read_records(book / "truth.jsonl") if one.page <= pages]
        texts: list[str] = []
        scans: list[Image] = []
        pdfs: list[Image] = []
        sizes: list[int] = []
        for page in sorted({record.page for record in records}):
            bgr = cv2.imread(str(book / "pages" / f"{page:04d}.jpg"))
            scan = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
            small, spent = delivered(scan)
            sizes.append(spent)
            for text, box in _fields(records, page):
                texts.append(text)
                scans.append(_cut(scan, box))
                pdfs.append(_cut(small, box, small.shape[1] / scan.shape[1]))
        from_scans, from_pdfs = (
            tuple(one.text for one in reader.read(lines)) for lines in (scans, pdfs)
        )
        yield Delivered(book.name, tuple(texts), from_scans, from_pdfs, tuple(sizes))


def delivered(scan: Image) -> tuple[Image, int]:
    """The picture in the PDF of a page, as `hotich deliver` makes it, and the PDF's bytes."""
    kept, _ = reduced(scan, PageOptions().shown_side)
    content = case_pdf(kept, Box(0, 0, kept.shape[1], kept.shape[0]), "page")
    with pymupdf.open(stream=content) as document:
        inside = document.extract_image(document[0].get_images()[0][0])["image"]
    bgr = cv2.imdecode(np.frombuffer(inside, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), len(content)


def _fields(records: Sequence[Record], page: int) -> Iterator[tuple[str, Box]]:
    """What is written on a page, in one line, and where."""
    for record in records:
        for value in record.fields.values() if record.page == page else ():
            if value.box and value.raw and value.status in ("read", "ditto"):
                yield value.raw, Box(*value.box)


def _cut(page: Image, box: Box, scale: float = 1.0) -> Image:
    wide = Box(*(edge * scale for edge in box)).grown(6 * scale, 0.15 * box.height * scale)
    x0, y0, x1, y1 = wide.clipped(page.shape[1], page.shape[0]).rounded()
    return page[y0:y1, x0:x1]
