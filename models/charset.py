"""The characters the handwriting reader knows, kept in ``charset.txt`` for anyone to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from common.errors import InputError
from common.text import nfc

CHARSET_FILE = Path(__file__).with_name("charset.txt")
BLANK = 0
"""The class that stands for "nothing is written here" (the CTC blank)."""


@dataclass(frozen=True)
class Charset:
    """Characters and their classes: class 0 is the blank, class i the i-th character."""

    characters: str
    _classes: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(set(self.characters)) != len(self.characters):
            raise InputError("a character stands twice in the charset")
        classes = {character: i for i, character in enumerate(self.characters, start=1)}
        object.__setattr__(self, "_classes", classes)

    def __len__(self) -> int:
        """The number of classes, the blank included."""
        return len(self.characters) + 1

    def __contains__(self, character: object) -> bool:
        return character in self._classes

    def covers(self, text: str) -> bool:
        """Whether every character of the text (in NFC) has a class."""
        return all(character in self._classes for character in nfc(text))

    def encode(self, text: str) -> list[int]:
        """The classes of a text, taken in NFC.

        Raises:
            InputError: a character has no class.
        """
        try:
            return [self._classes[character] for character in nfc(text)]
        except KeyError as error:
            raise InputError(f"character {error} is not in the charset", where=text) from error

    def decode(self, classes: Iterable[int]) -> str:
        """The text of these classes; blanks are left out."""
        return "".join(self.characters[i - 1] for i in classes if i != BLANK)


def parse_charset(lines: Sequence[str]) -> Charset:
    """A charset from text lines: ``#`` starts a comment line, every other character counts once.

    The space is always the first character.
    """
    kept = [line.rstrip("\n") for line in lines if not line.startswith("# ")]
    return Charset(" " + "".join(nfc(line).replace(" ", "") for line in kept))


@lru_cache(maxsize=1)
def default_charset() -> Charset:
    """The charset of ``charset.txt``."""
    return parse_charset(CHARSET_FILE.read_text(encoding="utf-8").splitlines())
