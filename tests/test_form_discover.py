"""A drawn book teaches its form: fields found, pages placed, foreign pages refused, files kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import form_pages
import numpy as np
import pytest
import yaml

from common.errors import FormError, InputError
from common.geometry import Box
from extract.form import BookForm, discover_form, load_form, place_form, save_form
from extract.form.align import features, register
from extract.form.place import LIKELY_LABELS
from extract.form.same_print import labels_found
from extract.registers import load_register

BIRTHS = load_register("KS")


@pytest.fixture(scope="module")
def old() -> tuple[list[form_pages.Page], BookForm]:
    pages = form_pages.book(form_pages.RVN, 5, seed=1)
    return pages, discover_form([page.grey for page in pages], BIRTHS)


@pytest.fixture(scope="module")
def new() -> tuple[list[form_pages.Page], BookForm]:
    pages = form_pages.book(form_pages.TT15, 4, seed=3)
    return pages, discover_form([page.grey for page in pages], BIRTHS)


def hits(page: form_pages.Page, form: BookForm) -> tuple[int, int]:
    """Fields whose true slot's centre lies in a box placed for its code, and all fields."""
    ours = place_form(page.grey, form).fields(form)
    right = total = 0
    for index, slots in enumerate(page.slots):
        for code, slot in slots.items():
            centre = np.array([[slot.centre]], dtype=np.float64)
            x, y = cv2.perspectiveTransform(centre, page.matrix)[0, 0]
            boxes = ours[index].get(code, ()) if index < len(ours) else ()
            right += any(box.contains(x, y) for box in boxes)
            total += 1
    return right, total


@pytest.mark.parametrize("name", ["old", "new"])
def test_the_fields_are_found_and_carried_to_pages_it_never_saw(
    name: str, request: pytest.FixtureRequest
) -> None:
    _, form = request.getfixturevalue(name)
    press = form_pages.RVN if name == "old" else form_pages.TT15
    assert form.generation == ("rvn-1955-1975" if name == "old" else "tt15-2015")
    assert len(form.entries) == press.entries
    scores = [hits(form_pages.page(press, seed), form) for seed in (901, 902)]
    assert sum(right for right, _ in scores) >= 0.95 * sum(total for _, total in scores)


def test_what_the_book_does_not_print_is_missing_not_guessed(
    old: tuple[list[form_pages.Page], BookForm],
) -> None:
    _, form = old
    assert {"nguoiKy", "quyenSo", "ghiChu"} <= set(form.missing)
    assert "nksQueQuan" not in form.entries[0].fields


def test_pages_that_do_not_fit_are_refused_with_the_reason(
    old: tuple[list[form_pages.Page], BookForm],
) -> None:
    pages, form = old
    paper = np.full(pages[0].grey.shape, 244, dtype=np.uint8)
    with pytest.raises(FormError, match="nothing is printed"):
        place_form(paper, form)
    with pytest.raises(FormError, match="upside down"):
        place_form(np.ascontiguousarray(pages[0].grey[::-1, ::-1]), form)
    with pytest.raises(FormError, match="does not show the book's form KS rvn-1955-1975"):
        place_form(form_pages.page(form_pages.MARRIAGE, 8).grey, form)


def test_a_stray_of_the_same_press_is_told_by_its_words_and_a_ruined_page_is_not_refused(
    old: tuple[list[form_pages.Page], BookForm],
) -> None:
    """The same title, first lines, leaders and pitch; other words. Then the form's own page,
    faded and foxed."""
    _, form = old
    lines = [*form_pages.RVN.lines[:4], *form_pages.MARRIAGE.lines[2:]]
    stray = form_pages.page(replace(form_pages.RVN, lines=lines), 7).grey
    paper = np.random.default_rng(7)
    own = form_pages.page(form_pages.RVN, 7).grey
    stains = cv2.GaussianBlur(paper.normal(0, 1, own.shape), (0, 0), 12)
    ruined = 122 + 0.5 * own + paper.normal(0, 6, own.shape) + 200 * stains
    ruined = ruined.clip(0, 255).astype(np.uint8)
    shares = []
    for page in (stray, ruined):
        fit = register(form.features, features(page), form.size)
        assert fit is not None
        share = labels_found(page, form, fit.warp)
        assert share is not None
        shares.append(share)
    assert shares[0] < 0.8 * LIKELY_LABELS and shares[1] > 1.6 * LIKELY_LABELS
    place_form(ruined, form)
    with pytest.raises(FormError, match=r"only .* of the form's print"):
        place_form(stray, form)


def test_a_book_of_another_register_is_refused() -> None:
    pages = [page.grey for page in form_pages.book(form_pages.MARRIAGE, 3, seed=5)]
    with pytest.raises(FormError, match=r"KH|no form of register KS"):
        discover_form(pages, BIRTHS)


def test_blank_paper_is_refused() -> None:
    paper = [np.full((1700, 1200), 240 + i, dtype=np.uint8) for i in range(3)]
    with pytest.raises(FormError, match="no page has anything on it"):
        discover_form(paper, BIRTHS)


def test_the_form_file_gives_the_form_back_and_takes_corrections(
    old: tuple[list[form_pages.Page], BookForm], tmp_path: Path
) -> None:
    pages, form = old
    save_form(form, tmp_path)
    again = load_form(tmp_path / "form.yaml")
    assert again.generation == form.generation and again.missing == form.missing
    for code, slot in form.entries[0].fields.items():
        kept = again.entries[0].fields[code]
        assert kept.kind == slot.kind and len(kept.boxes) == len(slot.boxes)
        assert np.allclose(kept.box, slot.box, atol=1)
    assert place_form(pages[1].grey, again).score == pytest.approx(
        place_form(pages[1].grey, form).score, abs=0.02
    )
    overlay = cv2.imread(str(tmp_path / "overlay.png"))
    assert overlay is not None and overlay.shape[:2] == form.blank.shape
    data = yaml.safe_load((tmp_path / "form.yaml").read_text("utf-8"))
    data["entries"][0]["fields"]["so"]["lines"] = [[10, 20, 110, 60]]
    (tmp_path / "form.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    assert load_form(tmp_path).entries[0].fields["so"].boxes == (Box(10, 20, 110, 60),)


def test_a_broken_form_file_is_named(
    old: tuple[list[form_pages.Page], BookForm], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"form\.yaml: cannot be read"):
        load_form(tmp_path)
    save_form(old[1], tmp_path)
    text = (tmp_path / "form.yaml").read_text("utf-8")
    (tmp_path / "form.yaml").write_text(text.replace("entries:", "cases:"), "utf-8")
    with pytest.raises(InputError, match="is no form file: KeyError"):
        load_form(tmp_path)
    (tmp_path / "form.yaml").write_text(text, "utf-8")
    (tmp_path / "blank.png").unlink()
    with pytest.raises(InputError, match=r"blank\.png is missing"):
        load_form(tmp_path)
