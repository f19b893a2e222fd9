"""The lines of a table in Unicode, whatever encoding it was saved in.

Lines stream: a file of any size is read in little memory.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from common.errors import InputError
from extract.match.legacy import CONVERSIONS, conversion_of, decode_sample, latin_text

_SAMPLE = 1 << 18
_LONGEST = 1 << 16  # characters of a line
_SPACES = re.compile("[ \xa0]+")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Encoding(NamedTuple):
    """How a file is read: a Python codec, or ``latin``, and what converts its text."""

    codec: str
    convert: Callable[[str], str]


@contextmanager
def open_lines(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a table, in NFC.

    UTF-8, UTF-16 and Windows-1258 are read, and TCVN3 or VNI text, whether its bytes stand as they
    are or were taken for Latin letters.

    Raises:
        InputError: it cannot be read as text.
    """
    try:
        encoding = encoding_of(path)
        codec = "latin-1" if encoding.codec == "latin" else encoding.codec
        with path.open(encoding=codec, newline="") as file:
            yield _lines(path, file, encoding)
    except UnicodeError as error:
        raise InputError(
            f"mixed encodings: {error}", where=str(path), hint="save it as “CSV UTF-8”"
        ) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error


def encoding_of(path: Path) -> Encoding:
    """How a file is written, told from its beginning.

    Raises:
        InputError: it is no text.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(_UTF16):
        return Encoding(
            "utf-16",
            CONVERSIONS[conversion_of(sample[: len(sample) // 2 * 2].decode("utf-16", "replace"))],
        )
    if b"\x00" in sample:
        raise InputError("no text", where=str(path), hint="save it as “CSV UTF-8”")
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        text = decoder.decode(sample)
    except UnicodeDecodeError:
        codec, conversion = decode_sample(sample)
        return Encoding(codec, CONVERSIONS[conversion])
    return Encoding("utf-8-sig", CONVERSIONS[conversion_of(text)])


def _lines(path: Path, file: IO[str], encoding: Encoding) -> Iterator[str]:
    """The lines of a file in NFC; one that does not end is refused before it fills the memory."""
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) >= _LONGEST or "\x00" in line:
            what = "has NUL bytes" if "\x00" in line else f"is longer than {_LONGEST} characters"
            raise InputError(f"line {number} {what}", where=str(path), hint="is it a CSV?")
        if encoding.codec == "latin":
            line = latin_text(line.encode("latin-1"))
        if encoding.convert is not CONVERSIONS["Unicode"]:
            line = encoding.convert(line)
        elif not unicodedata.is_normalized("NFC", line):
            line = unicodedata.normalize("NFC", line)
        yield _SPACES.sub(" ", line) if "  " in line or "\xa0" in line else line
