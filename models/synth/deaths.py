"""Deaths: of what, where and at what hour, at an age that fits; and who came to declare them."""

from __future__ import annotations

from datetime import date, time, timedelta

from models.synth.act import Choice, Fact, Kin, Notice, Story, tables
from models.synth.people import FEMALE, MALE, Community, Person, years_before

YEAR = timedelta(days=365.25)
AGES = {  # share of deaths below an age, by era; what is left is older
    "tt15-2015": ((1, 0.02), (5, 0.03), (18, 0.05), (60, 0.33)),
    "1999-2015": ((1, 0.03), (5, 0.05), (18, 0.08), (60, 0.36)),
    "": ((1, 0.08), (5, 0.14), (18, 0.2), (60, 0.5)),
}
OLDEST = 97


def death(here: Community, day: date) -> Story:
    """A death registered on ``day``."""
    rng = here.rng
    late = bool(rng.random() < 0.08)
    delay = int(rng.integers(40, 1400)) if late else int(rng.integers(0, 12))
    died = day - timedelta(days=delay)
    dead = _dead(here, died)
    age = (died - dead.born) / YEAR
    partner = _partner(here, dead, age)
    asker, relation = _declarant(here, dead, partner, age, day)
    place, at_home = _place(here, dead)
    cause = _cause(here, age)
    minute = int(rng.choice([0, 0, 0, 15, 30, 30, 45, int(rng.integers(60))]))
    boxes = {"4": "Quá hạn", "2": "Đăng ký lại", "1": "Đúng hạn"}
    kind = "2" if late and rng.random() < 0.2 else "4" if late else "1"
    facts: dict[str, Fact] = {
        "nktNgayChet": died,
        "nktNgayChetGhiBangChu": died,
        "nktGioPhutChet": time(int(rng.integers(24)), minute),
        "nktNoiChet": place,
        "nktNguyenNhanChet": cause,
        "nktNoiSinh": f"{dead.home.commune}, {dead.home.province}",
        "nktVoChong": Kin(partner.name, bool(rng.random() > age / 130)) if partner else None,
        "loaiDangKy": Choice(boxes[kind], kind),
        "nycQuanHe": relation,
        "_duoi1": Choice("Trẻ dưới 01 tuổi", "1") if age < 1 else None,
        "_duoi5": Choice("Trẻ từ 01 tuổi đến dưới 5 tuổi", "1") if 1 <= age < 5 else None,
        "_kyKhai": Kin(asker.name),
    }
    for sex, name in ((MALE, "nktCha"), (FEMALE, "nktMe")):
        facts[name] = _elder(here, dead, sex, died)
    facts |= _certificate(here, died, day, dead, at_home)
    return Story({"nkt": dead, "nyc": asker}, facts)


def _dead(here: Community, died: date) -> Person:
    rng = here.rng
    sex = MALE if rng.random() < 0.54 else FEMALE
    roll, young = rng.random(), 0.0
    for limit, share in AGES.get(here.form, AGES[""]):
        if roll < share:
            age = float(rng.uniform(young, limit))
            break
        young = float(limit)
    else:
        age = 60 + (OLDEST - 60) * float(rng.beta(1.6, 1.8))
    born = died - timedelta(days=int(age * 365.25))
    return here.person(sex, born, here.near())


def _partner(here: Community, dead: Person, age: float) -> Person | None:
    if age < 24 or here.rng.random() > min(0.95, age / 45):
        return None
    sex = FEMALE if dead.sex == MALE else MALE
    born = years_before(dead.born, float(here.rng.uniform(-6, 6)), here.rng)
    return here.person(sex, born, dead.home, dead.ethnic)


def _elder(here: Community, dead: Person, sex: str, died: date) -> Kin:
    born = years_before(dead.born, float(here.rng.uniform(19, 38)), here.rng)
    surname = dead.surname if sex == MALE else None
    person = here.person(sex, born, dead.home, dead.ethnic, surname)
    age = (died - born) / YEAR
    return Kin(person.name, bool(here.rng.random() > (age - 35) / 50))


def _declarant(
    here: Community, dead: Person, partner: Person | None, age: float, day: date
) -> tuple[Person, str]:
    """Who declared the death: a child, the other spouse, a parent."""
    rng = here.rng
    if age > 42 and rng.random() < 0.7:
        grown = float(min(rng.uniform(19, 40), age - 20))
        born = years_before(day, grown, rng)
        sex = here.pick([MALE, MALE, FEMALE])
        surname = dead.surname if dead.sex == MALE else None
        return here.person(sex, born, dead.home, dead.ethnic, surname), "Con"
    if partner is not None:
        return partner, "Vợ" if partner.sex == FEMALE else "Chồng"
    sex = here.pick([MALE, FEMALE])
    if age < 45:
        born = years_before(dead.born, float(rng.uniform(19, 36)), rng)
        surname = dead.surname if sex == MALE else None
        return here.person(sex, born, dead.home, dead.ethnic, surname), (
            "Cha" if sex == MALE else "Mẹ"
        )
    born = years_before(day, float(rng.uniform(25, 60)), rng)
    return here.person(sex, born, dead.home, dead.ethnic, dead.surname), "Cháu"


def _cause(here: Community, age: float) -> str | None:
    if here.rng.random() < 0.04:
        return None
    causes = tables()["causes"]
    kind = "infant" if age < 1 else "child" if age < 18 else "adult" if age < 60 else "old"
    return str(here.pick(causes[kind] + causes["era"].get(here.form, {}).get(kind, [])))


def _place(here: Community, dead: Person) -> tuple[str, bool]:
    """Where the death was, and whether that was at home."""
    home, roll = dead.home, here.rng.random()
    if roll < 0.55:
        at = here.pick(["tại nhà", "Tại nhà"])
        return f"{at}, {home.ward} {home.hamlet}, {home.commune}", True
    if roll < 0.75:
        return f"xã {home.commune}, {home.district}, {home.province}", True
    hospital = here.pick(tables()["hospitals"].get(here.form, tables()["hospitals"][""]))
    return f"{hospital} {here.pick([home.district, home.province])}", False


def _certificate(
    here: Community, died: date, day: date, dead: Person, at_home: bool
) -> dict[str, Fact]:
    """The notice of death: a hospital's, or the village's where somebody died at home."""
    rng = here.rng
    given = died + timedelta(days=int(rng.integers(0, max(1, min(5, (day - died).days + 1)))))
    office = f"UBND xã {dead.home.commune}"
    if not at_home:
        office = f"BVĐK {here.pick([dead.home.district, dead.home.province])}"
    number = f"{rng.integers(1, 300):02d}/{given.year}"
    kind = ("Biên bản xác nhận", "6") if at_home and rng.random() < 0.3 else ("Giấy báo tử", "1")
    return {
        "gbtGiay": Notice(*kind, number),
        "gbtSo": number,
        "gbtNgay": given,
        "gbtCoQuanCap": office,
    }
