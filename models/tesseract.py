"""Calling Tesseract through pytesseract: what is missing, many crops at once, and its hOCR."""

from __future__ import annotations

import os
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import ChainMap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import pytesseract

from common.errors import InputError, MissingPartError
from common.text import nfc
from models.reading import Image

# Tesseract's own threads make a page five times slower, not faster; pages run in parallel instead.
# Only Tesseract is told so, not this process: torch with more threads than that waits for ever.
pytesseract.pytesseract.environ = ChainMap({"OMP_THREAD_LIMIT": "1"}, os.environ)

XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Word:
    """A word of hOCR, and its characters, with Tesseract's own confidence of each, 0..100."""

    chars: tuple[tuple[str, float], ...]
    score: float


@lru_cache(maxsize=8)
def engine_version(lang: str) -> str:
    """Tesseract's version, once the program and the language are known to be there.

    Raises:
        MissingPartError: Tesseract or the language is not installed; says the apt command.
    """
    package = " ".join(f"tesseract-ocr-{part.replace('_', '-')}" for part in lang.split("+"))
    hint = f"sudo apt-get install tesseract-ocr {package}"
    try:
        version = str(pytesseract.get_tesseract_version())
        installed = pytesseract.get_languages()
    except pytesseract.TesseractNotFoundError as error:
        raise MissingPartError("Tesseract is not installed", hint=hint) from error
    missing = [part for part in lang.split("+") if part not in installed]
    if missing:
        raise MissingPartError(f"Tesseract has no language {', '.join(missing)}", hint=hint)
    return version


def read_crops(images: Sequence[Image], lang: str, psm: int = 7) -> list[list[Word]]:
    """The words of every image, in order, from one run of Tesseract over a list of files.

    A list file makes each image a page of its own, with its own result, empty pages included;
    a tall stack of crops would leave the cutting to Tesseract. A crop on which Tesseract itself
    crashes (5.3.0 divides by zero on some specks) has no words; the others are read.

    Raises:
        InputError: Tesseract ended with an error of its own, or crashed on every crop.
    """
    if not images:
        return []
    pages = _survived(images, lang, psm)
    if len(pages) != len(images):
        raise InputError(f"Tesseract read {len(pages)} of {len(images)} crops")
    if all(page is None for page in pages):
        raise InputError("Tesseract failed: it crashed on every crop", hint="run hotich doctor")
    return [page or [] for page in pages]


def _survived(images: Sequence[Image], lang: str, psm: int) -> list[list[Word] | None]:
    """The words of every image; None of one on which Tesseract was killed by a signal."""
    try:
        return list(_run(images, lang, psm))
    except pytesseract.TesseractError as error:
        if error.status >= 0:
            raise InputError(
                f"Tesseract failed: {str(error).splitlines()[0][:200]}",
                hint="run hotich doctor",
            ) from error
    half = len(images) // 2
    if not half:
        return [None]
    return _survived(images[:half], lang, psm) + _survived(images[half:], lang, psm)


def _run(images: Sequence[Image], lang: str, psm: int) -> list[list[Word]]:
    """The words of every image, from one start of Tesseract."""
    with tempfile.TemporaryDirectory(prefix="hotich-print-") as name:
        folder = Path(name)
        files = [folder / f"{index:06d}.png" for index in range(len(images))]
        for file, image in zip(files, images, strict=True):
            cv2.imwrite(str(file), image)
        listing = folder / "list.txt"
        listing.write_text("\n".join(map(str, files)) + "\n", encoding="utf-8")
        hocr = pytesseract.image_to_pdf_or_hocr(
            str(listing), lang=lang, config=f"--psm {psm} -c hocr_char_boxes=1", extension="hocr"
        )
    return list(hocr_pages(hocr))


def hocr_pages(hocr: bytes | str) -> Iterator[list[Word]]:
    """The words of each page of an hOCR document written with ``hocr_char_boxes``."""
    text = hocr.decode("utf-8", errors="replace") if isinstance(hocr, bytes) else hocr
    for page in ElementTree.fromstring(text).iter(f"{XHTML}div"):
        if page.get("class") == "ocr_page":
            yield [
                _word(span)
                for span in page.iter(f"{XHTML}span")
                if span.get("class") == "ocrx_word"
            ]


def _word(span: ElementTree.Element) -> Word:
    chars = [
        (nfc("".join(glyph.itertext())), float(_field(glyph, "x_conf")))
        for glyph in span.iter(f"{XHTML}span")
        if glyph.get("class") == "ocrx_cinfo"
    ]
    seen = tuple((char, score) for char, score in chars if char.strip())
    return Word(seen, float(_field(span, "x_wconf")))


def _field(element: ElementTree.Element, name: str) -> str:
    """One value of an hOCR title: ``x_bboxes 9 10 31 30; x_conf 99.4`` → ``99.4`` for x_conf."""
    for part in (element.get("title") or "").split(";"):
        key, _, value = part.strip().partition(" ")
        if key == name:
            return value
    return "0"
