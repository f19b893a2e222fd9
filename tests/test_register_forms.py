"""Every register and generation that is described can be rendered, and is understood again."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from extract.registers import load_register, register_codes
from models.synth import truth
from models.synth.act import Choice
from models.synth.acts import acts
from models.synth.book import BookOptions, render_book
from models.synth.entry import COMPOSITE
from models.synth.people import FEMALE, MALE, Community, Person
from models.synth.press import Press, forms_of, load_form, registers, set_press

FORMS = [(register, form) for register in registers() for form in forms_of(register)]
VALUES = {
    "partial_date": r"\d{2}\.\d{2}\.\d{4}$|\d{4}$",
    "time": r"([01]\d|2[0-3]):[0-5]\d$",
    "number_token": r"\d{2,}/\d{4}$|\d+$",
    "id_number": r"\d{9}$|\d{12}$",
}
YEAR = timedelta(days=365.25)
# of the records of births of seed 1, boxes left out: what books already rendered were drawn from
BIRTHS = {
    "rvn-1955-1975": "1c3d0a2cd8ab5b0967b4e812e35c847f",
    "1976-1998": "d0c664e3cd12a84e009a16b8226aa73b",
    "tt15-2015": "a6d38eea77e47e38ab2d94bc7b3f7852",
}


def test_columns_are_those_of_the_registers() -> None:
    assert registers() == register_codes()
    for register in registers():
        columns = tuple(column.code for column in load_register(register).columns)
        assert truth.register_codes(register) == columns


@pytest.mark.parametrize("register", registers())
def test_what_can_be_read_can_be_rendered(register: str) -> None:
    generations = {generation.id: generation for generation in load_register(register).generations}
    assert set(forms_of(register)) == set(generations)
    for form in forms_of(register):
        spec = load_form(form, register)
        splits = [p.split for p in spec.presses]
        assert splits.count("train") >= 3 and splits.count("test") >= 1
        first, last = generations[form].years
        assert first <= spec.years[0] <= spec.years[1] <= last
        printed = {*generations[form].printed, *dict(generations[form].derived)}
        for one in spec.presses:
            assert codes_of(set_one(register, form, one.name, dpi=20)) <= printed, one.name


def set_one(register: str, form: str, name: str, dpi: int = 60) -> Press:
    """The press of this name, set at a low resolution."""
    spec = load_form(form, register)
    only = spec.model_copy(update={"presses": [p for p in spec.presses if p.name == name]})
    printed = {"noiDangKy": "TÂN LẬP", "trangSo": "12"}
    return set_press(only, only.presses[0].split, np.random.default_rng(1), dpi, None, printed)


def codes_of(one: Press) -> set[str]:
    """The columns that a press has blanks for."""
    blanks = {slot.code for slot in one.sheet.slots if not slot.code.startswith("_")}
    return {code for blank in blanks for code in COMPOSITE.get(blank, (blank,))}


@pytest.mark.parametrize(("register", "form"), [pair for pair in FORMS if pair[0] != "KS"])
def test_records_hold_what_the_form_asks_in_the_register_s_types(
    register: str, form: str, tmp_path: Path
) -> None:
    options = BookOptions(
        register_code=register, form=form, pages=1, seed=3, split="test", severity="clean", dpi=45
    )
    book = render_book(options, tmp_path)
    facts = json.loads((book / "book.json").read_text(encoding="utf-8"))
    rows = (book / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    assert facts["register"] == register and len(rows) == facts["entries_per_page"]
    types = {column.code: column.type for column in load_register(register).columns}
    for record in map(json.loads, rows):
        assert (record["register"], record["form"]) == (register, form)
        assert tuple(record["fields"]) == truth.register_codes(register)
        for code, field in record["fields"].items():
            check_field(code, field, types[code], code in facts["codes_on_form"])


def check_field(code: str, field: dict[str, Any], kind: str, on_form: bool) -> None:
    assert (field["status"] != "absent_on_form") == on_form == (field["box"] is not None), code
    assert (field["value"] is not None) == (field["status"] in ("read", "ditto", "derived")), code
    if field["value"] and kind in VALUES:
        assert re.match(VALUES[kind], field["value"]), (code, field)


@pytest.mark.parametrize("form", BIRTHS)
def test_births_are_drawn_as_before(form: str, tmp_path: Path) -> None:
    """Books rendered by earlier releases stay what their seeds say."""
    book = render_book(BookOptions(form=form, pages=1, seed=1, dpi=45), tmp_path)
    text = (book / "truth.jsonl").read_text(encoding="utf-8")
    told = re.sub(r'"box": (\[[\d, ]*\]|null)', '"box": 0', text)
    assert hashlib.md5(told.encode()).hexdigest() == BIRTHS[form]


def story(register: str, era: str = "tt15-2015", year: int = 2018) -> list[Any]:
    here = Community(era, year, np.random.default_rng(5))
    told = list(acts(register, here, 120, 7))
    assert [act.number for act in told] == list(range(7, 127))
    days = [act.registered for act in told]
    assert days == sorted(days) and {day.year for day in days} == {year}
    return told


def age(person: Person, day: date) -> float:
    return (day - person.born) / YEAR


def test_couples_are_of_age_and_their_dates_in_order() -> None:
    for act in story("KH"):
        people, facts = act.story.people, act.story.facts
        assert (people["vo"].sex, people["chong"].sex) == (FEMALE, MALE)
        assert (
            age(people["vo"], act.registered) >= 18 and age(people["chong"], act.registered) >= 20
        )
        assert (facts["ngayXacLapQuanHeHonNhan"] or act.registered) <= act.registered
    for act in story("LH"):
        people, facts = act.story.people, act.story.facts
        assert max(people["vo"].born, people["chong"].born) < facts["lhVanBanNgay"] < act.registered
        wed = date(*map(int, reversed(facts["lhKetHonGoc"].rsplit(" ", 1)[1].split("/"))))
        assert wed < facts["lhVanBanNgay"] and age(people["vo"], wed) >= 18
    for act in story("HN"):
        start, end = (act.story.facts[f"nxnThoiGianCuTru{name}"] for name in ("Tu", "Den"))
        assert start < end <= act.registered and age(act.story.people["nxn"], start) >= 15.9


@pytest.mark.parametrize(("era", "year"), [("tt15-2015", 2018), ("rvn-1955-1975", 1963)])
def test_deaths_follow_births_and_precede_their_registration(era: str, year: int) -> None:
    told = story("KT", era, year)
    for act in told:
        dead, facts = act.story.people["nkt"], act.story.facts
        assert dead.born <= facts["nktNgayChet"] <= facts["gbtNgay"] <= act.registered
        assert age(dead, facts["nktNgayChet"]) < 98
        infant = isinstance(facts["_duoi1"], Choice)
        assert infant == (age(dead, facts["nktNgayChet"]) < 1)
        assert age(act.story.people["nyc"], act.registered) > 15
        if age(dead, act.registered) < 16:
            assert facts["nktVoChong"] is None
    assert any(act.story.facts["nktVoChong"] for act in told)


def test_parents_guardians_and_children() -> None:
    for act in story("CMC"):
        parent, child = act.story.people["cm"], act.story.people["nc"]
        assert age(parent, child.born) > 16
        value = act.story.facts["loaiXacNhan"].value
        assert (value in "13") == (parent.sex == MALE) and child.born < act.registered
    for act in story("NCN"):
        people = act.story.people
        pair = [people[role] for role in ("chaNuoi", "meNuoi") if people[role]]
        assert pair and all(age(one, people["cn"].born) >= 20 for one in pair)
        from_home = act.story.facts["coSoTen"] is not None
        assert from_home == (people["giaoBa"] is None)
    for act in (*story("GH"), *story("CDGH")):
        assert age(act.story.people["gh"], act.story.people["dgh"].born) > 17
    for act in story("CDGH"):
        facts, ward = act.story.facts, act.story.people["dgh"]
        assert ward.born < facts["ghDangKyNgay"] < facts["cdghNgay"] <= act.registered
        grown = age(ward, facts["cdghNgay"]) >= 18
        assert grown == any(word in facts["cdghLyDo"] for word in ("18", "mười tám", "thành niên"))
    for act in story("TD"):
        assert act.story.people["td"].born < act.story.facts["gocNgay"] < act.registered
