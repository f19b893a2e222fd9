"""How far one book's values can be trusted, learnt from the answers that people gave in it.

The curves of `extract.confidence` hold for the average book. In one book a column may be read
better or worse; and a value that people have seen there is likelier than one never seen. So the
log odds of every value are moved by a common shift, a shift of its column, and one for values that
people saw in like columns: a logistic regression with Gaussian priors (MAP, Newton's method), the
machine's own log odds its offset. Without answers nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extract.record import MACHINE, FieldValue, Record
from extract.registers import Register
from extract.roles import roles_of

_BOOK, _COLUMN, _SEEN = 0.5, 0.7, 1.0  # how far each shift may go: its prior's deviation
_SEEN_MEAN = 0.5  # a seen value is likelier by this much before the book says how much
_ROUNDS = 25
_LEAST = 1e-4


@dataclass(frozen=True)
class _Case:
    """One value of the machine's: its log odds, its column, whether people saw that value."""

    odds: float
    column: str
    seen: float


def trusted(
    records: Sequence[Record], before: Sequence[Record], register: Register
) -> list[Record]:
    """The records with the confidence of the machine's values moved by people's answers.

    Args:
        records: decided with the answers, people's values in their places.
        before: decided without them: what the machine said on its own.
    """
    groups = _groups(register)
    said = Counter(
        (groups.get(code, code), value.value)
        for record in records
        for code, value in record.fields.items()
        if value.author != MACHINE and value.value
    )
    own = {record.key: record for record in before}
    cases, right = [], []
    for record in records:
        for code, value in record.fields.items():
            if value.author == MACHINE or record.key not in own:
                continue
            claimed = own[record.key].get(code)
            if claimed.value is None:
                continue
            good = claimed.value == value.value
            cases.append(_case(claimed, code, said, groups, itself=int(good)))
            right.append(float(good))
    if not cases:
        return list(records)
    columns = sorted({case.column for case in cases})
    shifts = _fit(cases, np.array(right), columns)
    return [
        record.with_fields(
            {
                code: replace(value, confidence=_moved(value, code, said, groups, columns, shifts))
                for code, value in record.fields.items()
                if value.author == MACHINE and value.value is not None
            }
        )
        for record in records
    ]


def _groups(register: Register) -> dict[str, str]:
    """Columns that share their values, by the first of them: places, and the roles' ``usual``."""
    groups = {column.code: "place" for column in register.columns if column.type == "place"}
    for codes in roles_of(register.code).get("usual", ()):
        groups |= dict.fromkeys(codes, codes[0])
    return groups


def _case(
    value: FieldValue,
    code: str,
    said: Mapping[tuple[str, str], int],
    groups: dict[str, str],
    itself: int = 0,
) -> _Case:
    seen = said.get((groups.get(code, code), value.value or ""), 0) - itself
    return _Case(_odds(value.confidence), code, float(np.log1p(max(seen, 0))))


def _moved(
    value: FieldValue,
    code: str,
    said: Mapping[tuple[str, str], int],
    groups: dict[str, str],
    columns: Sequence[str],
    shifts: NDArray[np.float64],
) -> float:
    case = _case(value, code, said, groups)
    return float(1 / (1 + np.exp(-(case.odds + _features([case], columns) @ shifts)))[0])


def _fit(
    cases: Sequence[_Case], right: NDArray[np.float64], columns: Sequence[str]
) -> NDArray[np.float64]:
    features = _features(cases, columns)
    odds = np.array([case.odds for case in cases])
    mean = np.array([0.0, _SEEN_MEAN, *[0.0] * len(columns)])
    hold = np.diag([_BOOK**-2, _SEEN**-2, *[_COLUMN**-2] * len(columns)])
    shifts = mean.copy()
    for _ in range(_ROUNDS):
        claimed = 1 / (1 + np.exp(-(odds + features @ shifts)))
        gradient = features.T @ (claimed - right) + hold @ (shifts - mean)
        curve = (features * (claimed * (1 - claimed))[:, None]).T @ features + hold
        shifts = shifts - np.linalg.solve(curve, gradient)
    return shifts


def _features(cases: Sequence[_Case], columns: Sequence[str]) -> NDArray[np.float64]:
    return np.array(
        [[1.0, case.seen, *(float(case.column == column) for column in columns)] for case in cases]
    )


def _odds(probability: float) -> float:
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return float(np.log(kept / (1 - kept)))
