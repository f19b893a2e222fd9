"""Line finding: every line of a drawn page, columns kept apart, and an honest measure."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from common.errors import MissingPartError
from common.geometry import Box
from models.evaluate_lines import LineScore, pair, polygon_baseline, score_page
from models.line_detector import WEIGHTS, LineDetector
from models.lines import TextLine, column_rules, find_lines
from models.rules import Rules, find_rules
from tests.drawn_page import HEIGHT, WIDTH, DrawnPage, form_page


def rectangle(box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    x0, y0, x1, y1 = box
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)


def line(box: tuple[float, float, float, float]) -> TextLine:
    base = np.array([[box[0], box[3] - 5.0], [box[2], box[3] - 5.0]])
    return TextLine(Box(*box), rectangle(box), 0.9, base)


@pytest.mark.parametrize("angle", [0.0, 1.5])
def test_every_line_of_a_form_is_found(angle: float) -> None:
    page = form_page()
    found = find_lines(page.scanned(angle))
    if angle == 0:
        score = score_page([rectangle(box) for _, box in page.texts], found)
        assert score.recall >= 0.97, score
        assert score.precision >= 0.97, score
    assert len(found) == pytest.approx(len(page.texts), abs=2)
    for text in found:
        assert text.polygon.shape[1] == 2
        assert len(text.baseline) >= 2
        assert 0.5 <= text.confidence <= 1
        assert text.box == Box(*text.polygon.min(axis=0), *text.polygon.max(axis=0))
    tops = [text.baseline[:, 1].mean() for text in found]
    assert tops == sorted(tops)


def test_a_line_ends_where_its_column_ends() -> None:
    """Two words closer together than a line's words may be, with a rule between them."""
    page = DrawnPage()
    for row in range(5):
        page.write(300, 320 + 90 * row, "Nguyễn Văn", 40)
        page.write(page.texts[-1][1][2] + 22, 320 + 90 * row, "Thảo Mỹ", 40)
    x = max(box[2] for _, box in page.texts[::2]) + 11
    page.rule(x, 250, x, 800)
    grey = page.scanned()
    cut, whole = find_lines(grey), find_lines(grey, rules=Rules())
    assert len(cut) == 10
    assert len(whole) == 5
    for text in cut:
        assert text.baseline[0, 0] > x - 6 or text.baseline[-1, 0] < x + 6


def test_a_rule_without_a_heading_of_its_own_does_not_cut() -> None:
    page = form_page()
    page.rule(1300, 1003, 1300, 2097)  # hangs from the rule under the headings
    rules = find_rules(page.scanned())
    assert len(rules.vertical) == 5
    kept = column_rules(rules, (HEIGHT, WIDTH))
    assert sorted(round(rule.x0, -1) for rule in kept) == [150, 500, 1100, 1500]


def test_specks_and_an_empty_page_have_no_lines() -> None:
    page = DrawnPage()
    rng = np.random.default_rng(3)
    grey = page.scanned()
    for x, y in rng.integers(50, 1600, (300, 2)):
        grey[y : y + 3, x : x + 3] = 60
    assert find_lines(page.scanned()) == []
    assert len(find_lines(grey)) <= 1


def test_damaged_and_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="missing"):
        LineDetector(tmp_path)
    shutil.copy(WEIGHTS / "card.yaml", tmp_path)
    (tmp_path / "model.onnx").write_bytes((WEIGHTS / "model.onnx").read_bytes()[:-1])
    with pytest.raises(MissingPartError, match="hash"):
        LineDetector(tmp_path)


def test_the_measure_counts_each_line_once() -> None:
    true = [rectangle((100, 100 + 50 * row, 700, 140 + 50 * row)) for row in range(4)]
    exact = [line((100, 100 + 50 * row, 700, 140 + 50 * row)) for row in range(4)]
    assert score_page(true, exact) == LineScore(4, 4, 4, 4, 4)
    # One box over the whole page covers every line, and is one line's worth at the most.
    assert score_page(true, [line((0, 0, 1000, 1000))]).pairs == 0
    # Halves cover their line together, and neither is the line.
    halves = [line((100, 100, 400, 140)), line((401, 100, 700, 140))]
    assert score_page(true[:1], halves) == LineScore(1, 2, 0, 1, 2)
    # Twice the same line is one pair; and nothing found is nothing right.
    assert score_page(true[:1], [exact[0], exact[0]]).pairs == 1
    assert score_page(true, []) == LineScore(4, 0, 0, 0, 0)
    assert pair(np.array([[0.8, 0.9]]), np.array([[1.0, 0.6]])) == [(0, 0)]


def test_a_slanted_polygon_has_a_slanted_baseline() -> None:
    polygon = np.array([[0, 0], [600, 60], [600, 100], [0, 40]], dtype=np.float64)
    baseline = polygon_baseline(polygon)
    assert baseline.shape == (32, 2)
    assert baseline[:, 1] == pytest.approx(24 + 0.1 * baseline[:, 0], abs=0.5)
