"""Why a row is, or is not, the person: field by field, in words, numbers and a small chart.

Every line's number is the logarithm of how many times likelier the match became by it; they add
up to the odds from which the probability comes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from common.tables import yaml_table
from extract.match.evidence import FIELDS, LEVELS
from extract.match.people import Person
from extract.match.score import Match, Matcher

_WORDS = Path(__file__).with_name("words.yaml")
_BAR = 24  # characters of the longest bar
_FULL = 15.0  # log odds that fill it


@dataclass(frozen=True)
class Line:
    """One reason: what it is about, both sides, in words, and its log odds."""

    label: str
    asked: str
    there: str
    words: str
    said: float


@dataclass(frozen=True)
class Explanation:
    """Why a row has its probability; the lines' numbers add up to its odds."""

    query: Person
    person: Person
    score: float
    lines: tuple[Line, ...]


def explain(matcher: Matcher, query: Person, match: Match) -> Explanation:
    """The reasons for one match."""
    evidence, index = matcher.evidence, matcher.index
    row = index.rows[match.row : match.row + 1]
    levels, said = evidence.compare(query, row)
    weighed = (said * evidence.learnt.weight)[0]
    person = index.person(match.row)
    words = yaml_table(_WORDS)
    lines = [
        Line(
            group["label"],
            getattr(query, name),
            getattr(person, name),
            _group_words(name, group["fields"], levels[0], query),
            float(sum(weighed[FIELDS.index(field)] for field in group["fields"])),
        )
        for name, group in words["groups"].items()
    ]
    people = len(index)
    whole = float(evidence.total(said)[0])
    kin = whole + math.log(people) - float(weighed.sum())
    odds = math.log(max(match.score, 1e-300) / max(1 - match.score, 1e-15))
    if kin < -0.05:
        lines.append(Line(words["kin"], "", "", "", kin))
    crowd = words["crowd"].format(people=f"{people:,}".replace(",", "."))
    lines.append(Line(crowd, "", "", "", -math.log(people)))
    lines.append(Line(f"{words['prior']}; {words['others'].lower()}", "", "", "", odds - whole))
    return Explanation(query, person, match.score, tuple(lines))


def as_text(explanation: Explanation) -> str:
    """The explanation as lines of text with bars."""
    words = yaml_table(_WORDS)
    out = [
        f"{explanation.query.id} → {explanation.person.id}   "
        f"{words['probability']}: {explanation.score:.3f}"
    ]
    for line in explanation.lines:
        both = f"«{line.asked}» – «{line.there}»: {line.words}" if line.words else ""
        out.append(f"  {line.said:+6.1f} {_bar(line.said):<{_BAR}} {line.label} {both}".rstrip())
    return "\n".join(out)


def as_html(explanations: Sequence[Explanation]) -> str:
    """A page of explanations with small charts; nothing is loaded from elsewhere."""
    words = yaml_table(_WORDS)
    parts = [_HEAD, f"<h1>{escape(words['title'])}</h1><p>{escape(words['about'])}</p>"]
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in words["heads"])
    for one in explanations:
        rows = "".join(_row(line) for line in one.lines)
        parts.append(
            f"<h2>{escape(one.query.id)} → {escape(one.person.id)} "
            f"<small>{escape(words['probability'])}: {one.score:.3f}</small></h2>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return "\n".join(parts) + "\n"


def _row(line: Line) -> str:
    width = min(abs(line.said) / _FULL, 1.0) * 50
    side = f"left:50%;width:{width:.1f}%" if line.said >= 0 else f"right:50%;width:{width:.1f}%"
    kind = "for" if line.said >= 0 else "against"
    cells = (line.label, line.asked, line.there, line.words)
    said = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    bar = f'<td class="chart"><i class="{kind}" style="{side}"></i></td>'
    return f"<tr>{said}<td>{line.said:+.1f}</td>{bar}</tr>"


_HEAD = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>hotich match</title>
<style>body{font:15px/1.4 sans-serif;margin:2em}td,th{padding:2px 8px;vertical-align:top}
p{max-width:50em}th{text-align:left;border-bottom:1px solid #999}th:last-child{text-align:center}
h1{font-size:1.3em}h2{font-size:1.1em;margin:1.5em 0 .3em}small{font-weight:normal}
.chart{position:relative;width:16em;
background:linear-gradient(90deg,#eee 49.7%,#999 49.7% 50.3%,#eee 50.3%)}
.chart i{position:absolute;top:4px;bottom:4px}
.for{background:#2a7}.against{background:#c53}</style>"""


def _bar(said: float) -> str:
    return ("█" if said >= 0 else "░") * round(min(abs(said) / _FULL, 1.0) * _BAR)


def _group_words(name: str, fields: Sequence[str], levels: Any, query: Person) -> str:
    words = yaml_table(_WORDS)
    named = [(field, LEVELS[field][int(levels[FIELDS.index(field)])]) for field in fields]
    if all(level == "missing" for _, level in named):
        return str(words["missing"])
    if all(level == "same" for _, level in named):
        return str(words["levels"]["same"])
    said = []
    for field, level in named:
        part = words["parts"].get(field.partition("_")[2], "")
        if level == "missing":
            if field == "father_surname" and query.father:
                said.append(str(words["fathers_surname"]))
            continue
        said.append(f"{part} {words['levels'][level]}".strip())
    return "; ".join(said)
