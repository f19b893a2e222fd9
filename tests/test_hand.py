"""The clerk's hand: faces, marks apart from their letters, letters that never repeat."""

from __future__ import annotations

import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from common.errors import UsageError
from common.text import vietnamese_letters
from models.synth.faces import LOOKS, Face, faces
from models.synth.hand import Hand
from models.synth.marks import MarkHabits, bare, mark_strokes
from models.synth.pen import Pen

ALL = [face for look in LOOKS for split in ("train", "test") for face in faces(look, split)]
TONED = "áàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹ"


def face_named(name: str) -> Face:
    return next(face for face in ALL if face.name == name)


def test_enough_faces_and_test_families_are_held_back() -> None:
    for look, wanted in (("handwriting", 12), ("typewriter", 4), ("print", 6)):
        families = {split: {f.family for f in faces(look, split)} for split in ("train", "test")}
        assert len(families["test"]) >= wanted
        assert len(families["train"]) > 4
        assert not families["train"] & families["test"]
    assert len({face.family for face in ALL if face.look == "handwriting"}) >= 45


def test_unknown_look_is_refused() -> None:
    with pytest.raises(UsageError):
        faces("cursive", "train")


@pytest.mark.parametrize("face", ALL, ids=lambda face: face.name)
def test_a_face_draws_every_vietnamese_letter_as_one_glyph(face: Face) -> None:
    letters = "".join(sorted(vietnamese_letters()))
    assert len(letters) == 146
    assert all(face.outlines.supports(letter) for letter in letters)
    for text in (letters, "".join(c + "n" for c in TONED), "Thôn Trường Thọ, đường Nguyễn Thị"):
        placed = face.outlines.shape(text)
        assert [p.char for p in placed] == list(text)
        assert all(p.glyph.body for p in placed if p.char != " ")


def test_marks_come_apart_from_their_letters() -> None:
    """Nearly every toned letter of nearly every face has its marks in contours of their own."""
    fused = [sum(not f.outlines.shape(c)[0].glyph.marks for c in TONED) for f in ALL]
    assert float(np.mean(fused)) < 2
    assert max(fused) <= 20


@pytest.mark.parametrize("face", ALL[::6], ids=lambda face: face.name)
def test_every_letter_looks_different_from_every_other(face: Face) -> None:
    """A font that draws one letter like another would teach the reader a wrong letter."""
    drawn: dict[bytes, str] = {}
    for letter in sorted(vietnamese_letters() - set(face.flawed)):
        image = np.zeros((400, 320), np.uint8)
        for placed in face.outlines.shape(letter):
            for group in (placed.glyph.body, placed.glyph.marks):
                fixed = [np.int32((c * (24, -24) + (90, 270)) * 16) for c in group]
                cv2.fillPoly(image, fixed, 255, cv2.LINE_AA, 4)
        same = drawn.setdefault(image.tobytes(), letter)
        assert same == letter, f"{letter} is drawn like {same}"


def ink_of(hand: Hand, text: str, seed: int = 1, x_height: float = 24) -> np.ndarray:
    return hand.write(text, x_height, np.random.default_rng(seed)).alpha


def test_writing_is_ink_between_nothing_and_full_with_its_baseline_inside() -> None:
    rng = np.random.default_rng(3)
    for face in ALL[::7]:
        hand = Hand.random(rng, face)
        ink = hand.write("Nguyễn-văn-Tư 1962", 20, rng)
        assert ink.alpha.dtype == np.float32
        assert ink.alpha.min() >= 0 and 0.3 < ink.alpha.max() <= 1
        assert 10 < ink.baseline < ink.alpha.shape[0]
        assert ink.alpha.shape[1] == pytest.approx(hand.measure("Nguyễn-văn-Tư 1962") * 20, rel=0.3)


def test_the_same_seed_writes_the_same_and_another_does_not() -> None:
    hand = Hand.random(np.random.default_rng(5), faces("handwriting", "train")[10])
    assert np.array_equal(ink_of(hand, "Trần Thị Ba"), ink_of(hand, "Trần Thị Ba"))
    other = ink_of(hand, "Trần Thị Ba", seed=2)
    assert other.shape != ink_of(hand, "Trần Thị Ba").shape or not np.array_equal(
        other, ink_of(hand, "Trần Thị Ba")
    )


def test_no_letter_repeats_within_a_line() -> None:
    face = face_named("patrick-hand-400regular")
    hand = replace(Hand.random(np.random.default_rng(8), face), letter_gap=0.5, slant=0.0)
    alpha = ink_of(hand, "a a a a a a")
    count, _, boxes, _ = cv2.connectedComponentsWithStats((alpha > 0.3).astype(np.uint8))
    large = [box for box in boxes[1:count] if box[4] > 60]
    assert len(large) == 6
    shapes = {alpha[y : y + h, x : x + w].round(2).tobytes() for x, y, w, h, _ in large}
    assert len(shapes) == 6


def test_a_joined_hand_stays_joined() -> None:
    face = face_named("playwrite-vn-300")
    assert face.outlines.connected
    rng = np.random.default_rng(4)
    pen = Pen("gel", (20, 20, 20))
    joined = []
    for _ in range(10):
        hand = replace(Hand.random(rng, face), pen=pen)
        alpha = hand.write("munmun", 28, rng).alpha
        joined.append(cv2.connectedComponents((alpha > 0.25).astype(np.uint8))[0] - 1)
    assert np.mean(np.asarray(joined) == 1) >= 0.8


def test_own_marks_are_drawn_above_and_below_their_letter() -> None:
    face = face_named("patrick-hand-400regular")
    plain = replace(Hand.random(np.random.default_rng(6), face), own_marks=True, other=None)
    plain = replace(
        plain, marks=MarkHabits(lift=0.3), baseline_drift=0.0, pen=Pen("gel", (0, 0, 0))
    )
    base, hat, dot = (ink_of(plain, text) for text in ("a", "ấ", "ạ"))
    assert hat.shape[0] > base.shape[0] + 6
    assert dot.shape[0] > base.shape[0] + 2
    assert hat.sum() > 1.2 * base.sum()


def test_every_marked_vietnamese_letter_gets_its_strokes() -> None:
    rng = np.random.default_rng(0)
    for letter in TONED + "âăêôơư":
        strokes = mark_strokes(letter, (0, 1), 0.4, 0.0, MarkHabits(hurry=0.0), rng)
        assert strokes, letter
        assert bare(letter) in "aeiouy"
    assert bare("ç") == "ç" and bare("đ") == "đ" and bare("é") == "e"


def test_hurried_clerks_drift_their_marks_to_the_right() -> None:
    def drift(hurry: float) -> float:
        rng = np.random.default_rng(1)
        habits = [MarkHabits.random(rng) for _ in range(400)]
        chosen = [h.drift for h in habits if abs(h.hurry - hurry) < 0.2]
        return float(np.mean(chosen))

    assert drift(0.8) > drift(0.2) + 0.1
    assert drift(0.8) > 0.25


def test_a_pen_leaves_its_own_weight_of_ink() -> None:
    hand = Hand.random(np.random.default_rng(9), face_named("mali-400regular"))
    thin, thick = (replace(hand, pen=Pen("gel", (0, 0, 0), weight)) for weight in (0.8, 1.5))
    assert ink_of(thick, "làm ruộng").sum() > 1.25 * ink_of(thin, "làm ruộng").sum()


def test_a_character_the_face_lacks_is_left_out_not_drawn_as_a_box() -> None:
    hand = Hand.random(np.random.default_rng(2), faces("handwriting", "train")[0])
    assert np.array_equal(ink_of(hand, "An漢"), ink_of(hand, "An"))
    assert ink_of(hand, "").max() == 0


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_what_is_written_is_what_the_text_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print and typewriter faces can be read back, marks and all, by an independent reader."""
    import pytesseract

    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")  # threads of Tesseract fight over a busy machine
    text = "Nguyễn Thị Hường, làm ruộng ở ấp Mỹ Đức, sanh ngày 17-8-1962"
    rng = np.random.default_rng(5)
    errors = []
    for face in (*faces("print", "train")[::6], *faces("typewriter", "test")[::4]):
        alpha = Hand.random(rng, face).write(text, 26, rng).alpha
        page = np.pad(255 - 230 * alpha, 30, constant_values=255).astype(np.uint8)
        read = pytesseract.image_to_string(page, lang="vie", config="--psm 7").strip()
        errors.append(Levenshtein.distance(read, text) / len(text))
    assert float(np.mean(errors)) < 0.03, errors
