"""Which fields a person must look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from common.tables import yaml_table
from extract.checks.rules import severity
from extract.record import MACHINE, FieldValue, Record
from extract.registers import Register

_TABLE = Path(__file__).with_name("review.yaml")


def _table() -> Mapping[str, float]:
    return yaml_table(_TABLE)


def mark_for_review(record: Record, register: Register) -> Record:
    """The record with ``review`` set: too little confidence, or an open rule (not mere info).

    What a person said is not asked again, save where a second person said another thing.
    """
    broken = {
        code
        for issue in record.issues
        if severity(issue.rule) != "info"
        for code in issue.fields
        if record.get(code).status != "absent_on_form"
    }
    types = {column.code: column.type for column in register.columns}
    return record.with_fields(
        {
            code: replace(value, review=code in broken or _doubtful(value, types.get(code, "")))
            for code, value in record.fields.items()
            if value.author == MACHINE
        }
    )


def _doubtful(value: FieldValue, kind: str) -> bool:
    if value.status == "absent_on_form":
        return False
    if value.status == "illegible" or (value.status == "read" and value.value is None):
        return True
    if value.status == "blank" and value.raw:
        return value.confidence < _table()["mark"]
    name = value.status if value.status in _table() else kind
    return value.confidence < _table().get(name, _table()["other"])
