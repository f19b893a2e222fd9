"""Lists of people in every encoding that provinces still have: read rightly, or refused clearly."""

from __future__ import annotations

import os
import resource
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from common.errors import InputError
from extract.match import legacy
from extract.match.existing import open_existing
from extract.match.legacy import CONVERSIONS
from extract.match.table import read_people

HEADER = "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh\n"
ROWS = (
    'a,Nguyễn Văn Ưng,01.02.1960,Nam,Đặng Hữu Phước,Huỳnh Thị Mỹ Lệ,"Xã Tân Thạnh, Bến Tre"\n'
    "b,TRẦN THỊ NGỌC ÁNH,1961,Nữ,Lý Bửu,ĐỖ THỊ YẾN,Mỹ Tho\n"
    "c,Võ Kiều Oanh,1962,Nữ,Quách Tĩnh,Bùi Thị Thắm,Cần Thơ\n"
)
TABLE = yaml.safe_load((Path(legacy.__file__).parent / "legacy.yaml").read_text("utf-8"))


def tcvn3(text: str) -> str:
    return "".join(TABLE["tcvn3"].get(ch, TABLE["tcvn3"].get(ch.lower(), ch)) for ch in text)


def vni(text: str) -> str:
    def shown(ch: str) -> str:
        found = TABLE["vni"].get(ch.lower(), ch.lower())
        return str(found.upper() if ch.isupper() else found)

    return "".join(shown(ch) for ch in text)


def windows_1258(text: str) -> bytes:
    out = b""
    for ch in text:
        parts = unicodedata.normalize("NFD", ch)
        tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(m for m in parts if m not in tones))
        out += (base + tones).encode("cp1258")
    return out


@pytest.mark.parametrize(
    "written",
    [
        lambda t: t.encode("utf-8"),
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
        lambda t: unicodedata.normalize("NFD", t).encode("utf-8"),
        lambda t: t.replace(",", "\t").replace('"', "").encode("utf-16"),
        lambda t: t.replace("\n", "\r\n").encode("utf-8"),
        windows_1258,
        lambda t: vni(t).encode("cp1252"),
        lambda t: vni(t).encode("utf-8"),
    ],
)
def test_every_encoding_gives_the_same_people(
    tmp_path: Path, written: Callable[[str], bytes]
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(written(HEADER) + written(ROWS).removeprefix("\ufeff".encode("utf-16")))
    people = list(read_people(path))
    assert [p.name for p in people] == ["Nguyễn Văn Ưng", "TRẦN THỊ NGỌC ÁNH", "Võ Kiều Oanh"]
    assert people[0].father == "Đặng Hữu Phước" and people[1].mother == "ĐỖ THỊ YẾN"


@pytest.mark.parametrize("codec", ["latin-1", "utf-8"])
def test_tcvn3_has_capitals_in_a_font_of_their_own(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + tcvn3(ROWS)).encode(codec))
    people = list(read_people(path))
    assert people[0].name.lower() == "nguyễn văn ưng"
    assert [p.name.lower() for p in people[1:]] == ["trần thị ngọc ánh", "võ kiều oanh"]


def test_a_plain_list_is_not_converted() -> None:
    assert legacy.conversion_of(HEADER + ROWS) == "Unicode"
    assert legacy.conversion_of("id,ho_ten\n1,LE VAN TAM\n") == "Unicode"
    assert set(CONVERSIONS) == {"Unicode", "TCVN3", "VNI"}


@pytest.mark.parametrize("rows", ["", ROWS])
def test_a_gigabyte_that_is_no_table_is_refused_at_once(tmp_path: Path, rows: str) -> None:
    path = tmp_path / "big.csv"
    path.write_text(HEADER + rows * 2_000, encoding="utf-8")
    os.truncate(path, 1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError) as error:
        list(read_people(path))
    assert "big.csv" in str(error.value) and "\n" not in str(error.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_long_list_keeps_its_index_and_follows_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.match.existing.KEPT_FROM", 100)
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    assert len(open_existing(path)) == 3
    kept = tmp_path / "list.csv.index"
    built = (kept / "index.json").read_bytes()
    assert len(open_existing(path)) == 3 and (kept / "index.json").read_bytes() == built
    path.write_text(HEADER + ROWS + "d,Lâm Sanh,1970,Nam,,,\n", encoding="utf-8")
    assert len(open_existing(path)) == 4 and (kept / "index.json").read_bytes() != built
