"""A whole entry of any register but births', as one clerk writes it, with its truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

from common.text import squeeze, title_case
from models.synth.act import UNTICKED, Act, Choice, Fact, Kin, Notice
from models.synth.clerk import BLANK, READ, Clerk, Parts, Written, spaced
from models.synth.entry import PAPERED, composed, nation, signed
from models.synth.people import OLD_SOUTH, Person
from models.synth.spoken import spoken_date

ADULT = 16  # years from which somebody has a paper of identity
YEAR_ONLY = 0.3  # share of old people of whom only the year of birth is known
OLD = 60
IN_WORDS = "GhiBangChu"  # ends the code of a date written in words


def fill_act(clerk: Clerk, act: Act, parts: Parts) -> dict[str, Written]:
    """Everything ``clerk`` writes for ``act``, by code.

    ``parts`` lists the blanks of the form in reading order: a ditto only looks back.
    """
    written = {
        "so": clerk.number(act.number, act.registered.year),
        "ngayDangKy": clerk.dated(act.registered, parts.get("ngayDangKy", ())),
        "nguoiKy": clerk.person(act.signer),
        "chucVuNguoiKy": clerk.text(act.signer_title),
        "nguoiKyChucVu": signed(act.signer, act.signer_title),
        "nguoiThucHien": clerk.person(act.executor),
        "ghiChu": clerk.text(act.note) if act.note else Written(None, None, BLANK),
    }
    order = list(parts)
    homes: list[Written] = []
    for role in sorted(act.story.people, key=lambda role: _place(order, f"{role}HoTen")):
        person = act.story.people[role]
        own = _person(clerk, person, act.registered, role, parts)
        for home in homes[-1:]:
            own["NoiCuTru"] = clerk.same(own["NoiCuTru"], home, "như trên")
        homes.append(own["NoiCuTru"])
        written |= {f"{role}{name}": field for name, field in own.items()}
        written |= _about(clerk, role, person, act.registered)
    for code, fact in act.story.facts.items():
        written[code] = _fact(clerk, code, fact, parts.get(code, ()))
    return written


def _place(order: Sequence[str], code: str) -> int:
    return order.index(code) if code in order else len(order)


def _person(
    clerk: Clerk, person: Person | None, day: date, role: str, parts: Parts
) -> dict[str, Written]:
    """What forms ask of a person, by the end of the column's code."""
    if person is None:
        asked = ("HoTen", "NgaySinh", "GioiTinh", "DanToc", "QuocTich", "NoiCuTru", "NgheNghiep")
        return {name: clerk.blank() for name in (*asked, "SoGiayToTuyThan", "Giay")}
    age = (day - person.born).days / 365.25
    name = clerk.person(person.name)
    if clerk.capitals and role != "nyc":
        name = replace(clerk.text(person.name.upper()), value=title_case(person.name))
    work = clerk.text(person.work) if age >= ADULT else clerk.blank()
    paper = clerk.text(person.id_number) if age >= ADULT else clerk.blank()
    fields = {
        "HoTen": name,
        "NgaySinh": clerk.maybe(_born(clerk, person, day, role, parts), 0.02),
        "GioiTinh": clerk.sex(person.sex),
        "DanToc": clerk.maybe(clerk.text(person.ethnic), 0.02),
        "QuocTich": clerk.maybe(nation(clerk), 0.02),
        "NoiCuTru": clerk.text(clerk.home(person.home)),
        "NgheNghiep": clerk.maybe(work, 0.03),
        "SoGiayToTuyThan": clerk.maybe(paper, 0.05),
    }
    if role in PAPERED:
        fields["Giay"] = clerk.maybe(_paper(role, person) if age >= ADULT else paper, 0.05)
    return fields


def _about(clerk: Clerk, role: str, person: Person | None, day: date) -> dict[str, Written]:
    """What some presses ask beside a name and no column holds."""
    if person is None:
        return {}
    age = max(1, day.year - person.born.year)
    extra = {"Tuoi": str(age), "Nghe": person.work, "CuTru": clerk.home(person.home)}
    return {f"_{role}{name}": clerk.text(text) for name, text in extra.items()}


def _born(clerk: Clerk, person: Person, day: date, role: str, parts: Parts) -> Written:
    """A day of birth; an age where the form leaves the choice; of the old often only the year."""
    age = day.year - person.born.year
    asked = parts.get(f"{role}NgaySinh", ())
    whole = "d" not in asked
    free = clerk.form == "1976-1998" or (role == "nkt" and clerk.form in OLD_SOUTH)
    if whole and free and age > 1 and clerk.rng.random() < 0.5:
        return clerk.aged(person, day.year)
    if age >= OLD and clerk.rng.random() < YEAR_ONLY:
        year = clerk.text(str(person.born.year))
        return year if whole else replace(year, texts={"y": year.texts[""]})
    return clerk.dated(person.born, asked)


def _paper(role: str, person: Person) -> Written:
    """An identity paper's kind and number in one blank."""
    kind = ("CCCD", "4") if len(person.id_number) == 12 else ("CMND", "1")
    number = (f"{role}SoGiayToTuyThan", person.id_number, spaced(person.id_number))
    return composed((f"{role}LoaiGiayToTuyThan", *kind), "số", number)


def _fact(clerk: Clerk, code: str, fact: Fact, parts: Sequence[str]) -> Written:
    if fact is None:
        return Written(None, None, BLANK) if code.startswith("_") else clerk.blank()
    if fact == UNTICKED:
        return Written(None, None, BLANK)
    if isinstance(fact, Choice):
        mark = "v" if clerk.zero else "x"
        return Written(fact.label, fact.value, READ, {fact.box or fact.value: mark})
    if isinstance(fact, Notice):
        stem = code.removesuffix("Giay")
        kind, number = (f"{stem}Loai", fact.kind, fact.value), (f"{stem}So", fact.number)
        return composed(kind, "số", (*number, fact.number))
    if isinstance(fact, time):
        return _hour(fact, parts)
    if isinstance(fact, date):
        return _words(clerk, fact) if code.endswith(IN_WORDS) else clerk.dated(fact, parts)
    if isinstance(fact, Kin):
        return _kin(clerk, fact)
    return clerk.text(clerk.place(fact))


def _words(clerk: Clerk, day: date) -> Written:
    words = spoken_date(day, clerk.dialect).removeprefix("ngày ")
    return clerk.text(words, squeeze(words).lower())


def _hour(hour: time, parts: Sequence[str]) -> Written:
    """An hour in one blank, or between the printed words giờ … phút."""
    value = f"{hour:%H:%M}"
    if "h" in parts:
        texts = {"h": str(hour.hour), "p": f"{hour.minute:02d}"}
        return Written(f"{texts['h']} giờ {texts['p']}", value, READ, texts)
    text = f"{hour.hour} giờ {hour.minute:02d}" if hour.minute else f"{hour.hour} giờ"
    return Written(text, value, READ, {"": text})


def _kin(clerk: Clerk, kin: Kin) -> Written:
    name = clerk.person(kin.name)
    if kin.alive is None:
        return name
    state = "sống" if kin.alive else "chết"
    return clerk.text(f"{name.raw}, {state}", f"{name.value}, {state}")
