"""What matching learnt: each table comes from a command, and a list never outweighs clear ink."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
import yaml

from extract.match import Person, index_of, reader_errors
from extract.match.fit_list import Case, fit_odds, surprise, trusted
from extract.match.inform import inform, odds_of
from extract.match.list_value import Listed, learnt_odds, posterior, weighed
from extract.match.noise import near_name, rates
from extract.match.trial_books import LISTS, Book, rows_of
from extract.record import FieldValue, Record, write_records

NAMES = learnt_odds("names")
SURE = Listed({"Trương Kim Hợi": 0.999}, 0.001)


def read(value: str, confidence: float, *others: tuple[str, float]) -> FieldValue:
    return FieldValue(value, value, confidence, "read", alternatives=others)


@pytest.mark.parametrize("code", ["nksHoTen", "nksNgaySinh"])
def test_the_learnt_odds_are_ones_that_choose_and_doubt(code: str) -> None:
    odds = odds_of(code)
    assert odds.same > odds.differ and 0 < odds.offered < 1 and 1 <= odds.trust <= 20


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.99])
def test_a_wrong_list_never_wins_over_clear_ink(confidence: float) -> None:
    rest = 1 - confidence
    clear = read("Trương Kim Hoa", confidence, ("Trương Kim Hợi", rest))
    new = weighed(clear, SURE, NAMES)
    assert new.value == "Trương Kim Hoa" and new.confidence < confidence
    assert new.alternatives[0][0] == "Trương Kim Hợi"


def test_a_list_tips_the_scales_where_ink_is_not_clear() -> None:
    dim = read("Trương Kim Hoa", 0.5, ("Trương Kim Hợi", 0.4), ("Trương Kim Hai", 0.05))
    assert weighed(dim, SURE, NAMES).value == "Trương Kim Hợi"
    assert weighed(dim, Listed({"Trương Kim Hợi": 1e-4}, 1 - 1e-4), NAMES).value == "Trương Kim Hoa"
    agreed = weighed(dim, Listed({"Trương-kim-Hoa": 0.999}, 0.001), NAMES)
    assert agreed.value == "Trương Kim Hoa" and agreed.confidence > 0.9


def test_probabilities_of_all_options_stay_under_one() -> None:
    listed = Listed({"Trương Kim Hợi": 0.6, "Trương Kim Hùng": 0.3}, 0.1)
    own = read("Trương Kim Hoa", 0.5, ("Trương Kim Hợi", 0.4))
    chances = posterior(own, listed, NAMES)
    assert set(chances) == {"Trương Kim Hoa", "Trương Kim Hợi", "Trương Kim Hùng"}
    assert 0 < sum(chances.values()) < 1


def cases(right: float, count: int = 20) -> list[Case]:
    """Values of which the list says another option; it is right for a share of them."""
    own = read("Lê Văn Ba", 0.6, ("Lê Văn Hai", 0.4))  # 0.21 once shared with what is unread
    listed = Listed({"Lê Văn Hai": 0.99}, 0.01)
    truths = ["Lê Văn Hai"] * round(right * count) + ["Lê Văn Ba"] * round((1 - right) * count)
    return [Case(own, listed, truth) for truth in truths]


def test_odds_are_learnt_from_lists_that_are_right_or_wrong() -> None:
    good, bad = cases(0.95), cases(0.1)
    for own, other in ((good, bad), (bad, good)):
        assert surprise(own, fit_odds(own)) < surprise(own, fit_odds(other))
    odds = replace(NAMES, same=1000.0)
    assert trusted({"listed": good, "wrong": bad}, 1000, odds).trust <= 3
    assert trusted({"listed": good, "wrong": []}, 1000, odds).trust == 100


@pytest.fixture(scope="module")
def book() -> Book:
    """Sixty cases, clear but for every third name."""
    rng, records, truth = Random(3), [], {}
    for n in range(60):
        name, day = f"{rng.choice(('Lê', 'Võ'))} Văn {rng.choice(('Tám', 'Bảy'))}", n % 28 + 1
        values = {"nksHoTen": name, "nksNgaySinh": f"{day:02d}.03.19{n + 10}", "nksGioiTinh": "Nam"}
        values |= {"chaHoTen": f"{name[:2]} Công {n}", "meHoTen": f"Bùi Thị {n}"}
        true = {code: FieldValue(text, text, 1.0, "read") for code, text in values.items()}
        truth[n, 1] = Record("b", n, 1, "KS", "rvn-1955-1975", true)
        misread = read(near_name(name, rng), 0.5, (name, 0.4)) if n % 3 == 0 else read(name, 0.95)
        records.append(truth[n, 1].with_fields({"nksHoTen": misread}))
    return Book("b", records, truth)


@pytest.mark.parametrize("kind", LISTS)
def test_lists_that_are_right_help_and_others_do_little_harm(book: Book, kind: str) -> None:
    rows = list(rows_of(kind, [book], 1))
    others = [Person(f"o{n}", f"Đặng Thị {n}", f"01.01.{1900 + n % 99}") for n in range(200)]
    new, _ = inform(book.records, index_of([*others, *rows]))
    right = [
        [one.get("nksHoTen").value == book.truth[one.key].get("nksHoTen").value for one in each]
        for each in (book.records, new)
    ]
    gained = sum(right[1]) - sum(right[0])
    assert gained >= (10 if kind == "listed" else 0)
    sure = [n for n, one in enumerate(book.records) if one.get("nksHoTen").confidence > 0.9]
    assert all(right[1][n] for n in sure)


def test_the_readers_errors_are_counted_by_a_command(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b" / "extracted").mkdir(parents=True)
    write_records(tmp_path / "b" / "extracted" / "records.jsonl", book.records)
    write_records(tmp_path / "b" / "truth.jsonl", book.truth.values())
    for name in ("READER", "CONFUSION"):
        monkeypatch.setattr(reader_errors, name, tmp_path / name)
    reader_errors.main([str(tmp_path / "b")])
    found = yaml.safe_load((tmp_path / "READER").read_text("utf-8"))["reader"]
    assert set(rates("reader")) == set(found)
    spoilt = sum(found[kind] for kind in ("marks", "letter", "syllable", "any", "lost"))
    assert spoilt == pytest.approx(20 / 540, abs=0.006) and found["digit"] == 0
    assert (tmp_path / "CONFUSION").read_text("utf-8").startswith("written\tread\tcount\n")
