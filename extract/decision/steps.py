"""The rules of the joint decision, one after the other, each with its name.

How much evidence a rule needs to change a value is in ``evidence.yaml``, by these names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from extract.decision.book_dates import agree_in_words, registration_dates
from extract.decision.casing import one_case
from extract.decision.choose import Drafted, chosen, draft
from extract.decision.ditto import province_drafted, resolve_dittos
from extract.decision.evidence import outweighs
from extract.decision.hand import figures_of_hand, weigh_ages_by_hand
from extract.decision.identity import RULE as IDENTITY
from extract.decision.identity import weigh_identity
from extract.decision.kin import agree_between_people, agree_on_age
from extract.decision.notes import RULE as NOTES
from extract.decision.notes import without_run_over
from extract.decision.numbering import (
    YEARLY,
    Case,
    Drafts,
    keep_to_year,
    number_entries,
    number_pages,
)
from extract.decision.office import choose_office
from extract.decision.plausible import weigh_ages, weigh_dates
from extract.decision.recurring import (
    NEW,
    Favour,
    differ_by_marks,
    lacks_tones,
    preference,
    recurring,
)
from extract.decision.units import RULE as COUNTRY
from extract.decision.units import weigh_by_country
from extract.decision.usual_names import KINDS, weigh_names
from extract.decision.usual_names import RULE as NAMES
from extract.decision.votes import named_elsewhere, vote
from extract.decision.witnesses import mend_tails
from extract.parse.dates import Era, date_of_value
from extract.parse.field import Context
from extract.parse.names import likely_name
from extract.parse.numbers import leading_number
from extract.parse.phrases import usual_values
from extract.parse.tables import table
from extract.registers import Generation, Register
from extract.roles import roles_of

LONGEST_LIFE = 90
"""Years before a book's first that its dates may lie in."""
_NEW_USUAL = 0.2  # share of values that stand only once in columns where values often come again
_FEW = 3  # readings of a column from which what the book repeats can be told
_OWN, _USUAL = "the book's own", "usual values"
_MARKS, _CAPITALS = "marks that a book repeats", "capitals that a book repeats"
_TONES = "tones that a book leaves out"


def steps(
    cases: Sequence[Case], register: Register, generation: Generation
) -> Iterator[tuple[str, list[Drafts]]]:
    """Decide a book's cases, rule by rule: the name of each rule with the fields as they stand
    after it, always in the same list."""
    roles = roles_of(register.code)
    drafted, year = _drafted(cases, register, generation, roles)
    yield "dates run on", drafted
    number_entries(cases, drafted, roles)
    number_pages(cases, drafted, roles)
    yield "numbers run on", drafted
    weigh_ages_by_hand(cases, drafted, roles)
    yield "the hand's figures", drafted
    figures = figures_of_hand(cases, drafted, roles)
    for code, words in roles.get("events", {}).items():
        for drafts in drafted:
            agree_in_words(drafts, code, words, roles["registered"], year, figures)
    yield "figures and words", drafted
    weigh_by_country(drafted)
    yield COUNTRY, drafted
    vote(drafted)
    yield "villages of a book", drafted
    one_case(drafted)
    yield "capitals", drafted
    mend_tails(drafted)
    yield "witnesses", drafted
    weigh_names(drafted, roles)
    yield NAMES, drafted
    for drafts in drafted:
        agree_between_people(drafts, roles)
    yield "people of a case", drafted
    for drafts in drafted:
        weigh_dates(drafts, roles, year, figures)
        weigh_ages(drafts, roles)
        agree_on_age(drafts, roles)
    yield "ages and days", drafted
    weigh_identity(drafted)
    yield IDENTITY, drafted
    _choose_own(drafted, roles, year)
    yield _OWN, drafted
    for codes in roles.get("usual", ()):
        _choose_recurring(_USUAL, drafted, codes, _NEW_USUAL, known=usual_values(codes[0]))
    yield _USUAL, drafted
    resolve_dittos(drafted, roles)
    drafted[:] = [with_derived(drafts, generation) for drafts in drafted]
    yield "dittos", drafted
    for drafts in drafted:
        without_run_over(drafts)
    yield NOTES, drafted


def with_derived(drafts: Drafts, generation: Generation) -> Drafts:
    """The case with the fields that another one of it gives."""
    return drafts | {
        code: province_drafted(drafts[origin], origin)
        for code, origin in generation.derived
        if origin in drafts
    }


def _drafted(
    cases: Sequence[Case], register: Register, generation: Generation, roles: Mapping[str, Any]
) -> tuple[list[Drafts], int | None]:
    """Every field as its own place gives it, the dates of registration as they run on, and the
    book's year."""
    first, last = generation.years
    registered, book = registration_dates(cases, register, roles, Era(first - 1, last + 1))
    dates = [date_of_value(own.value.value) if own else None for own in registered]
    usual = Counter(date.year for date in dates if date).most_common(1)
    year_of_book = usual[0][0] if usual else book
    era = Era(first - LONGEST_LIFE, last + 1)
    drafted: list[Drafts] = []
    for case, own, date in zip(cases, registered, dates, strict=True):
        context = Context(date.year if date else year_of_book, era)
        drafts = {
            code: draft(register.column(code), slots, context) for code, slots in case.slots.items()
        }
        drafted.append(drafts | ({roles["registered"]: own} if own else {}))
    return drafted, year_of_book


def _choose_own(drafted: Sequence[Drafts], roles: Mapping[str, Any], year: int | None) -> None:
    """Choose again the columns that stay the same over many pages."""
    offices = table("values")["offices"]["columns"]
    favour = named_elsewhere(drafted, besides=offices)
    for code in roles.get("constant", ()):
        volume = table("values")["number_forms"].get(code) == YEARLY
        if year and volume:
            keep_to_year(drafted, code, year)
        if code not in offices or not choose_office(_places(drafted, [code]), favour):
            _choose_recurring(_OWN, drafted, [code], NEW, _early if volume else favour)


def _early(volume: str) -> float:
    """How likely a year has so many volumes: most have one or two (own knowledge, unsourced)."""
    return 1.0 / max(leading_number(volume) or 1, 1) ** 2


def _choose_recurring(
    rule: str,
    drafted: Sequence[Drafts],
    codes: Sequence[str],
    new: float,
    favour: Favour | None = None,
    known: Set[str] = frozenset(),
) -> None:
    """Choose again among what the whole book reads in columns where values come again."""
    places = _places(drafted, codes)
    if len(places) < _FEW:
        return
    readings = [drafts[code].options for drafts, code in places]
    kinds = {drafts[code].evidence.kind for drafts, code in places}
    likely = likely_name if kinds & KINDS else None
    chosen_again = recurring(readings, new, favour, known, likely)
    for (drafts, code), found in zip(places, chosen_again, strict=True):
        value = _enough(rule, drafts[code], found, readings, known)
        drafts[code] = chosen(drafts[code], value, 2 * found.get(value, 0.0) - 1)


def _places(drafted: Sequence[Drafts], codes: Sequence[str]) -> list[tuple[Drafts, str]]:
    """Where these columns hold a value."""
    return [
        (drafts, code)
        for drafts in drafted
        for code in codes
        if code in drafts and drafts[code].options and drafts[code].mark is None
    ]


def _enough(
    rule: str,
    own: Drafted,
    found: Mapping[str, float],
    readings: Sequence[Mapping[str, float]],
    known: Set[str],
) -> str:
    """The likeliest of the values found, where that is enough to change what the field has."""
    value, now = max(sorted(found), key=lambda value: found[value]), own.value.value
    if not now or value == now:
        return value
    odds = found[value] / found.get(now, 1e-12)
    if value.lower() == now.lower():
        rule, odds = _CAPITALS, preference(value, now, readings)
    elif value not in known and differ_by_marks(value, now):
        rule = _TONES if lacks_tones(value, now) else _MARKS
        odds = preference(value, now, readings)
    return value if outweighs(rule, own.evidence.kind, odds) else now
