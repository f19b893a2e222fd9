"""Names weighed by how usual they are: what is doubtful is mended, what is clear stays."""

from __future__ import annotations

import pytest

from extract.confidence.curves import Evidence
from extract.decision.choose import Drafted
from extract.decision.usual_names import weigh_names
from extract.record import FieldValue
from extract.roles import roles_of


def decided(best: str, share: float, **others: float) -> Drafted:
    """A place read so, with other readings (``_`` for spaces), weighed."""
    options = {best: share} | {other.replace("_", " "): p for other, p in others.items()}
    value = FieldValue(best, best, 0.0, "read", (0, 0, 1, 1))
    drafts = {"nktHoTen": Drafted(value, Evidence("person_name", share), options)}
    weigh_names([drafts], roles_of("KT"))
    return drafts["nktHoTen"]


@pytest.mark.parametrize(
    ("read", "other", "wanted"),
    [
        ("Thịnh Đô", {"Trịnh_Đô": 0.2}, "Trịnh Đô"),
        ("Thần Quốc Kiệt", {"Trần_Quốc_Kiệt": 0.1}, "Trần Quốc Kiệt"),
        ("Hồ Thị Kinh", {"Hồ_Thị_Xinh": 0.3, "Hồ_Thị_Kính": 0.05}, "Hồ Thị Xinh"),
    ],
)
def test_a_doubtful_name_is_the_more_usual_one(
    read: str, other: dict[str, float], wanted: str
) -> None:
    assert decided(read, 0.6, **other).value.value == wanted


@pytest.mark.parametrize("read", ["Lê Văn Lẫm", "Thân Văn Thọ", "Trương Văn Phục", "Kpă Thoh"])
def test_a_rare_name_read_clearly_stays(read: str) -> None:
    assert decided(read, 0.95).value.value == read


def test_what_stands_behind_a_name_stays_and_the_sum_of_what_was_read() -> None:
    own = decided("Thần Văn Ba, 45 tuổi, làm ruộng", 0.6, Trần_Văn_Ba=0.2)
    assert own.value.value == "Trần Văn Ba, 45 tuổi, làm ruộng"
    assert own.value.raw == "Thần Văn Ba, 45 tuổi, làm ruộng", "what was read is kept"
    assert 0.7 < sum(own.options.values()) < 0.9


def test_men_and_women_have_names_of_their_own() -> None:
    """*Văn* is a man's name, *Vân* a woman's: *Thị*, the column or the record's sex tells which."""
    doubt = {"Nguyễn Ngọc Văn": 0.6, "Nguyễn Ngọc Vân": 0.2}
    assert decided("Nguyễn Thị Văn", 0.6, Nguyễn_Thị_Vân=0.2).value.value == "Nguyễn Thị Vân"
    box = (0, 0, 1, 1)

    def called(code: str, sex: str) -> str | None:
        name = FieldValue("Nguyễn Ngọc Văn", "Nguyễn Ngọc Văn", 0.0, "read", box)
        told = FieldValue(sex, sex, 0.0, "read", box)
        drafts = {
            code: Drafted(name, Evidence("person_name", 0.6), doubt),
            "nktGioiTinh": Drafted(told, Evidence("enum", 0.9), {sex: 0.9}),
        }
        weigh_names([drafts], roles_of("KT"))
        return drafts[code].value.value

    assert called("nktHoTen", "Nữ") == "Nguyễn Ngọc Vân"
    assert called("nktHoTen", "Nam") == "Nguyễn Ngọc Văn"
    assert called("nktMe", "Nam") == "Nguyễn Ngọc Vân"
