"""Confidence is a probability: fitted curves give back the share that is right."""

from __future__ import annotations

import random
from pathlib import Path

from extract.confidence.curves import (
    Calibration,
    Evidence,
    book_odds,
    calibration_error,
    fit_calibration,
    load_calibration,
)


def cases(n: int, seed: int, kind: str, boast: float) -> list[tuple[Evidence, bool]]:
    """A reader that claims p where the truth is p ** boast."""
    rng = random.Random(seed)
    found = []
    for _ in range(n):
        claimed = rng.uniform(0.05, 0.99)
        found.append((Evidence(kind, claimed, claimed), rng.random() < claimed**boast))
    return found


def test_a_boasting_reader_is_brought_to_its_true_share() -> None:
    fitted = fit_calibration(cases(3000, 1, "person_name", 3.0), "synthetic")
    held_out = cases(3000, 2, "person_name", 3.0)
    before = calibration_error([(e.reader, good) for e, good in held_out])
    after = calibration_error([(fitted.probability(e), good) for e, good in held_out])
    assert before > 0.15
    assert after < 0.04


def test_each_kind_has_its_curve_and_rare_kinds_the_pooled_one() -> None:
    pairs = cases(800, 3, "place", 4.0) + cases(800, 4, "sex", 1.0) + cases(5, 5, "age", 1.0)
    fitted = fit_calibration(pairs, "synthetic")
    assert set(fitted.weights) == {"any", "place", "sex"}
    assert fitted.cases == {"any": 1605, "place": 800, "sex": 800}
    assert fitted.probability(Evidence("place", 0.6, 0.6)) < fitted.probability(
        Evidence("sex", 0.6, 0.6)
    )
    assert 0 < fitted.probability(Evidence("age", 0.6, 0.6)) < 1


def test_a_column_that_is_read_badly_is_trusted_less_than_its_book() -> None:
    rng = random.Random(6)
    pairs = []
    for _ in range(60):
        ease = {code: rng.uniform(0.3, 0.99) for code in ("so", "nksHoTen", "meHoTen")}
        cases = [
            {code: Evidence("text", rng.uniform(0.6, 0.9) * p) for code, p in ease.items()}
            for _ in range(8)
        ]
        odds = book_odds(cases)
        assert abs(sum(odds.columns.values())) < 1e-9
        for case in cases:
            pairs += [(odds.told(c, e), rng.random() < ease[c]) for c, e in case.items()]
    fitted = fit_calibration(pairs, "synthetic")
    good, bad = Evidence("text", 0.6, column=1.0), Evidence("text", 0.6, column=-1.0)
    assert fitted.probability(good) > fitted.probability(bad) + 0.1
    assert book_odds([]).told("so", good).column == 0.0


def test_what_breaks_a_rule_is_trusted_less() -> None:
    rng = random.Random(7)
    pairs = [
        (Evidence("partial_date", rng.uniform(0.7, 0.95), broken=broken), rng.random() < right)
        for broken, right in ((False, 0.85), (True, 0.35))
        for _ in range(400)
    ]
    fitted = fit_calibration(pairs, "synthetic")
    whole, broken = (
        fitted.probability(Evidence("partial_date", 0.9, broken=one)) for one in (False, True)
    )
    assert abs(whole - 0.85) < 0.08 and abs(broken - 0.35) < 0.08


def test_without_any_fit_the_readers_own_word_stands(tmp_path: Path) -> None:
    empty = load_calibration(tmp_path / "none.json")
    assert empty == Calibration({}, {}, "none")
    assert empty.probability(Evidence("sex", 0.3)) == 0.3
