"""Numbers of twelve figures weighed by what else is known of their holder."""

from __future__ import annotations

import pytest

from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted
from extract.decision.identity import weigh_identity
from extract.parse.identity import holder_of, province_codes
from extract.record import FieldValue


def drafted(kind: str, best: str, share: float = 0.9, **others: float) -> Drafted:
    """A place read so; ``n123`` is another reading, of figures."""
    options = {best: share} | {other.removeprefix("n"): p for other, p in others.items()}
    value = FieldValue(best, best, 0.0, "read", (0, 0, 1, 1))
    return Drafted(value, Evidence(kind, share), options)


def number(read: str, share: float = 0.9, **others: float) -> Drafted:
    return drafted("id_number", read, share, **others)


OTHERS = [{"nycSoGiayToTuyThan": number(f"0821700000{n:02}")} for n in range(4)]
"""A book of whose holders most have their number of Tiền Giang."""


def decided(read: Drafted, born: str = "", sex: str = "", person: str = "cn") -> Drafted:
    code = f"{person}SoGiayToTuyThan"
    drafts = {code: read}
    if born:
        drafts[f"{person}NgaySinh"] = drafted("date", born, 0.95)
    if sex:
        drafts[f"{person}GioiTinh"] = drafted("sex", sex, 0.99)
    weigh_identity([*(dict(other) for other in OTHERS), drafts])
    return drafts[code]


def test_what_a_number_says() -> None:
    holder = holder_of("082315852351")
    assert holder is not None
    assert holder.province in province_codes()
    assert (holder.sex, holder.year) == ("Nữ", 2015)
    assert holder_of("082173002181") == ("082", "Nữ", 1973)
    assert holder_of("312409494") is None


@pytest.mark.parametrize(
    ("read", "born", "sex", "true"),
    [
        ("088173002181", "", "", "082173002181"),  # the book's province has 082
        ("082773002181", "04.06.1973", "Nữ", "082173002181"),  # no sex of that century
        ("082183197955", "04.06.1989", "Nữ", "082189197955"),  # a 9 is often read as 3
        ("082189197955", "04.06.1983", "Nữ", "082189197955"),  # a 3 hardly as 9: the birth is so
        ("082196197955", "", "", "082196197955"),  # nothing tells
        ("036173002181", "04.06.1973", "Nữ", "036173002181"),  # another province, clearly read
        ("312409494", "1998", "Nam", "312409494"),  # the older card says nothing
    ],
)
def test_a_figure_is_what_province_sex_and_birth_say(
    read: str, born: str, sex: str, true: str
) -> None:
    own = decided(number(read), born, sex)
    assert own.value.value == true
    assert own.value.raw == read, "what was read is kept"
    assert sum(own.options.values()) == pytest.approx(0.9, abs=0.01)


def test_a_mother_s_number_is_a_woman_s_though_no_column_says_so() -> None:
    read = number("082073002181", 0.7, n082173002181=0.2)
    assert decided(read, "1973", person="me").value.value == "082173002181"
    assert decided(read, "1973", person="cha").value.value == "082073002181"


def test_a_birth_that_differs_by_more_than_a_misread_figure_changes_nothing() -> None:
    """The date may be the one misread: nothing is invented to make the two agree."""
    assert decided(number("082185197955"), "04.06.1973", "Nữ").value.value == "082185197955"


@pytest.mark.parametrize("share", [1e-9, 1e-300, 0.0])
def test_a_number_that_is_hardly_read_at_all_is_weighed_like_any(share: float) -> None:
    own = decided(number("082773002181", share), "04.06.1973", "Nữ")
    assert own.value.value == ("082173002181" if share else "082773002181")
    assert sum(own.options.values()) == pytest.approx(share)
