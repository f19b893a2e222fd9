"""The acceptance statement: what was drawn and found, the intervals; in Vietnamese, as PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from html import escape

from extract.promise.words import percent
from extract.sample.acceptance import Checked, Share, Verdict
from extract.sample.cells import Package, words
from extract.typeset import typeset

_CSS = """
h1 {font-size: 14pt; margin: 10pt 0 0 0; text-align: center;}
.middle {text-align: center;}
.day {text-align: right;}
h2 {font-size: 11pt; margin: 10pt 0 2pt 0;}
p {font-size: 9.5pt; margin: 3pt 0;}
td, th {font-size: 8pt; padding: 1.5pt 5pt 1.5pt 0; text-align: left;}
td {border-bottom: 0.4pt solid #999999;}
.result {font-size: 12pt; font-weight: bold;}
.hash {font-size: 7pt;}
.signers td {font-size: 9.5pt; border: none; text-align: center; width: 165pt;}
"""


def statement_pdf(verdict: Verdict, inspector: str, limit: float | None, day: date) -> bytes:
    """The statement.

    Args:
        limit: share of wrong cells that may be accepted; None draws no conclusion.
        day: on which it is made.
    """
    return typeset(["".join(_parts(verdict, inspector, limit, day))], _CSS)


def lines(verdict: Verdict, inspector: str, limit: float | None) -> list[str]:
    """What the statement says, without its tables."""
    say, options, whole = words()["statement"], verdict.options, verdict.whole
    facts = {
        "packages": ", ".join(package.name for package in verdict.packages),
        "cases": sum(len(package.table.rows) for package in verdict.packages),
        "cells": sum(verdict.sizes.values()),
        "sample": len(verdict.checked),
        "seed": options.seed,
        "half": _share(options.half_width),
        "confidence": percent(options.confidence),
        "inspector": inspector,
        "wrong": whole.wrong,
        "looked": whole.looked,
        "share": _share(whole.wrong / whole.looked if whole.looked else 0.0),
        "low": _share(whole.low),
        "high": _share(whole.high),
    }
    said = [say[name].format(**facts) for name in ("subject", "drawn", "result")]
    if verdict.illegible:
        worst = _share(verdict.worst)
        said.append(say["illegible"].format(illegible=verdict.illegible, high=worst))
    if limit is not None:
        name = "accepted" if verdict.worst <= limit else "refused"
        said.append(say[name].format(limit=_share(limit)))
    return said


def _parts(verdict: Verdict, inspector: str, limit: float | None, day: date) -> Iterator[str]:
    say = words()["statement"]
    yield f'<p class="middle"><b>{say["nation"]}</b><br/>{say["motto"]}</p>'
    made = say["day"].format(day=f"{day.day:02d}", month=f"{day.month:02d}", year=day.year)
    yield f'<p class="day"><i>{made}</i></p><h1>{say["title"]}</h1>'
    yield f'<p class="middle">{say["about"]}</p>'
    for line in say["parties"]:
        yield f"<p>{escape(line.format(inspector=inspector))}</p>"
    for place, line in enumerate(lines(verdict, inspector, limit)):
        yield f'<p class="{"result" if place >= 2 else "text"}">{escape(line)}</p>'
    even = sum(one.drawn.even for one in verdict.checked)
    note = say["stratum_note"].format(confidence=percent(verdict.options.confidence), even=even)
    yield f"<h2>{say['strata_title']}</h2><p>{escape(note)}</p>"
    yield _table(say["strata"], (_row(verdict, key, s) for key, s in verdict.strata().items()))
    wrong = [one for one in verdict.checked if one.said is not None and not one.right]
    if wrong:
        yield f"<h2>{escape(say['errors'])}</h2>"
        yield _table(say["error_headers"], (_error(verdict, one) for one in wrong))
    for line in (say["of_the_book"], *_never(verdict.packages)):
        yield f'<p class="hash">{escape(line)}</p>'
    yield f"<h2>{escape(say['hashes'])}</h2>"
    for package in verdict.packages:
        yield f'<p class="hash">{escape(package.name)}.xlsx {package.digest}</p>'
    yield f"<p>{say['copies']}</p>"
    signers = "".join(f"<td><b>{who}</b><br/><i>{say['sign']}</i></td>" for who in say["signers"])
    yield f'<table class="signers"><tr>{signers}</tr></table>'


def _row(verdict: Verdict, stratum: tuple[str, ...], share: Share) -> list[str]:
    era, register, kind = stratum
    found = _share(share.wrong / share.looked) if share.looked else "–"
    counts = [str(verdict.sizes[stratum]), str(share.looked), str(share.wrong)]
    return [era, register, kind, *counts, found, f"{_share(share.low)} – {_share(share.high)}"]


def _error(verdict: Verdict, one: Checked) -> list[str]:
    cell = one.drawn.cell
    package = next(package for package in verdict.packages if package.name == cell.book)
    label = package.register.column(cell.code).label
    return [package.pdfs.get(cell.row, cell.name), label, one.held, one.said or ""]


def _never(packages: Sequence[Package]) -> Iterator[str]:
    """A line a register: the columns that a book never fills, of which nothing was drawn there."""
    say = words()["statement"]
    for register in sorted({package.register.code for package in packages}):
        books = [package for package in packages if package.register.code == register]
        found = Counter(code for package in books for code in package.never)
        told = [
            code if count == len(books) else say["some"].format(column=code, books=count)
            for code, count in sorted(found.items())
        ]
        if told:
            facts = {"register": register, "books": len(books), "columns": ", ".join(told)}
            yield say["never"].format(**facts)


def _table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(header)}</th>" for header in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _share(share: float) -> str:
    return percent(round(share, 4)).replace(" ", "\N{NO-BREAK SPACE}")
