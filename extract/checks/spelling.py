"""Checks of how a delivered value is spelt: letters of another code table, names without their
marks, a clerk's marks in place of a value, what is no part of a name."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from common.text import fold, nfc, vietnamese_letters
from extract.checks.within import Book, Check, Rule, inheriting, values
from extract.parse.marks import mark_of
from extract.record import Issue, Record
from models import lexicon

_VOWELS = "aeiouy"
_MARKS = ("ditto", "ditto_father", "ditto_mother", "either")


def foreign_letters(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """Letters that Vietnamese has not, nor ``letters`` of the Highlands: VNI's and TCVN3's, Greek,
    Cyrillic; and a vowel that VNI writes twice (``Taân``). Characters of Chinese are no letters."""
    known = _alphabet() | {*rule.params["letters"]}
    for code, value in values(record, rule, book):
        text = nfc(value).lower()
        strange = {ch for ch in text if _is_letter(ch)} - known
        strange |= {a + b for a, b in pairwise(text) if a in _VOWELS and a != b and a == fold(b)}
        if strange:
            letters = ", ".join(sorted(strange))
            yield rule.issue((code,), label=book.label(code), value=value, what=letters)


def _is_letter(ch: str) -> bool:
    return unicodedata.category(ch) in ("Ll", "Lm", "Sk")


@cache
def _alphabet() -> frozenset[str]:
    ascii_letters = {chr(code) for code in range(ord("a"), ord("z") + 1)}
    return frozenset(ascii_letters | vietnamese_letters())


def surname_bare(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """A name whose first word is a surname only when its marks are put back: ``Nguyen``."""
    for code, value in values(record, rule, book):
        first, _, rest = value.partition(" ")
        meant = _marked().get(first.lower())
        if rest and meant and _peoples(record, code) <= inheriting():
            yield rule.issue((code,), label=book.label(code), value=value, first=meant)


@cache
def _marked() -> Mapping[str, str]:
    """Surnames by their bare letters, where no surname is written so; the most frequent one."""
    known = {name.lower() for name in lexicon.surnames()}
    rare_first = sorted(lexicon.surnames().items(), key=lambda one: one[1])
    return {fold(name): name for name, _ in rare_first if fold(name) not in known}


def surname_alone(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """A name of one word that is far more often a surname than a given name."""
    known = _bare_surnames(rule.number("times"))
    for code, value in values(record, rule, book):
        name = value.partition(",")[0].strip().lower()
        if name in known and _peoples(record, code) <= inheriting():
            yield rule.issue((code,), label=book.label(code), value=value)


@cache
def _bare_surnames(times: int) -> frozenset[str]:
    """Surnames, in small letters, that so many times as many people bear as have it for a name."""
    given = Counter(lexicon.given_names()) + Counter(lexicon.given_names(old=True))
    found = lexicon.surnames().items()
    return frozenset(name.lower() for name, count in found if count > times * given[name])


def _peoples(record: Record, code: str) -> frozenset[str]:
    """The people (dân tộc) of whoever bears the name in a column; where it is not told, those of
    all in the case."""
    groups = {c: v.value for c, v in record.fields.items() if c.endswith("DanToc") and v.value}
    own = groups.get(f"{code.removesuffix('HoTen')}DanToc")
    return frozenset([own] if own else groups.values())


def mark_left(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """A mark for the same again, or nothing but punctuation, where a value must stand."""
    for code, value in values(record, rule, book):
        if mark_of(value) in _MARKS or not any(ch.isalnum() for ch in value):
            yield rule.issue((code,), label=book.label(code), value=value)


def not_of_a_name(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """A title before a surname, an abbreviation, or a word, in small letters (Và is a surname),
    that joins two people."""
    titles, joins = ({*rule.params[name].split()} for name in ("titles", "joins"))
    middle, found = lexicon.middle_names(), lexicon.surnames().items()
    surnames = {name.lower() for name, count in found if count > middle.get(name, 0)}
    for code, value in values(record, rule, book):
        words = value.partition(",")[0].split()
        strange = [word for word in words if word in joins or word.endswith(".")]
        if len(words) > 2 and words[0].lower() in titles and words[1].lower() in surnames:
            strange.append(words[0])
        if strange:
            yield rule.issue((code,), label=book.label(code), value=value, what=strange[0])


SPELLING_CHECKS: Mapping[str, Check] = {
    "foreign_letters": foreign_letters,
    "surname_bare": surname_bare,
    "surname_alone": surname_alone,
    "mark_left": mark_left,
    "not_of_a_name": not_of_a_name,
}
