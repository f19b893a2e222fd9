"""One page of a book, on its own: loaded, cleaned, laid on the form, read. The run's step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from common.errors import FormError, PageError
from common.geometry import Box
from common.options import Options
from extract.folder import BookFolder
from extract.form import BookForm, load_form, place_form
from extract.ink.stamps import StampOptions, without_stamps
from extract.reading.fields import read_fields
from extract.reading.options import FieldOptions
from extract.reading.readings import PageReading
from extract.reading.view import PageView, without_marked
from extract.record import write_whole
from extract.registers import load_register
from extract.store import Outcome
from models.reading import Image, Reader
from preprocessing.clean import CleanOptions, CleanPage, clean_page
from preprocessing.scans import Scan

_LITTLE = 0.6  # a picture that shrinks by less needs no averaging
FORM_SIDE = 2000  # pixels of the longer side at which forms are learnt and pages are read


class PageOptions(Options):
    """How a page is read.

    Attributes:
        clean, stamps, fields: options of those steps.
        shown_side: pixels of the longer side of the page image kept for people.
        quality: JPEG quality of page images and crops.
    """

    clean: CleanOptions = CleanOptions()
    stamps: StampOptions = StampOptions()
    fields: FieldOptions = FieldOptions()
    shown_side: int = 2000
    quality: int = 82


@dataclass(frozen=True)
class PageResult:
    """What became of one page: the outcome, its cause when it is not done, what was read, and the
    scale of the picture of the page that is kept for people."""

    page: int
    outcome: Outcome
    cause: str
    reading: PageReading | None = None
    picture_scale: float = 1.0


@dataclass(frozen=True)
class PageStep(ABC):
    """A step of a run: a scan in, its readings out. Can be sent to another process."""

    folder: BookFolder
    options: PageOptions
    reader: Reader

    def __call__(self, scan: Scan) -> PageResult:
        """Read one page; a page that cannot be used is a result, not an exception."""
        scale = 1.0
        try:
            image = scan.load()
            clean = clean_page(image, self.options.clean)
            path, side = self.folder.page_image(scan.index), self.options.shown_side
            scale = keep_image(path, image, side, self.options.quality)
            if clean.blank:
                cause = "nothing is on the page"
                return PageResult(scan.index, "empty", cause, picture_scale=scale)
            return PageResult(scan.index, "done", "", self._read(scan.index, clean), scale)
        except FormError as error:
            return PageResult(scan.index, "refused", str(error), picture_scale=scale)
        except PageError as error:
            return PageResult(scan.index, "failed", str(error), picture_scale=scale)

    @abstractmethod
    def _read(self, page: int, clean: CleanPage) -> PageReading:
        """What stands on a clean page.

        Raises:
            FormError: the page does not show what the book's other pages show.
        """


class ReadPage(PageStep):
    """Reads a page of a register whose forms are known."""

    def _read(self, page: int, clean: CleanPage) -> PageReading:
        form = _form(self.folder.form, self.folder.form.stat().st_mtime_ns)
        grey, scale = reduced(clean.grey)
        placed = place_form(grey, form)
        colour = clean.colour_at((grey.shape[1], grey.shape[0]))
        bare = without_stamps(grey, colour, self.options.stamps)
        flat = placed.pull(bare)
        view = PageView(without_marked(clean.grey, grey, bare), placed, scale)

        def to_scan(box: Box) -> Box:
            on_page = placed.box(box)
            return clean.transform.box_back(Box(*(edge / scale for edge in on_page)))

        register = load_register(form.register)
        entries, figures = read_fields(
            flat, form, register, self.reader, view.line, to_scan, self.options.fields
        )
        for entry in form.entries:
            for code, slot in entry.fields.items():
                crop = _shown(flat, slot.box)
                path = self.folder.crop(page, entry.index, code)
                keep_image(path, crop, max(crop.shape), self.options.quality)
        return PageReading(page, entries, figures)


def keep_image(path: Path, image: Image, side: int, quality: int) -> float:
    """Write an image for people to see, as JPEG, at most ``side`` pixels long; its scale."""
    scale = min(1.0, side / max(image.shape[:2]))
    how = cv2.INTER_LINEAR if scale > _LITTLE else cv2.INTER_AREA  # a quarter of the time
    shown = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how) if scale < 1 else image
    if shown.ndim == 3:
        shown = cv2.cvtColor(shown, cv2.COLOR_RGB2BGR)
    jpeg = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    write_whole(path, jpeg.tobytes())
    return scale


def reduced(page: Image, side: int = FORM_SIDE) -> tuple[Image, float]:
    """A page, (H, W) or (H, W, 3), with its longer side at most ``side`` pixels, and the scale
    that did it."""
    scale = side / max(page.shape[:2])
    if scale >= 1:
        return page, 1.0
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), scale


def _shown(page: Image, box: Box) -> Image:
    """A place with some of what stands around it."""
    wide = box.grown(12, 0.25 * box.height).clipped(page.shape[1], page.shape[0]).rounded()
    x0, y0, x1, y1 = wide
    return np.ascontiguousarray(page[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)])


@lru_cache(maxsize=2)
def _form(path: Path, stamp: int) -> BookForm:
    return load_form(path)
