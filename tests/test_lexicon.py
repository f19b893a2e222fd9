"""The lexicons: what they hold, their weights, and tables a clerk cannot break unseen."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest

from common.errors import UsageError
from models import lexicon


def test_names_have_the_weights_of_people() -> None:
    surnames = lexicon.surnames()
    assert len(surnames) > 200
    assert max(surnames, key=lambda name: surnames[name]) == "Nguyễn"
    assert surnames["Nguyễn"] > 2 * surnames["Trần"] > surnames["Khưu"] > 0
    assert lexicon.middle_names("female")["Thị"] > 100 * lexicon.middle_names("male")["Thị"]
    assert lexicon.middle_names("male")["Văn"] > lexicon.middle_names("female")["Văn"]


def test_old_names_are_other_names() -> None:
    old, young = lexicon.given_names("female", old=True), lexicon.given_names("female")
    assert old["Bưởi"] > 0 and old["Sen"] > 0
    assert "Bưởi" not in sorted(young, key=lambda name: -young[name])[:200]
    assert "Vy" in young and "Vy" not in old


def test_an_unknown_sex_or_kind_is_refused() -> None:
    with pytest.raises(UsageError):
        lexicon.given_names("none")
    with pytest.raises(UsageError):
        lexicon.phrases("horoscope")


def test_places_old_and_new() -> None:
    places = lexicon.places()
    assert len(places) > 7000
    for name in ("Kiến Hòa", "Chợ Lớn", "Đắk Glei", "Ba Tri", "Huế", "Gia Định", "Hà Nam Ninh"):
        assert places[name] > 0, name
    assert len({unit.province for unit in lexicon.units()}) == 63
    assert len({unit.province for unit in lexicon.units_2025()}) == 34
    islands = [unit for unit in lexicon.units() if not unit.commune]
    assert len(islands) < 10 and all(unit.district for unit in lexicon.units())


@pytest.mark.parametrize(
    ("name", "bare"),
    [("Huyện Ba Tri", "Ba Tri"), ("Quận 1", "Quận 1"), ("Thành phố Thủ Đức", "Thủ Đức"),
     ("Thị xã Gò Công", "Gò Công"), ("Xã Tân", "Tân"), ("Xãm", "Xãm")],
)  # fmt: skip
def test_bare_unit(name: str, bare: str) -> None:
    assert lexicon.bare_unit(name) == bare


def test_every_table_is_nfc_and_square() -> None:
    tables = sorted(lexicon.TABLES.glob("*.tsv"))
    assert len(tables) == 8
    for table in tables:
        text = table.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), table.name
        widths = {line.count("\t") for line in text.splitlines()}
        assert len(widths) == 1, table.name


def test_weights_are_positive_and_cannot_be_changed() -> None:
    for weights in (lexicon.surnames(), lexicon.places(), lexicon.phrases("occupation"),
                    lexicon.ethnic_groups(), lexicon.nationalities()):  # fmt: skip
        assert min(weights.values()) > 0
    with pytest.raises(TypeError):
        lexicon.surnames()["Nguyễn"] = 0.0  # type: ignore[index]


def test_loading_needs_no_heavy_library() -> None:
    code = (
        "import sys; from models import lexicon; lexicon.places();"
        "heavy = {'torch', 'cv2', 'numpy', 'uharfbuzz'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
