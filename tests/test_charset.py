"""The characters the reader knows."""

from __future__ import annotations

import unicodedata

import pytest

from common.errors import InputError
from common.text import vietnamese_letters
from models.charset import BLANK, Charset, default_charset, parse_charset


def test_every_vietnamese_letter_has_one_class_of_its_own() -> None:
    charset = default_charset()
    classes = [charset.encode(letter) for letter in sorted(vietnamese_letters())]
    assert len(vietnamese_letters()) == 146
    assert all(len(one) == 1 and one[0] != BLANK for one in classes)
    assert len({one[0] for one in classes}) == 146


@pytest.mark.parametrize(
    "text",
    ["Nguyễn-văn-Tư", "né à Châlons, n° 16 (2^e), œuvre", "12/03/1962", "″ 〃", "50 % = ½ § & «a»"],
)
def test_register_texts_come_back_from_their_classes(text: str) -> None:
    charset = default_charset()
    assert charset.decode(charset.encode(text)) == text


def test_decomposed_letters_are_taken_in_nfc() -> None:
    charset = default_charset()
    assert charset.encode(unicodedata.normalize("NFD", "Thuỷ")) == charset.encode("Thuỷ")


def test_a_character_without_a_class_is_named() -> None:
    with pytest.raises(InputError, match="字"):
        default_charset().encode("chữ 字")
    assert not default_charset().covers("字")


def test_comments_are_no_characters_and_doubles_are_refused() -> None:
    assert parse_charset(["# a comment", "ab", "c"]).characters == " abc"
    with pytest.raises(InputError, match="twice"):
        Charset("aba")
