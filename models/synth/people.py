"""Families that could have stood in one commune's register: names, ages, homes, dates agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from common.tables import yaml_table

SOCIETY = Path(__file__).parent / "society.yaml"

MALE, FEMALE = "Nam", "Nữ"
OLD_SOUTH = ("nam-ky-1883-1955", "rvn-1955-1975")
_T = TypeVar("_T")


def society() -> Mapping[str, Any]:
    """The names, work and places families are drawn from (`society.yaml`)."""
    return yaml_table(SOCIETY)


def personal_number(rng: np.random.Generator, born: date, sex: str, province: str) -> str:
    """Twelve figures: mostly of this province, then century and sex, year of birth, a serial."""
    codes = society()["codes"]
    serial = int(rng.integers(0, 1_000_000))
    drawn = int(rng.integers(10, 97))
    code = codes.get(province) if drawn < 85 else None
    century = 2 * (born.year >= 2000) + (sex == FEMALE)
    return f"{code or sorted(codes.values())[drawn % len(codes)]}{century}{born:%y}{serial:06d}"


@dataclass(frozen=True)
class Home:
    """A dwelling place: hamlet with its kind (ấp, khóm …), commune, district, province."""

    ward: str
    hamlet: str
    commune: str
    district: str
    province: str


@dataclass(frozen=True)
class Person:
    """One invented person."""

    surname: str
    middle: str
    given: str
    sex: str
    born: date
    work: str
    home: Home
    ethnic: str
    id_number: str = ""
    id_issued: date | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.middle, self.given) if part)


@dataclass(frozen=True)
class Case:
    """One registered birth, as it happened (what the clerk writes of it is `clerk.py`)."""

    number: int
    registered: date
    child: Person
    father: Person | None
    mother: Person
    informant: Person
    relation: str
    witnesses: tuple[Person, Person]
    rank: str
    birthplace: str
    birth_province: str | None
    signer: str
    signer_title: str
    executor: str
    late: bool
    note: str


@dataclass
class Community:
    """A commune in one year: its officers, and the births it registers in order.

    ``form`` is the era whose names, work and places are drawn.
    """

    form: str
    year: int
    rng: np.random.Generator
    home: Home = field(init=False)
    signers: list[str] = field(init=False)
    title: str = field(init=False)
    executor: str = field(init=False)

    def __post_init__(self) -> None:
        provinces = self._provinces()
        province = self.pick(sorted(provinces))
        district = self.pick(sorted(provinces[province]))
        self.home = self._home(province, district)
        self.title = self.pick(society()["signers"][self.form])
        adult = date(self.year - 40, 1, 1)
        self.signers = [self.person(MALE, adult).name for _ in range(2)]
        self.executor = self.person(self.pick([MALE, FEMALE]), adult).name

    def cases(self, count: int, first: int) -> Iterator[Case]:
        """``count`` births numbered from ``first``; dates never run back."""
        for number, day in self.days(count, first):
            yield self._case(number, day)

    def days(self, count: int, first: int) -> Iterator[tuple[int, date]]:
        """``count`` numbers from ``first`` with their days of registration, drawn as asked for."""
        share = 340 / max(1, count + first)
        day = date(self.year, 1, 2) + timedelta(days=int(min(300, first * min(share, 1.2))))
        last = date(self.year, 12, 30)
        for number in range(first, first + count):
            room = max(0, (last - day).days - (first + count - number))
            day = day + timedelta(days=int(min(room, self.rng.poisson(min(3.0, share)))))
            yield number, day

    def _case(self, number: int, day: date) -> Case:
        rng = self.rng
        late = bool(rng.random() < 0.04)
        delay = int(rng.integers(90, 900)) if late else int(np.clip(rng.gamma(2, 4), 1, 30))
        born = day - timedelta(days=delay)
        mother = self.person(FEMALE, years_before(born, rng.uniform(17.5, 41), rng))
        older = np.clip(rng.normal(3.5, 4), -4, 18)
        father: Person | None = None
        if rng.random() > 0.05:
            birth = years_before(mother.born, older, rng) if older > 0 else mother.born
            home = mother.home if rng.random() < 0.85 else None
            father = self.person(MALE, birth, home, mother.ethnic)
        sex = MALE if rng.random() < 0.512 else FEMALE
        child = self.person(sex, born, mother.home, mother.ethnic, (father or mother).surname)
        informant, relation = self._informant(father, mother)
        witnesses = tuple(self.adult() for _ in range(2))
        place, province = self._birthplace(mother.home)
        return Case(
            number=number,
            registered=day,
            child=child,
            father=father,
            mother=mother,
            informant=informant,
            relation=relation,
            witnesses=(witnesses[0], witnesses[1]),
            rank=self.pick(society()["ranks"]) if father else "",
            birthplace=place,
            birth_province=province,
            signer=self.signers[0] if rng.random() < 0.9 else self.signers[1],
            signer_title=self.title,
            executor=self.executor,
            late=late,
            note=self.note(day) if rng.random() < 0.1 else "",
        )

    def _informant(self, father: Person | None, mother: Person) -> tuple[Person, str]:
        roll = self.rng.random()
        if father is not None and roll < 0.6:
            return father, "Cha"
        if roll < 0.75:
            return mother, "Mẹ"
        elder = years_before(mother.born, self.rng.uniform(20, 32), self.rng)
        sex = self.pick([MALE, FEMALE])
        kin = "Ông" if sex == MALE else "Bà"
        side = self.pick(["nội", "ngoại"] if father else ["ngoại"])
        surname = father.surname if father and side == "nội" and sex == MALE else None
        if side == "ngoại" and sex == MALE:
            surname = mother.surname
        return self.person(sex, elder, mother.home, mother.ethnic, surname), f"{kin} {side}"

    def adult(self) -> Person:
        """A grown person of the neighbourhood, mostly a man."""
        sex = MALE if self.rng.random() < 0.8 else FEMALE
        return self.person(sex, date(self.year - int(self.rng.integers(23, 62)), 6, 1))

    def person(
        self,
        sex: str,
        born: date,
        home: Home | None = None,
        ethnic: str | None = None,
        surname: str | None = None,
    ) -> Person:
        data = society()
        id_number, issued = self._identity(born, sex)
        return Person(
            surname=surname or self.weighted(data["surnames"]),
            middle=self.weighted(data["middles"][sex]),
            given=self.pick(data["given"][sex].split()),
            sex=sex,
            born=born,
            work=self.pick(data["work"][self.form][sex]),
            home=home or self.neighbour(),
            ethnic=ethnic or self.weighted(data["ethnic"]),
            id_number=id_number,
            id_issued=issued,
        )

    def _identity(self, born: date, sex: str) -> tuple[str, date | None]:
        """An identity number of the time and the day of its issue."""
        issued = date(max(born.year + 18, self.year - int(self.rng.integers(1, 9))), 1, 1)
        issued += timedelta(days=int(self.rng.integers(0, 360)))
        if self.form == "tt15-2015" and issued.year >= 2016:
            return personal_number(self.rng, born, sex, self.home.province), issued
        return f"{self.rng.integers(20, 39)}{self.rng.integers(0, 10**7):07d}", issued

    def _home(self, province: str, district: str) -> Home:
        data = society()
        commune = self.pick(data["places"][self.form][province][district])
        ward = self.pick(data["wards"][self.form])
        return Home(ward, self.pick(data["hamlets"]), commune, district, province)

    def _provinces(self) -> dict[str, dict[str, list[str]]]:
        """The provinces of this time with their districts and communes."""
        data = society()
        known: dict[str, dict[str, list[str]]] = data["places"][self.form]
        return {p: known[p] for p in known if self.year <= data["until"].get(p, 9999)}

    def near(self) -> Home:
        """A home of somebody whose act is registered here: mostly in this commune."""
        here = self.home
        if self.rng.random() < 0.85:
            hamlet = self.pick(society()["hamlets"])
            return Home(here.ward, hamlet, here.commune, here.district, here.province)
        return self.neighbour()

    def neighbour(self) -> Home:
        """A home in this commune, or near it, or (rarely) in another province."""
        provinces = self._provinces()
        roll = self.rng.random()
        if roll < 0.72:
            hamlet = self.pick(society()["hamlets"])
            here = self.home
            return Home(here.ward, hamlet, here.commune, here.district, here.province)
        if roll < 0.9:
            return self._home(self.home.province, self.pick(sorted(provinces[self.home.province])))
        province = self.pick(sorted(provinces))
        return self._home(province, self.pick(sorted(provinces[province])))

    def _birthplace(self, home: Home) -> tuple[str, str | None]:
        """Where the child was born, in plain spelling, and the province if the text names it."""
        south = self.form in OLD_SOUTH
        house = ["nhà bảo sanh", "nhà hộ sanh", "bảo-sanh-viện"] if south else ["trạm xá", "TYT xã"]
        hospital = "bệnh viện" if south else self.pick(["Bệnh viện", "BVĐK", "BV huyện"])
        roll = self.rng.random()
        if roll < 0.4:
            return f"xã {home.commune}, {home.province}", home.province
        if roll < 0.6:
            return f"{self.pick(house)} {home.commune}, {home.province}", home.province
        if roll < 0.75:
            return f"{hospital} {home.district}, {home.province}", home.province
        if roll < 0.87:
            return f"xã {home.commune}, {home.district}, {home.province}", home.province
        return f"xã {home.commune}", None

    def note(self, day: date) -> str:
        """A note added some time after ``day``: a copy was given."""
        issued = day + timedelta(days=int(self.rng.integers(30, 3000)))
        when = f"{issued.day}/{issued.month}/{issued.year}"
        if self.form in OLD_SOUTH:
            return f"{self.pick(['Đã cấp trích-lục', 'Cấp bản sao', 'Trích-lục'])} ngày {when}"
        return f"{self.pick(['Đã cấp bản sao', 'Cấp lại bản chính', 'Cấp bản sao'])} {when}"

    def pick(self, options: Sequence[_T]) -> _T:
        """One of the options, each as likely."""
        return options[int(self.rng.integers(len(options)))]

    def weighted(self, table: Mapping[str, float]) -> str:
        names = list(table)
        weights = np.asarray([float(table[name]) for name in names])
        return names[int(self.rng.choice(len(names), p=weights / weights.sum()))]


def years_before(day: date, years: float, rng: np.random.Generator) -> date:
    return day - timedelta(days=int(years * 365.25) + int(rng.integers(0, 60)))
