"""The hands that adaptation is measured on, and the table that keeps what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from common.errors import InputError

if TYPE_CHECKING:
    from models.training.unseen import Unseen


@pytest.fixture(scope="module")
def clerks() -> list[Unseen]:
    pytest.importorskip("torch")
    from models.training.unseen import rendered_hands

    return list(rendered_hands(2, seed=9471, severity="clean"))


def test_clerks_write_a_book_in_a_hand_of_their_own(clerks: list[Unseen]) -> None:
    from models.synth.faces import faces
    from models.training.unseen import MOST_TESTED, rendered_hands

    first, second = clerks
    taught = {face.name for face in faces("handwriting", "train")}
    assert first.lines[0].group != second.lines[0].group
    assert not taught & {first.lines[0].group, second.lines[0].group}
    texts = [line.text.lower() for line in first.lines]
    assert len(set(texts)) == len(texts) == MOST_TESTED + 64
    words = [set(text.split()) for text in texts]
    tested, learnt = words[:MOST_TESTED], set().union(*words[MOST_TESTED:])
    assert sum(bool(each & learnt) for each in tested) > MOST_TESTED / 2  # villages recur
    assert not {id(one) for one in first.tested(16)} & {id(one) for one in first.learnt(64, 16)}
    again = next(rendered_hands(1, seed=9471, severity="clean"))
    assert [line.text for line in again.lines] == [line.text for line in first.lines]


def test_a_crowded_hand_is_drawn_out(clerks: list[Unseen]) -> None:
    """Lines squeezed to half their width are read better at the width that is fitted."""
    from models.training.adapt import NetworkReader, fitted, open_base
    from models.training.metrics import error_rates
    from models.weights import HANDWRITING

    reader, network = open_base(HANDWRITING)
    plain = clerks[0].lines[:12]
    images = [cv2.resize(one.image, None, fx=0.5, fy=1) for one in plain]
    squeezed = [replace(a, image=b.astype(np.uint8)) for a, b in zip(plain, images, strict=True)]
    own = fitted(network, reader, squeezed)
    assert own.config.stretch > fitted(network, reader, plain).config.stretch
    assert network.config.stretch == 1
    images, texts = [line.image for line in squeezed], [line.text for line in squeezed]
    read = [NetworkReader(reader.folder, one).read(images) for one in (network, own)]
    before, after = (error_rates([r.text for r in one], texts, fold_case=True).cer for one in read)
    assert after < 0.7 * before

    short = reader.log_probs([squeezed[0].image])[0]
    reader.manifest = replace(reader.manifest, stretch=1.5)  # as the folder of such a hand says
    long = reader.log_probs([squeezed[0].image])[0]
    assert len(long) > 1.2 * len(short)


def test_an_evaluation_goes_on_where_it_was(tmp_path: Path, clerks: list[Unseen]) -> None:
    """A kept row is not measured again, unless the options are others."""
    from models.training.evaluate_adapt import evaluate_adapt
    from models.training.one_hand import AdaptOptions
    from models.weights import HANDWRITING

    hand = clerks[0]
    hand = replace(hand, lines=(*hand.lines[:4], *hand.lines[-8:]))
    quick = AdaptOptions(folds=2, fewest=4, most=4, spliced=0)
    table, said = tmp_path / "hands.tsv", list[str]()
    (row,) = evaluate_adapt(HANDWRITING, [hand], [8], quick, table, said.append)
    assert (row.lines, row.tested) == (8, 4)
    assert 0 <= row.before < 0.5 and not row.kept and row.drop == 0  # four lines teach nothing
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

    table.write_text(table.read_text("utf-8").replace("\tseen", "", 1), "utf-8")
    with pytest.raises(InputError, match="other columns"):  # as an earlier version wrote it
        evaluate_adapt(HANDWRITING, [hand], [8], quick, table, said.append)
