"""What any act of civil status is made of, other than a birth: people, facts and an officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from common.tables import yaml_table
from models.synth.people import Person

TABLES = Path(__file__).parent / "acts.yaml"


def tables() -> Mapping[str, Any]:
    """Causes, reasons, purposes and offices that acts are drawn from (`acts.yaml`)."""
    return yaml_table(TABLES)


@dataclass(frozen=True)
class Kin:
    """A relative who is only named; ``alive`` None where the form does not ask."""

    name: str
    alive: bool | None = None


@dataclass(frozen=True)
class Choice:
    """A ticked box: what it says, the coded value it means, and which box it is."""

    label: str
    value: str
    box: str = ""


UNTICKED = Choice("", "")


@dataclass(frozen=True)
class Notice:
    """A paper of some coded kind, and its number: what a blank ``<code>Giay`` holds."""

    kind: str
    value: str
    number: str


Fact = date | time | str | Kin | Choice | Notice | None
"""What a column holds; None: the question does not arise, and the blank stays empty."""


@dataclass(frozen=True)
class Story:
    """What happened: ``people`` by the prefix of their columns, ``facts`` by column.

    A code with ``_`` before it is written on some forms and has no column.
    """

    people: Mapping[str, Person | None]
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Act:
    """One registered act, as it happened (what the clerk writes of it is `act_entry.py`)."""

    number: int
    registered: date
    story: Story
    signer: str
    signer_title: str
    executor: str
    note: str
