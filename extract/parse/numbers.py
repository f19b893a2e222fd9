"""Numbers in words and figures: register numbers, ages, and the words of dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from common.text import fold, squeeze
from extract.parse.tables import table


@dataclass(frozen=True)
class Dialect:
    """Words that differ between regions: thousand, the filler before a lone unit, 4 after tens."""

    thousand: str = "ngàn"
    zero: str = "lẻ"
    fourth: str = "bốn"


SOUTH = Dialect()
NORTH = Dialect("nghìn", "linh", "tư")
MIXED = Dialect("nghìn", "linh", "bốn")
_HUNDRED, _THOUSAND, _TEN, _TWENTY, _ZERO = "hundred", "thousand", "ten", "twenty", "zero"


@cache
def _vocabulary() -> dict[str, int | str]:
    words = table("numbers")
    known: dict[str, int | str] = {fold(word): value for word, value in words["units"].items()}
    kinds = {
        _TEN: "ten",
        _TWENTY: "twenty_and",
        _HUNDRED: "hundred",
        _THOUSAND: "thousand",
        _ZERO: "zero_fillers",
    }
    for kind, key in kinds.items():
        known.update({fold(word): kind for word in words[key]})
    return known


def word_meaning(word: str) -> int | str | None:
    """What a number word means: its digit, or its role; None when it is no number word.

    A word of four letters or more may have one letter wrong, if only one number word is so near.
    """
    key, known = fold(word), _vocabulary()
    if key in known:
        return known[key]
    if len(key) < 4:
        return None
    near = {known[k] for k in known if len(k) > 2 and Levenshtein.distance(key, k) == 1}
    return near.pop() if len(near) == 1 else None


def number_from_words(words: Sequence[str]) -> int | None:
    """The number that the words say, 0 to 9999; None when they say none.

    ``một ngàn chín trăm sáu mươi hai`` → 1962; spoken digits too: ``sáu hai`` → 62.
    """
    meanings = [word_meaning(word) for word in words]
    if not meanings or None in meanings:
        return None
    if len(meanings) > 1 and all(isinstance(m, int) for m in meanings):
        return int("".join(str(m) for m in meanings))
    total, digit = 0, -1
    for meaning in meanings:
        if isinstance(meaning, int):
            if digit > 0:
                return None
            digit = meaning
        elif meaning == _TEN:
            total, digit = total + 10 * (digit if digit > 0 else 1), -1
        elif meaning == _TWENTY:
            total, digit = total + 20, -1
        elif meaning == _HUNDRED:
            total, digit = total + 100 * max(digit, 0), -1
        elif meaning == _THOUSAND:
            total, digit = (total + max(digit, 1)) * 1000, -1
    return total + max(digit, 0)


@cache
def number_in_words(number: int, dialect: Dialect = SOUTH) -> str:
    """How a clerk writes 0 to 9999 in words. Raises ValueError outside that range."""
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is outside 0–9999")
    digits: list[str] = table("numbers")["digits"]
    parts: list[str] = []
    if number >= 1000:
        parts += [digits[number // 1000], dialect.thousand]
    if number % 1000 >= 100 or (number >= 1000 and number % 1000):
        parts += [digits[number % 1000 // 100], "trăm"]
    tens, unit = divmod(number % 100, 10)
    if tens == 0 and unit and number >= 100:
        parts += [dialect.zero]
    elif tens == 1:
        parts += ["mười"]
    elif tens > 1:
        parts += [digits[tens], "mươi"]
    if unit == 1 and tens > 1:
        parts += ["mốt"]
    elif unit == 4 and tens > 1:
        parts += [dialect.fourth]
    elif unit == 5 and tens >= 1:
        parts += ["lăm"]
    elif unit or number == 0:
        parts += [digits[unit]]
    return " ".join(parts)


def as_digits(token: str) -> str:
    """Letters that look like digits become digits, if the token has a digit: ``l2`` → ``12``."""
    if not any(ch.isdigit() for ch in token):
        return token
    return "".join(table("numbers")["look_alikes"].get(ch, ch) for ch in token)


_REGISTER_NUMBER = re.compile(
    r"(?<!\d)(\d{1,4})\s*([a-zA-Z]|bis)?(?:\s*[/\-]\s*(\d{4}|\d{2}))?(?!\d)"
)


_WHOLE = re.compile(r"\d{1,4}/\d{4}(?!\d)")


def register_number(text: str, year: int | None) -> str | None:
    """A registration number as the import sheet wants it: ``7``, year 1962 → ``07/1962``.

    ``year`` completes a number written alone; a year on the page stands before it. None when
    the text holds no number or no year is known.
    """
    tokens = squeeze(text).split(" ")
    first = next((token for token in tokens if any(map(str.isdigit, token))), "")
    if first[:1].isalpha():  # a word like ``s0`` is none beside a number that is whole
        tokens = [token for token in tokens if _WHOLE.match(token)][:1] or tokens
    found = _REGISTER_NUMBER.search(" ".join(map(as_digits, tokens)))
    if not found:
        return None
    number, suffix, written = int(found[1]), found[2] or "", found[3]
    if number == 0:
        return None
    if written and len(written) == 2:
        century = (year or 1900) // 100 * 100
        year = century + int(written)
    elif written:
        year = int(written)
    return f"{number:02d}{suffix.lower()}/{year:04d}" if year else None


def leading_number(value: str | None) -> int | None:
    """The running number of ``so``: ``07/1962`` → 7."""
    found = re.match(r"\d+", value or "")
    return int(found[0]) if found else None


def age(text: str) -> int | None:
    """An age of 12 to 99 in figures or words: ``32 tuổi``, ``ba mươi hai tuổi`` → 32."""
    tokens = [t for t in re.split(r"[\s,.\-]+", squeeze(text)) if t and fold(t) != "tuoi"]
    digits = "".join(ch for ch in "".join(as_digits(t) for t in tokens) if ch.isdigit())
    number = int(digits) if 1 <= len(digits) <= 3 else number_from_words(tokens)
    return number if number is not None and 12 <= number <= 99 else None
