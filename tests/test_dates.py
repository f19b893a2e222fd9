"""Dates in figures and words, and the numbers they are made of."""

from __future__ import annotations

import random

import pytest

from extract.parse.dates import (
    Era,
    PartialDate,
    compose_date,
    date_in_words,
    date_of_value,
    parse_date,
    words_nearest,
)
from extract.parse.numbers import (
    NORTH,
    SOUTH,
    Dialect,
    age,
    number_from_words,
    number_in_words,
    register_number,
)

BOOK = Era(1880, 1975)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12-3-1962", "12.03.1962"),
        ("12/3/62", "12.03.1962"),
        ("12.3.62.", "12.03.1962"),
        ("l2 - 3 - 1962", "12.03.1962"),
        ("ngày 12 tháng 3 năm 1962", "12.03.1962"),
        ("Ngày 12, tháng 3, năm 1962", "12.03.1962"),
        ("ngày mười hai tháng ba năm 1962", "12.03.1962"),
        ("mười hai tháng ba năm một ngàn chín trăm sáu mươi hai", "12.03.1962"),
        ("Ngày năm tháng năm năm một ngàn chín trăm năm mươi lăm", "05.05.1955"),
        ("ngày hăm mốt tháng tư năm một nghìn chín trăm linh năm", "21.04.1905"),
        ("mùng 3 tháng giêng năm 1940", "03.01.1940"),
        ("09 - 04 năm 1962", "09.04.1962"),
        ("9/4 năm 1962", "09.04.1962"),
        ("09 tháng 04 1962", "09.04.1962"),
        ("ngày 9 tháng 4/1962", "09.04.1962"),
        ("le 12 mars 1934", "12.03.1934"),
        ("8bre 1921", "10.1921"),
        ("tháng 3 năm 1962", "03.1962"),
        ("3-1962", "03.1962"),
        ("1962", "1962"),
        ("năm 1962", "1962"),
        ("62", "1962"),
        ("12031962", "12.03.1962"),
        ("ngày mười hai tháng ba năm sáu hai", "12.03.1962"),
        ("01/1962 12/03/1962", "12.03.1962"),
        ("3 -12/03/1962", "12.03.1962"),
        ("01/1962 ngày 12 tháng 3 năm 1962", "12.03.1962"),
        ("ngày mười bẫy tháng chạp năm một ngàn chín trăm sáu mưoi", "17.12.1960"),
    ],
)
def test_dates_as_clerks_write_them(text: str, value: str) -> None:
    date = parse_date(text, BOOK)
    assert date is not None and date.text == value
    assert date_of_value(value) == date


@pytest.mark.parametrize(
    "text", ["", "không rõ", "31-2-1962", "12-13-1962", "Nguyễn Văn Tư", "0-0-0", "1-2-3-4-5"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, BOOK) is None


def test_a_short_year_takes_the_century_of_the_book() -> None:
    assert Era(1955, 1975).complete(62) == 1962
    assert Era(1955, 1975).complete(99) is None
    assert Era(1990, 2020).complete(5) == 2005
    assert Era(1990, 2020).complete(95) == 1995
    assert Era(1880, 1975).complete(85) == 1885


def test_slots_with_places_for_the_parts() -> None:
    assert compose_date("12", "3", "62", BOOK) == PartialDate(1962, 3, 12)
    assert compose_date("", "3", "1962", BOOK) == PartialDate(1962, 3)
    assert compose_date("", "", "1962", BOOK) == PartialDate(1962)
    assert compose_date("12", "", "1962", BOOK) == PartialDate(1962)
    assert compose_date("mười hai", "ba", "", BOOK) is None


@pytest.mark.parametrize("dialect", [SOUTH, NORTH])
def test_every_number_goes_to_words_and_back(dialect: Dialect) -> None:
    for number in range(10_000):
        words = number_in_words(number, dialect)
        assert number_from_words(words.split()) == number, words


@pytest.mark.parametrize("dialect", [SOUTH, NORTH])
@pytest.mark.parametrize("first", ["", "mùng"])
def test_dates_go_to_words_and_back(dialect: Dialect, first: str) -> None:
    rng = random.Random(7)
    for _ in range(2000):
        date = PartialDate(rng.randint(1880, 2020), rng.randint(1, 12), rng.randint(1, 28))
        words = date_in_words(date, dialect, first)
        assert parse_date(words, Era(1800, 2030)) == date, words


def test_slips_in_words_are_mended_in_the_clerks_own_way_of_saying_it() -> None:
    date = PartialDate(1984, 4, 5)
    read = "mùng nam thang tư năm mọt nghìn chín trăm tám mươi tu"
    assert words_nearest(date, read) == "mùng năm tháng tư năm một nghìn chín trăm tám mươi tư"


def test_words_with_one_wrong_letter() -> None:
    assert number_from_words(["một", "ngản", "chin", "trám", "sáu", "mươi", "hai"]) == 1962
    assert number_from_words(["một", "ngàng", "chín", "trẳm"]) == 1900
    assert number_from_words(["xã", "Bình"]) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "07/1962"),
        ("Số 7", "07/1962"),
        ("l25", "125/1962"),
        ("007/1961", "07/1961"),
        ("12a", "12a/1962"),
        ("45/62", "45/1962"),
        ("không", None),
        ("0", None),
        ("12345678", None),
        ("Tuy Phước Quến s0 01/2004", "01/2004"),
        ("l2/2004", "12/2004"),
    ],
)
def test_register_numbers(text: str, value: str | None) -> None:
    assert register_number(text, 1962) == value


def test_a_number_without_any_year_is_no_register_number() -> None:
    assert register_number("7", None) is None


@pytest.mark.parametrize(
    ("text", "years"),
    [("32", 32), ("32 tuổi", 32), ("ba mươi hai tuổi", 32), ("3 2", 32), ("7", None), ("x", None)],
)
def test_ages(text: str, years: int | None) -> None:
    assert age(text) == years
