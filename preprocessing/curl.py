"""Page curl from rules and lines of text: how far each place of a page is lifted.

The page is cut into narrow strips; each strip's profile of rows is compared with those of strips
beside it, window by window, which says how rules and lines of writing rise and fall from strip to
strip. The smoothest lift that explains these steps (least squares on a grid, reweighed so that
false matches do not count) makes them straight.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from common.options import Options
from preprocessing.arrays import Floats, Image, Mask
from preprocessing.border import find_border
from preprocessing.skew import thin_marks
from preprocessing.strips import STRIPS, Steps, Values, height_of, profiles, steps
from preprocessing.warp import Warp, smooth_lift

_ROWS = 4  # of the lift's nodes; its columns are the strips
_GAPS = (1, 2, 4)  # strips between two that are compared
_REACH = (9, 3)  # pixels a strip may be off from its neighbour: at first, and afterwards
_SMALLEST = 200  # pixels of the short side below which nothing is said
_STEEP = 0.2  # pixels a row by which a leaf may be stretched
_FEWEST = 128  # steps below which nothing can be said
_BEND, _TWIST = 1.0, 6.0  # weight of smoothness along and down the page
_FINE = (33, 129)  # nodes of the finished lift


class CurlOptions(Options):
    """When a curl is believed; below, the page stays as it is.

    Attributes:
        least: share of the long side by which the page must be bent somewhere.
        gain: how many times sharper the lines must become.
    """

    least: float = Field(default=0.0015, ge=0)
    gain: float = Field(default=1.02, ge=1)


DEFAULT = CurlOptions()


def find_curl(
    grey: Image, options: CurlOptions = DEFAULT, border: Mask | None = None
) -> Warp | None:
    """The map from the bent page (H, W), its skew gone, to the flat one; None when not sure."""
    if min(grey.shape) < _SMALLEST:
        return None
    marks = thin_marks(grey, find_border(grey) if border is None else border)
    return curl_of_marks(marks, (grey.shape[1], grey.shape[0]), options)


def curl_of_marks(
    marks: Floats, size: tuple[int, int], options: CurlOptions = DEFAULT
) -> Warp | None:
    """`find_curl` of a page of (width, height) ``size`` whose straight `thin_marks` are known."""
    if min(marks.shape) < _SMALLEST:
        return None
    strips = profiles(marks)
    lift: Values = np.zeros((_ROWS, STRIPS))
    for reach in _REACH:
        seen = steps(_moved(strips, lift), _GAPS, reach)
        if len(seen.fall) < _FEWEST:
            return None
        lift = lift + _smoothest(seen)
    bent = np.abs(lift - lift.mean()).max()
    gain = _sharpness(_moved(strips, lift)) / max(_sharpness(strips), 1e-9)
    steep = np.abs(np.diff(lift, axis=0)).max() * _ROWS / marks.shape[0]
    if bent < options.least * max(marks.shape) or gain < options.gain or steep > _STEEP:
        return None
    return Warp(smooth_lift(_to_edges(lift) * (size[1] / marks.shape[0]), *_FINE), size)


def _moved(strips: Values, lift: Values) -> Values:
    """The strips' profiles as they would be on the page made flat."""
    height = strips.shape[1]
    rows = np.arange(height, dtype=np.float32)
    nodes = np.linspace(0, height - 1, _ROWS)
    flat = [
        np.interp(rows + np.interp(rows, nodes, lift[:, k]), rows, strips[k])
        for k in range(len(strips))
    ]
    return np.stack(flat)


def _smoothest(seen: Steps) -> Values:
    """The smoothest lift (rows, strips), its mean 0, whose differences are the steps seen."""
    at = height_of(seen.window) * (_ROWS - 1)
    low = np.minimum(at.astype(int), _ROWS - 2)
    share = at - low
    equations = np.zeros((len(at), _ROWS, STRIPS))
    every = np.arange(len(at))
    for sign, strip in ((1.0, seen.second), (-1.0, seen.first)):
        equations[every, low, strip] += sign * (1 - share)
        equations[every, low + 1, strip] += sign * share
    known = equations.reshape(len(at), -1)
    prior = _prior()
    solution: Values = np.zeros(known.shape[1])
    trust = seen.weight
    for _ in range(4):
        square = (known * trust[:, None]).T @ known + prior
        solution = np.asarray(np.linalg.solve(square, known.T @ (trust * seen.fall)), np.float64)
        off = np.abs(known @ solution - seen.fall)
        trust = seen.weight / (1 + (off / 0.7) ** 2)
    return np.asarray(solution.reshape(_ROWS, STRIPS))


def _prior() -> Values:
    """The quadratic form of roughness along and down the page, and of the mean."""
    along = np.kron(np.eye(_ROWS), np.diff(np.eye(STRIPS), 2, axis=0))
    down = np.kron(np.diff(np.eye(_ROWS), 1, axis=0), np.diff(np.eye(STRIPS), 1, axis=0))
    mean = np.kron(np.eye(_ROWS), np.ones((1, STRIPS)) / STRIPS)
    return np.asarray(_BEND * along.T @ along + _TWIST * down.T @ down + 0.01 * mean.T @ mean)


def _sharpness(strips: Values) -> float:
    """How well the strips agree: energy of their mean over their mean energy."""
    energy = float(np.square(strips).sum()) / len(strips)
    return float(np.square(strips.mean(axis=0)).sum()) / energy if energy > 0 else 0.0


def _to_edges(lift: Values) -> Values:
    """Nodes in the middle of strips → nodes of which the outer ones lie on the page's edges."""
    middles = (np.arange(STRIPS) + 0.5) / STRIPS
    whole = np.linspace(0, 1, STRIPS + 1)
    rows = []
    for row in lift:
        inner: Values = np.interp(whole, middles, row).astype(np.float64)
        inner[0] = row[0] - 0.5 * (row[1] - row[0])
        inner[-1] = row[-1] + 0.5 * (row[-1] - row[-2])
        rows.append(inner)
    return np.stack(rows)
