"""Scans of one book: PDF, multi-page TIFF or folders of images, as a sequence of lazy pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from common.errors import InputError, PageError
from common.options import Options
from preprocessing import pdf, pictures
from preprocessing.arrays import Image

PathLike = str | Path

_PDF = ".pdf"
_DIGITS = re.compile(r"(\d+)")
_SMALLEST = 16  # pixels a page is high and wide, at least
_LIGHT = 32, 0.001  # a page that was lit has this share of pixels above this level, at least


class Limits(Options):
    """What one book may hold; beyond it an error says so instead of the machine giving up.

    Attributes:
        pixels: of one page (the default holds A2 at 600 dpi).
        pages: of the whole book.
        bytes: of one file.
        dpi: at which a PDF page that is no single scan is drawn, at least.
    """

    pixels: int = 150_000_000
    pages: int = 20_000
    bytes: int = 8 * 2**30
    dpi: int = 200


@dataclass(frozen=True)
class Scan:
    """One page, not yet loaded; it can be sent to another process.

    Attributes:
        index: the page's number in the book, from 1.
        source: for messages and provenance: ``book.pdf p. 3``, ``page12.jpg``.
        path: the file that holds it.
        frame: which page of that file, from 0.
        limits: checked when it is loaded.
    """

    index: int
    source: str
    path: Path
    frame: int
    limits: Limits

    def load(self) -> Image:
        """The page as RGB uint8 (H, W, 3). Raises PageError when it cannot be used."""
        if not self.path.is_file():
            raise PageError("the file is gone", where=self.source, hint="put it back")
        if self.path.suffix.lower() == _PDF:
            limits = self.limits
            image = pdf.load(self.path, self.frame, self.source, limits.pixels, limits.dpi)
        else:
            image = pictures.load(self.path, self.frame, self.source, self.limits.pixels)
        _check_lit(image, self.source)
        return image


class Scans(Sequence[Scan]):
    """The pages of one book in order. ``ignored``: files of its folders that are no images."""

    def __init__(self, pages: Iterable[Scan], ignored: Iterable[Path] = ()) -> None:
        self._pages = tuple(pages)
        self.ignored = tuple(ignored)

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, item: int) -> Scan: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[Scan, ...]: ...
    def __getitem__(self, item: int | slice) -> Scan | tuple[Scan, ...]:
        return self._pages[item]


def open_scans(paths: PathLike | Sequence[PathLike], limits: Limits | None = None) -> Scans:
    """The pages of ``paths`` (files as given, a folder's images in natural order).

    No page is decoded yet: a page that turns out damaged raises PageError when loaded, and the
    others stay usable; so does a file, among others, that is damaged as a whole, as one page.
    Raises InputError when a path is missing, of an unknown kind, empty, over a limit, or the
    only one and damaged.
    """
    limits = limits or Limits()
    pages: list[Scan] = []
    ignored: list[Path] = []
    known = _as_paths(paths)
    alone = len(known) == 1 and not known[0].is_dir()
    for path in known:
        files = [path]
        if path.is_dir():
            files, others = _folder(path)
            ignored += others
        for file in files:
            for frame, source in _pages_of(file, limits, alone=alone):
                pages.append(Scan(len(pages) + 1, source, file, frame, limits))
            if len(pages) > limits.pages:
                raise InputError(
                    f"more than the limit of {limits.pages:,} pages",
                    where=file.name,
                    hint="split the book or raise the limit",
                )
    return Scans(pages, ignored)


def book_name(paths: PathLike | Sequence[PathLike]) -> str:
    """A book's name: its file's stem, its folder's name, or the folder of its many files."""
    known = [path.resolve() for path in _as_paths(paths)]
    first = known[0]
    if first.is_dir():
        return first.name
    return first.stem if len(known) == 1 else first.parent.name


def _check_lit(image: Image, source: str) -> None:
    """Raises PageError for what a broken scanner gives: a dot, or darkness."""
    height, width = image.shape[:2]
    if min(height, width) < _SMALLEST:
        raise PageError(f"{width}×{height} pixels are no page", where=source, hint="scan it again")
    level, share = _LIGHT
    if (image[::4, ::4] > level).mean() < share:
        raise PageError(
            "the page is black all over",
            where=source,
            hint="look at the scanner's lamp and scan it again",
        )


def natural_key(name: str) -> list[tuple[int, str]]:
    """Sorts ``page2`` before ``page10``."""
    parts = _DIGITS.split(name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts] + [(-2, name)]


def _as_paths(paths: PathLike | Sequence[PathLike]) -> list[Path]:
    known = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not known:
        raise InputError("no scans are named", hint="name a PDF, a TIFF or a folder of images")
    return known


def _folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folder's images in natural order, and its other files (hidden ones not counted)."""
    files = [f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".")]
    files.sort(key=lambda file: natural_key(file.name))
    images = [file for file in files if file.suffix.lower() in pictures.SUFFIXES]
    if not images:
        pdfs = any(file.suffix.lower() == _PDF for file in files)
        raise InputError(
            "the folder holds no images",
            where=str(folder),
            hint="name its PDF files themselves" if pdfs else "name a folder of scans",
        )
    return images, [file for file in files if file not in set(images)]


def _pages_of(file: Path, limits: Limits, *, alone: bool) -> list[tuple[int, str]]:
    """(frame, source) of each page in a file; a damaged file among others counts as one."""
    _check_file(file, limits)
    try:
        frames = _frames(file, alone=alone)
    except PageError:
        if alone:
            raise
        return [(0, file.name)]  # it tells its cause when it is loaded
    if len(frames) == 1 and file.suffix.lower() != _PDF:
        return [(frames[0], file.name)]
    return [(frame, f"{file.name} p. {n}") for n, frame in enumerate(frames, start=1)]


def _frames(file: Path, *, alone: bool) -> list[int]:
    suffix = file.suffix.lower()
    if suffix == _PDF:
        return list(range(pdf.count_pages(file)))
    if alone or suffix in pictures.TIFF_SUFFIXES:
        return pictures.frames(file)
    return [0]


def _check_file(file: Path, limits: Limits) -> None:
    if not file.is_file():
        raise InputError("no such file or folder", where=str(file), hint="check the path")
    if file.suffix.lower() not in pictures.SUFFIXES | {_PDF}:
        raise InputError(
            f"{file.suffix or 'a file without a suffix'} is no kind of scan",
            where=file.name,
            hint="give PDF, TIFF, JPEG, PNG or WebP",
        )
    size = file.stat().st_size
    if size > limits.bytes:
        raise InputError(
            f"the file has {size:,} bytes, more than the limit of {limits.bytes:,}",
            where=file.name,
            hint="split it or raise the limit",
        )
