"""What is written into a book's log, and when: each step's line, made in one place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from getpass import getuser

from extract.folder import BookFolder
from extract.log.chain import Chain, Note, digest_of, hashes
from extract.record import MACHINE, FieldValue
from extract.store import Store, StoredPage

READ, DECIDED, CORRECTED = "read", "decided", "corrected"
EXPORTED, VIEWED, PURGED = "exported", "viewed", "purged"
At = tuple[int, int, str]
"""Page, entry, column."""


def log_of(folder: BookFolder) -> Chain:
    """The book's log."""
    return Chain(folder.root)


def note_read(folder: BookFolder, page: StoredPage, reader: str, scan: str) -> None:
    """A page was read: with which reader, from which scan, into which pictures."""
    pictures = [folder.page_image(page.page), *folder.crops(page.page)]
    about = {
        "page": page.page,
        "outcome": page.outcome,
        "reader": reader,
        "scan": scan,
        "files": hashes(folder.root, (path for path in pictures if path.is_file())),
    }
    log_of(folder).add(Note(READ, about))


def note_decided(folder: BookFolder, store: Store, book: str) -> None:
    """The book's values were decided, and its records written."""
    cases = machine_digests(store, book)
    told = {"cases": cases, "files": hashes(folder.root, [folder.records])}
    log_of(folder).add(Note(DECIDED, told))


def note_corrected(folder: BookFolder, at: At, value: FieldValue) -> None:
    """A person is about to give a value: noted first, so that none stands without its line."""
    page, entry, field = at
    about = {"page": page, "entry": entry, "field": field, "digest": answer_digest(at, value)}
    log_of(folder).add(Note(CORRECTED, {**about, "at": value.time}, value.author))


def note_shown(folder: BookFolder, cells: Sequence[At]) -> None:
    """Cells were put before reviewers, with their crops."""
    crops = [folder.crop(*at) for at in cells]
    files = hashes(folder.root, (path for path in crops if path.is_file()))
    note_viewed(folder, "review", cells, files=files)


def note_viewed(folder: BookFolder, what: str, cells: Sequence[At] = (), **about: object) -> None:
    """Someone was shown what the book holds; ``cells`` where it was only some of them."""
    names = [cell_name(at) for at in cells]
    log_of(folder).add(Note(VIEWED, {"what": what, "cells": names, **about}, getuser()))


def cell_name(at: At) -> str:
    """How a cell is called: ``3.1.nksHoTen``."""
    return ".".join(map(str, at))


def machine_digests(store: Store, book: str) -> dict[str, str]:
    """A digest of the machine's latest values of each case, by ``page.entry``."""
    records, histories = store.told(book)
    cases = {record.key for record in records}
    values: dict[tuple[int, int], dict[str, FieldValue]] = {key: {} for key in cases}
    for (page, entry, field), history in histories.items():
        own = [value for value in history if value.author == MACHINE]
        if own and (page, entry) in cases:
            values[page, entry][field] = own[-1]
    return {f"{page}.{entry}": digest_of(own) for (page, entry), own in sorted(values.items())}


def answer_digest(at: At, value: FieldValue) -> str:
    """A digest of what a person said of a field, when."""
    content = [*at, value.author, value.time, value.value, value.status]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8")).hexdigest()


def answers_digests(history: Mapping[At, Sequence[FieldValue]]) -> dict[str, At]:
    """Where each value that a person gave stands, by its digest."""
    return {
        answer_digest(at, value): at
        for at, values in history.items()
        for value in values
        if value.author != MACHINE
    }
