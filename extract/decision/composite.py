"""Several columns written in one place, told apart by what stands around them.

``CMND số 282138315 do CA Tiền Giang cấp ngày 21 tháng 06 năm 2014`` holds the kind of a paper, its
number, who issued it and when; ``Bùi Quốc Mẫn - Chủ tịch`` a name and an office.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from rapidfuzz import fuzz

from common.text import fold
from extract.parse.marks import mark_of
from extract.parse.numbers import number_in_words
from extract.parse.places import province_near
from extract.parse.sex import parse_sex
from extract.parse.tables import table
from extract.reading.readings import SlotReading, merged
from extract.record import CORRECTION, THIRD
from extract.registers import Column, Register
from models import lexicon

_NUMBER = re.compile(r"\d[\d. ]{6,}\d")
_FIGURES = re.compile(r"\d[\d/.\- ]*\d|\d")
_ISSUED = re.compile(r"\bc[ấâậăáàốôa]\w{1,2}\b(?:\s*ng[àaáă]\w)?|\bng[àaáă]\w\b", re.IGNORECASE)
_DAY = re.compile(r"\d{1,2}\s*(?:[-/.]|t?h[áaă]ng)\s*\d{1,2}\s*(?:[-/.]|n[ăaàá]\w)\s*\d{2,4}\W*$")
_ISSUER = re.compile(r"\b(?:CA|C\.A\.?|[Cc]ông an|[Cc]ục|CATP)\b")
_LINK = re.compile(r"^\W*(?:(?:do|tại|nơi cấp)\b|\S{1,2}(?=\s+\w))\W*")  # "do", or it misread
_POLICE = re.compile(r"^(?:C[A4]|Công an)(?: tỉnh| TP)? ", re.IGNORECASE)
_BREAK = re.compile(r"\s[-–]\s*|[-–]\s|,\s*|\s{2,}")
_TIGHT = re.compile(r"(\w+(?: \w+){2,})[-–](\w[^-–]*)")  # a dash between words that have spaces
_OFFICE = 80.0  # likeness, of 100, from which the end of a text is an office
_LONG_OFFICE = 10  # letters of an office from which it may be misread
_ALIKE = 12.0  # of offices no less likely than this, the longest: Phó Chủ tịch is no Chủ tịch
_DEPARTMENT = 45.0  # likeness, of 100, from which a text with "Cục" is a department's name
_KIND = 24  # letters of a paper's kind
_LONGEST = 45  # letters of the office that issues a paper


def split_shared(slots: Sequence[SlotReading], register: Register) -> list[SlotReading]:
    """The slots, those that share one place each with its own part of the text.

    A place of which a person read a part stays as it is: it was split before they read it.
    """
    together: dict[tuple[int, int, int, int], list[SlotReading]] = defaultdict(list)
    for slot in slots:
        if not slot.part and slot.kind != "tick":
            together[slot.box].append(slot)
    shared = {
        slot.code: [register.column(other.code) for other in group]
        for group in together.values()
        if len(group) > 1 and not any(slot.source.startswith((CORRECTION, THIRD)) for slot in group)
        for slot in group
    }
    split = [
        _own_part(slot, shared[slot.code], register.column(slot.code))
        if slot.code in shared
        else slot
        for slot in slots
    ]
    return [_by_sex(slot, split) for slot in split]


def _by_sex(slot: SlotReading, slots: Sequence[SlotReading]) -> SlotReading:
    """A ticked box that two codes share, with the one that another's sex tells."""
    shared = table("values")["by_sex"].get(slot.code)
    if slot.kind != "tick" or not shared:
        return slot
    said = next((other.text for other in slots if other.code == shared["column"]), "")
    codes: Mapping[str, str] = shared.get(parse_sex(said), {})
    told = tuple((codes.get(value, value), p) for value, p in slot.candidates)
    return replace(slot, candidates=told)


def _own_part(slot: SlotReading, columns: Sequence[Column], own: Column) -> SlotReading:
    """A slot with what its column has of each text; the whole text where the column should be
    somewhere in it, and blank where the likeliest text ends before it, unless a blot hides some."""
    texts = [(_part(text, columns, own), p) for text, p in slot.candidates]
    candidates = tuple((text, p) for text, p in merged(texts) if text)
    written = slot.written if candidates or not texts or slot.hidden else 0.0
    kind = "age" if slot.kind == "age" and own.type == "partial_date" else own.type
    return replace(slot, candidates=candidates, kind=kind, written=written)


def _part(text: str, columns: Sequence[Column], own: Column) -> str:
    if mark_of(text):
        return text
    parts = parts_of(text, columns)
    return parts.get(own.code, "" if _understood(parts, columns) else text)


def _understood(parts: Mapping[str, str], columns: Sequence[Column]) -> bool:
    """Whether what a text does not mention is not in it: a paper's number was found, and its
    issuer holds no figures and no more words than an office."""
    by_type = {column.type: column.code for column in columns}
    if "id_number" not in by_type:
        return True
    issuer = parts.get(by_type.get("text", ""), "")
    known = by_type["id_number"] in parts and len(issuer) <= _LONGEST
    return known and not any(ch.isdigit() for ch in issuer)


def parts_of(text: str, columns: Sequence[Column]) -> Mapping[str, str]:
    """What each column has of a text; columns that it does not mention are left out."""
    by_type = {column.type: column.code for column in columns}
    if "id_number" in by_type:
        found = _paper(text)
        return {by_type[kind]: part for kind, part in found.items() if kind in by_type and part}
    born = by_type.get("age") or by_type.get("partial_date")
    if born and "text" in by_type and "person_name" not in by_type:
        return _aged(text, born, by_type["text"])
    if "enum" in by_type and "text" in by_type:
        return _numbered(text, by_type["enum"], by_type["text"])
    name, office = _name_and_office(text)
    found = {by_type["person_name"]: name} if "person_name" in by_type and name else {}
    if office and "text" in by_type:
        found[by_type["text"]] = office
    return found


def _aged(text: str, born: str, work: str) -> Mapping[str, str]:
    """An age, in figures or words, and the work behind it: ``hai mươi tuổi, làm ruộng``."""
    words = text.split()
    size = 1 + max((at for at, word in enumerate(words) if _is_age(word)), default=-1)
    age, rest = " ".join(words[:size]).strip(" ,.-"), " ".join(words[size:]).strip(" ,.-")
    return {code: said for code, said in ((born, age), (work, rest)) if said}


def _numbered(text: str, kind: str, number: str) -> Mapping[str, str]:
    """A paper's kind and its number: ``Giấy báo tử số 12/2018``."""
    figures = _FIGURES.search(text)
    before, after = (text[: figures.start()], figures[0]) if figures else (text, "")
    words = re.sub(r"\bs\S{0,2}\s*$", "", before.strip(), flags=re.IGNORECASE).strip(" ,.:-")
    return {code: said for code, said in ((kind, words), (number, after.strip())) if said}


def _is_age(word: str) -> bool:
    bare = word.strip(",.;-")
    return bare[:1].isdigit() or bare.lower() in ("tuổi", *_number_words())


@cache
def _number_words() -> frozenset[str]:
    """Number words with their marks: ``lăm`` is one, ``làm`` is none."""
    return frozenset(word for age in range(100) for word in number_in_words(age).split())


def _paper(text: str) -> Mapping[str, str]:
    """By type of column: a paper's kind before its number, its issuer, and its day at the end."""
    number = _NUMBER.search(text)
    before = text[: number.start()] if number else text
    kind = re.split(r"(?:^số|^so|\s+(?:số|so|s[^\s\d]?))\b|\s+\d", before)[0].strip()
    kind = kind if number or len(kind) <= _KIND else ""
    rest = text[number.end() :] if number else text[len(kind) :]
    day, issued = _DAY.search(rest), _ISSUED.search(rest)
    issuer = _ISSUER.search(rest)
    ends = [found.start() for found in (day, issued) if found]
    by = rest[: min(ends)] if ends else rest
    by = by[issuer.start() :] if issuer and issuer.start() < len(by) else _LINK.sub("", by)
    when = day[0] if day else _ISSUED.sub(" ", rest[issued.start() :]) if issued else ""
    return {
        "id_number": number[0].strip() if number else "",
        "enum": kind,
        "person_name": _BREAK.split(before)[0],
        "text": _issuer(by.strip(" ,.-")),
        "partial_date": when.strip(" ,.-"),
    }


def _issuer(text: str) -> str:
    """The police of a province, or the department whose name the text nearly is."""
    police = _POLICE.match(text)
    if police:
        province = province_near(f", {text[police.end() :]}")
        return f"{_spelt(police[0])}{province}" if province else text
    departments = [name for name in lexicon.phrases("issuer") if name.startswith("Cục")]
    near = {name: fuzz.ratio(fold(text), fold(name)) for name in sorted(departments)}
    best = max(near, key=lambda name: near[name])
    return best if fold(text).startswith("cuc") and near[best] >= _DEPARTMENT else text


def _spelt(police: str) -> str:
    """``Ca`` and ``C4`` are CA; words stay as written."""
    return re.sub(r"^C[A4](?= )", "CA", police, flags=re.IGNORECASE)


def _name_and_office(text: str) -> tuple[str, str]:
    """A name and what follows its dash or comma; without one, the end that names an office, which
    may be all that can be read."""
    name, *rest = _BREAK.split(text, maxsplit=1)
    if rest:
        return name, rest[0]
    if tight := _TIGHT.fullmatch(text):
        return tight[1], tight[2]
    words = text.replace("-", " ").split()
    offices = sorted({name.replace("-", " ") for name in lexicon.phrases("official")})
    likeness = {
        (cut, office): fuzz.ratio(fold(" ".join(words[cut:])), fold(office))
        for office in offices
        for cut in (0, *range(max(2, len(words) - len(office.split())), len(words) - 1))
    }
    likeness = {key: like for key, like in likeness.items() if like >= _least_like(key[1])}
    if not likeness:
        return text, ""
    most = max(likeness.values())
    near = {key: like for key, like in likeness.items() if like > most - _ALIKE}
    cut, office = min(near, key=lambda key: (key[0], -near[key]))
    return " ".join(words[:cut]), office


def _least_like(office: str) -> float:
    """A short office may be part of a name but for a letter: Hộ lại, Hộ Lan."""
    return _OFFICE if len(office) >= _LONG_OFFICE else 100.0
