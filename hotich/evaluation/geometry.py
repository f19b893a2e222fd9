"""Figures of geometry: skew beside its peers, orientation, and curl, on real and rendered pages."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from hotich.evaluation.skew_peers import PEERS, peer_angles
from hotich.evaluation.turned_pages import SEVERITIES, DrawnPage, Line
from preprocessing.arrays import Image
from preprocessing.clean import clean_page
from preprocessing.evaluate_skew import Turn, figures, timed, turned_anyhow
from preprocessing.orientation import orientation
from preprocessing.scans import Scans
from preprocessing.skew import skew_angle


class Known(NamedTuple):
    """A page, not yet loaded, with what is known of its angle: exactly, or nothing (real: None)."""

    group: str
    name: str
    load: Callable[[], Image]
    angle: float | None


class Shown(NamedTuple):
    """How an estimator did on a turned page."""

    group: str
    estimator: str
    turn: Turn


def known_pages(real: Scans | None, drawn: Iterable[DrawnPage]) -> Iterator[Known]:
    """Real pages, then rendered ones."""
    for scan in real or ():
        yield Known("real", scan.source, scan.load, None)
    for page in drawn:
        name = f"{page.path.parent.parent.name}/{page.path.name}"
        yield Known(f"rendered {page.severity}", name, page.load, page.angle)


def skew_turns(
    pages: Iterable[Known], turns: int, seed: int, peers: Path | None, every: int, kept: Path | None
) -> Iterator[Shown]:
    """Turn each page ``turns`` times; the peers see the first turn of every ``every``-th page.

    The error on a rendered page is against its known angle; on a real one against the same
    estimator's angle of the page unturned. Pages that the file ``kept`` has are not done again.
    """
    known: dict[str, list[Shown]] = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept and kept.is_file() else ():
        name, rows = json.loads(line)
        known[name] = [Shown(group, by, Turn(*turn)) for group, by, turn in rows]
    for number, page in enumerate(pages, start=1):
        if page.name not in known:
            shown = _turned_page(page, turns, seed, None if number % every else peers)
            known[page.name] = shown
            if kept:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([page.name, shown], ensure_ascii=False) + "\n")
        yield from known[page.name]


def _turned_page(page: Known, turns: int, seed: int, peers: Path | None) -> list[Shown]:
    rng = np.random.default_rng([seed, zlib.crc32(page.name.encode())])
    image = grey_of(page.load())
    own = skew_angle(image) if page.angle is None else page.angle
    shown = []
    for turn in range(turns):
        turned, angle = turned_anyhow(image, rng)
        estimate, seconds = timed(turned)
        ours = Turn(page.name, angle, estimate - own - angle, seconds)
        shown.append(Shown(page.group, "ours", ours))
        if peers and not turn:
            shown.append(Shown(page.group, "ours, peers' pages", ours))
            shown += _peers_on(page, image, turned, angle, peers)
    return shown


def _peers_on(
    page: Known, image: Image, turned: Image, angle: float, peers: Path
) -> Iterator[Shown]:
    with tempfile.TemporaryDirectory(prefix="hotich-skew-") as folder:
        pictures = [turned] if page.angle is not None else [turned, image]
        files = [Path(folder) / f"{number}.jpg" for number in range(len(pictures))]
        for file, picture in zip(files, pictures, strict=True):
            cv2.imwrite(str(file), picture)
        found = peer_angles(peers, files)
    for peer in PEERS:
        angle_found, seconds = found[0][peer]
        own = found[1][peer][0] if page.angle is None else page.angle
        yield Shown(page.group, peer, Turn(page.name, angle, angle_found - own - angle, seconds))


def grey_of(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def skew_table(shown: Sequence[Shown]) -> Iterator[str]:
    """A line for each estimator and group of pages, and the worst of ours."""
    groups = [*dict.fromkeys(row.group for row in shown)]
    for estimator in dict.fromkeys(row.estimator for row in shown):
        for group in ["all", *groups]:
            turns = [
                row.turn
                for row in shown
                if row.estimator == estimator and group in {"all", row.group}
            ]
            if turns:
                yield f"{estimator:20s} {group:18s} {figures(turns)}"
    ours = [row.turn for row in shown if row.estimator == "ours"]
    for turn in sorted(ours, key=lambda turn: -abs(turn.error))[:8]:
        yield f"  {turn.page} turned {turn.angle:+.2f}°: error {turn.error:+.3f}°"


class Stood(NamedTuple):
    """A page stood up in one of four ways, and what was said of it."""

    group: str
    name: str
    degrees: int
    said: int
    sure: bool


def orientations(pages: Iterable[Known]) -> Iterator[Stood]:
    """Each page at 0, 90, 180 and 270 degrees; where it is not sure, 0 is what is said."""
    for page in pages:
        upright = grey_of(page.load())
        for quarters in range(4):
            image = np.ascontiguousarray(np.rot90(upright, quarters))
            found = orientation(image, skew=skew_angle(image))
            said = found.degrees if found.sure else 0
            yield Stood(page.group, page.name, 90 * quarters, said, found.sure)


def orientation_table(stood: Sequence[Stood]) -> Iterator[str]:
    """Shares right and sure by group of pages, and what was wrong."""
    for group in ["all", *dict.fromkeys(row.group for row in stood)]:
        rows = [row for row in stood if group in {"all", row.group}]
        right = np.mean([row.said == row.degrees for row in rows])
        turned_wrong = sum(row.sure and row.said != row.degrees for row in rows)
        yield f"{group:18s} n={len(rows)} right {right:.1%}, wrongly turned {turned_wrong}"
    for row in stood:
        if row.said != row.degrees:
            yield f"  {row.name} at {row.degrees}: said {row.said}"


class Levelled(NamedTuple):
    """How far, in pixels, the printed lines of a page are from straight and level: root mean
    square before, after only the skew is gone, and after all; and whether a curl was found."""

    severity: str
    turned_only: float
    flat: float
    curl: bool
    corners: float


def levelled(pages: Iterable[DrawnPage]) -> Iterator[Levelled]:
    """Clean rendered pages and see where their printed lines come to lie."""
    for page in pages:
        image = page.load()
        clean = clean_page(image)
        mapped = [clean.transform.forward(line) for line in page.lines]
        angle = np.radians(page.angle)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        height, width = image.shape[:2]
        edges = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        missed = np.abs(clean.transform.back(clean.transform.forward(edges)) - edges).max()
        curl = "curl" in [step.name for step in clean.steps]
        before, after = _uneven([line @ turn.T for line in page.lines]), _uneven(mapped)
        yield Levelled(page.severity, before, after, curl, float(missed))


def curl_table(rows: Sequence[Levelled]) -> Iterator[str]:
    """How level the lines are by severity, without and with the curl made flat."""
    for severity in SEVERITIES:
        some = [row for row in rows if row.severity == severity]
        if some:
            before, after = (
                float(np.mean([getattr(row, name) for row in some]))
                for name in ("turned_only", "flat")
            )
            worse = sum(row.flat > row.turned_only + 0.5 for row in some)
            yield (
                f"rendered {severity:9s} n={len(some)} lines off level {before:.2f} px with the "
                f"true skew gone, {after:.2f} px as cleaned; curl found on "
                f"{sum(row.curl for row in some)}, worse by over 0.5 px on {worse}; corners "
                f"there and back within {max(row.corners for row in some):.3f} px"
            )


def _uneven(lines: Sequence[Line]) -> float:
    """Root mean square height of points about the mean height of their line."""
    return float(np.sqrt(np.mean(np.concatenate([np.square(_about(line)) for line in lines]))))


def _about(line: Line) -> Line:
    return np.asarray(line[:, 1] - line[:, 1].mean(), np.float64)
