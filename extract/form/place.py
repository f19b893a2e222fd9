"""Laying a page on the book's form: where every field stands on it, or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import FormError
from common.geometry import Box
from extract.form.align import Warp, features, register, sketch
from extract.form.book_form import BookForm
from extract.form.glance import lay_straight
from extract.form.same_print import labels_found
from models.reading import Image

MIN_INLIERS = 18
FIRM_INLIERS = 80  # a right page has more, torn or not; a foreign one of the same press 60
MIN_SCORE = 0.2  # of a page whose keypoints are firm, however much of it is torn away
LIKELY_LABELS = 0.5  # share of its labels that any other finds: ruined right pages all, strays 35 %
LIKELY_SCORE = 0.5  # of a page whose form has no labels to look for
MIN_KEYPOINTS = 60
MANY_KEYPOINTS = 5000
SURE_SCORE = 0.6  # of a page that needs no keypoints; turned or foreign ones reach half of it


@dataclass(frozen=True)
class Placement:
    """A page laid on its form.

    Attributes:
        warp: form pixels → page pixels.
        score: how much of the form's print was found again on the page, 0..1.
    """

    warp: Warp
    score: float

    def pull(self, page: Image) -> Image:
        """The page (H, W) in the form's geometry."""
        return self.warp.pull(page)

    def box(self, box: Box) -> Box:
        """A box of the form on the page."""
        return self.warp.box(box)

    def fields(self, form: BookForm) -> list[Mapping[str, tuple[Box, ...]]]:
        """For each entry, by code: the boxes of the written lines, in page pixels."""
        return [
            {code: tuple(map(self.box, slot.boxes)) for code, slot in entry.fields.items()}
            for entry in form.entries
        ]


def place_form(page: Image, form: BookForm) -> Placement:
    """Lay a clean page (H, W) on the form.

    Raises:
        FormError: the page does not show this form: blank, foreign, a cover, upside down. It
            says which, as far as it can be known.
    """
    warp, score = lay_straight(form.features, sketch(page), form.size)
    if score >= SURE_SCORE:
        return Placement(warp, score)
    seen = features(page)
    if len(seen.points) < MIN_KEYPOINTS:
        raise FormError("nothing is printed or written on the page")
    fit = register(form.features, seen, form.size)
    if fit is None or fit.inliers < MIN_INLIERS:  # bold writing may have taken all keypoints
        fit = register(form.features, features(page, MANY_KEYPOINTS), form.size)
    if fit is None or fit.inliers < MIN_INLIERS:
        raise FormError(
            f"the page does not show the book's form {form.register} {form.generation}",
            hint="a cover, another register, or too damaged",
        )
    if abs(fit.turned) > 90:
        raise FormError("the page is upside down", hint="turn the scan and run again")
    firm = fit.inliers >= FIRM_INLIERS and fit.score >= MIN_SCORE
    labels = None if firm else labels_found(page, form, fit.warp)
    likely = fit.score >= LIKELY_SCORE if labels is None else labels >= LIKELY_LABELS
    if not (firm or likely):
        found = fit.score if labels is None else labels
        raise FormError(
            f"only {found:.0%} of the form's print is found on the page",
            hint="another edition of the form, or too damaged",
        )
    return Placement(fit.warp, fit.score)
