"""Parents and children who find each other in law: recognition and adoption."""

from __future__ import annotations

from datetime import date, timedelta

from models.synth.act import UNTICKED, Choice, Fact, Kin, Story, tables
from models.synth.people import FEMALE, MALE, Community, Person, years_before


def recognition(here: Community, day: date) -> Story:
    """A parent recognises a child, or a grown child a parent, on ``day``."""
    rng = here.rng
    by_parent = bool(rng.random() < 0.8)
    sex = MALE if rng.random() < 0.8 else FEMALE
    age = float(rng.uniform(0.2, 15) if by_parent else rng.uniform(18.5, 38))
    born = years_before(day, age, rng)
    parent = here.person(sex, years_before(born, float(rng.uniform(18.5, 34)), rng), here.near())
    home = parent.home if rng.random() < 0.6 else None
    other_sex = FEMALE if sex == MALE else MALE
    other = here.person(other_sex, years_before(born, float(rng.uniform(18.5, 32)), rng), home)
    surname = other.surname if rng.random() < 0.75 else parent.surname
    child_sex = here.pick([MALE, FEMALE])
    child = here.person(child_sex, born, other.home, parent.ethnic, surname)
    value = {(True, MALE): "1", (True, FEMALE): "2", (False, MALE): "3"}.get((by_parent, sex), "4")
    label, box = ("Cha, mẹ nhận con", "1") if by_parent else ("Con nhận cha, mẹ", "3")
    asker, relation = child, "Con"
    if by_parent:
        asker = parent if rng.random() < 0.8 else other
        relation = "Cha" if asker.sex == MALE else "Mẹ"
    facts: dict[str, Fact] = {
        "loaiXacNhan": Choice(label, value, box),
        "loaiDangKy": UNTICKED,
        "nycQHNguoiDuocNhan": relation,
        "_kyKhai": Kin(asker.name),
    }
    return Story({"cm": parent, "nc": child, "nyc": asker}, facts)


def adoption(here: Community, day: date) -> Story:
    """A child is given by its parents, its mother or a home to people twenty years older."""
    rng = here.rng
    child_sex = here.pick([MALE, FEMALE])
    born = years_before(day, float(rng.uniform(0.1, 13)), rng)
    mother = here.person(FEMALE, years_before(born, float(rng.uniform(17, 38)), rng))
    father: Person | None = None
    if rng.random() < 0.45:
        age = float(rng.uniform(-2, 8))
        father = here.person(MALE, years_before(mother.born, age, rng), mother.home, mother.ethnic)
    child = here.person(child_sex, born, mother.home, mother.ethnic, (father or mother).surname)
    pair = _adopters(here, born)
    from_home = bool(rng.random() < 0.25)
    facts: dict[str, Fact] = _home(here) if from_home else {"coSoTen": None, "coSoDaiDien": None}
    relation = "Cha, mẹ đẻ" if father else "Mẹ đẻ"
    facts |= {
        "giaoQuanHe": "Cơ sở nuôi dưỡng" if from_home else relation,
        "quyetDinhSo": f"{rng.integers(1, 90):02d}/{day.year}",
        "quyetDinhNgay": day - timedelta(days=int(rng.integers(0, 4))),
        "_kyGiao": Kin(mother.name),
        "_kyNhan": Kin((pair["meNuoi"] or pair["chaNuoi"] or mother).name),
    }
    givers = (
        {"giaoOng": None, "giaoBa": None} if from_home else {"giaoOng": father, "giaoBa": mother}
    )
    return Story({"cn": child, **pair, **givers}, facts)


def _adopters(here: Community, born: date) -> dict[str, Person | None]:
    """A couple, or one woman alone, at least twenty years older than the child."""
    rng = here.rng
    woman = here.person(FEMALE, years_before(born, float(rng.uniform(21, 42)), rng), here.near())
    if rng.random() < 0.2:
        return {"chaNuoi": None, "meNuoi": woman}
    older = float(rng.uniform(0, 7))
    man = here.person(MALE, years_before(woman.born, older, rng), woman.home, woman.ethnic)
    return {"chaNuoi": man, "meNuoi": woman}


def _home(here: Community) -> dict[str, Fact]:
    head = here.adult()
    name = f"{here.pick(tables()['homes'])} {here.home.province}"
    return {"coSoTen": name, "coSoDaiDien": Kin(head.name)}
