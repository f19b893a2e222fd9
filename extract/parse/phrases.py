"""Values that columns of set phrases often have: kinds of work, a wife's rank, who declares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from extract.parse.places import parse_place
from models import lexicon

KINDS: Mapping[str, tuple[str, ...]] = {
    "NgheNghiep": ("occupation",),
    "chucVu": ("official",),
    "giaoQuanHe": ("giver",),
    "QuanHe": ("relation",),
    "ThuBacVo": ("rank",),
    "NoiCap": ("issuer",),
    "ghiChu": ("note",),
    "NguyenNhan": ("cause",),
    "TinhTrangHonNhan": ("marital",),
    "MucDichSuDung": ("purpose",),
    "cdghLyDo": ("guardianship",),
    "tdNoiDung": ("correction",),
    "gocLoaiGiayTo": ("source",),
}
"""Part of a column's code → kinds of phrases in the lexicon."""

_FILLED = "{"  # begins what is filled in


@cache
def usual_values(code: str) -> frozenset[str]:
    """The normalised phrases of a column, none where it has no list of its own."""
    kinds = next((kinds for part, kinds in KINDS.items() if part in code), ())
    texts = (text for kind in kinds for text in lexicon.phrases(kind) if _FILLED not in text)
    return frozenset(value for text in texts if (value := parse_place(text)))
