"""`hotich link`: the same person within and across extracted books."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from extract.match.links import link_mentions, mentions
from extract.reopen import Extracted


def link(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `hotich extract` wrote.")],
    out: Annotated[Path, typer.Option(help="CSV to write, the surest links first.")],
    threshold: Annotated[float, typer.Option(min=0, max=1, help="The least probability.")] = 0.5,
) -> None:
    """Find who stands twice: re-registrations, twins, birth with marriage, death, recognition."""
    people = []
    for folder in folders:
        with Extracted.open(folder) as book:
            people += mentions(book.records())
    found = link_mentions(people, threshold)
    with out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["kind", "label", "probability", "one", "one_role", "one_name", "one_birth",
             "other", "other_role", "other_name", "other_birth"]
        )  # fmt: skip
        for each in found:
            pair = [
                text
                for mention in (each.one, each.other)
                for text in (mention.where, mention.role, mention.person.name, mention.person.birth)
            ]
            rows.writerow([each.kind, each.label, f"{each.probability:.4f}", *pair])
    typer.echo(f"{len(people)} people in {len(folders)} books: {len(found)} links, {out}")
