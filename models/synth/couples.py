"""Couples: who married, who divorced, and who is free to marry."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from models.synth.act import Choice, Fact, Kin, Story, tables
from models.synth.people import FEMALE, MALE, Community, Person, years_before

YEAR = timedelta(days=365.25)


def marriage(here: Community, day: date) -> Story:
    """A marriage registered on ``day``: ages that the law allows, parents older than both."""
    rng = here.rng
    wife, husband = _couple(here, day)
    again = rng.random() < 0.06
    married = day - timedelta(days=int(rng.integers(0, 21)))
    if again:
        oldest = min(7000, (day - max(wife.born, husband.born)).days - 18 * 366)
        married = day - timedelta(days=int(rng.integers(400, max(500, oldest))))
    facts: dict[str, Fact] = {
        "ngayXacLapQuanHeHonNhan": married,
        "loaiDangKy": Choice("Đăng ký lại", "2") if again else Choice("Kết hôn lần đầu", "1"),
        "honKhe": here.pick(tables()["contracts"]),
        "_kyVo": Kin(wife.name),
        "_kyChong": Kin(husband.name),
        "_thuBacVo": here.pick(["vợ chánh", "chánh", "vợ chánh"]),
    }
    if here.form in ("tt15-2015", "1999-2015") and not again and rng.random() < 0.5:
        facts["ngayXacLapQuanHeHonNhan"] = None
    for role, person in (("vo", wife), ("chong", husband)):
        facts |= _origins(here, role, person, day)
    return Story({"vo": wife, "chong": husband}, facts)


def divorce(here: Community, day: date) -> Story:
    """A divorce pronounced abroad and noted here on ``day``; the marriage was made here before."""
    rng = here.rng
    wife, husband = _couple(here, day - int(rng.integers(6, 16)) * YEAR)
    judged = day - timedelta(days=int(rng.integers(40, 900)))
    youngest = max(wife.born, husband.born) + 20 * YEAR
    wed = youngest + timedelta(days=int(rng.integers(0, max(1, (judged - youngest).days - 300))))
    country = here.pick(sorted(tables()["courts"]))
    office = f"UBND tỉnh {wife.home.province}"
    number = int(rng.integers(1, 400))
    applicant = wife if rng.random() < 0.7 else husband
    facts: dict[str, Fact] = {
        "lhVanBanSo": f"{rng.integers(10, 900)}/{judged.year}",
        "lhVanBanNgay": judged,
        "lhCoQuan": here.pick(tables()["courts"][country]),
        "qgNuocNgoaiDaDangKy": country,
        "lhKetHonGoc": f"{office}, số {number}, ngày {wed.day}/{wed.month}/{wed.year}",
        "_kyKhai": Kin(applicant.name),
    }
    return Story({"vo": wife, "chong": husband, "nyc": applicant}, facts)


def single_status(here: Community, day: date) -> Story:
    """A certificate of marital status given on ``day``, mostly asked for by the person."""
    rng = here.rng
    sex = here.pick([MALE, FEMALE])
    person = here.person(sex, years_before(day, float(rng.uniform(19, 48)), rng), here.near())
    age = (day - person.born) / YEAR
    kind = "single" if age < 26 or rng.random() < 0.6 else here.pick(["divorced", "widowed"])
    end = day - timedelta(days=int(rng.integers(0, 20)))
    start = max(person.born + 16 * YEAR, end - timedelta(days=int(rng.integers(200, 9000))))
    when = day - timedelta(days=int(rng.integers(200, 1500)))
    words = str(here.pick(tables()["marital"][kind]))
    words = words.replace("{number}", str(int(rng.integers(3, 240)))).replace(
        "{date}", f"{when.day}/{when.month}/{when.year}"
    )
    label, value, purposes = here.pick(tables()["purposes"])
    spouse = here.person(FEMALE if sex == MALE else MALE, person.born)
    facts: dict[str, Fact] = {
        "nxnThoiGianCuTruTai": f"xã {person.home.commune}, huyện {person.home.district}, "
        f"tỉnh {person.home.province}",
        "nxnThoiGianCuTruTu": start,
        "nxnThoiGianCuTruDen": end,
        "nxnTinhTrangHonNhan": words,
        "nxnMucDichSuDung": str(here.pick(purposes)).replace("{name}", spouse.name),
        "nxnLoaiMucDichSuDung": Choice(label, value),
    }
    asker, relation = person, "Bản thân"
    if rng.random() < 0.15:
        asker, relation = _parent(here, person, MALE), "Cha"
    return Story(
        {"nxn": person, "nyc": asker}, {**facts, "nycQuanHe": relation, "_kyKhai": Kin(asker.name)}
    )


def _couple(here: Community, day: date) -> tuple[Person, Person]:
    """A wife of 18 and a husband of 20 or more on ``day``."""
    rng = here.rng
    age = 18.4 + float(np.clip(rng.gamma(2.0, 3.2), 0, 32))
    older = max(20.4, age + float(np.clip(rng.normal(3, 3), -4, 15)))
    wife = here.person(FEMALE, years_before(day, age, rng), here.near())
    return wife, here.person(MALE, years_before(day, older, rng), ethnic=_match(here, wife))


def _match(here: Community, wife: Person) -> str | None:
    return wife.ethnic if here.rng.random() < 0.9 else None


def _origins(here: Community, role: str, person: Person, day: date) -> dict[str, Fact]:
    """Where somebody was born, and their parents, alive or not."""
    rng = here.rng
    facts: dict[str, Fact] = {f"{role}NoiSinh": _village(here, person)}
    for sex, name in ((MALE, "Cha"), (FEMALE, "Me")):
        parent = _parent(here, person, sex)
        age = (day - parent.born) / YEAR
        facts[f"{role}{name}"] = Kin(parent.name, bool(rng.random() > (age - 35) / 55))
    facts |= {
        f"_{role}BiDanh": None if rng.random() < 0.9 else person.given,
        f"_{role}QueQuan": f"{person.home.commune}, {person.home.district}, {person.home.province}",
        f"_{role}Lan": "nhất" if rng.random() < 0.95 else "hai",
        f"_{role}TamTru": None,
    }
    return facts


def _parent(here: Community, person: Person, sex: str) -> Person:
    born = years_before(person.born, float(here.rng.uniform(19, 36)), here.rng)
    surname = person.surname if sex == MALE else None
    return here.person(sex, born, person.home, person.ethnic, surname)


def _village(here: Community, person: Person) -> str:
    home = person.home
    names = [f"xã {home.commune}, {home.province}", f"{home.commune}, {home.district}"]
    return here.pick([*names, f"{home.commune}, {home.province}"])
