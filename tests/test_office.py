"""The office that keeps a book is told from all its pages, and known by the country's units."""

from __future__ import annotations

import pytest

from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted
from extract.decision.office import choose_office, office_of
from extract.record import FieldValue

OFFICE = "UBND xã Hưng Nhượng, huyện Giồng Trôm"


def anywhere(name: str) -> float:
    return 1.0


@pytest.mark.parametrize(
    "readings",
    [
        ["V8M xã Hưng Nhượng, huyện Giồng Trôm 01/2019", "UBND xã Hưng Nhượng huyện Giồng Trêm"],
        ["Vng xã Hưng Nhượng H", "UBND xã Hưng Nhượng h Giồng Trôm", "Tt Di M Giồng", "An 5 din"],
        [
            f"{OFFICE} TP/HT-1999",
            "UBND xã Hưng Nhượng, huyện Giồn",
            "xã Hưng Nhượng, huyện Giồng T",
        ],
    ],
    ids=["into the next place", "mostly scrawled", "broken off"],
)
def test_an_office_is_found_though_no_page_reads_it(readings: list[str]) -> None:
    assert OFFICE not in readings
    assert office_of([{text: 1.0} for text in readings], anywhere) == OFFICE


def test_an_office_that_no_list_has_stays_where_it_is_clearly_read() -> None:
    unknown = "UBND xã An Phước, huyện Long Đất"
    assert office_of([{unknown: 1.0}] * 6, anywhere) == unknown


def test_what_names_no_office_gives_none() -> None:
    assert (
        office_of([{"Do 14": 1.0}, {"mnhk ll t qrst": 1.0}, {"57 92 ab x": 1.0}], anywhere) is None
    )


def test_of_units_that_are_read_alike_the_one_is_meant_that_the_book_names() -> None:
    readings = [{"Quảng Thới": 0.9, "Quảng Thái": 0.1}] * 4
    often = {"Quảng Thái": 20.0}
    assert office_of(readings, lambda name: often.get(name, 1.0)) == "Quảng Thái"


def test_a_known_unit_whose_name_only_begins_like_what_is_read_is_not_meant() -> None:
    often = {"Hải Phú": 20.0, "Hải Phương": 20.0}
    named = office_of([{"Hải Phương": 0.9}] * 6, lambda name: often.get(name, 1.0))
    assert named == "Hải Phương"


def test_a_page_that_clearly_names_another_office_keeps_it() -> None:
    other = "UBND xã Thanh Đức, huyện Long Hồ"
    read = [OFFICE] * 5 + [other, "UBND xã Hưng Nhượng, huyện Ging Trom 12"]
    places = [({"noiDangKy": drafted(text)}, "noiDangKy") for text in read]
    assert choose_office(places, anywhere)
    assert [drafts["noiDangKy"].value.value for drafts, _ in places] == [OFFICE] * 5 + [
        other,
        OFFICE,
    ]


def drafted(text: str) -> Drafted:
    value = FieldValue(text, text, 0.0, "read", (0, 0, 9, 9))
    return Drafted(value, Evidence("place", 0.9, 0.9), {text: 0.9})
