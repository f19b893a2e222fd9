"""Review: tasks, answers, and one real Label Studio from push to the delivered workbook."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import extracted_book
import httpx
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from annotation.client import LabelStudio
from annotation.crops import cut_missing
from annotation.pull import pull
from annotation.push import push
from annotation.server import USER, Server
from annotation.tasks import Place, corrections_of, doubtful, task_of, typed_value
from annotation.texts import layout
from common.errors import MissingPartError, UsageError
from extract.deliver import DeliverOptions, deliver
from extract.reopen import Extracted
from hotich.commands.review import app

ROOT = Path(__file__).parents[1]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    with extracted_book.make(tmp_path / "book") as made:
        yield made


def annotation(text: str | None, state: str = "", **more: Any) -> dict[str, Any]:
    result: list[dict[str, Any]] = []
    if text is not None:
        result.append({"from_name": "text", "type": "textarea", "value": {"text": [text]}})
    if state:
        result.append({"from_name": "state", "type": "choices", "value": {"choices": [state]}})
    for part in result:
        part["to_name"] = "image"
    about = {"completed_by": 1, "updated_by": None, "was_cancelled": False}
    return {**about, "updated_at": "2026-11-21T08:00:00.5Z", "result": result, **more}


def said(*annotations: dict[str, Any]) -> list[tuple[str | None, str, str]]:
    task = {"data": {"hotich": "1/2/nksHoTen"}, "annotations": list(annotations)}
    return [(c.text, c.status, c.author) for c in corrections_of(task, {1: "a@b", 2: "c@d"})]


def test_the_least_sure_fields_go_first_and_settled_ones_stay(book: Extracted) -> None:
    found = doubtful(book.records())
    assert {(record.page, record.entry) for record, _ in found} == {(1, 2), (2, 2)}
    assert [code for _, code in found] == sorted(code for _, code in found)
    at = (book.name, 1, 2, "nksHoTen")
    book.store.correct(*at, value="Trần Thị Lành", status="read", author="a@b", time="2026")
    left = doubtful(book.records())
    assert len(left) == len(found) - 1


def test_a_missing_crop_is_cut_from_the_page(book: Extracted) -> None:
    crop = book.folder.crop(2, 2, "nksHoTen")
    crop.unlink()
    wanted = doubtful(book.records())
    assert cut_missing(book, wanted) == wanted
    height, width = cv2.imread(str(crop)).shape[:2]
    assert (width, height) == (574, 53)  # half of 1100 by 70 pixels, and what stands around it
    crop.unlink()
    book.folder.page_image(2).unlink()
    assert len(cut_missing(book, wanted)) == len(wanted) - 1


def test_a_task_says_what_a_person_needs(book: Extracted) -> None:
    record = book.records()[1]
    task = task_of(book.folder, record, "nksHoTen", "/data/local-files/?d=x")
    data = task["data"]
    assert data["hotich"] == "1/2/nksHoTen" and Place.parse(data["hotich"]).entry == 2
    assert data["image"] == "/data/local-files/?d=x/0001-2-nksHoTen.jpg"
    for part in ("60 %", "Trần Thị Lành?", "Họ của con khác họ của cha", "Họ, chữ đệm, tên"):
        assert part in data["hint"]
    (prediction,) = task["predictions"]
    assert prediction["result"][0]["value"]["text"] == ["Trần Thị Lành"]
    embedded = task_of(book.folder, record, "nksHoTen", None)["data"]["image"]
    assert embedded.startswith("data:image/jpeg;base64,")
    blank = task_of(book.folder, record, "ghiChu", None)
    assert blank["predictions"][0]["result"] == []


def test_the_layout_puts_the_text_last_and_the_states_before_it() -> None:
    screen = layout()
    assert screen.index("<Choices") < screen.index("<TextArea")
    assert 'transcription="true"' in screen and 'alias="illegible"' in screen
    for name in ("label", "place", "image", "hint"):
        assert f"${name}" in screen


def test_what_people_said() -> None:
    assert said(annotation(" Nguyễn  Văn ")) == [("Nguyễn Văn", "read", "a@b")]
    assert said(annotation("x", "illegible")) == [(None, "illegible", "a@b")]
    assert said(annotation(None, "blank", updated_by=2)) == [(None, "blank", "c@d")]
    assert said(annotation("", ""), annotation("x", was_cancelled=True)) == []
    later = annotation("hai", updated_at="2026-11-22T08:00:00Z", completed_by=9)
    assert said(later, annotation("một")) == [("một", "read", "a@b"), ("hai", "read", "user 9")]


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("nksNgaySinh", "7/5/62", "07.05.1962"),
        ("nksNgaySinh", "tháng 5 năm 1962", "05.1962"),
        ("nksGioiTinh", "gái", "Nữ"),
        ("nksHoTen", "nguyễn-văn-tư", "Nguyễn Văn Tư"),
        ("nksNoiSinh", " Tân  Phú ", "Tân Phú"),
        ("nksNgaySinh", "không rõ", "không rõ"),
    ],
)
def test_what_is_typed_takes_the_form_of_the_record(field: str, typed: str, value: str) -> None:
    assert typed_value(typed, extracted_book.records()[0], field) == value


def test_a_server_that_is_not_there_is_one_clear_line(tmp_path: Path, book: Extracted) -> None:
    nobody = LabelStudio("http://127.0.0.1:9", "x")
    with nobody as studio, pytest.raises(MissingPartError, match="no answer"):
        studio.user()
    result = CliRunner().invoke(
        app,
        ["push", str(book.folder.root), "--url", "http://127.0.0.1:9"],
        env={"HOTICH_LABEL_STUDIO_TOKEN": ""},
    )
    assert isinstance(result.exception, UsageError) and "no token" in str(result.exception)


def test_a_stopped_server_is_known_and_its_secrets_are_private(tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    token = server.credentials.token
    assert len(token) == 40 and server.credentials.token == token
    assert stat.S_IMODE((tmp_path / "home" / "server.json").stat().st_mode) == 0o600
    assert not server.running() and not server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server; its environment is made on first use and kept for the next run."""
    kept = os.environ.get("HOTICH_LABEL_STUDIO_VENV") or str(ROOT / ".venv-label-studio")
    made = Server(tmp_path_factory.mktemp("label-studio"), Path(kept))
    made.start()
    yield made
    made.stop()


@pytest.mark.slow
def test_from_push_to_the_delivered_workbook(
    server: Server, book: Extracted, tmp_path: Path
) -> None:
    records = book.records()
    count = len(doubtful(records))
    with LabelStudio(server.url, server.credentials.token) as studio:
        assert studio.user() == USER
        first = push(studio, server, book)
        assert (first.added, first.renewed, first.waiting) == (count, 0, 0)
        again = push(studio, server, book)
        assert (again.project, again.added, again.waiting) == (first.project, 0, count)
        tasks = {task["data"]["hotich"]: task for task in studio.tasks(first.project)}
        assert len(tasks) == count

        address = server.url + tasks["1/2/nksHoTen"]["data"]["image"]
        token = {"Authorization": f"Token {server.credentials.token}"}
        image = httpx.get(address, headers=token, trust_env=False)
        assert image.content == book.folder.crop(1, 2, "nksHoTen").read_bytes()

        answers = {
            "1/2/nksHoTen": annotation("Trần Thị Lãnh"),
            "1/2/chaHoTen": annotation("Trần Văn Sửu", "illegible"),
            "2/2/nksNgaySinh": annotation("16/6/62"),
        }
        for place, answer in answers.items():
            path = f"/api/tasks/{tasks[place]['id']}/annotations/"
            studio.call("POST", path, json={"result": answer["result"]})

        pulled = pull(studio, book.folder, book.store, book.name)
        assert (pulled.new, pulled.known, pulled.open) == (3, 0, count - 3)
        pulled = pull(studio, book.folder, book.store, book.name)
        assert (pulled.new, pulled.known) == (0, 3)
        rest = push(studio, server, book)
        assert (rest.added, rest.waiting) == (0, count - 3)

        read_again = replace(records[3].get("nksHoTen"), value="Thạch Sa Rây", confidence=0.5)
        changed = [*records[:3], records[3].with_fields({"nksHoTen": read_again})]
        book.store.save_records(book.name, changed)
        assert push(studio, server, book).renewed == 1
        assert len(studio.tasks(first.project)) == count

    package = deliver(book, tmp_path / "out", DeliverOptions())
    workbook = load_workbook(package.xlsx)
    head, _, second, _, fourth = workbook["KS"].iter_rows(values_only=True)
    column = head.index
    assert second[column("nksHoTen")] == "Trần Thị Lãnh"
    assert second[column("chaHoTen")] is None
    assert fourth[column("nksNgaySinh")] == "16.06.1962"
    by_people = {
        row[3]: row for row in workbook["Nguon"].iter_rows(values_only=True) if row[7] == USER
    }
    assert set(by_people) == {"nksHoTen", "chaHoTen", "nksNgaySinh"}
    assert by_people["nksHoTen"][4:6] == ("Trần Thị Lành", "Trần Thị Lãnh")
    assert book.records()[1].get("chaHoTen").status == "illegible"


@pytest.mark.slow
def test_the_commands_against_the_real_server(server: Server, book: Extracted) -> None:
    env = {
        "HOTICH_LABEL_STUDIO_HOME": str(server.home),
        "HOTICH_LABEL_STUDIO_VENV": str(server.environment),
    }

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, words, env=env, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert server.url in run("status") and "signup" in run("status")
    assert run("start").startswith(server.url)  # it runs: nothing is started twice
    assert ", 0 renewed, 0 already there" in run("push", str(book.folder.root))
    assert "0 new, " in run("push", str(book.folder.root))
    assert "0 new answers" in run("pull", str(book.folder.root))


@pytest.mark.slow
def test_a_wrong_token_is_refused(server: Server) -> None:
    with LabelStudio(server.url, "0" * 40) as studio, pytest.raises(UsageError, match="token"):
        studio.user()
