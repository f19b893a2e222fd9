"""What clerks write in registers: field texts in the styles of a century, drawn at random.

Nothing here describes a real person: names are put together from lists of surnames, middle and
given names, addresses from the administrative units. No label of a data set is used.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from common.errors import UsageError
from common.text import nfc, squeeze
from models import lexicon
from models.synth.addresses import address, place
from models.synth.chance import cased, late_tone, pick, random_date, random_year
from models.synth.french import french_date, french_name, french_number
from models.synth.naming import person_name
from models.synth.spoken import NORTH, PLAIN, SOUTH, Dialect, spoken, spoken_date
from models.synth.syllables import random_syllables

Draw = Callable[[Generator], str]


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
    text = squeeze(nfc(KINDS[kind][0](rng)))
    return late_tone(text) if rng.random() < 0.35 else text


def date_figures(rng: Generator) -> str:
    """A date in figures, whole or partial."""
    day = random_date(rng)
    d, m, y = (f"{day.day:02d}", f"{day.month:02d}", str(day.year))
    if rng.random() < 0.4:
        d, m = str(day.day), str(day.month)
    if rng.random() < 0.12:
        y = y[2:]
    mark = str(rng.choice(["/", "/", "/", "-", "-", ".", " / ", " - "]))
    forms = [
        mark.join([d, m, y]), mark.join([d, m, y]), mark.join([d, m, y]), y, f"{m}{mark}{y}",
        f"ngày {d} tháng {m} năm {y}", f"{d} tháng {m} năm {y}", f"ngày {d}-{m}-{y}",
        f"{rng.integers(0, 24)} giờ, {d}{mark}{m}{mark}{y}",
        f"{d} {m} {y}", f"{d}", f"{m}",
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def date_words(rng: Generator) -> str:
    """A date in words; before 1976 hyphens, southern words; now and then lunar."""
    day = random_date(rng)
    dialect = (SOUTH, NORTH, PLAIN, Dialect("ngàn", "lẻ", "tư", "mồng"))[int(rng.integers(4))]
    text, year = spoken_date(day, dialect), spoken(day.year, dialect)
    head = text.removesuffix(f" năm {year}")
    roll = rng.random()
    if roll < 0.25:
        text = text.removeprefix("ngày ")
    elif roll < 0.4:
        text = year
    elif roll < 0.5:
        text = head
    elif roll < 0.56:
        part = rng.choice(["sáng", "trưa", "chiều", "tối", "khuya"])
        text = f"{spoken(int(rng.integers(1, 13)), dialect)} giờ {part}"
    elif roll < 0.6:
        text = f"{head} năm {can_chi(day.year)}"
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
    year = random_year(rng)
    forms = [
        str(n), str(n), f"{n:02d}", f"{n:03d}", f"{n:03d}/{year}", f"{n:02d}/{year}", f"{n}/{year}",
        f"{n} bis", f"{n}bis", f"{n}A", f"{n}b", f"Số {n}", f"số {n}", f"N° {n}",
        f"{n}/{year % 100:02d}", f"{n}.", f"{n:03d}/KS", f"{n}/TP", f"{n:02d}/{year}/KS",
        str(rng.integers(0, 10)), f"Quyển {n % 20 + 1}", f"{n % 20 + 1:02d}/{year}",
        f"{n // 100}.{n % 1000:03d}",
    ]  # fmt: skip
    return forms[int(rng.integers(len(forms)))]


def age(rng: Generator) -> str:
    """An age in years, in figures or words."""
    n = int(rng.integers(15, 86))
    forms = [
        str(n), str(n), str(n), f"{n} tuổi", f"{n} tuổi", f"{n}t", f"{n} T", f"{n}.", f"({n})",
        spoken(n, SOUTH), f"{spoken(n, NORTH)} tuổi", f"{n} tuổi ta", f"{n} ans",
        str(random_year(rng)),
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


def french(rng: Generator) -> str:
    """A phrase of a French register, filled in."""
    return _phrase("french")(rng)


def syllables(rng: Generator) -> str:
    """Well-formed but meaningless syllables: every letter with every tone gets its turn."""
    return cased(rng, random_syllables(rng, int(rng.integers(1, 6))).title())


def ditto(rng: Generator) -> str:
    return pick(rng, lexicon.phrases("ditto" if rng.random() < 0.6 else "blank"))


def person_line(rng: Generator) -> str:
    """A name with what often stands beside it: age, work, place."""
    parts = [person_name(rng)]
    for extra in (lambda r: f"{r.integers(18, 80)} tuổi", occupation, place):
        if rng.random() < 0.5:
            parts.append(extra(rng))
    return ", ".join(parts)


FILLS: dict[str, Draw] = {
    "{name}": person_name,
    "{place}": lambda rng: pick(rng, lexicon.places()),
    "{date}": date_figures,
    "{number}": lambda rng: str(rng.integers(1, 900)),
    "{idnumber}": id_number,
    "{year}": lambda rng: str(random_year(rng)),
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
