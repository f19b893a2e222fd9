"""Guardians, the end of their duty, and corrections of earlier entries."""

from __future__ import annotations

from datetime import date, timedelta

from models.synth.act import UNTICKED, Choice, Fact, Kin, Story, tables
from models.synth.people import FEMALE, MALE, Community, Person, years_before

YEAR = timedelta(days=365.25)
BY_CHOICE, BY_LAW = "1", "2"


def guardianship(here: Community, day: date) -> Story:
    """A minor without parents gets a guardian on ``day``."""
    ward, guardian, kind = _guarded(here, years_before(day, here.rng.uniform(1, 16), here.rng))
    label = "Giám hộ cử" if kind == BY_CHOICE else "Giám hộ đương nhiên"
    facts: dict[str, Fact] = {
        "ghLoai": Choice(label, kind),
        "loaiDangKy": UNTICKED,
        "_kyKhai": Kin(guardian.name),
    }
    return Story({"gh": guardian, "dgh": ward, "nyc": guardian}, facts)


def end_of_guardianship(here: Community, day: date) -> Story:
    """A guardian's duty ends on ``day``: the ward has come of age, or somebody else takes over."""
    rng = here.rng
    ended = day - timedelta(days=int(rng.integers(0, 25)))
    grown = bool(rng.random() < 0.5)
    age = float(rng.uniform(18.0, 18.2)) if grown else float(rng.uniform(5, 16))
    ward, guardian, kind = _guarded(here, ended - timedelta(days=int(age * 365.25) + 1))
    began = ended - timedelta(days=int(rng.uniform(0.15, 0.7) * (ended - ward.born).days))
    reasons = tables()["end_of_guardianship"]["grown" if grown else "other"]
    label = "Chấm dứt giám hộ cử" if kind == BY_CHOICE else "Chấm dứt giám hộ đương nhiên"
    facts: dict[str, Fact] = {
        "ghDangKySo": f"{rng.integers(1, 60):02d}/{began.year}",
        "ghDangKyNgay": began,
        "cdghNgay": ended,
        "cdghLyDo": here.pick(reasons),
        "ghLoai": Choice(label, kind),
        "_kyKhai": Kin(guardian.name),
    }
    return Story({"gh": guardian, "dgh": ward, "nyc": guardian}, facts)


def _guarded(here: Community, born: date) -> tuple[Person, Person, str]:
    """A ward born on a day, a guardian, and whether by choice or by law (a grandparent)."""
    rng = here.rng
    kind = BY_LAW if rng.random() < 0.6 else BY_CHOICE
    ward = here.person(here.pick([MALE, FEMALE]), born, here.near())
    sex = here.pick([MALE, FEMALE])
    older = float(rng.uniform(40, 58) if kind == BY_LAW else rng.uniform(18, 35))
    surname = ward.surname if sex == MALE else None
    born = years_before(born, older, rng)
    return ward, here.person(sex, born, ward.home, ward.ethnic, surname), kind


def correction(here: Community, day: date) -> Story:
    """An entry made years ago is changed, corrected or completed on ``day``."""
    rng = here.rng
    sex = here.pick([MALE, FEMALE])
    born = years_before(day, float(rng.uniform(1, 45)), rng)
    person = here.person(sex, born, here.near())
    given = born + timedelta(days=int(rng.integers(3, 60)))
    kind, label, what = _change(here, person)
    mother = here.person(FEMALE, years_before(born, float(rng.uniform(19, 35)), rng), person.home)
    asker = person if (day - born) / YEAR > 18 else mother
    facts: dict[str, Fact] = {
        "gocLoaiGiayTo": here.pick(["Giấy khai sinh", "Giấy khai sinh", "Sổ đăng ký khai sinh"]),
        "gocSo": f"{rng.integers(1, 400)}/{given.year}",
        "gocNgay": given,
        "gocNoiCap": f"UBND xã {person.home.commune}, {person.home.district}, "
        f"{person.home.province}",
        "tdNoiDung": what,
        "tdLoai": Choice(label, kind),
        "loaiDangKy": UNTICKED,
        "_kyKhai": Kin(asker.name),
    }
    return Story({"td": person, "nyc": asker}, facts)


def _change(here: Community, person: Person) -> tuple[str, str, str]:
    """The coded kind of a change, its label, and what was changed to what."""
    rng = here.rng
    born = person.born
    roll = rng.random()
    if roll < 0.25:
        old = here.person(person.sex, born).given
        full = f"{person.surname} {person.middle}".strip()
        return "1", "Thay đổi hộ tịch", f"tên từ {full} {old} thành {person.name}"
    if roll < 0.75:
        day = int(rng.integers(1, 28))
        wrong = f"{day:02d}/{born.month:02d}/{born.year}"
        right = f"{born.day:02d}/{born.month:02d}/{born.year}"
        if rng.random() < 0.5 or day == born.day:
            wrong, right = str(born.year + int(rng.choice([-2, -1, 1]))), str(born.year)
            return "2", "Cải chính hộ tịch", f"năm sinh từ {wrong} thành {right}"
        return "2", "Cải chính hộ tịch", f"ngày sinh từ {wrong} thành {right}"
    if roll < 0.92:
        home = person.home
        return "3", "Bổ sung hộ tịch", f"bổ sung quê quán {home.commune}, {home.province}"
    other = "Kinh" if person.ethnic != "Kinh" else here.pick(["Hoa", "Khơ Me", "Tày"])
    return "4", "Xác định lại dân tộc", f"dân tộc từ {other} thành {person.ethnic}"
