"""French names, numbers and dates, as in the registers of the colonial time."""

from __future__ import annotations

from numpy.random import Generator

from models import lexicon
from models.synth.chance import pick, random_date

MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
SMALL = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante")


def french_name(rng: Generator) -> str:
    """A French name, or a Vietnamese one in French spelling, in either order."""
    first = pick(rng, lexicon.phrases("french_name"))
    last = pick(rng, lexicon.phrases("french_surname"))
    if rng.random() < 0.3:
        first += ("-" if rng.random() < 0.5 else " ") + pick(rng, lexicon.phrases("french_name"))
    return f"{last} {first}" if rng.random() < 0.4 else f"{first} {last}"


def french_number(n: int) -> str:
    """0–99 in words."""
    if n < 20:
        return SMALL[n]
    if n == 80:
        return "quatre-vingts"
    if n > 80:
        return f"quatre-vingt-{SMALL[n - 80]}"
    base = min(n // 10 * 10, 60)
    rest, ten = n - base, TENS[base // 10]
    if rest in (0, 1, 11):
        return {0: ten, 1: f"{ten} et un", 11: f"{ten} et onze"}[rest]
    return f"{ten}-{SMALL[rest]}"


def french_date(rng: Generator) -> str:
    """A date in figures and words (``14 juillet 1934``) or all in words."""
    day = random_date(rng)
    month = MONTHS_FR[day.month - 1]
    first = "premier" if day.day == 1 else french_number(day.day)
    if rng.random() < 0.5:
        return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
    if day.year >= 2000:
        rest = french_number(day.year - 2000) if day.year > 2000 else ""
        return f"{first} {month} deux mille {rest}"
    return f"{first} {month} mil neuf cent {french_number(day.year - 1900)}"
