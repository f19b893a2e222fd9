"""What one clerk writes of a case: spelling, dates, dittos, blanks; and its truth.

A clerk's habits are drawn once and kept. Every field becomes a `Written`: the text put on paper
(by part of the blank), and the raw, value and status that a perfect reader would give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from common.text import nfc, squeeze, title_case
from models.synth.people import FEMALE, OLD_SOUTH, Home, Person
from models.synth.spoken import NORTH, PLAIN, SOUTH, Dialect, spoken, spoken_date

_JOINED = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
READ, BLANK, DITTO, DERIVED, ILLEGIBLE = "read", "blank", "ditto", "derived", "illegible"

HOME_STYLES = {
    "rvn-1955-1975": ["short", "full", "district"],
    "1976-1998": ["short", "full", "district", "dashed"],
    "tt15-2015": ["plain", "units", "units"],
    "1999-2015": ["plain", "district", "units"],
    "nam-ky-1883-1955": ["short", "full", "district"],
}
MODERN = ("1999-2015", "tt15-2015")  # years of birth, volumes with their year, whole offices

Parts = Mapping[str, Sequence[str]]  # code → the parts of it that the form has blanks for


@dataclass(frozen=True)
class Written:
    """A field as the clerk left it.

    ``texts``: what is written in each part of the blank. ``segments``: for a blank that holds
    several fields (an identity paper with number, issuer and day), the pieces in order, each
    with its code, or "" for words between; ``inside`` these fields, each for itself.
    """

    raw: str | None
    value: str | None
    status: str
    texts: Mapping[str, str] = field(default_factory=dict)
    segments: tuple[tuple[str, str], ...] = ()
    inside: Mapping[str, Written] = field(default_factory=dict)


def spaced(text: str) -> str:
    """The value of free text: hyphens between syllables become spaces, single spaces, NFC."""
    return squeeze(_JOINED.sub(" ", text))


@dataclass(frozen=True)
class Clerk:
    """Habits of one clerk in one book."""

    form: str
    hyphens: str  # old (Nguyễn-văn-Tư) | capital (Nguyễn-Văn-Tư) | none
    date_style: str
    zero: bool
    age_style: str
    sexes: tuple[str, str]
    ditto: str
    ditto_rate: float
    blank_marks: tuple[str, ...]
    number_style: str
    home_style: str
    capitals: bool  # writes the child's name in capitals
    dialect: Dialect
    rng: np.random.Generator

    @classmethod
    def random(cls, form: str, rng: np.random.Generator) -> Clerk:
        """Draw a clerk who worked on this generation of the form."""
        south = form in OLD_SOUTH
        hyphens = ["old", "capital", "none"]
        share = {"rvn-1955-1975": (0.45, 0.15, 0.4), "1976-1998": (0.0, 0.06, 0.94)}
        share["nam-ky-1883-1955"] = (0.5, 0.1, 0.4)
        ages = [0.6, 0.33, 0.07, 0] if south else [0.65, 0.2, 0, 0.15]
        sexes = [("nam", "nữ"), ("Nam", "Nữ"), ("trai", "gái"), ("con trai", "con gái")]
        dates = ["full", "dash", "slash", "dot", "bare", "words"]
        date_weights = [0.34, 0.24, 0.12, 0.08, 0.14, 0.08] if south else [0.3, 0.2, 0.4, 0.1, 0, 0]
        return cls(
            form=form,
            hyphens=str(rng.choice(hyphens, p=share.get(form, (0.0, 0.0, 1.0)))),
            date_style=str(rng.choice(dates, p=date_weights)),
            zero=bool(rng.random() < (0.3 if south else 0.7)),
            age_style=str(rng.choice(["bare", "with", "words", "year"], p=ages)),
            sexes=sexes[int(rng.integers(4 if south else 2))],
            ditto=str(rng.choice(["nt", "như trên", "″", "như cha", "-nt-", "n.t"])),
            ditto_rate=float(rng.choice([0.0, 0.3, 0.7])),
            blank_marks=(("", "/", "//") if rng.random() < 0.7 else ("", "không", "-")),
            number_style=str(rng.choice(["bare", "two", "three", "year"], p=[0.6, 0.2, 0.1, 0.1])),
            home_style=str(rng.choice(HOME_STYLES[form])),
            capitals=form == "tt15-2015" and bool(rng.random() < 0.4),
            dialect=SOUTH if south or rng.random() < 0.5 else (NORTH, PLAIN)[int(rng.integers(2))],
            rng=rng,
        )

    # -- pieces -----------------------------------------------------------------------------

    def name(self, name: str) -> str:
        """A name as this clerk spells it."""
        parts = name.split()
        if self.hyphens == "none":
            return name
        if self.hyphens == "capital" or len(parts) < 3:
            return "-".join(parts)
        return "-".join([parts[0], *(part.lower() for part in parts[1:-1]), parts[-1]])

    def place(self, text: str) -> str:
        """A place as this clerk spells it: names of two syllables joined in the old way."""
        if self.hyphens == "none":
            return text
        words: list[str] = []
        joined = False  # whether the word before is a capitalised syllable of the same name
        for word in text.split():
            capital = word[0].isupper()
            if capital and joined:
                words[-1] += "-" + (word.lower() if self.hyphens == "old" else word)
            else:
                words.append(word)
            joined = capital and word[-1].isalpha()
        return " ".join(words)

    def home(self, home: Home) -> str:
        """A home as this clerk writes homes."""
        hamlet = f"{home.ward} {home.hamlet}"
        text = {
            "short": f"{hamlet}, {home.commune}",
            "full": f"{hamlet}, xã {home.commune}",
            "district": f"{home.commune}, {home.district}, {home.province}",
            "dashed": f"{home.commune} - {home.district} - {home.province}",
            "plain": f"{hamlet}, {home.commune}, {home.district}, {home.province}",
            "units": f"{hamlet}, xã {home.commune}, huyện {home.district}, tỉnh {home.province}",
        }[self.home_style]
        return self.place(text)

    def whole_date(self, day: date) -> str:
        """A whole date, as this clerk writes dates."""
        d, m, y = self.day(day), self.month(day), day.year
        return {
            "full": f"ngày {d} tháng {m} năm {y}",
            "dash": f"{d}-{m}-{y}",
            "slash": f"{d}/{m}/{y}",
            "dot": f"{d}.{m}.{y}",
            "bare": f"{d} tháng {m} năm {y}",
            "words": spoken_date(day, self.dialect),
        }[self.date_style]

    def day(self, day: date) -> str:
        return f"{day.day:02d}" if self.zero else str(day.day)

    def month(self, day: date) -> str:
        return f"{day.month:02d}" if self.zero else str(day.month)

    # -- fields -----------------------------------------------------------------------------

    def person(self, name: str) -> Written:
        text = self.name(name)
        return Written(nfc(text), title_case(spaced(text)), READ, {"": text})

    def text(self, text: str, value: str | None = None) -> Written:
        return Written(nfc(text), value if value is not None else spaced(text), READ, {"": text})

    def dated(self, day: date, parts: Sequence[str]) -> Written:
        """A date in one blank, or in the blanks between printed ngày … tháng … năm …."""
        value = f"{day.day:02d}.{day.month:02d}.{day.year}"
        if "d" not in parts:
            text = self.whole_date(day)
            return Written(text, value, READ, {"": text})
        texts = {"d": self.day(day), "m": self.month(day)}
        texts |= {"y": str(day.year), "y2": f"{day.year % 100:02d}"}
        raw = f"{texts['d']} tháng {texts['m']} năm {day.year}"
        return Written(raw, value, READ, texts)

    def aged(self, person: Person, year: int) -> Written:
        """An age, from which the year of birth is derived."""
        if self.age_style == "year" or self.form in MODERN:
            return self.text(str(person.born.year))
        age = max(1, year - person.born.year)
        bare = str(age)
        words = f"{spoken(age, self.dialect)} tuổi"
        text = {"bare": bare, "with": f"{bare} tuổi", "words": words}[self.age_style]
        return Written(text, str(year - age), DERIVED, {"": text})

    def blank(self) -> Written:
        mark = str(self.rng.choice(self.blank_marks))
        return Written(mark or None, None, BLANK, {"": mark} if mark else {})

    def number(self, number: int, year: int) -> Written:
        text = {
            "bare": str(number),
            "two": f"{number:02d}",
            "three": f"{number:03d}",
            "year": f"{number}/{year}",
        }[self.number_style]
        return Written(text, f"{number:02d}/{year}", READ, {"": text})

    def sex(self, sex: str) -> Written:
        return self.text(self.sexes[1 if sex == FEMALE else 0], sex)

    def maybe(self, written: Written, blank_rate: float) -> Written:
        """Sometimes the clerk leaves the field blank."""
        return self.blank() if self.rng.random() < blank_rate else written

    def same(self, written: Written, original: Written | None, phrase: str) -> Written:
        """Sometimes, where the text would repeat an earlier field's, a ditto mark instead."""
        repeated = original is not None and original.raw == written.raw
        if not repeated or written.status != READ or self.rng.random() > self.ditto_rate:
            return written
        mark = phrase if self.ditto == "như cha" else self.ditto
        return Written(mark, written.value, DITTO, {"": mark})
