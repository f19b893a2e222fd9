"""Registers are data: read them, hold them against each other, add one without code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.errors import UsageError
from extract.registers import REGISTERS, load_register, register_codes
from extract.roles import roles_of

BIRTHS = load_register("KS")


def test_the_import_sheet_has_its_sixty_columns_in_order() -> None:
    assert [column.sheet for column in BIRTHS.sheet] == list(range(1, 61))
    codes = [column.code for column in BIRTHS.sheet]
    assert codes[0] == "so" and codes[10] == "nksHoTen" and codes[-1] == "qgNuocNgoaiDaDangKy"
    assert len({column.code for column in BIRTHS.columns}) == len(BIRTHS.columns) == 69


def test_the_generations_of_births() -> None:
    ids = [generation.id for generation in BIRTHS.generations]
    south, modern = ["nam-ky-1883-1955", "rvn-1955-1975"], ["1999-2005", "2006-2015", "tt15-2015"]
    assert ids == [*south, "1976-1998", *modern]
    old, middle, new = (BIRTHS.generation(ids[at]) for at in (1, 2, 5))
    assert {"chaNgheNghiep", "meThuBacVo", "nhanChung2"} <= set(old.printed)
    assert {"nksDanToc", "nksQueQuan", "nksSoDinhDanh"} <= set(old.absent)
    assert {"nksQueQuan", "nguoiThucHien", "loaiDangKy"} <= set(new.printed)
    assert dict(middle.derived) == {"nksNoiSinhDVHC": "nksNoiSinh"}


@pytest.mark.parametrize("code", register_codes())
def test_every_column_of_every_generation_is_printed_absent_or_derived(code: str) -> None:
    register = load_register(code)
    for generation in register.generations:
        parts = [*generation.printed, *generation.absent, *dict(generation.derived)]
        assert sorted(parts) == sorted(column.code for column in register.columns)
        for label in generation.labels:
            columns = generation.section(label.section).columns
            assert len(label.codes) in ({len(columns), 0} if columns else {0, 1})


def test_unknown_names_are_one_line_errors() -> None:
    with pytest.raises(UsageError, match=r"unknown register XX — known: .*KS"):
        load_register("XX")
    with pytest.raises(UsageError, match=r"no form 1800 — known: .*rvn-1955-1975"):
        BIRTHS.generation("1800")
    with pytest.raises(UsageError, match="no column nope"):
        BIRTHS.column("nope")


def _new_register(folder: Path, label: str) -> Path:
    home = folder / "ZZ"
    home.mkdir(parents=True)
    (folder / "enums.yaml").write_bytes((REGISTERS / "enums.yaml").read_bytes())
    (home / "register.yaml").write_text("code: ZZ\nname: Thử\ntitles: [SỔ THỬ]\n", "utf-8")
    (home / "columns.csv").write_text(
        "sheet,code,label,type,enum\n1,so,Số,number_token,\n2,sex,Phái,enum,gioiTinh\n", "utf-8"
    )
    (home / "1900.yaml").write_text(
        "id: '1900'\nname: Mẫu 1900\nyears: [1900, 1910]\nsections: [{id: all}]\n"
        f"labels:\n  - {{section: all, label: Số, codes: [so]}}\n  - {label}\n",
        "utf-8",
    )
    return folder


def test_a_new_register_is_a_new_folder_and_no_code(tmp_path: Path) -> None:
    folder = _new_register(tmp_path, "{section: all, label: Phái, codes: [sex]}")
    register = load_register("ZZ", folder)
    assert register.generations[0].labels[1].kind == "enum"
    assert register.enums == {"gioiTinh": {"1": "Nam", "2": "Nữ", "3": "Không xác định"}}


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("{section: all, label: Phái, codes: [sexe]}", "no column sexe"),
        ("{section: none, label: Phái, codes: [sex]}", "unknown section none"),
        ("{section: all, label: Phái, codes: [sex], colour: red}", "unknown key colour"),
        ("{section: all, label: Phái, codes: [sex], kind: rune}", "unknown kind rune"),
    ],
)
def test_a_clerk_s_slip_is_named(tmp_path: Path, label: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        load_register("ZZ", _new_register(tmp_path, label))


@pytest.mark.parametrize("code", register_codes())
def test_roles_name_columns_of_their_register(code: str) -> None:
    roles = dict(roles_of(code))
    columns = {column.code for column in load_register(code).columns}
    people = roles.pop("people")
    named = {*flat(list(roles.values()))} - {"ditto_father", "ditto_mother", "", *people}
    assert {"so", "ngayDangKy"} <= named <= columns
    assert all(any(column.startswith(person) for column in columns) for person in people)


def flat(roles: Any) -> Iterator[str]:
    """Every text in lists and mappings."""
    if isinstance(roles, str):
        yield roles
        return
    for item in roles:
        yield from flat(item)
        yield from flat(roles[item]) if isinstance(roles, dict) else ()
