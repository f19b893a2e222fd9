"""Values that people gave in a book, told again where the machine misreads them again.

A clerk's hand is misread the same way on every page: what a person said once of a column that
repeats its values, or of a column that says the same in the same case, may stand wherever something
like it was read. Each such value is weighed by how well it explains the reading, how often people
said it, and whether they said it of this very reading; the curve (the method is that of
`extract.confidence.curves`) was fitted on rendered books that a simulated reviewer began
(`hotich.evaluation.trust`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extract.decision.recurring import apart, likelihood
from extract.record import MACHINE, FieldValue, Record
from extract.registers import Register
from extract.roles import roles_of

FEATURES = ("1", "alike", "apart", "taken", "usual", "here", "sure")
_LEAST = -12.0  # least log likelihood
_FAR = 0.5  # share of letters apart from which a value is no candidate without another reason


@dataclass(frozen=True)
class Said:
    """What people said.

    Attributes:
        values: how often they said a value in a group of like columns.
        taken: how often they said a value where the machine held another: group, its, theirs.
        cases: what they said of a case, by column.
        mates: columns of one case that often hold one value.
        groups: columns whose values come again, each with a name for those that share them.
    """

    values: Mapping[str, Counter[str]]
    taken: Mapping[tuple[str, str, str], int]
    cases: Mapping[tuple[int, int], Mapping[str, str]]
    mates: Mapping[str, frozenset[str]]
    groups: Mapping[str, str]

    def group(self, code: str) -> str:
        return self.groups.get(code, code)

    def here(self, at: tuple[int, int], code: str) -> frozenset[str]:
        """What they said of the same case in columns that often hold what this one holds."""
        said = self.cases.get(at, {})
        return frozenset(said[mate] for mate in self.mates.get(code, ()) if mate in said)

    def times(self, code: str, value: str | None) -> int:
        """How often they said a value in columns like this one."""
        return self.values.get(self.group(code), Counter())[value or ""]


def said_by_people(records: Sequence[Record], before: Sequence[Record], register: Register) -> Said:
    """What people's values in ``records`` say, beside what the machine held ``before``."""
    groups, own = repeating_columns(register), {record.key: record for record in before}
    values: defaultdict[str, Counter[str]] = defaultdict(Counter)
    taken: Counter[tuple[str, str, str]] = Counter()
    cases: defaultdict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for record in records:
        for code, value in record.fields.items():
            if value.author == MACHINE or not value.value:
                continue
            group = groups.get(code, code)
            values[group][value.value] += 1
            cases[record.key][code] = value.value
            held = own[record.key].get(code).value if record.key in own else None
            if held and held != value.value:
                taken[group, held, value.value] += 1
    return Said(values, taken, cases, mates_of(register), groups)


def candidates(
    said: Said, at: tuple[int, int], code: str, held: FieldValue
) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Values of people's that may stand where the machine holds another, each with `FEATURES`."""
    if held.value is None:
        return
    group, here = said.group(code), said.here(at, code)
    counts = said.values.get(group, Counter()) if code in said.groups else Counter()
    read = {held.value: held.confidence} | {text: p for text, p in held.alternatives if p > 0}
    kept = min(max(held.confidence, 0.002), 0.998)
    whole = counts.total() + 1
    for value in sorted({*counts, *here} - {held.value}):
        share = min(apart(value, text) for text in read) / len(value)
        taken = said.taken.get((group, held.value, value), 0)
        if share > _FAR and not taken and value not in here:
            continue
        alike = likelihood(value, read)
        yield (
            value,
            (
                1.0,
                max(math.log(alike), _LEAST) if alike > 0 else _LEAST,
                min(share, 1.0),
                math.log1p(taken),
                counts[value] / whole,
                float(value in here),
                math.log(kept / (1 - kept)),
            ),
        )


def best_candidate(
    said: Said, at: tuple[int, int], code: str, held: FieldValue, weights: Sequence[float]
) -> tuple[str, float]:
    """The likeliest of `candidates` and its probability; an empty text where there is none."""
    found = [
        (1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, features, strict=True)))), value)
        for value, features in candidates(said, at, code, held)
    ]
    probability, value = max(found, default=(0.0, ""))
    return value, probability


def repeating_columns(register: Register) -> dict[str, str]:
    """Columns whose values come again in a book, each with a name for those that share them:
    ``place``, and the roles' ``usual`` and ``constant``."""
    roles = roles_of(register.code)
    groups = {column.code: "place" for column in register.columns if column.type == "place"}
    for codes in (*roles.get("usual", ()), *([code] for code in roles.get("constant", ()))):
        groups |= dict.fromkeys(codes, codes[0])
    return groups


def mates_of(register: Register) -> dict[str, frozenset[str]]:
    """Columns of one case that often hold one value, by column: the roles' ``same``."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in roles_of(register.code).get("same", ()):
        found[one].add(other)
        found[other].add(one)
    return {code: frozenset(others) for code, others in found.items()}
