"""The promise: an exact proof at any time, an audit nobody chooses, a project that stays whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import extracted_book
import numpy as np
import pytest
from typer.testing import CliRunner

from common.errors import UsageError
from extract.promise import PromiseOptions, keep, marked, promised
from extract.promise.choose import thresholds
from extract.promise.claims import Claim, Found
from extract.promise.drift import stopped
from extract.promise.options import ALL
from extract.promise.proof import Audit, proved, steps_needed
from extract.promise.rounds import LEARNING, begin, standing
from extract.record import MACHINE, write_records
from extract.reopen import Extracted
from hotich.evaluation.promise import Book, plain, projects
from hotich.evaluation.promise import promised as by_promise

ERROR = 0.005


def audit(size: int, looked: int, wrong: int) -> Audit:
    return Audit(size, looked, wrong, wrong, size - looked)


def more_needed(known: Audit) -> int:
    """Further answers, all right, that prove it, if nobody looked out of the order."""
    rest = known.size - known.looked
    steps = steps_needed(known, ERROR, 0.05, [True] * rest, [False] * rest)
    assert steps is not None
    return steps


def test_how_many_right_answers_prove_it() -> None:
    """598 with one look at a set time (0.995^598 < 5 %); a sixth more for looking at any time."""
    need = more_needed(audit(10**5, 0, 0))
    assert 598 <= need <= 598 * 1.2
    assert not proved(audit(10**5, need - 1, 0), ERROR, 0.05)
    assert proved(audit(10**5, need, 0), ERROR, 0.05)
    assert more_needed(audit(10**5, 600, 1)) > need - 600
    assert more_needed(audit(10**5, 600, 60)) > 5000
    assert more_needed(audit(300, 0, 0)) > 280  # one wrong of 300 is too many


@pytest.mark.parametrize(("size", "wrong"), [(1000, 3), (2000, 6), (2000, 8), (6000, 28)])
def test_a_promise_looked_at_after_every_answer_is_broken_in_one_of_twenty(
    size: int, wrong: int
) -> None:
    rng = np.random.default_rng(7)
    broken, trials = 0, 150
    for _ in range(trials):
        places = np.sort(rng.permutation(size)[:wrong])
        for looked in range(200, size - 50, 40):
            found = int(np.searchsorted(places, looked))
            left = wrong - found
            if left > ERROR * (size - looked) and proved(audit(size, looked, found), ERROR, 0.05):
                broken += 1
                break
    assert broken <= 0.05 * trials + 2 * np.sqrt(0.05 * 0.95 * trials)


def test_a_stopped_books_errors_still_count() -> None:
    whole = Audit(5000, 900, 0, 0, 4100)
    rest = replace(whole, unseen=2000)  # a book was stopped
    assert proved(whole, ERROR, 0.05)
    assert not proved(rest, ERROR, 0.05)


def claims(count: int, book: str = "A") -> list[Claim]:
    return [Claim(book, f"{i}/1/so", "number", 0.995, "x") for i in range(count)]


def test_only_answers_up_to_the_first_gap_count_and_the_order_is_nobodys() -> None:
    options = PromiseOptions(learn=0)
    known = [Found("number", 0.995, True, "number so")] * 400
    held = begin(1, claims(3000), known, options, ["A"])
    assert held.ordered == begin(1, claims(3000)[::-1], known, options, ["A"]).ordered
    assert held.ordered != begin(2, claims(3000), known, options, ["A"]).ordered
    claimed = {("A", claim.at): "x" for claim in held.fields}
    late = {("A", claim.at): "x" for claim in held.ordered[1:1500]}
    assert standing(held, late, claimed).strata[0].audit.looked == 0
    assert standing(held, late, claimed).strata[0].state == "waiting"
    first = {("A", held.ordered[0].at): "x"}
    now = standing(held, late | first, claimed)
    assert now.strata[0].audit.looked == 1500
    assert now.strata[0].state == "kept"
    assert len(now.proved) == 1500
    moved = next(iter(now.proved))
    assert moved not in standing(held, late | first, claimed | {moved: "y"}).proved


def test_a_book_that_errs_more_than_the_others_is_stopped() -> None:
    good = [(book, True) for book in "ABCD" for _ in range(150)]
    assert [one.name for one in stopped([*good, *[("E", i >= 6) for i in range(150)]], 0.05)] == [
        "E"
    ]
    alike = [(book, i > 0) for book in "ABCD" for i in range(150)]
    assert not stopped(alike, 0.05)


def test_simulated_projects_keep_it_where_a_plain_threshold_does_not() -> None:
    """Numbers are right, names claim as much and are not: 1 in 50 is wrong."""
    made, truth = [], {}
    for place in range(400):
        for kind in ("number", "name"):
            at = f"{place}/1/{kind}"
            made.append(Claim("B", at, kind, 0.993, "x"))
            truth[at] = "y" if kind == "name" and place % 50 == 0 else "x"
    books = [Book("B", tuple(made), truth, 800, 0)]
    drawn = projects(books, 10, 4, 1)
    kept = [
        by_promise(PromiseOptions(seed=str(i), learn=400))(some) for i, some in enumerate(drawn)
    ]
    assert sum(one.within(ERROR) for one in kept) >= 3
    assert sum(one.count for one in kept) > 0.2 * sum(one.fields for one in kept)
    assert not any(plain(0.99)(some).within(ERROR) for some in drawn)


def test_so_much_is_chosen_as_frees_the_most_fields() -> None:
    """Names with a few errors make the audit longer: worth it only where there are many."""
    known = [Found("number", 0.995, True, "number so")] * 400
    known += [Found("name", 0.995, place % 400 > 0, "name so") for place in range(1200)]

    def chosen(count: int) -> set[str]:
        some = claims(count) + [replace(c, kind="name") for c in claims(count, "B")]
        found = thresholds(some, known, PromiseOptions(), 0.04)
        return {name.split()[0] for name in found}

    assert chosen(400) == set()  # more would be looked at than is freed
    assert chosen(3000) == {"number"}
    assert chosen(50_000) == {"number", "name"}


def test_kinds_that_were_seldom_seen_are_chosen_together_by_confidence_alone() -> None:
    """What no kind's own looks tell, all looks together do; a lower band that errs stays out."""
    kinds = ("number", "name", "date", "place", "coded", "text")
    some = [Claim("B", f"{i}/1/{k}", k, 0.996, "x") for k in kinds for i in range(500)]
    some += [Claim("B", f"{i}/2/{k}", k, 0.992, "x") for k in kinds for i in range(500)]
    known = [Found(k, 0.996, True, f"{k} so") for k in kinds for _ in range(30)]
    known += [Found(k, 0.992, place > 0, f"{k} so") for k in kinds for place in range(30)]
    assert thresholds(some, known, PromiseOptions(), 0.04) == {ALL: 0.995}
    assert not thresholds(some, known, PromiseOptions(by_kind=True), 0.04)


def test_a_column_that_errs_does_not_hold_back_the_others_of_its_kind() -> None:
    """Of thirty columns one errs, and it holds as many fields as its kind can bear errors."""
    columns = [f"c{place}" for place in range(30)]
    some = [Claim("B", f"{i}/1/{c}", "coded", 0.996, "x") for c in columns for i in range(600)]
    known = [
        Found("coded", 0.996, c != "c7" or place % 2 == 0, f"coded {c}")
        for c in columns
        for place in range(40)
    ]
    held = begin(1, some, known, PromiseOptions(learn=0), ["B"])
    assert {claim.column for claim in held.fields} == {f"coded {c}" for c in columns if c != "c7"}
    assert not thresholds(some, known, PromiseOptions(by_kind=True), 0.04)


@pytest.fixture
def project(tmp_path: Path) -> list[Extracted]:
    """Two books of one project."""
    books = [extracted_book.make(tmp_path / name) for name in ("one", "two")]
    other = [replace(record, book="KS.1962.02") for record in extracted_book.records()]
    books[1].store.save_records("KS.1962.02", other)
    write_records(books[1].folder.records, other)
    return [books[0], Extracted.open(tmp_path / "two")]


def test_a_project_is_all_its_books(project: list[Extracted]) -> None:
    kept = keep(project, {"max_error": 0.4})
    assert kept.held.number == LEARNING
    assert {name for name, _ in kept.standing.asked} == {book.name for book in project}
    assert "còn" in promised(project[0].folder)[0]
    with pytest.raises(UsageError, match="together"):
        keep(project[:1], {"max_error": 0.4})
    with pytest.raises(UsageError, match="another promise"):
        keep(project, {"max_error": 0.01})


def test_a_project_that_is_too_small_is_told_so_at_once(project: list[Extracted]) -> None:
    kept = keep(project, {})
    assert not kept.standing.asked
    (only,) = kept.standing.strata
    assert only.state == "hopeless"
    assert f"đọc thêm {only.more}" in promised(project[0].folder)[0]


def test_what_the_audit_draws_is_asked_and_its_answers_move_the_promise_on(
    project: list[Extracted],
) -> None:
    options = {"learn": 6, "max_error": 0.4}
    asked = keep(project, options).standing.asked
    assert len(asked) == 6
    for book in project:
        sent = marked(book.folder, book.records(), proved=False)
        flagged = {f"{r.page}/{r.entry}/{c}" for r in sent for c, v in r.fields.items() if v.review}
        assert {at for name, at in asked if name == book.name} <= flagged
    while asked:
        for book in project:
            for name, at in asked:
                page, entry, field = at.split("/")
                if name == book.name:
                    _confirm(book, int(page), int(entry), field)
        kept = keep(project, options)
        asked = kept.standing.asked
    assert kept.held.number == 1
    assert kept.kept
    assert kept.standing.proved
    for book in project:
        for record in marked(book.folder, book.records(), proved=True):
            for code, value in record.fields.items():
                name = book.name, f"{record.page}/{record.entry}/{code}"
                if value.author == MACHINE and value.status != "absent_on_form":
                    assert value.review == (name not in kept.standing.proved)


def _confirm(book: Extracted, page: int, entry: int, field: str) -> None:
    value = next(r for r in book.records() if r.key == (page, entry)).get(field)
    book.store.correct(
        book.name, page, entry, field,
        value=value.value, status=value.status, author="an", time="2026-11-22T10:00:00.000+00:00",
    )  # fmt: skip


def test_the_command_says_where_it_stands(project: list[Extracted]) -> None:
    from hotich.cli import build

    call = ["promise", "--max-error", "0.4", *(str(book.folder.root) for book in project)]
    done = CliRunner().invoke(build("promise"), call)
    assert done.exit_code == 1
    assert "fields to be looked at, by lot" in done.output
