"""Rendered register pages whose angle is known exactly from how they were drawn.

A rendered page lies on the glass a little turned and aslant, its print a little turned on the
paper, and its leaf is bent. Where its printed lines (rules, leaders, labels) lie on the scan is
known, and the true angle is the turn that makes them most nearly level, by least squares over all
their points. Lines of severe pages differ by half a degree: such a page has no single angle.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.leaves import Scan, scans
from models.synth.page import Mark
from models.synth.plan import BookOptions, plan_book
from preprocessing.arrays import Image

FORMS = ("rvn-1955-1975", "1976-1998", "tt15-2015")
SEVERITIES = ("clean", "moderate", "severe")
FIRST_SEED = 9600
_TRUTH = "angles.jsonl"
_ALONG = 9  # points of each line

Line = NDArray[np.float64]  # (points, 2) as x, y


class DrawnPage(NamedTuple):
    """A rendered page: its file, its book's form and severity, its true angle in degrees, and
    its printed lines, each as points along it on the scan."""

    path: Path
    form: str
    severity: str
    angle: float
    lines: list[Line]

    def load(self) -> Image:
        """The page as RGB uint8."""
        return np.asarray(cv2.cvtColor(cv2.imread(str(self.path)), cv2.COLOR_BGR2RGB), np.uint8)


def drawn_pages(folder: Path, seeds: int, pages: int) -> Iterator[DrawnPage]:
    """``pages`` pages of a book for each form, severity and of ``seeds`` seeds from 9600 on.

    A book that ``folder`` has already is not drawn again.
    """
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        for form in FORMS:
            for severity in SEVERITIES:
                book = folder / f"{form}-{severity}-{seed}"
                options = BookOptions.of(
                    form=form, severity=severity, seed=seed, pages=pages, split="test"
                )
                if not (book / _TRUTH).is_file():
                    _draw(options, book)
                for line in (book / _TRUTH).read_text(encoding="utf-8").splitlines()[:pages]:
                    row = json.loads(line)
                    lines = [np.asarray(line) for line in row["lines"]]
                    yield DrawnPage(book / row["image"], form, severity, true_angle(lines), lines)


def true_lines(scan: Scan) -> list[Line]:
    """The printed lines of a page (rules, leaders, labels), each as points along it on the scan."""
    share = np.linspace(0, 1, _ALONG)[:, None]
    lines = []
    for mark in scan.page.marks:
        if _horizontal(mark):
            ends = mark.points[:2]  # a box's upper edge, or a rule's two ends
            ends = ends[np.argsort(ends[:, 0])].astype(np.float32)
            along = ends[:1] + share * (ends[1:] - ends[:1])
            lines.append(np.asarray(scan.geometry.forward(along.astype(np.float32)), np.float64))
    return lines


def true_angle(lines: list[Line]) -> float:
    """Degrees counter-clockwise: the slope that fits all lines best, each at its own height."""
    apart = np.concatenate([line - line.mean(axis=0) for line in lines])
    return float(-np.degrees(np.arctan2((apart[:, 0] @ apart[:, 1]), apart[:, 0] @ apart[:, 0])))


def _horizontal(mark: Mark) -> bool:
    if mark.kind not in {"rule", "leader", "label", "title"}:
        return False
    width, height = np.ptp(mark.points, axis=0)
    return bool(width > 3 * height)


def _draw(options: BookOptions, book: Path) -> None:
    (book / "pages").mkdir(parents=True, exist_ok=True)
    plan = plan_book(options)
    rows = []
    for scan in scans(plan):
        name = f"pages/{scan.number:04d}.jpg"
        quality = int(np.mean(plan.severity.quality))
        bgr = cv2.cvtColor(scan.image, cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(book / name), bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
        lines = true_lines(scan)
        rounded = [np.round(line, 2).tolist() for line in lines]
        rows.append(json.dumps({"image": name, "lines": rounded}))
    waiting = book / f".{os.getpid()}"
    waiting.write_text("\n".join(rows) + "\n", encoding="utf-8")
    waiting.replace(book / _TRUTH)
