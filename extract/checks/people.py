"""Checks within one record of what its people are: papers, groups, sexes, kin, provinces."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from common.text import fold
from extract.checks.within import Book, Check, Rule, values
from extract.parse.dates import date_of_value
from extract.parse.identity import holder_of, person_of, province_codes, sex_of
from extract.parse.names import middle_names
from extract.parse.places import province_of
from extract.parse.tables import table
from extract.record import Issue, Record
from models import lexicon

_DATA = Path(__file__).parent
_CARD, _OLD_CARD, _PASSPORT = "4", "1", "2"  # codes of loaiGiayToTuyThan
_SOUTHERN_CARDS = 1976  # until then numbers had seven or eight figures
_PARENT_SEX = {"1": "Nam", "2": "Nữ", "3": "Nam", "4": "Nữ"}  # of loaiXacNhan
_FATHER, _MOTHER = ("cha", "bo", "ba", "cha de"), ("me", "ma", "me de")
_MISSING = {"1": (True, True), "2": (True, False), "3": (False, True)}  # father's, mother's name
_HOURS = re.compile(r"(\d{1,2})(?:\s*(?:giờ|g|h|:)\s*(\d{1,2})?)?")
_SPOKEN = re.compile(
    r"\b(tý|sửu|dần|mão|thìn|tỵ|ngọ|mùi|thân|dậu|tuất|hợi|sáng|trưa|chiều|tối|đêm|khuya)\b", re.I
)


def identity_digits(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    registered = date_of_value(record.get("ngayDangKy").value)
    southern = registered is None or registered.year <= _SOUTHERN_CARDS
    for code, value in values(record, rule, book):
        kind = record.get(code.replace("SoGiayTo", "LoaiGiayTo")).value
        wanted = {_CARD: r"\d{12}", _OLD_CARD: r"\d{9}|\d{12}", _PASSPORT: r"[A-Z]\d{7,8}"}
        usual = r"\d{9}|\d{12}|[A-Z]\d{7,8}" + (r"|\d{7,8}" if southern else "")
        if kind in (None, *wanted) and not re.fullmatch(wanted.get(kind or "", usual), value):
            yield rule.issue((code,), label=book.label(code), value=value)


def identity_of_holder(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """Twelve figures tell the province, the century and sex, and the year of birth."""
    for code, value in values(record, rule, book):
        holder = holder_of(value)
        if holder is None:
            continue
        person = person_of(code)
        sex = record.get(f"{person}GioiTinh").value or sex_of(person)
        born = date_of_value(record.get(f"{person}NgaySinh").value)
        what = [] if holder.province in province_codes() else ["mã tỉnh"]
        if sex in ("Nam", "Nữ") and sex != holder.sex:
            what.append("giới tính")
        if born and born.year != holder.year:
            what.append("năm sinh")
        if what:
            words = {"label": book.label(code), "value": value, "what": ", ".join(what)}
            yield rule.issue((code,), **words)


def paper_in_time(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    registered = date_of_value(record.get("ngayDangKy").value)
    for code, value in values(record, rule, book):
        given, person = date_of_value(value), code.removesuffix("NgayCapGiayToTuyThan")
        born = date_of_value(record.get(f"{person}NgaySinh").value)
        kind = record.get(f"{person}LoaiGiayToTuyThan").value
        if given is None:
            continue
        what = []
        if registered and given.ordinal > registered.latest:
            what.append(f"sau ngày đăng ký ({registered.text})")
        if born and given.year < born.year + rule.number("years"):
            what.append(f"người mang chưa đủ {rule.number('years')} tuổi")
        if kind == _CARD and given.year < rule.number("card"):
            what.append(f"thẻ CCCD có từ năm {rule.number('card')}")
        if what:
            yield rule.issue((code,), value=value, what=", ".join(what))


def listed_group(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        if fold(value).replace("-", " ") not in _groups():
            yield rule.issue((code,), label=book.label(code), value=value)


def parents_known(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    kind, *parents = (record.get(code).value for code in rule.fields)
    if not kind:
        return
    wanted = _MISSING.get(kind, (False, False))
    names = ("cha", "mẹ")
    what = [
        f"{'thiếu' if should else 'có'} tên {name}"
        for name, should, found in zip(names, wanted, parents, strict=True)
        if should != bool(found)
    ]
    if what:
        meaning = book.register.enums.get("nksLoaiKhaiSinh", {}).get(kind, kind)
        yield rule.issue(rule.fields, first=meaning, what=", ".join(what))


def is_who_he_says(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    name, kin, father, mother = (record.get(code).value for code in rule.fields)
    who = {**dict.fromkeys(_FATHER, father), **dict.fromkeys(_MOTHER, mother)}.get(fold(kin or ""))
    if name and who and fold(name) != fold(who):
        yield rule.issue(rule.fields[:2], first=kin, second=name)


def province_of_birth(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    province, place = (record.get(code).value for code in rule.fields)
    named, written = province_of(province), province_of(place)
    if named and written and named != written:
        yield rule.issue(rule.fields, first=province, second=written)


def province_existed(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """Names outlive their provinces; no province is named before there is one."""
    registered = date_of_value(record.get("ngayDangKy").value)
    for code, value in values(record, rule, book):
        province = province_of(value)
        first = _first_years().get(province or "")
        if registered and first and registered.year < first - rule.number("slack"):
            words = {"label": book.label(code), "value": province, "first_year": first}
            yield rule.issue((code,), **words)


def hour_of_day(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    for code, value in values(record, rule, book):
        found = _HOURS.search(value)
        hour, minute = (int(part or 0) for part in found.groups()) if found else (0, 0)
        if hour > 24 or minute > 59 or not (found or _SPOKEN.search(value)):
            yield rule.issue((code,), value=value)


def swapped(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    """The form prints the wife first, the sheet the husband: their names tell who is who."""
    husband, wife = (record.get(code).value for code in rule.fields)
    first, second = sex_by_name(husband), sex_by_name(wife)
    if (first, second) in (("Nữ", "Nam"), ("Nữ", ""), ("", "Nam")) and husband and wife:
        yield rule.issue(rule.fields, first=husband, second=wife)


def sex_of_name(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    name, sex = (record.get(code).value for code in rule.fields)
    expected = sex_by_name(name)
    if expected and sex and sex != expected:
        middle = next(m for m in middle_names(name) if fold(m) in _TELLING)
        yield rule.issue(rule.fields, middle=middle, expected=expected, second=sex)


def sex_of_kind(record: Record, rule: Rule, book: Book) -> Iterator[Issue]:
    kind, sex = (record.get(code).value for code in rule.fields)
    expected = _PARENT_SEX.get(kind or "")
    if expected and sex in ("Nam", "Nữ") and sex != expected:
        meaning = book.register.enums.get("loaiXacNhan", {}).get(kind or "", kind)
        yield rule.issue(rule.fields, first=meaning, second=sex)


_TELLING = {"thi": "Nữ", "van": "Nam"}


def sex_by_name(name: str | None) -> str:
    """The sex that a middle name tells; empty when it tells none."""
    return next((_TELLING[fold(m)] for m in middle_names(name) if fold(m) in _TELLING), "")


@cache
def _groups() -> frozenset[str]:
    known = [*lexicon.ethnic_groups(), *table("values")["ethnic"].values()]
    return frozenset(fold(name).replace("-", " ") for name in known)


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _first_years() -> Mapping[str, int]:
    return {row["province"]: int(row["first"]) for row in _rows("provinces_since.csv")}


PEOPLE_CHECKS: Mapping[str, Check] = {
    "identity_digits": identity_digits,
    "identity_of_holder": identity_of_holder,
    "paper_in_time": paper_in_time,
    "listed_group": listed_group,
    "parents_known": parents_known,
    "is_who_he_says": is_who_he_says,
    "province_of_birth": province_of_birth,
    "province_existed": province_existed,
    "hour_of_day": hour_of_day,
    "swapped": swapped,
    "sex_of_name": sex_of_name,
    "sex_of_kind": sex_of_kind,
}
