"""What is said of a promise, in Vietnamese, from ``promise.yaml``."""

from __future__ import annotations

from extract.promise.options import table
from extract.promise.rounds import Round, Standing


def said(held: Round, now: Standing) -> list[str]:
    """One line a stratum, then one for each book or clerk that was stopped."""
    words = table()["texts"]
    lines = [
        words[one.state].format(
            kind=words["kinds"][one.kind],
            error=percent(held.options.max_error),
            confidence=percent(held.options.confidence),
            wrong=one.audit.wrong,
            looked=one.audit.looked,
            population=one.audit.size,
            accepted=one.audit.unseen,
            more=one.more,
        )
        for one in now.strata
    ]
    if not lines:
        lines.append(words["nothing"])
    lines += [
        words["stopped"].format(name=one.name, wrong=one.wrong, looked=one.looked)
        for one in now.stopped
    ]
    return lines


def percent(share: float) -> str:
    """``0,5 %``."""
    return f"{round(100 * share, 6):g} %".replace(".", ",")
