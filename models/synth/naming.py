"""Invented personal names, from lists of surnames, middle and given names."""

from __future__ import annotations

from numpy.random import Generator

from models import lexicon
from models.synth.chance import OLD, cased, pick, random_year
from models.synth.syllables import random_syllables


def person_name(rng: Generator) -> str:
    """A full name in order; before 1976 often hyphenated (``Nguyễn-văn-Tư``)."""
    sex = "male" if rng.random() < 0.5 else "female"
    year = random_year(rng)
    old = year < OLD
    given_names = lexicon.given_names(sex, old=old and rng.random() < 0.7)
    surname = pick(rng, lexicon.surnames())
    middle = pick(rng, lexicon.middle_names(sex)) if rng.random() < 0.95 else ""
    given = pick(rng, given_names)
    if rng.random() < 0.06:
        given = random_syllables(rng, 1).title()
    parts = [surname, *middle.split(), given]
    if old and rng.random() < 0.45:
        inner = [p if rng.random() < 0.3 else p.lower() for p in parts[1:-1]]
        return "-".join([parts[0], *inner, parts[-1]])
    name = " ".join(p for p in parts if p)
    if rng.random() < 0.03:
        name = name.replace("Nguyễn", "Ng.").replace("Trần", "Tr.")
    return cased(rng, name)
