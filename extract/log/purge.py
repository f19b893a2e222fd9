"""Deleting a book's working copies by rule, and saying so in its log.

The law wants personal data gone when it has served; what was signed for must stay. The rules
are data (``retention.yaml``); what they may never name is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from getpass import getuser
from pathlib import Path, PurePath

import yaml
from pydantic import Field

from common.errors import InputError, UsageError
from common.options import Options
from extract.folder import BookFolder
from extract.log.chain import Note, hashes
from extract.log.logged import EXPORTED, PURGED, log_of
from extract.reopen import Extracted

RULES = Path(__file__).with_name("retention.yaml")
_KEPT = ("records.jsonl", "store.sqlite*", "log.jsonl", "log.end", "form.yaml", "book.json", "lock")


class Retention(Options):
    """One rule: which files go how many days after the last delivery."""

    what: str
    files: tuple[str, ...]
    delivered: int = Field(ge=0)
    reviewed: bool = True


@dataclass(frozen=True)
class Due:
    """What one rule says of a book: the files that go now, or why none does."""

    rule: Retention
    files: tuple[Path, ...]
    kept: str

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files)


def load_rules(path: Path) -> list[Retention]:
    """The rules of a file.

    Raises:
        InputError: it is no list of rules. UsageError: a rule names what must stay.
    """
    try:
        table = yaml.safe_load(path.read_text("utf-8"))
        rules = [Retention.of(**row) for row in table]
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise InputError(f"no list of rules: {error}", where=str(path)) from error
    for rule in rules:
        for pattern in rule.files:
            if ".." in PurePath(pattern).parts or PurePath(pattern).is_absolute():
                raise UsageError(f"{pattern} leads out of the book's folder", where=str(path))
    return rules


def due(book: Extracted, rules: Sequence[Retention], today: datetime) -> list[Due]:
    """What the rules say of a book, today."""
    exports = [line.time for line in log_of(book.folder).lines() if line.note.did == EXPORTED]
    days = (today - datetime.fromisoformat(max(exports))).days if exports else None
    waiting = sum(value.review for record in book.records() for value in record.fields.values())
    return [_due(book, rule, days, waiting) for rule in rules]


def _due(book: Extracted, rule: Retention, days: int | None, waiting: int) -> Due:
    if days is None:
        return Due(rule, (), "the book was never delivered")
    if days < rule.delivered:
        return Due(rule, (), f"delivered {days} days ago, kept for {rule.delivered}")
    if rule.reviewed and waiting:
        return Due(rule, (), f"{waiting} fields wait for a person")
    return Due(rule, tuple(_files(book.folder.root, rule.files)), "")


def _files(root: Path, patterns: Sequence[str]) -> Iterator[Path]:
    """The files that the patterns name; never what must stay, nor what a link leads to."""
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            own = path.relative_to(root)
            stays = any(own.match(kept) and len(own.parts) == 1 for kept in _KEPT)
            if path.is_file() and not path.is_symlink() and not stays:
                yield path


def purge(book: Extracted, found: Sequence[Due]) -> int:
    """Delete what is due; how many files went. The log says which, before they go."""
    gone = [path for one in found for path in one.files]
    if gone:
        root = book.folder.root
        rules = [one.rule.what for one in found if one.files]
        told = {"rules": rules, "files": hashes(root, gone)}
        log_of(book.folder).add(Note(PURGED, told, getuser()))
    for path in gone:
        path.unlink()
    return len(gone)


def purged_at(folder: BookFolder, path: Path) -> datetime | None:
    """When a file of the folder was deleted by rule; None when the log tells of no deletion."""
    name = path.relative_to(folder.root).as_posix()
    lines = log_of(folder).lines()
    times = [li.time for li in lines if li.note.did == PURGED and name in li.note.about["files"]]
    return datetime.fromisoformat(times[-1]) if times else None
