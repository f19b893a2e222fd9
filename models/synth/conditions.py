"""How well a book has been kept and scanned: the three conditions books are rendered in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Severity:
    """How badly a book has fared. Shares are probabilities a page unless said otherwise."""

    yellow: float  # 0..1
    stains: float  # mean number
    foxing: float  # mean number of spots
    fold: float
    torn: float
    bleed: float  # strength of the verso's ink
    fade: float  # strongest loss of ink, 0..1
    shade: float  # depth of uneven light
    turn: float  # degrees
    perspective: float  # share of the width
    curl: float  # millimetres
    facing: float  # a strip of the facing page is seen
    noise: float  # grey levels
    blur: float  # pixels
    quality: tuple[int, int]  # JPEG
    illegible: float  # a field
    tear: float = 6.0  # millimetres from the edge, mean


SEVERITIES = {
    "clean": Severity(
        yellow=0.25, stains=0.15, foxing=0.5, fold=0.05, torn=0.0, bleed=0.02, fade=0.12,
        shade=0.04, turn=0.5, perspective=0.001, curl=0.3, facing=0.0, noise=1.5, blur=0.35,
        quality=(88, 94), illegible=0.002,
    ),
    "moderate": Severity(
        yellow=0.6, stains=1.2, foxing=10, fold=0.3, torn=0.25, bleed=0.07, fade=0.28,
        shade=0.12, turn=2.0, perspective=0.006, curl=1.5, facing=0.4, noise=3.0, blur=0.55,
        quality=(76, 88), illegible=0.012,
    ),
    "severe": Severity(
        yellow=1.0, stains=3.0, foxing=40, fold=0.6, torn=0.7, bleed=0.14, fade=0.58,
        shade=0.26, turn=4.0, perspective=0.012, curl=3.5, facing=0.6, noise=5.5, blur=0.85,
        quality=(60, 78), illegible=0.045,
    ),
}  # fmt: skip
