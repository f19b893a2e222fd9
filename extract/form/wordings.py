"""A generation's printed wordings as states in printed order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from extract.form.words import key_of
from extract.registers import Generation, Label, Section


@dataclass(frozen=True)
class State:
    """Something the form prints at this point: a title, a heading, a column's head, a label.

    Attributes:
        keys: its wordings as keys (`key_of`), the usual one first.
        text: the usual wording.
        label: the label, or None for titles and headings.
        codes: the columns it leads to here.
        column: position of the column it heads, or that it stands in; -1 outside tables.
        section: id of its section.
    """

    keys: tuple[str, ...]
    text: str
    label: Label | None = None
    codes: tuple[str, ...] = ()
    column: int = -1
    section: str = ""

    @property
    def required(self) -> bool:
        return self.label is not None and not self.label.optional

    @property
    def is_head(self) -> bool:
        """Whether it stands above a column."""
        return self.label is None and self.column >= 0


def first_piece(text: str) -> str:
    """What stands before the first gap of a wording: ``Sanh ngày … tháng …`` → ``Sanh ngày``."""
    return text.split("…")[0]


def states_of(generation: Generation, layout: str) -> tuple[State, ...]:
    """The wordings of a generation in printed order, in one of `layouts_of` its own."""
    states = [State(_keys(generation.titles), generation.name)] if generation.titles else []
    merged: set[str] = set()
    for section in generation.sections:
        labels = [label for label in generation.labels if label.section == section.id]
        if layout in ("columns", "table") and section.table:
            if section.table not in merged:
                merged.add(section.table)
                section, labels = _side_by_side(generation, section.table)
                states.extend(_table(section, labels, layout))
            continue
        if section.headings:
            states.append(State(_keys(section.headings), section.headings[0], section=section.id))
        if section.columns:
            states.extend(_table(section, labels, layout))
        else:
            states.extend(
                State(_keys(label.texts), label.texts[0], label, label.codes, -1, section.id)
                for label in labels
            )
    return tuple(states)


def layouts_of(generation: Generation) -> tuple[str, ...]:
    """How the parts of a generation that may stand side by side are printed.

    ``blocks``: one under the other, each line with its own labels; ``rows`` and ``columns``: side
    by side, lines read across or down; ``table``: the labels once, beside the columns.
    """
    paired = any(section.columns for section in generation.sections)
    tables = any(section.table for section in generation.sections)
    if paired:
        return "blocks", "rows", "table"
    return ("blocks", "columns", "table") if tables else ("blocks",)


def vocabulary(generations: Iterable[Generation]) -> frozenset[str]:
    """Keys of the single words that generations print."""
    texts: set[str] = set()
    for generation in generations:
        texts.update(generation.titles)
        for section in generation.sections:
            texts.update((*section.headings, *section.heads, *chain(*section.columns)))
        for label in generation.labels:
            texts.update((*label.texts, *label.row))
    return frozenset(key_of(word) for text in texts for word in text.split())


def _side_by_side(generation: Generation, table: str) -> tuple[Section, list[Label]]:
    """Sections fused into one of several columns: shared labels once, with a code a column.

    A label that only one section has leads nowhere in the other columns.
    """
    sections = [section for section in generation.sections if section.table == table]
    heads = tuple(section.heads for section in sections)
    fused = Section(table, (), heads, table=table)
    rows: dict[str, Label] = {}
    for column, section in enumerate(sections):
        for label in generation.labels:
            if label.section != section.id or not label.codes:
                continue
            texts = label.row or label.texts
            known = rows.get(texts[0])
            codes = list(known.codes if known else ("",) * len(sections))
            codes[column] = label.codes[0]
            rows[texts[0]] = replace(label, texts=texts, section=table, codes=tuple(codes))
    return fused, list(rows.values())


def _keys(texts: Iterable[str]) -> tuple[str, ...]:
    keys = (key_of(first_piece(text)) for text in texts)
    return tuple(dict.fromkeys(key for key in keys if key))


def _table(section: Section, labels: Sequence[Label], layout: str) -> list[State]:
    heads = [
        State(_keys(column), column[0], column=index, section=section.id)
        for index, column in enumerate(section.columns)
    ]
    if layout == "table":
        rows = [
            State(_keys(label.texts), label.texts[0], label, label.codes, -1, section.id)
            for label in labels
        ]
        return [*heads, *rows]
    cells = {
        (column, label): _cell(section, label, column)
        for column in range(len(section.columns))
        for label in labels
        if label.codes[column : column + 1] != ("",)
    }
    if layout == "rows":
        return [*heads, *(cells[c, label] for label in labels for c in range(len(heads)))]
    return [
        state
        for column, head in enumerate(heads)
        for state in (head, *(cell for (c, _), cell in cells.items() if c == column))
    ]


def _cell(section: Section, label: Label, column: int) -> State:
    """A label printed once more in each column, perhaps with the column's name after it.

    Sections that are fused into columns have labels of their own that name the parent.
    """
    plain = _keys(label.texts)
    if section.table:
        return State(
            plain, label.texts[0], label, label.codes[column : column + 1], column, section.id
        )
    named = _keys(f"{text} {name}" for text in label.texts for name in section.columns[column])
    codes = label.codes[column : column + 1]
    return State((*plain, *named), label.texts[0], label, codes, column, section.id)
