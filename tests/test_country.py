"""Places of a book, weighed by which units of the country lie in which."""

from __future__ import annotations

import pytest

from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted
from extract.decision.country import lies, name_of
from extract.decision.office import choose_office
from extract.decision.units import weigh_by_country
from extract.decision.votes import named_elsewhere
from extract.record import FieldValue


def drafted(options: dict[str, float]) -> Drafted:
    best = max(options, key=lambda value: options[value])
    value = FieldValue(best, best, 0.0, "read", (0, 0, 1, 1))
    return Drafted(value, Evidence("place", options[best]), options)


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ({"Định Thủy, Mỏ Cảy, Bến Tre": 0.5}, "Định Thủy, Mỏ Cày, Bến Tre"),
        ({"Thanh đức, Bến lức": 0.6, "Thạnh đức, Bến lức": 0.3}, "Thạnh đức, Bến lức"),
        (
            {"khóm 1 Bình Thành Giồng Trôm, Bến Tre": 0.5, "khóm 1 Bình Thành Giồng": 0.2},
            "khóm 1, Bình Thành, Giồng Trôm, Bến Tre",
        ),
        (
            {"ấp 1, xã Thanh Đức, huyện Long Hồ, tỉnh Vĩnh Long Uyên Ling": 0.4},
            "ấp 1, xã Thanh Đức, huyện Long Hồ, tỉnh Vĩnh Long",
        ),
        ({"Hòa khánh, Cái Bè, Tiền Giang": 0.8}, "Hòa Khánh, Cái Bè, Tiền Giang"),
        ({"Hoà Khánh, Cái Bè, Tiền Giang": 0.8}, "Hoà Khánh, Cái Bè, Tiền Giang"),
        ({"ấp Đình, xã Điều Hòa, Định Tường": 0.8}, "ấp Đình, xã Điều Hòa, Định Tường"),
        ({"Long-điền, Long-xuyên".replace("-", " "): 0.8}, "Long điền, Long xuyên"),
        ({"Phú Hòa, Châu Thành, An Giang": 0.8}, "Phú Hòa, Châu Thành, An Giang"),
    ],
    ids=[
        "a mark of a district",
        "a mark",
        "no commas",
        "left over",
        "a capital",
        "a tone placed late",
        "no unit of any list",
        "small letters",
        "a township is not named one where nobody wrote it",
    ],
)
def test_a_place_is_of_units_that_lie_in_each_other(options: dict[str, float], meant: str) -> None:
    case = {"meNoiCuTru": drafted(options)}
    weigh_by_country([case])
    assert case["meNoiCuTru"].value.value == meant


def test_what_a_person_said_is_not_mended() -> None:
    said, mended = "Định Thủy, Mỏ Cảy, Bến Tre", "Định Thủy, Mỏ Cày, Bến Tre"
    for probability, stands in ((0.5, mended), (1.0, said)):
        case = {"meNoiCuTru": drafted({said: probability})}
        weigh_by_country([case])
        assert case["meNoiCuTru"].value.value == stands


def test_a_parted_district_is_known_whole_too() -> None:
    assert lies(name_of("xã Định Thủy"), name_of("huyện Mỏ Cày Nam"))
    assert lies(name_of("Định Thuỷ"), name_of("Mỏ Cày")) and lies("mỏ cày", "bến tre")
    assert not lies("mỏ cày", "tiền giang")


def test_a_bare_commune_is_the_one_whose_district_the_book_names() -> None:
    homes = [{"chaNoiCuTru": drafted({"ấp Chợ, Bến lức, Tân an": 0.9})} for _ in range(6)]
    offices = [{"noiDangKy": drafted({"Thanh đức": 0.7, "Thạnh đức": 0.3})} for _ in range(6)]
    favour = named_elsewhere([*homes, *offices], besides=["noiDangKy"])
    assert choose_office([(drafts, "noiDangKy") for drafts in offices], favour)
    assert {drafts["noiDangKy"].value.value for drafts in offices} == {"Thạnh đức"}
