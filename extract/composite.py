"""Several columns written in one place, told apart by what stands around them.

``CMND số 282138315 do CA Tiền Giang cấp ngày 21 tháng 06 năm 2014`` holds the kind of a paper, its
number, who issued it and when; ``Bùi Quốc Mẫn - Chủ tịch`` a name and an office.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.text import fold
from extract.parse.numbers import word_meaning
from extract.readings import SlotReading, merged
from extract.registers import Column, Register

_NUMBER = re.compile(r"\d[\d. ]{6,}\d")
_ISSUED = re.compile(r"\b(?:c\w{0,2}\s+)?ngày\b|\bc[ấa]p\b", re.IGNORECASE)
_BY = re.compile(r"\b(?:do|tại|nơi cấp)\b", re.IGNORECASE)
_BREAK = re.compile(r"\s[-–]\s|,\s*|\s{2,}")


def split_shared(slots: Sequence[SlotReading], register: Register) -> list[SlotReading]:
    """The slots, those that share one place each with its own part of the text."""
    together: dict[tuple[int, int, int, int], list[SlotReading]] = defaultdict(list)
    for slot in slots:
        if not slot.part and slot.kind != "tick":
            together[slot.box].append(slot)
    shared = {
        slot.code: [register.column(other.code) for other in group]
        for group in together.values()
        if len(group) > 1
        for slot in group
    }
    return [
        _own_part(slot, shared[slot.code], register.column(slot.code))
        if slot.code in shared
        else slot
        for slot in slots
    ]


def _own_part(slot: SlotReading, columns: Sequence[Column], own: Column) -> SlotReading:
    texts = [(parts_of(text, columns).get(own.code, ""), p) for text, p in slot.candidates]
    candidates = tuple((text, p) for text, p in merged(texts) if text)
    kind = "age" if slot.kind == "age" and own.type == "partial_date" else own.type
    return replace(slot, candidates=candidates, kind=kind)


def parts_of(text: str, columns: Sequence[Column]) -> Mapping[str, str]:
    """What each column has of a text; columns that it does not mention are left out."""
    by_type = {column.type: column.code for column in columns}
    if "id_number" in by_type:
        return _paper(text, by_type)
    born = by_type.get("age") or by_type.get("partial_date")
    if born and "text" in by_type and "person_name" not in by_type:
        return _aged(text, born, by_type["text"])
    name, *rest = _BREAK.split(text, maxsplit=1)
    found = {by_type["person_name"]: name} if "person_name" in by_type else {}
    if rest and "text" in by_type:
        found[by_type["text"]] = rest[0]
    return found


def _aged(text: str, born: str, work: str) -> Mapping[str, str]:
    """An age, in figures or words, and the work behind it: ``hai mươi tuổi, làm ruộng``."""
    words = text.split()
    size = 1 + max((at for at, word in enumerate(words) if _is_age(word)), default=-1)
    age, rest = " ".join(words[:size]).strip(" ,.-"), " ".join(words[size:]).strip(" ,.-")
    return {code: said for code, said in ((born, age), (work, rest)) if said}


def _is_age(word: str) -> bool:
    bare = word.strip(",.;-")
    return bare[:1].isdigit() or fold(bare) == "tuoi" or word_meaning(bare) is not None


def _paper(text: str, by_type: Mapping[str, str]) -> Mapping[str, str]:
    """A paper's kind before its number, its issuer after ``do``, its day after ``cấp``."""
    found: dict[str, str] = {}
    number = _NUMBER.search(text)
    if number:
        found[by_type["id_number"]] = number[0]
    before = text[: number.start()] if number else text
    if "enum" in by_type and (kind := before.split(" số")[0].strip()):
        found[by_type["enum"]] = kind
    after = text[number.end() :] if number else ""
    issued = _ISSUED.search(after)
    if issued and "partial_date" in by_type:
        found[by_type["partial_date"]] = _ISSUED.sub(" ", after[issued.end() :]).strip()
    by = _BY.search(after)
    if by and "text" in by_type:
        found[by_type["text"]] = after[by.end() : issued.start() if issued else None].strip(" ,")
    if "person_name" in by_type:
        found[by_type["person_name"]] = _BREAK.split(before)[0]
    return found
