"""`hotich match`: find people in a list of existing records."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from extract.match import MatchOptions, PeopleIndex, match_person, read_people


def match(
    queries: Annotated[Path, typer.Argument(help="CSV: id,ho_ten,ngay_sinh,gioi_tinh,cha,me,…")],
    against: Annotated[Path, typer.Option(help="CSV of existing records, the same columns.")],
    out: Annotated[Path, typer.Option(help="CSV to write: query_id,match_id,rank,score.")],
    top: Annotated[int | None, typer.Option(min=1, help="K rows a query, at any score.")] = None,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="The least probability.")] = 0.5,
) -> None:
    """Find people in a list of existing records; a score is the probability that it is they."""
    options = MatchOptions(threshold=threshold, top=top)
    asked = list(read_people(queries))
    index = PeopleIndex(read_people(against))
    console = Console(stderr=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["query_id", "match_id", "rank", "score"])
        for query in track(asked, "Matching", console=console, disable=not console.is_terminal):
            for rank, found in enumerate(match_person(query, index, options), start=1):
                rows.writerow([query.id, found.id, rank, f"{found.score:.4f}"])
