"""The commands, one file each; only the one that is called is imported."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """Where a command lives: ``module`` in this package, ``name`` in it, and its line of help."""

    module: str
    name: str
    help: str


COMMANDS = {
    "extract": Command("extract", "extract", "Scans of one book → pre-filled records."),
    "read": Command("read", "read", "Cropped line images → their text, as JSON lines."),
    "restore": Command("restore", "restore", "One page cleaned."),
    "skew": Command("skew", "skew", "The angle each page is turned by, as JSON lines."),
    "match": Command("match", "match", "Find people in a list of existing records."),
    "link": Command("link", "link", "The same person within and across extracted books."),
    "reconcile": Command("reconcile", "reconcile", "Our records against another keying of them."),
    "review": Command("review", "app", "Label Studio: send doubtful fields, take them back."),
    "deliver": Command("deliver", "deliver", "The book's package: xlsx, zip of PDFs, manifest."),
    "check": Command("check", "check", "Acceptance of any package, ours or not."),
    "promise": Command("promise", "promise", "Which fields need no person, and how surely."),
    "sample": Command("sample", "app", "A blind sample of any package, and its statement."),
    "audit": Command("audit", "audit", "A book held against its log; the story of a cell."),
    "purge": Command("purge", "purge", "Working copies deleted by rule."),
    "report": Command("report", "report", "One HTML page: progress, quality, what to look at."),
    "train": Command("train", "train", "A recogniser from scratch."),
    "adapt": Command("adapt", "adapt", "The reader taught one clerk's hand, if that helps."),
    "evaluate": Command("evaluate", "app", "Every figure of the project, with its data and n."),
    "doctor": Command("doctor", "doctor", "What is installed, what is missing, how to get it."),
}
