"""The Label Studio projects of one book: what each asks, and by which key it is found again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from annotation.client import LabelStudio
from annotation.server import Server
from annotation.texts import layout, texts
from extract.folder import BookFolder

KINDS = ("fields", "pages", "second", "third")
"""Doubtful fields; pages that a crop cannot settle; blind second readings; disagreements."""


@dataclass(frozen=True)
class Project:
    """A project that is there. ``images``: where its pictures are served; None when they are not,
    and each task carries its own."""

    id: int
    images: str | None


def project_key(folder: BookFolder, book: str, kind: str) -> str:
    """By which a project is found again: the book, its folder, by its path, and what it asks.

    Another book that comes into the folder's place does not get the first one's answers.
    """
    digest = hashlib.sha256(f"{folder.root.resolve()}\n{book}".encode()).hexdigest()
    return f"hotich-{digest[:16]}-{kind}"


def find(studio: LabelStudio, folder: BookFolder, book: str, kind: str) -> int | None:
    """The book's project of a kind, if it was ever made on this server."""
    return studio.find_project(project_key(folder, book, kind))


def ensure(
    studio: LabelStudio,
    server: Server,
    folder: BookFolder,
    book: str,
    kind: str,
    labels: Mapping[str, str] | None = None,
) -> Project:
    """The book's project of a kind, made when there is none.

    Our own server shows the pictures from their folder; another one gets them inside the tasks.

    Args:
        labels: for pages, the columns that a box may be.
    """
    key = project_key(folder, book, kind)
    found = studio.find_project(key)
    if found is None:
        words = texts()["projects"][kind]
        title = words["title"].format(book=book)
        found = studio.make_project(key, title, layout(kind, labels), words["instructions"])
    if server.url != studio.url:
        return Project(found, None)
    pictures = "pages" if kind == "pages" else "crops"
    link = server.files / key
    _point(link, folder.root / pictures)
    studio.serve_folder(found, link)
    return Project(found, f"/data/local-files/?d={key}")


def _point(link: Path, folder: Path) -> None:
    """Make ``link`` show the folder."""
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(folder.resolve(), target_is_directory=True)
