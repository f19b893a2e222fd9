"""Blocking: keys by which a row is found again, without looking at all rows.

A key is made of a few components: parts of names by sound, parts of the date. A row is found when
all components of any one key are untouched by the errors of clerk and reader; together the keys
leave out each component somewhere. Keys are 32-bit numbers: two that collide only cost a look.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

KEYS = (
    ("year", "month", "day"),
    ("own_given", "year", "month", "day"),
    ("own_surname", "own_given", "month", "day"),
    ("own_surname", "own_given", "year", "month"),
    ("own_surname", "own_given", "year", "day"),
    ("own_surname", "own_middle", "own_given", "year"),
    ("own_surname", "own_middle", "own_given", "place"),
    ("own_surname", "own_middle", "own_given"),
    ("own_given", "father_given", "mother_given"),
    ("own_given", "father_middle", "father_given"),
    ("own_given", "mother_surname", "mother_middle", "mother_given"),
    ("father_middle", "father_given", "mother_middle", "mother_given"),
    ("father_surname", "father_middle", "father_given", "mother_given", "year"),
    ("own_surname", "mother_middle", "mother_given", "year"),
    ("father_middle", "father_given", "year", "month"),
    ("mother_middle", "mother_given", "year", "month"),
)
"""The components of each key; a row that lacks one has no such key, but for a middle name."""

_MAY_LACK = ("own_middle", "father_middle", "mother_middle")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

_MASK = (1 << 64) - 1


def key_table(
    components: Mapping[str, NDArray[np.int64]],
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """The keys of n people: (kinds, n) numbers under 2³², and which of them there are.

    Args:
        components: by name, n numbers each: 0 where empty, negative where unknown to the list.
    """
    found, there = [], []
    for kind, names in enumerate(KEYS, start=1):
        key: NDArray[np.uint64] = np.full(len(components["year"]), kind, np.uint64)
        known = np.ones(len(key), bool)
        for name in names:
            values = components[name]
            key = (key ^ values.astype(np.uint64)) * _GOLDEN
            key ^= key >> np.uint64(29)
            known &= values >= 0 if name in _MAY_LACK else values > 0
        found.append(key >> np.uint64(32))
        there.append(known)
    return np.stack(found), np.stack(there)


def query_keys(components: Mapping[str, int]) -> list[int]:
    """The keys of one person, as `key_table` has them."""
    found = []
    for kind, names in enumerate(KEYS, start=1):
        values = [components[name] for name in names]
        if any(v < 0 or (not v and n not in _MAY_LACK) for n, v in zip(names, values, strict=True)):
            continue
        key = kind
        for value in values:
            key = ((key ^ value) * int(_GOLDEN)) & _MASK
            key ^= key >> 29
        found.append(key >> 32)
    return found
