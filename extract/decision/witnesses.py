"""Who stands in a place for a name with age and work behind it: ``Đoàn Văn Du, 44 tuổi, tài xế``.

The name is anybody's; "tuổi" is always the same word, and kinds of work are few.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from common.text import fold
from extract.decision.choose import Drafted
from extract.parse.phrases import usual_values

_TAILED = re.compile(r"([^\d,]+),? (\d{1,2}) (t\w{0,3}\d?\w?),? ([^\d]+)")
_WORK = "NgheNghiep"
_LETTERS = 3  # of so many letters of a kind of work one may be misread


def mend_tails(drafted: Sequence[dict[str, Drafted]]) -> None:
    """Spell, in place, the age and the work behind names as they must be; readings that then are
    the same add up."""
    for drafts in drafted:
        for code, own in drafts.items():
            if own.evidence.kind != "person_name" or own.mark or own.value.value is None:
                continue
            options: dict[str, float] = {}
            for text, probability in own.options.items():
                mended = _mended(text)
                options[mended] = options.get(mended, 0.0) + probability
            best = max(sorted(options), key=lambda value: options[value], default=None)
            if best is not None and options != own.options:
                evidence = replace(own.evidence, reader=options[best])
                value = replace(own.value, value=best)
                drafts[code] = replace(own, value=value, evidence=evidence, options=options)


def _mended(value: str) -> str:
    found = _TAILED.fullmatch(value)
    if not found:
        return value
    name, age, _, work = found.groups()
    return f"{name}, {age} tuổi, {_nearest(work)}"


@lru_cache(maxsize=10_000)
def _nearest(work: str) -> str:
    """The kind of work that the text nearly is; the text itself when none is near."""
    small = work.lower()
    costs = {
        known: (Levenshtein.distance(small, known) + Levenshtein.distance(fold(small), fold(known)))
        for known in sorted(usual_values(_WORK))
    }
    best = min(costs, key=lambda known: costs[known])
    return best if costs[best] <= 2 * len(best) / _LETTERS else work
