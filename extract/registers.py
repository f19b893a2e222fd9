"""Registers and their printed forms, read from ``extract/registers/<CODE>/``: data, not code.

A register is a folder: ``register.yaml`` (name, and what stands on every title page),
``columns.csv`` (what a record holds: the national import columns in their order, then the
keys that only old forms have) and one YAML file for each generation of the printed form.
``registers/README.md`` describes the files for the clerk who adds one.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from common.errors import UsageError
from common.text import nfc

REGISTERS = Path(__file__).with_name("registers")
ANY = "ANY"
"""The register of a ledger that nobody described: its headings are its columns."""
KINDS = frozenset(
    [
        "number_token",
        "partial_date",
        "text_date_words",
        "person_name",
        "place",
        "text",
        "enum",
        "id_number",
        "age",
        "time",
        "signature",
        "tick",
    ]
)


@dataclass(frozen=True)
class Column:
    """One field of a record. ``sheet`` is its place in the import sheet, 0 for old-only keys."""

    code: str
    label: str
    type: str
    enum: str = ""
    sheet: int = 0


@dataclass(frozen=True)
class Label:
    """A printed label and what is written beside it.

    Attributes:
        texts: its wordings, the usual one first; ``…`` stands for a gap to write in.
        section: id of the section it belongs to.
        codes: the columns it leads to; in a section of several columns (cha | mẹ) one a column.
        also: further columns written in the same place ("Giấy tờ tùy thân": kind, number, date).
        kind: what is written there, one of `KINDS`.
        lines: ruled lines usually given to it.
        where: ``beside`` the label, ``below`` it, or ``either``.
        optional: not every press printed it.
        tick: the coded value that a tick at this label means, else "".
        row: its wordings where its section is printed as a column of a table.
    """

    texts: tuple[str, ...]
    section: str
    codes: tuple[str, ...]
    also: tuple[str, ...] = ()
    kind: str = "text"
    lines: int = 1
    where: str = "beside"
    optional: bool = False
    tick: str = ""
    row: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of an entry: its printed headings, and its columns' when it is a table.

    ``once``: printed once a page, however many cases stand there. Sections with the same
    ``table`` (the father's, the mother's) stand side by side as its columns on some presses, under
    their ``heads``, with the labels they share printed once.
    """

    id: str
    headings: tuple[str, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    once: bool = False
    table: str = ""
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Generation:
    """One generation of a register's printed form.

    ``derived`` maps a column that is computed to the one it comes from.
    """

    id: str
    name: str
    years: tuple[int, int]
    titles: tuple[str, ...]
    form_codes: tuple[str, ...]
    sections: tuple[Section, ...]
    labels: tuple[Label, ...]
    derived: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]

    @property
    def printed(self) -> tuple[str, ...]:
        """Codes that some label of this generation leads to, in printed order, once each."""
        codes = (code for label in self.labels for code in (*label.codes, *label.also))
        return tuple(dict.fromkeys(codes))

    def section(self, name: str) -> Section:
        """The section of this id."""
        return next(section for section in self.sections if section.id == name)


@dataclass(frozen=True)
class Register:
    """A register type: what a record of it holds, and the forms it was printed on."""

    code: str
    name: str
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    generations: tuple[Generation, ...]
    enums: dict[str, dict[str, str]]

    @property
    def sheet(self) -> tuple[Column, ...]:
        """The columns of the national import sheet, in its order."""
        return tuple(column for column in self.columns if column.sheet)

    def column(self, code: str) -> Column:
        """The column of this code; raises `UsageError` when the register has none such.

        Any heading is a column of the ledger that nobody described.
        """
        if self.code == ANY:
            return Column(code, code, "text")
        for column in self.columns:
            if column.code == code:
                return column
        raise UsageError(f"register {self.code} has no column {code}")

    def ticks(self, code: str) -> list[tuple[str, tuple[str, ...]]]:
        """The value that each printed box for a column means when it is ticked, and the wordings
        beside it, over all generations."""
        labels = (label for generation in self.generations for label in generation.labels)
        return [(label.tick, label.texts) for label in labels if label.tick and code in label.codes]

    def generation(self, form: str) -> Generation:
        """The generation of this id; raises `UsageError` when there is none such.

        A ledger that nobody described has one, of whatever name, with nothing printed that we know.
        """
        if self.code == ANY:
            return Generation(form, self.name, (0, 9999), (), (), (), (), (), ())
        for generation in self.generations:
            if generation.id == form:
                return generation
        known = ", ".join(generation.id for generation in self.generations)
        raise UsageError(f"register {self.code} has no form {form}", hint=f"known: {known}")


def register_codes(folder: Path = REGISTERS) -> tuple[str, ...]:
    """Codes of every register described in ``folder``."""
    return tuple(sorted(path.parent.name for path in folder.glob("*/register.yaml")))


@functools.lru_cache
def load_register(code: str, folder: Path = REGISTERS) -> Register:
    """Read one register's folder.

    Raises `UsageError`, naming the file, when the register is unknown or a file contradicts
    itself (a label that leads to no column, an unknown key).
    """
    if code.upper() == ANY:
        return Register(ANY, "Sổ không có mẫu", (), (), (), {})
    home = folder / code.upper()
    if not (home / "register.yaml").is_file():
        known = " ".join(register_codes(folder))
        raise UsageError(f"unknown register {code}", hint=f"known: {known}")
    about = _read(home / "register.yaml", {"code", "name", "titles"})
    columns = _columns(home / "columns.csv")
    types = {column.code: column.type for column in columns}
    files = sorted(path for path in home.glob("*.yaml") if path.name != "register.yaml")
    generations = (_generation(path, types) for path in files)
    enums = yaml.safe_load((folder / "enums.yaml").read_text(encoding="utf-8"))
    wanted = {column.enum for column in columns if column.enum}
    return Register(
        code=about["code"],
        name=nfc(about["name"]),
        titles=_texts(about.get("titles")),
        columns=columns,
        generations=tuple(sorted(generations, key=lambda g: g.years)),
        enums={
            name: {str(key): nfc(value) for key, value in values.items()}
            for name, values in enums.items()
            if name in wanted
        },
    )


def _columns(path: Path) -> tuple[Column, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Column(r["code"], nfc(r["label"]), r["type"], r["enum"], int(r["sheet"] or 0)) for r in rows
    )


def _generation(path: Path, types: dict[str, str]) -> Generation:
    keys = {"id", "name", "years", "titles", "form_codes", "sections", "labels", "derived"}
    data = _read(path, keys)
    labels = tuple(_label(item, path, types) for item in data["labels"])
    sections = tuple(
        Section(
            item["id"],
            _texts(item.get("headings")),
            tuple(_texts(column) for column in item.get("columns", ())),
            bool(item.get("once", False)),
            str(item.get("table", "")),
            _texts(item.get("heads")),
        )
        for item in data["sections"]
    )
    unknown = {label.section for label in labels} - {section.id for section in sections}
    if unknown:
        raise UsageError(f"unknown section {min(unknown)}", where=str(path))
    derived = dict(data.get("derived") or {})
    led = {code for label in labels for code in (*label.codes, *label.also)}
    return Generation(
        id=data["id"],
        name=nfc(data["name"]),
        years=(int(data["years"][0]), int(data["years"][1])),
        titles=_texts(data.get("titles")),
        form_codes=_texts(data.get("form_codes")),
        sections=sections,
        labels=labels,
        derived=tuple(derived.items()),
        absent=tuple(code for code in types if code not in led and code not in derived),
    )


def _label(item: dict[str, Any], path: Path, types: dict[str, str]) -> Label:
    known = {"label", "variants", "section", "codes", "also", "kind", "lines", "where"}
    unknown = set(item) - known - {"optional", "tick", "row"}
    if unknown:
        raise UsageError(f"unknown key {min(unknown)}", where=f"{path}, {item.get('label')}")
    codes, also = tuple(item.get("codes") or ()), tuple(item.get("also") or ())
    for code in (*codes, *also):
        if code not in types:
            raise UsageError(f"no column {code}", where=f"{path}, {item['label']}")
    tick = str(item.get("tick", ""))
    default = "tick" if tick else types[codes[0]] if codes else "text"
    kind = item.get("kind", default)
    if kind not in KINDS:
        raise UsageError(f"unknown kind {kind}", where=f"{path}, {item['label']}")
    return Label(
        texts=_texts([item["label"], *item.get("variants", ())]),
        section=item["section"],
        codes=codes,
        also=also,
        kind=kind,
        lines=int(item.get("lines", 1)),
        where=item.get("where", "beside"),
        optional=bool(item.get("optional", False)),
        tick=tick,
        row=_texts(item.get("row")),
    )


def _read(path: Path, keys: set[str]) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(data) - keys
    if unknown:
        raise UsageError(f"unknown key {min(unknown)}", where=str(path))
    return data


def _texts(items: Any) -> tuple[str, ...]:
    return tuple(nfc(str(item)) for item in items or ())
