"""A whole entry as one clerk writes it: every field of a case, with its truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.text import squeeze, title_case
from models.synth.clerk import BLANK, MODERN, READ, Clerk, Parts, Written, spaced
from models.synth.people import Case, Home, Person, personal_number
from models.synth.spoken import spoken_date

ON_TIME, AGAIN, LATE = "1", "2", "4"
KINDS = {ON_TIME: "Đúng hạn", AGAIN: "Đăng ký lại", LATE: "Quá hạn"}
# people whose paper stands in one blank, kind and number
PAPERED = ("vo", "chong", "nkt", "cm", "nc", "nxn", "nyc")
# a blank that holds several fields → their codes
COMPOSITE = {
    "nycGiayTo": (
        "nycLoaiGiayToTuyThan",
        "nycSoGiayToTuyThan",
        "nycNoiCapGiayToTuyThan",
        "nycNgayCapGiayToTuyThan",
    ),
    "nguoiKyChucVu": ("nguoiKy", "chucVuNguoiKy"),
    "gbtGiay": ("gbtLoai", "gbtSo"),
} | {f"{role}Giay": (f"{role}LoaiGiayToTuyThan", f"{role}SoGiayToTuyThan") for role in PAPERED}


def fill(clerk: Clerk, case: Case, parts: Parts) -> dict[str, Written]:
    """Everything ``clerk`` writes for ``case``, by code.

    ``parts`` lists the blanks of the form in reading order: a ditto only looks back.
    """
    order = list(parts)
    written = {
        "so": clerk.number(case.number, case.registered.year),
        "ngayDangKy": clerk.dated(case.registered, parts.get("ngayDangKy", ())),
        "nksNgaySinh": clerk.dated(case.child.born, parts.get("nksNgaySinh", ())),
        "nksGioiTinh": clerk.sex(case.child.sex),
        "nksNoiSinh": clerk.text(clerk.place(case.birthplace)),
        "nguoiKy": clerk.person(case.signer),
        "ghiChu": clerk.text(case.note) if case.note else Written(None, None, BLANK),
    }
    written |= _child(clerk, case)
    written |= _parents(clerk, case, order)
    written |= _informant(clerk, case, order, written)
    written |= _witnesses(clerk, case, parts)
    written |= _office(clerk, case, parts)
    return written


def page_fields(
    clerk: Clerk, home: Home, year: int, leaf: int, printed: frozenset[str]
) -> dict[str, Written]:
    """What stands once a page: the commune, the book's and the page's number, the year.

    ``printed`` are the codes that this book's sheets carry in print.
    """
    modern = clerk.form in MODERN
    volume = f"01/{year}" if modern else "1"
    office = clerk.place(home.commune)
    if modern:
        office = f"UBND xã {home.commune}, huyện {home.district}"
    place = clerk.text(office)
    if "noiDangKy" in printed:
        place = clerk.text(home.commune.upper(), home.commune)
    return {
        "noiDangKy": place,
        "trangSo": clerk.text(str(leaf)),
        "quyenSo": clerk.text(volume, f"01/{year}"),
        "_quyen": clerk.text(volume),
        "_lamTai": clerk.text(clerk.place(home.commune)),
        "_tinh": clerk.text(clerk.place(home.province)),
        "_quan": clerk.text(clerk.place(home.district)),
        "_nam2": clerk.text(f"{year % 100:02d}"),
    }


def cover_fields(clerk: Clerk, year: int, first: int, cases: int, pages: int) -> dict[str, Written]:
    """What is written on a cover and on the page that closes the book."""
    facts = {"_nam": year, "_tuSo": first, "_denSo": first + cases - 1}
    facts |= {"_cong": cases, "_soTrang": pages}
    return {code: clerk.text(str(number)) for code, number in facts.items()}


def _child(clerk: Clerk, case: Case) -> dict[str, Written]:
    child, rng = case.child, clerk.rng
    name = clerk.person(child.name)
    if clerk.capitals:
        name = replace(clerk.text(child.name.upper()), value=title_case(child.name))
    words = spoken_date(child.born, clerk.dialect)
    words = words.removeprefix("ngày ") if rng.random() < 0.4 else words
    words = words.capitalize() if rng.random() < 0.5 else words
    home = child.home
    origin = f"{home.commune}, {home.district}, {home.province}"
    number = personal_number(rng, child.born, child.sex, home.province)
    return {
        "nksHoTen": name,
        "nksNgaySinhBangChu": clerk.text(words, squeeze(words).lower()),
        "nksQueQuan": clerk.maybe(clerk.text(origin), 0.04),
        "nksDanToc": clerk.maybe(clerk.text(child.ethnic), 0.03),
        "nksQuocTich": clerk.maybe(nation(clerk), 0.03),
        "nksSoDinhDanh": clerk.maybe(clerk.text(number), 0.5),
    }


def nation(clerk: Clerk) -> Written:
    """The nationality as this clerk writes it."""
    short = clerk.number_style != "bare"  # a clerk who saves no ink elsewhere saves none here
    return clerk.text("VN" if short and clerk.form == "1976-1998" else "Việt Nam", "Việt Nam")


def _parents(clerk: Clerk, case: Case, order: Sequence[str]) -> dict[str, Written]:
    fields: dict[str, Written] = {}
    pair: list[tuple[str, Person | None]] = [("me", case.mother), ("cha", case.father)]
    pair.sort(key=lambda p: order.index(f"{p[0]}HoTen") if f"{p[0]}HoTen" in order else 0)
    for role, person in pair:
        other, phrase = ("cha", "như cha") if role == "me" else ("me", "như mẹ")
        own = _parent(clerk, person, case.registered.year)
        home = own["NoiCuTru"]
        own["NoiCuTru"] = clerk.same(home, fields.get(f"{other}NoiCuTru"), phrase)
        fields |= {f"{role}{name}": written for name, written in own.items()}
    rank = clerk.text(case.rank) if case.rank else clerk.blank()
    fields["meThuBacVo"] = clerk.maybe(rank, 0.08)
    return fields


def _parent(clerk: Clerk, person: Person | None, year: int) -> dict[str, Written]:
    if person is None:
        names = ("HoTen", "NgaySinh", "NgheNghiep", "DanToc", "QuocTich", "NoiCuTru")
        fields = {name: clerk.blank() for name in names}
        if clerk.rng.random() < 0.4:
            fields["HoTen"] = Written("không rõ", None, BLANK, {"": "không rõ"})
        return fields
    return {
        "HoTen": clerk.person(person.name),
        "NgaySinh": clerk.maybe(clerk.aged(person, year), 0.03),
        "NgheNghiep": clerk.maybe(clerk.text(person.work), 0.03),
        "DanToc": clerk.maybe(clerk.text(person.ethnic), 0.02),
        "QuocTich": clerk.maybe(nation(clerk), 0.02),
        "NoiCuTru": clerk.text(clerk.home(person.home)),
    }


def _informant(
    clerk: Clerk, case: Case, order: Sequence[str], written: Mapping[str, Written]
) -> dict[str, Written]:
    person, year = case.informant, case.registered.year
    age = str(year - person.born.year)
    fields = {
        "nycHoTen": clerk.person(person.name),
        "nycTuoi": clerk.text(f"{age} tuổi" if clerk.age_style == "with" else age, age),
        "nycNgheNghiep": clerk.text(person.work),
        "nycNoiCuTru": clerk.text(clerk.home(person.home)),
        "nycQuanHe": clerk.text(case.relation),
        "nycSoGiayToTuyThan": clerk.maybe(clerk.text(person.id_number), 0.3),
    }
    role = {"Cha": "cha", "Mẹ": "me"}.get(case.relation)
    after = "chaHoTen" in order and "nycHoTen" in order
    if role and after and order.index("nycHoTen") > order.index(f"{role}HoTen"):
        phrase = "như cha" if role == "cha" else "như mẹ"
        for name in ("NgheNghiep", "NoiCuTru"):
            code = f"nyc{name}"
            fields[code] = clerk.same(fields[code], written.get(f"{role}{name}"), phrase)
    return fields | ({"nycGiayTo": _paper(clerk, person)} if "nycGiayTo" in order else {})


def _paper(clerk: Clerk, person: Person) -> Written:
    """An identity paper in one blank: kind, number, issuer, day."""
    if person.id_issued is None or clerk.rng.random() < 0.06:
        return clerk.blank()
    card = len(person.id_number) == 12
    issuer = "Cục CS QLHC về TTXH" if card else f"CA {person.home.province}"
    issued = person.id_issued
    day = clerk.whole_date(issued).removeprefix("ngày ")
    return composed(
        ("nycLoaiGiayToTuyThan", *(("CCCD", "4") if card else ("CMND", "1"))),
        "số",
        ("nycSoGiayToTuyThan", person.id_number, spaced(person.id_number)),
        "do",
        ("nycNoiCapGiayToTuyThan", issuer, spaced(issuer)),
        "cấp ngày",
        ("nycNgayCapGiayToTuyThan", day, f"{issued.day:02d}.{issued.month:02d}.{issued.year}"),
    )


def signed(signer: str, title: str) -> Written:
    """The officer's name and office in one blank."""
    name = ("nguoiKy", signer, title_case(signer))
    return composed(name, "-", ("chucVuNguoiKy", title, spaced(title)))


def composed(*pieces: str | tuple[str, str, str]) -> Written:
    """One blank written with several fields (code, text, value) and words between them."""
    segments = tuple(("", piece) if isinstance(piece, str) else piece[:2] for piece in pieces)
    fields = [piece for piece in pieces if not isinstance(piece, str)]
    inside = {code: Written(text, value, READ) for code, text, value in fields}
    text = " ".join(text for _, text in segments)
    return Written(text, spaced(text), READ, {"": text}, segments, inside)


def opened(blank: str, written: Written) -> dict[str, Written]:
    """The fields inside a blank that holds several."""
    if written.status == BLANK:
        return dict.fromkeys(COMPOSITE[blank], written)
    return dict(written.inside)


def _witnesses(clerk: Clerk, case: Case, parts: Parts) -> dict[str, Written]:
    fields: dict[str, Written] = {}
    missing = clerk.rng.random() < 0.05
    for index, person in enumerate(case.witnesses, start=1):
        code, age = f"nhanChung{index}", case.registered.year - person.born.year
        name, value = clerk.name(person.name), title_case(person.name)
        if f"_nc{index}Tuoi" not in parts and clerk.age_style != "bare":
            name, value = f"{name}, {age} tuổi", f"{value}, {age} tuổi"
            name, value = f"{name}, {person.work}", f"{value}, {spaced(person.work)}"
        fields[code] = clerk.blank() if missing else clerk.text(name, value)
        if not missing:
            extra = {"Tuoi": str(age), "Nghe": person.work, "CuTru": clerk.home(person.home)}
            fields |= {f"_nc{index}{key}": clerk.text(text) for key, text in extra.items()}
    return fields


def _office(clerk: Clerk, case: Case, parts: Parts) -> dict[str, Written]:
    """The officer's part: ticks, who signed, and what has no code of its own."""
    kind = LATE if case.late else AGAIN if clerk.rng.random() < 0.02 else ON_TIME
    mark = "v" if clerk.zero else "x"
    ticked = Written(KINDS[kind], kind, READ, {kind: mark})
    kind_of_birth = Written(None, None, BLANK)
    if case.father is None and "3" in parts.get("nksLoaiKhaiSinh", ()):
        kind_of_birth = Written("Trẻ chưa xác định được cha mẹ", "3", READ, {"3": mark})
    return {
        "loaiDangKy": ticked,
        "nksLoaiKhaiSinh": kind_of_birth,
        "nguoiThucHien": clerk.person(case.executor),
        "nguoiKyChucVu": signed(case.signer, case.signer_title),
        "_kyKhai": clerk.text(clerk.name(case.informant.name)),
        "_kyChung": clerk.text(clerk.name(case.witnesses[0].name)),
    }
