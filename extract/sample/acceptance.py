"""The blind sample from drawing to verdict.

``draw`` leaves two things: a folder for the inspector, and ``sample.json`` for whoever takes the
sheet back, which names every cell that was drawn but no value.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from common.errors import InputError, UsageError
from common.options import Options
from extract.acceptance.package import PackageFiles
from extract.folder import BookFolder
from extract.record import read_records, write_whole
from extract.sample.cells import Cell, Package, open_packages
from extract.sample.compare import agrees
from extract.sample.design import Drawn, draw
from extract.sample.inspect import give_out, take_back
from extract.sample.interval import interval, size_for

KEPT = "sample.json"
INSPECTOR = "kiem-tra"


class SampleOptions(Options):
    """How large a sample is.

    Attributes:
        half_width: of the interval for the whole.
        confidence: of every interval.
        expected: share of wrong cells that is reckoned with.
        least: cells of every stratum, as far as it has them.
        seed: draws the sample; recorded.
    """

    half_width: float = Field(default=0.01, gt=0, lt=0.5)
    confidence: float = Field(default=0.95, gt=0, lt=1)
    expected: float = Field(default=0.01, ge=0, lt=1)
    least: int = Field(default=20, ge=0)
    seed: str = "hotich"

    @property
    def size(self) -> int:
        """Cells drawn in even shares."""
        return size_for(self.half_width, self.confidence, self.expected)


@dataclass(frozen=True)
class Given:
    """What was given to the inspector: ``unseen`` cells have no picture; of the packages
    ``by_place`` the PDFs' names tell no case, and were matched to the rows by their order."""

    folder: Path
    cells: int
    strata: int
    unseen: int
    by_place: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """A cell of the sample, and what was said of it; None where it could not be read."""

    drawn: Drawn[Cell]
    held: str
    said: str | None
    right: bool


@dataclass(frozen=True)
class Share:
    """Wrong cells among those looked at, and the interval for all that they stand for."""

    wrong: int
    looked: int
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """What an inspection found."""

    options: SampleOptions
    packages: tuple[Package, ...]
    sizes: Mapping[tuple[str, ...], int]
    checked: tuple[Checked, ...]

    @property
    def whole(self) -> Share:
        """Over all cells, from those drawn in even shares."""
        return self._share([one for one in self.checked if one.drawn.even])

    @property
    def worst(self) -> float:
        """The upper end for the whole, were every illegible cell wrong."""
        even = [one for one in self.checked if one.drawn.even]
        wrong = sum(not one.right for one in even)
        return interval(wrong, len(even), self.options.confidence)[1]

    def strata(self) -> dict[tuple[str, ...], Share]:
        """Each stratum by itself, from all its cells."""
        return {
            stratum: self._share([c for c in self.checked if c.drawn.cell.stratum == stratum])
            for stratum in sorted(self.sizes)
        }

    @property
    def illegible(self) -> int:
        return sum(one.said is None for one in self.checked)

    def _share(self, cells: Sequence[Checked]) -> Share:
        read = [one for one in cells if one.said is not None]
        wrong = sum(not one.right for one in read)
        return Share(wrong, len(read), *interval(wrong, len(read), self.options.confidence))


def draw_sample(
    files: Sequence[PackageFiles], out: Path, options: SampleOptions, crops: Sequence[Path] = ()
) -> Given:
    """Draw the sample of some packages, and write what the inspector gets.

    Args:
        crops: folders that ``extract`` wrote, one a package in the same order, whose pictures of
            single places are shown; without them the inspector gets the whole case.

    Raises:
        UsageError: a sample was drawn there before: it is not drawn until it pleases.
    """
    if (out / KEPT).exists():
        raise UsageError("a sample was drawn here", where=str(out), hint="give another --out")
    packages = open_packages(files)
    cells = [cell for package in packages for cell in package.cells()]
    drawn = draw(cells, options.size, options.least, options.seed)
    shown = [one.cell for one in drawn]
    known = _crops(packages, crops)
    unseen = give_out(shown, packages, known, out / INSPECTOR)
    sizes = Counter(cell.stratum for cell in cells)
    content = {
        "options": options.model_dump(mode="json"),
        "packages": {
            package.name: {"folder": str(package.files.folder.resolve()), "sha256": package.digest}
            for package in packages
        },
        "strata": [[*stratum, count] for stratum, count in sorted(sizes.items())],
        "cells": [
            [c.book, c.row, c.code, *c.stratum, one.even] for one in drawn for c in [one.cell]
        ],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(out / KEPT, text.encode("utf-8"))
    by_place = tuple(package.name for package in packages if package.by_place)
    return Given(out / INSPECTOR, len(drawn), len(sizes), unseen, by_place)


def take_sample(folder: Path, sheet: Path) -> Verdict:
    """Hold the inspector's sheet against the packages.

    Raises:
        InputError: a package is another than when the sample was drawn, or lines are missing.
    """
    content = kept_sample(folder)
    drawn = [
        Drawn(Cell(book, row, code, (era, register, kind)), even)
        for book, row, code, era, register, kind, even in content["cells"]
    ]
    packages = {}
    for name, about in content["packages"].items():
        package = Package.open(PackageFiles(Path(about["folder"]), name))
        if package.digest != about["sha256"]:
            raise InputError(
                "the package is not the one that the sample was drawn from",
                where=name,
                hint="draw a new sample of the new package",
            )
        packages[name] = package
    said = take_back(sheet, len(drawn))
    checked = [_checked(packages[d.cell.book], d, s) for d, s in zip(drawn, said, strict=True)]
    sizes = {tuple(parts): count for *parts, count in content["strata"]}
    options = SampleOptions.of(**content["options"])
    return Verdict(options, tuple(packages.values()), sizes, tuple(checked))


def _checked(package: Package, drawn: Drawn[Cell], said: str | None) -> Checked:
    row = package.rows[drawn.cell.row]
    held = row.get(drawn.cell.code)
    if said is None:
        return Checked(drawn, held, None, right=False)
    column = package.register.column(drawn.cell.code)
    right = agrees(held, said, column, row, package.table.form, package.register)
    return Checked(drawn, held, said, right)


def kept_sample(folder: Path) -> dict[str, Any]:
    """What ``draw_sample`` kept in a folder. Raises `InputError` when it is none."""
    path = folder / KEPT
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise InputError(
            "no sample was drawn here", where=str(folder), hint="hotich sample draw"
        ) from error


def _crops(packages: Sequence[Package], folders: Sequence[Path]) -> dict[str, Path]:
    """The crops that ``extract`` kept, by cell: the rows of a package are its book's cases."""
    if not folders:
        return {}
    if len(folders) != len(packages):
        raise UsageError(f"{len(packages)} packages and {len(folders)} folders of crops")
    found = {}
    for package, root in zip(packages, folders, strict=True):
        folder = BookFolder(root)
        records = read_records(folder.records)
        if len(records) != len(package.table.rows):
            raise InputError("not the book of this package", where=f"{root}, {package.name}")
        for row, record in zip(package.table.rows, records, strict=True):
            for code in package.codes:
                crop = folder.crop(*record.key, code)
                if crop.is_file():
                    found[f"{package.name}/{row.number}/{code}"] = crop
    return found
