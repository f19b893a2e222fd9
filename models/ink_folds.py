"""Which contest years are left out together when the ink map is measured on real pages.

Each fold is measured with a network that has seen none of its sets: stricter than leaving out
one year at a time, and a third of the trainings.
"""

from __future__ import annotations

import re

FOLDS = (
    ("DIBCO2009", "DIBCO2012", "DIBCO2017"),
    ("DIBCO2010", "DIBCO2014", "Bickely2010", "z"),
    ("DIBCO2011", "DIBCO2016", "Nabuco"),
)


def fold_name(left_out: tuple[str, ...]) -> str:
    """The folder of the training that leaves these sets out."""
    return "without-" + "-".join(left_out)


def fold_of(name: str) -> tuple[str, ...] | None:
    """The fold that leaves the set ``name`` out, or None when no fold does."""
    return next((fold for fold in FOLDS if name in fold), None)


def set_of(page: str) -> str:
    """The contest and year that a page's name begins with (``DIBCO2016``, ``Nabuco``, ``z``)."""
    found = re.match(r"[A-Za-z]{2,}(\d{4})?|[a-z]", page)
    return found.group() if found else page
