"""The figures of field confidence, and the rendered lines of one kind of field."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extracted_book import records
from typer.testing import CliRunner

from extract.record import Record, write_records
from hotich.commands.evaluate import app


def book(folder: Path, severity: str, found: list[Record], truth: list[Record]) -> Path:
    (folder / "extracted").mkdir(parents=True)
    (folder / "book.json").write_text(json.dumps({"severity": severity}), encoding="utf-8")
    write_records(folder / "truth.jsonl", truth)
    write_records(folder / "extracted" / "records.jsonl", found)
    return folder


def test_confidence_is_held_against_the_truth_each_decay_apart(tmp_path: Path) -> None:
    honest = records()
    wrong = [
        one.with_fields({"nksHoTen": replace(one.get("nksHoTen"), value="Ai Đó", confidence=1.0)})
        for one in honest
    ]
    books = [
        book(tmp_path / "a", "clean", honest, honest),
        book(tmp_path / "b", "severe", wrong, honest),
    ]
    said = CliRunner().invoke(app, ["confidence", *map(str, books)])
    assert said.exit_code == 0, said.output
    clean, severe = said.output.split("severe decay, 1 rendered book")
    rows = [
        dict(re.findall(r"^  (\w+) +n +\d+  error ([\d.]+)", part, re.M))
        for part in (clean, severe)
    ]
    assert float(rows[0]["names"]) == pytest.approx(0.215, abs=0.02)  # 0.97 and 0.6, all right
    assert float(rows[1]["names"]) > 0.55  # half of them sure and wrong
    assert re.search(r"names +n +8 .*stated 0\.8\d+, right 0\.500", severe)


def test_lines_of_one_kind_of_field_are_the_same_for_a_seed() -> None:
    pytest.importorskip("uharfbuzz")
    from models.evaluate_lexicon import rendered_fields

    lines, again = (list(rendered_fields("person_name", "clean", 2, 9413)) for _ in range(2))
    assert [line.text for line in lines] == [line.text for line in again]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(lines, again, strict=True))
    assert lines[0].text != lines[1].text and all(line.image.ndim == 2 for line in lines)
