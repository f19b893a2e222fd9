"""The hands that adaptation is measured on, and the table that keeps what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest


def test_clerks_write_a_book_in_a_hand_of_their_own() -> None:
    pytest.importorskip("torch")
    from models.synth.faces import faces
    from models.training.unseen import MOST_TESTED, rendered_hands

    first, second = rendered_hands(2, seed=9471)
    taught = {face.name for face in faces("handwriting", "train")}
    assert first.lines[0].group != second.lines[0].group
    assert not taught & {first.lines[0].group, second.lines[0].group}
    texts = [line.text.lower() for line in first.lines]
    assert len(set(texts)) == len(texts) == MOST_TESTED + 64
    words = [set(text.split()) for text in texts]
    tested, learnt = words[:MOST_TESTED], set().union(*words[MOST_TESTED:])
    assert sum(bool(each & learnt) for each in tested) > MOST_TESTED / 2  # villages recur
    assert not {id(one) for one in first.tested(16)} & {id(one) for one in first.learnt(64, 16)}
    again = next(rendered_hands(1, seed=9471))
    assert [line.text for line in again.lines] == [line.text for line in first.lines]


def test_an_evaluation_goes_on_where_it_was(tmp_path: Path) -> None:
    """A kept row is not measured again, unless the options are others."""
    pytest.importorskip("torch")
    from models.training.evaluate_adapt import evaluate_adapt
    from models.training.one_hand import AdaptOptions
    from models.training.unseen import rendered_hands
    from models.weights import HANDWRITING

    hand = next(rendered_hands(1, seed=9471))
    hand = replace(hand, lines=(*hand.lines[:4], *hand.lines[-8:]))
    quick = AdaptOptions(folds=2, fewest=4, most=4, spliced=0)
    table, said = tmp_path / "hands.tsv", list[str]()
    (row,) = evaluate_adapt(HANDWRITING, [hand], [8], quick, table, said.append)
    assert (row.lines, row.tested) == (8, 4)
    assert row.before > 0 and not row.kept and row.drop == 0  # four lines teach nothing
    assert "refused" in said[2] and said[-1].startswith("mean all, 8 lines: drop 0.0% over 1 hands")

    kept = table.read_text("utf-8")
    table.write_text(kept.replace(f"\t{row.seconds}\n", "\t4321.0\n"), "utf-8")
    (again,) = evaluate_adapt(HANDWRITING, [hand], [8], quick, table, said.append)
    assert again == replace(row, seconds=4321.0)
    assert len(table.read_text("utf-8").splitlines()) == 2
    other = quick.model_copy(update={"most": 5})
    (anew,) = evaluate_adapt(HANDWRITING, [hand], [8], other, table, said.append)
    assert anew.seconds < 4321
    assert len(table.read_text("utf-8").splitlines()) == 3
