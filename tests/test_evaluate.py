"""Records against their truth: every figure counts what it says."""

from __future__ import annotations

from dataclasses import replace

from extract.evaluate import Score, evaluate, table
from extract.record import ABSENT, FieldValue, Record
from extract.registers import load_register

KS = load_register("KS")


def field(value: str | None, **changes: object) -> FieldValue:
    base = FieldValue(value, value, 0.9, "read" if value else "blank", (10, 10, 50, 30))
    return replace(base, **changes)  # type: ignore[arg-type]


def book(**fields: FieldValue) -> Record:
    return Record("b", 1, 1, "KS", "rvn-1955-1975", fields)


TRUTH = book(
    so=field("07/1962"),
    nksHoTen=field("Lê Văn Tư"),
    nksGioiTinh=field("Nam"),
    nksNgaySinh=field("12.03.1962"),
    meThuBacVo=field(None),
    nksQueQuan=ABSENT,
)


def test_a_perfect_book_scores_one() -> None:
    score = evaluate([TRUTH], [TRUTH], KS)
    assert (score.cases.share, score.boxes.share, score.states.share) == (1, 1, 1)
    assert (score.value.right, score.value.n, score.strict.n) == (4, 4, 3)
    assert score.states.n == 5  # the absent field is not counted
    assert score.invented == 0


def test_each_kind_of_mistake_costs_its_own_figure() -> None:
    worse = TRUTH.with_fields(
        {
            "so": field("08/1962"),
            "nksHoTen": field("Lê Văn Tư", box=(60, 10, 90, 30)),
            "meThuBacVo": field("chánh"),
        }
    )
    score = evaluate([worse], [TRUTH], KS)
    assert (score.value.right, score.value.n) == (3, 4)
    assert (score.strict.right, score.strict.n) == (2, 3)
    assert (score.boxes.right, score.boxes.n) == (4, 5)
    assert score.mistakes == {("blank", "read"): 1}
    assert sorted(score.claims) == [(0.9, False), (0.9, False)] + [(0.9, True)] * 3


def test_missing_and_invented_cases_are_counted() -> None:
    elsewhere = replace(TRUTH, page=2)
    score = evaluate([elsewhere], [TRUTH], KS)
    assert (score.cases.right, score.cases.n, score.invented) == (0, 1, 1)
    assert score.value.right == 0 and score.states.right == 0


def test_the_table_names_every_n() -> None:
    text = table(evaluate([TRUTH], [TRUTH], KS))
    assert "value exact, all                 100.0%  n=4" in text
    assert text.count("n=") >= 7


def test_books_counted_together_are_the_sum_of_books() -> None:
    good = evaluate([TRUTH], [TRUTH], KS)
    bad = evaluate([], [TRUTH], KS)
    both = Score.sum([good, bad])
    assert (both.cases.right, both.cases.n) == (1, 2)
    assert both.value.n == 2 * good.value.n and both.value.right == good.value.right
    assert both.states.share == 0.5 and both.claims == good.claims
    assert good.cases.n == 1, "the books' own scores stay as they are"
