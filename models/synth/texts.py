"""What clerks write in registers: field texts in the styles of a century, drawn at random.

Nothing here describes a real person: names are put together from lists of surnames, middle and
given names, addresses from the administrative units. No label of a data set is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from common.errors import UsageError
from common.text import nfc, squeeze
from models import lexicon
from models.lexicon import Unit, bare_unit
from models.synth.spoken import NORTH, PLAIN, SOUTH, Dialect, spoken, spoken_date
from models.synth.syllables import random_syllables

Draw = Callable[[Generator], str]
HAMLETS = ("thôn", "ấp", "xóm", "khu phố", "tổ", "khóm", "bản", "buôn", "làng", "đội", "tổ dân phố")
SHORT = {
    "Thành phố": ("TP", "Tp", "TP.", "T.P"), "Thị xã": ("TX", "Tx"), "Thị trấn": ("TT", "Tt"),
    "Quận": ("Q", "Q."), "Huyện": ("H", "H."), "Phường": ("P", "P."), "Tỉnh": ("T", "T."),
    "Xã": ("X", "X."),
}  # fmt: skip
MONTHS_FR = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
OLD = 1976


def random_text(rng: Generator, kind: str | None = None) -> str:
    """One text as a clerk would write it in a field.

    Args:
        rng: the source of chance.
        kind: one of `KINDS` (a type of field), or None for any, as often as registers hold it.

    Raises:
        UsageError: there is no such kind.
    """
    if kind is None:
        weights = np.asarray([weight for _, weight in KINDS.values()])
        kind = list(KINDS)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    if kind not in KINDS:
        raise UsageError(f"no texts of kind {kind}", hint="one of " + ", ".join(KINDS))
    return squeeze(nfc(KINDS[kind][0](rng)))


def pick(rng: Generator, weights: Mapping[str, float]) -> str:
    """One key, as often as its weight says."""
    keys, sums = _sums(id(weights), weights)
    return keys[int(np.searchsorted(sums, rng.random() * sums[-1], side="right"))]


_KEPT: dict[int, tuple[Mapping[str, float], list[str], NDArray[np.float64]]] = {}


def _sums(key: int, weights: Mapping[str, float]) -> tuple[list[str], NDArray[np.float64]]:
    if key not in _KEPT:
        _KEPT[key] = (weights, list(weights), np.cumsum(list(weights.values())))
    return _KEPT[key][1], _KEPT[key][2]


def _year(rng: Generator) -> int:
    return int(rng.integers(1930, 2024))


def _date(rng: Generator) -> date:
    return date(_year(rng), 1, 1) + timedelta(days=int(rng.integers(365)))


def _cased(rng: Generator, text: str, old: bool = False) -> str:
    """Title case mostly; sometimes capitals, small letters, or the hyphens of before 1976."""
    roll = rng.random()
    if old and roll < 0.45:
        first, *rest = text.split(" ")
        tail = [p if rng.random() < 0.35 else p.lower() for p in rest]
        return "-".join([first, *tail])
    if roll > 0.93:
        return text.upper()
    return text.lower() if roll > 0.89 else text


def person_name(rng: Generator) -> str:
    """A full name in order; before 1976 often hyphenated (``Nguyễn-văn-Tư``)."""
    sex = "male" if rng.random() < 0.5 else "female"
    year = _year(rng)
    old = year < OLD
    lexicon_of_given = lexicon.given_names(sex, old=old and rng.random() < 0.7)
    surname = pick(rng, lexicon.surnames())
    middle = pick(rng, lexicon.middle_names(sex)) if rng.random() < 0.95 else ""
    given = pick(rng, lexicon_of_given)
    if rng.random() < 0.06:
        given = random_syllables(rng, 1).title()
    parts = [surname, *middle.split(), given]
    if old and rng.random() < 0.45:
        inner = [p if rng.random() < 0.3 else p.lower() for p in parts[1:-1]]
        return "-".join([parts[0], *inner, parts[-1]])
    name = " ".join(p for p in parts if p)
    if rng.random() < 0.03:
        name = name.replace("Nguyễn", "Ng.").replace("Trần", "Tr.")
    return _cased(rng, name)


def _unit(rng: Generator) -> Unit:
    every = lexicon.units() if rng.random() < 0.85 else lexicon.units_2025()
    return every[int(rng.integers(len(every)))]


def _short(rng: Generator, name: str) -> str:
    for kind, forms in SHORT.items():
        rest = name.removeprefix(kind + " ")
        if rest != name:
            return f"{forms[int(rng.integers(len(forms)))]} {rest}".replace(". ", "." if rng.random() < 0.4 else ". ")
    return name


def place(rng: Generator) -> str:
    """One or two units: a birthplace or a home in short."""
    unit, year = _unit(rng), _year(rng)
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
        return _cased(rng, bare, year < OLD)
    if roll < 0.55:
        return _short(rng, name)
    return f"{kind.lower() if roll < 0.85 else kind} {_cased(rng, bare, year < OLD)}"


def _hamlet(rng: Generator, year: int) -> str:
    word = HAMLETS[int(rng.integers(len(HAMLETS)))]
    roll = rng.random()
    if roll < 0.35:
        name = str(rng.integers(1, 20)) + str(rng.choice(["", "", "A", "B", "a", "b"]))
    elif roll < 0.8:
        name = _cased(rng, bare_unit(_unit(rng).commune), year < OLD)
    else:
        name = random_syllables(rng, int(rng.integers(1, 3))).title()
    return f"{word} {name}"


def _street(rng: Generator) -> str:
    number = str(rng.integers(1, 400))
    if rng.random() < 0.4:
        number += "/" + str(rng.integers(1, 99)) + str(rng.choice(["", "", "A", "B", "/5"]))
    street = person_name(rng) if rng.random() < 0.7 else bare_unit(_unit(rng).commune)
    word = str(rng.choice(["", "", "đường ", "Đường ", "số ", "Số nhà ", "phố "]))
    return f"{number} {street}" if not word.lower().startswith("số") else f"{word}{number} {street}"


def address(rng: Generator) -> str:
    """A dwelling place down to the hamlet or the house, in one of three styles."""
    unit, year = _unit(rng), _year(rng)
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
        names[-1:] = [f"tỉnh {_cased(rng, pick(rng, lexicon.provinces()), year < OLD)}"]
    return (", " if style < 0.85 else " ").join([first, *names])


def date_figures(rng: Generator) -> str:
    """A date in figures, whole or partial."""
    day = _date(rng)
    d, m, y = (f"{day.day:02d}", f"{day.month:02d}", str(day.year))
    if rng.random() < 0.4:
        d, m = str(day.day), str(day.month)
    if rng.random() < 0.12:
        y = y[2:]
    mark = str(rng.choice(["/", "/", "/", "-", "-", ".", " / ", " - "]))
    forms = [
        mark.join([d, m, y]), mark.join([d, m, y]), mark.join([d, m, y]), y, f"{m}{mark}{y}",
        f"ngày {d} tháng {m} năm {y}", f"{d} tháng {m} năm {y}", f"ngày {d}-{m}-{y}",
        f"{day.hour if False else int(rng.integers(0, 24))} giờ, {d}{mark}{m}{mark}{y}",
        f"{d} {m} {y}", f"{d}", f"{m}",
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def date_words(rng: Generator) -> str:
    """A date in words; before 1976 hyphens, southern words; now and then lunar."""
    day = _date(rng)
    dialect = (SOUTH, NORTH, PLAIN, Dialect("ngàn", "lẻ", "tư", "mồng"))[int(rng.integers(4))]
    text = spoken_date(day, dialect)
    roll = rng.random()
    if roll < 0.25:
        text = text.removeprefix("ngày ")
    elif roll < 0.4:
        text = spoken(day.year, dialect)
    elif roll < 0.5:
        text = text.split(" năm ")[0]
    elif roll < 0.56:
        text = f"giờ {spoken(int(rng.integers(1, 13)), dialect)} {rng.choice(['sáng', 'tối', 'chiều', 'khuya'])}"
    elif roll < 0.6:
        text = text.split(" năm ")[0] + f" năm {can_chi(day.year)}"
    if rng.random() < 0.15:
        text = text.replace("tháng một ", "tháng giêng ").replace("tháng mười hai ", "tháng chạp ")
    if rng.random() < 0.3:
        text = text[:1].upper() + text[1:]
    return text


def can_chi(year: int) -> str:
    """The year's name in the sixty-year cycle: 1954 → Giáp Ngọ."""
    can = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
    chi = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
    return f"{can[(year - 4) % 10]} {chi[(year - 4) % 12]}"


def number(rng: Generator) -> str:
    """A registration or book number."""
    n = int(rng.integers(1, 400 if rng.random() < 0.8 else 9999))
    year = _year(rng)
    forms = [
        str(n), str(n), f"{n:02d}", f"{n:03d}", f"{n:03d}/{year}", f"{n:02d}/{year}", f"{n}/{year}",
        f"{n} bis", f"{n}bis", f"{n}A", f"{n}b", f"Số {n}", f"số {n}", f"N° {n}", f"{n}/{year % 100:02d}",
        f"{n}.", f"{n:03d}/KS", f"{n}/TP", f"{n:02d}/{year}/KS", str(rng.integers(0, 10)),
        f"Quyển {n % 20 + 1}", f"{n % 20 + 1:02d}/{year}", f"{n // 100}.{n % 1000:03d}",
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def age(rng: Generator) -> str:
    """An age in years, in figures or words."""
    n = int(rng.integers(15, 86))
    forms = [
        str(n), str(n), str(n), f"{n} tuổi", f"{n} tuổi", f"{n}t", f"{n} T", f"{n}.", f"({n})",
        spoken(n, SOUTH), f"{spoken(n, NORTH)} tuổi", f"{n} tuổi ta", f"{n} ans", str(_year(rng)),
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def id_number(rng: Generator) -> str:
    """The number of an identity paper: nine or twelve digits, spaced or not; older ones."""
    digits = [str(d) for d in rng.integers(0, 10, 12)]
    nine, twelve = "".join(digits[:9]), "0" + "".join(digits[1:])
    forms = [
        nine, nine, nine, twelve, twelve, f"{nine[:3]} {nine[3:6]} {nine[6:]}",
        f"{nine[:3]}.{nine[3:6]}.{nine[6:]}", nine[:8], f"{nine[:2]}-{nine[2:8]}",
        f"B{nine[:7]}", f"{nine[:6]}/{nine[6:8]}", f"{twelve[:3]} {twelve[3:6]} {twelve[6:]}",
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def _phrase(kind: str) -> Draw:
    return lambda rng: _cased_phrase(rng, fill(rng, pick(rng, lexicon.phrases(kind))))


def _cased_phrase(rng: Generator, text: str) -> str:
    roll = rng.random()
    if roll < 0.2:
        return text[:1].upper() + text[1:]
    return text.upper() if roll > 0.96 else text


def fill(rng: Generator, phrase: str) -> str:
    """A phrase of the lexicon with its ``{…}`` filled in."""
    for name, draw in FILLS.items():
        if name in phrase:
            phrase = phrase.replace(name, draw(rng))
    return phrase


def occupation(rng: Generator) -> str:
    """Work, sometimes with the age before it, as old columns ask for both."""
    text = _phrase("occupation")(rng)
    if rng.random() < 0.12:
        return f"{rng.integers(17, 70)} tuổi, {text}"
    return text


def ethnicity(rng: Generator) -> str:
    words = lexicon.phrases("ethnic_word") if rng.random() < 0.5 else lexicon.ethnic_groups()
    return pick(rng, words)


def relation(rng: Generator) -> str:
    return _phrase("rank" if rng.random() < 0.2 else "relation")(rng)


def note(rng: Generator) -> str:
    kinds = ("note", "note", "note", "hospital", "official", "paper", "cause")
    return _phrase(kinds[int(rng.integers(len(kinds)))])(rng)


def french_name(rng: Generator) -> str:
    first = pick(rng, lexicon.phrases("french_name"))
    last = pick(rng, lexicon.phrases("french_surname"))
    if rng.random() < 0.3:
        first += ("-" if rng.random() < 0.5 else " ") + pick(rng, lexicon.phrases("french_name"))
    return f"{last} {first}" if rng.random() < 0.4 else f"{first} {last}"


def french_number(n: int) -> str:
    """0–99 in French words."""
    small = (
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize dix-sept dix-huit dix-neuf"
    ).split()
    if n < 20:
        return small[n]
    if n in (71,):
        return "soixante et onze"
    tens = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante")
    if n < 80:
        base = n // 10 * 10 if n < 70 else 60
        rest = n - base
        if rest == 0:
            return tens[base // 10]
        return f"{tens[base // 10]} et un" if rest == 1 else f"{tens[base // 10]}-{small[rest]}"
    return "quatre-vingts" if n == 80 else f"quatre-vingt-{small[n - 80]}"


def french_date(rng: Generator) -> str:
    day = _date(rng)
    month = MONTHS_FR[day.month - 1]
    first = "premier" if day.day == 1 else french_number(day.day)
    if rng.random() < 0.5:
        return f"{'1er' if day.day == 1 else day.day} {month} {day.year}"
    if day.year >= 2000:
        return f"{first} {month} deux mille {french_number(day.year - 2000)}"
    return f"{first} {month} mil neuf cent {french_number(day.year - 1900)}"


def french(rng: Generator) -> str:
    """A phrase of a French register, filled in."""
    return _phrase("french")(rng)


def syllables(rng: Generator) -> str:
    """Well-formed but meaningless syllables: every letter with every tone gets its turn."""
    return _cased(rng, random_syllables(rng, int(rng.integers(1, 6))).title())


def ditto(rng: Generator) -> str:
    return pick(rng, lexicon.phrases("ditto" if rng.random() < 0.6 else "blank"))


def person_line(rng: Generator) -> str:
    """A name with what often stands beside it: age, work, place."""
    parts = [person_name(rng)]
    for extra in (lambda r: f"{r.integers(18, 80)} tuổi", occupation, place):
        if rng.random() < 0.5:
            parts.append(extra(rng))
    return ", ".join(parts)


@cache
def _plain_places() -> Mapping[str, float]:
    return lexicon.places()


FILLS: dict[str, Draw] = {
    "{name}": person_name,
    "{place}": lambda rng: pick(rng, _plain_places()),
    "{date}": date_figures,
    "{number}": lambda rng: str(rng.integers(1, 900)),
    "{idnumber}": id_number,
    "{year}": lambda rng: str(_year(rng)),
    "{fname}": french_name,
    "{fplace}": lambda rng: pick(rng, lexicon.phrases("french_place")),
    "{fdate}": french_date,
    "{fnum}": lambda rng: french_number(int(rng.integers(1, 76))),
    "{fhour}": lambda rng: french_number(int(rng.integers(2, 13))),
    "{fage}": lambda rng: f"{french_number(int(rng.integers(18, 80)))} ans",
}

KINDS: dict[str, tuple[Draw, float]] = {
    "person_name": (person_name, 22),
    "address": (address, 17),
    "place": (place, 10),
    "date_figures": (date_figures, 8),
    "date_words": (date_words, 8),
    "number": (number, 5),
    "occupation": (occupation, 5),
    "note": (note, 6),
    "syllables": (syllables, 5),
    "person_line": (person_line, 3),
    "french": (french, 3),
    "age": (age, 2),
    "id_number": (id_number, 2.5),
    "sex": (_phrase("sex"), 1.5),
    "ethnicity": (ethnicity, 1.5),
    "nationality": (_phrase("nationality"), 1.5),
    "relation": (relation, 1.5),
    "ditto": (ditto, 1.5),
}
"""Kinds of field text: how one is drawn, and how often when any will do."""
