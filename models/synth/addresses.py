"""Places and addresses in the styles of a century, built from the administrative units."""

from __future__ import annotations

from numpy.random import Generator

from models import lexicon
from models.lexicon import Unit, bare_unit
from models.synth.chance import OLD, cased, pick, random_year
from models.synth.naming import person_name
from models.synth.syllables import random_syllables

HAMLETS = ("thôn", "ấp", "xóm", "khu phố", "tổ", "khóm", "bản", "buôn", "làng", "đội", "tổ dân phố")
SHORT = {
    "Thành phố": ("TP", "Tp", "TP.", "T.P"), "Thị xã": ("TX", "Tx"), "Thị trấn": ("TT", "Tt"),
    "Quận": ("Q", "Q."), "Huyện": ("H", "H."), "Phường": ("P", "P."), "Tỉnh": ("T", "T."),
    "Xã": ("X", "X."),
}  # fmt: skip


def random_unit(rng: Generator) -> Unit:
    """A commune, mostly as it stood before July 2025."""
    every = lexicon.units() if rng.random() < 0.85 else lexicon.units_2025()
    return every[int(rng.integers(len(every)))]


def _short(rng: Generator, name: str) -> str:
    for kind, forms in SHORT.items():
        rest = name.removeprefix(kind + " ")
        if rest != name:
            short = forms[int(rng.integers(len(forms)))]
            space = "" if short.endswith(".") and rng.random() < 0.4 else " "
            return short + space + rest
    return name


def place(rng: Generator) -> str:
    """One or two units: a birthplace or a home in short."""
    unit, year = random_unit(rng), random_year(rng)
    parts = [p for p in unit if p]
    names = [parts[int(rng.integers(len(parts)))]]
    if rng.random() < 0.45:
        names = [parts[-1], parts[int(rng.integers(len(parts) - 1))]] if len(parts) > 1 else names
    if rng.random() < 0.2:
        names = [*names[:-1], pick(rng, lexicon.provinces())]
    written = [_styled_unit(rng, name, year) for name in names]
    return str(rng.choice([", ", " ", " - ", ", "])).join(written)


def _styled_unit(rng: Generator, name: str, year: int) -> str:
    roll = rng.random()
    bare = bare_unit(name)
    kind = name.removesuffix(bare).strip()
    if roll < 0.4 or not kind:
        return cased(rng, bare, year < OLD)
    if roll < 0.55:
        return _short(rng, name)
    return f"{kind.lower() if roll < 0.85 else kind} {cased(rng, bare, year < OLD)}"


def _hamlet(rng: Generator, year: int) -> str:
    word = HAMLETS[int(rng.integers(len(HAMLETS)))]
    roll = rng.random()
    if roll < 0.35:
        name = str(rng.integers(1, 20)) + str(rng.choice(["", "", "A", "B", "a", "b"]))
    elif roll < 0.8:
        name = cased(rng, bare_unit(random_unit(rng).commune), year < OLD)
    else:
        name = random_syllables(rng, int(rng.integers(1, 3))).title()
    return f"{word} {name}"


def _street(rng: Generator) -> str:
    number = str(rng.integers(1, 400))
    if rng.random() < 0.4:
        number += "/" + str(rng.integers(1, 99)) + str(rng.choice(["", "", "A", "B", "/5"]))
    street = person_name(rng) if rng.random() < 0.7 else bare_unit(random_unit(rng).commune)
    word = str(rng.choice(["", "", "đường ", "Đường ", "số ", "Số nhà ", "phố "]))
    return f"{number} {street}" if not word.lower().startswith("số") else f"{word}{number} {street}"


def address(rng: Generator) -> str:
    """A dwelling place down to the hamlet or the house, in one of three styles."""
    unit, year = random_unit(rng), random_year(rng)
    first = _street(rng) if rng.random() < 0.25 else _hamlet(rng, year)
    outer = [unit.commune, unit.district, unit.province]
    style = rng.random()
    if style < 0.35:  # as on forms that ask for the address in capitals or title case
        names = [n if rng.random() < 0.3 else bare_unit(n) for n in outer if n]
        text = " ".join([first if rng.random() < 0.6 else "", *names])
        return " ".join(word[:1].upper() + word[1:] for word in text.split())
    kept = [n for n in outer if n and rng.random() < 0.85]
    names = [_styled_unit(rng, n, year) for n in kept]
    if rng.random() < 0.15:
        names[-1:] = [f"tỉnh {cased(rng, pick(rng, lexicon.provinces()), year < OLD)}"]
    return (", " if style < 0.85 else " ").join([first, *names])
