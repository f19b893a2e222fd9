"""Review against one real Label Studio: a browser, a killed server, a lost webhook, drawn boxes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import extracted_book
import httpx
import pytest
from openpyxl import load_workbook
from reviewer import Reviewer, at_the_browser, hosts
from typer.testing import CliRunner

import annotation.client
from annotation.boxes import BoxReader
from annotation.client import LabelStudio
from annotation.listener import Listener, connect, receive
from annotation.projects import ensure
from annotation.pull import pull
from annotation.push import bring_up_to_date, push
from annotation.queue import SecondReading, doubtful
from annotation.server import USER, Server
from annotation.written import meant
from common.errors import HotichError, UsageError
from extract.deliver import DeliverOptions, deliver
from extract.folder import BookFolder
from extract.record import Record, read_records
from extract.reopen import Extracted
from extract.run import run_book
from hotich.commands.review import app
from models.reading import Image, Reading
from tests.book_pages import MarkReader, write_book, write_form

ROOT = Path(__file__).parents[1]
FIELDS = 30
pytestmark = [pytest.mark.slow(seconds=140), pytest.mark.xdist_group("label-studio")]


@pytest.fixture
def server(label_studio: Server) -> Server:
    """The real server, running: another test may have stopped or killed it."""
    label_studio.start()
    return label_studio


@pytest.fixture
def studio(server: Server) -> Iterator[LabelStudio]:
    with LabelStudio(server.url, server.credentials.token) as made:
        yield made


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    with extracted_book.make(tmp_path / "book") as made:
        yield made


def answer(studio: LabelStudio, task: int, text: str = "", state: str = "", **more: Any) -> Any:
    """What a browser sends when a person submits; the server's answer."""
    result: list[dict[str, Any]] = []
    if text:
        result.append({"from_name": "text", "type": "textarea", "value": {"text": [text]}})
    if state:
        result.append({"from_name": "state", "type": "choices", "value": {"choices": [state]}})
    for part in result:
        part |= {"id": part["from_name"], "to_name": "marks"}
    content = {"result": result, "lead_time": 4.5, **more}
    return studio.call("POST", f"/api/tasks/{task}/annotations/", json=content)


def by_place(studio: LabelStudio, project: int) -> dict[str, dict[str, Any]]:
    tasks = studio.tasks(project)
    found = {task["data"]["hotich"]: task for task in tasks}
    assert len(found) == len(tasks)  # each once
    return found


@pytest.fixture
def sample(sample_book: Callable[[Path], Path], tmp_path: Path) -> Iterator[Extracted]:
    """The sample book, extracted."""
    with Extracted.open(sample_book(tmp_path / "sample")) as made:
        yield made


def written(true: Record, code: str) -> str:
    """What a person who reads rightly types for a field."""
    value = true.get(code)
    if value.raw and meant(value.raw, true, code)[0] == value.value:
        return value.raw
    return value.value or ""


def work_through(
    person: Reviewer, asked: list[tuple[Record, str]], truth: dict[tuple[int, int], Record]
) -> dict[tuple[int, int, str], tuple[str | None, str]]:
    """Answer the tasks in their order; what was said of each field."""
    said: dict[tuple[int, int, str], tuple[str | None, str]] = {}
    screen = person.shown()
    for record, code in asked:
        true = truth[record.key]
        assert f"Tờ {record.page}, trường hợp {record.entry} " in screen  # in our order
        text = written(true, code)
        if text:
            person.correct(text)
            said[*record.key, code] = (meant(text, record, code)[0], "")
        else:
            status = true.get(code).status
            person.state({"illegible": "1", "blank": "2"}[status])
            said[*record.key, code] = (None, status)
        screen = person.wait(screen)  # more tasks wait than are asked
    return said


def ask_enough(book: Extracted) -> None:
    """Have more fields asked about than are answered: a good reader leaves fewer."""
    records = book.records()
    sure = [(r.key, c) for r in records for c, v in r.fields.items() if v.value and not v.review]
    more = set(sure[: max(FIELDS + 5 - len(doubtful(records)), 0)])
    marked = [
        r.with_fields({c: replace(r.get(c), review=True) for c in r.fields if (r.key, c) in more})
        for r in records
    ]
    book.store.save_records(book.name, marked)


def answer_and_mend(person: Reviewer, field: tuple[Record, str]) -> str | None:
    """Answer a task, go back to it, say another thing, and return; what the field then says."""
    there = person.shown()
    person.correct("Hai")
    here = person.wait(there)
    person.back()
    assert person.wait(here) == there
    with person.page.expect_response(lambda answer: "/api/annotations/" in answer.url):
        person.correct("Hai Ba")
    person.wait()  # the field is in focus again
    person.forward()
    assert person.wait(there) == here
    return meant("Hai Ba", *field)[0]


def test_thirty_fields_with_the_keyboard_only(
    server: Server, studio: LabelStudio, sample: Extracted, tmp_path: Path
) -> None:
    truth = {record.key: record for record in read_records(ROOT / "sample" / "truth.jsonl")}
    ask_enough(sample)
    pushed = push(studio, server, sample).fields
    *asked, another = doubtful(sample.records())[: FIELDS + 1]
    with at_the_browser(tmp_path / "net.json") as person:
        person.sign_in(server.url, USER, server.credentials.password)
        person.begin(server.url, pushed.project)
        began = time.monotonic()
        said = work_through(person, asked, truth)
        seconds, keys = (time.monotonic() - began) / FIELDS, person.keys / FIELDS
        mended = answer_and_mend(person, another)
        clicks = person.clicks
    print(
        f"\n{FIELDS} fields of the sample book (rendered): {keys:.1f} keystrokes "
        f"(2 of them chords) and {clicks} clicks a field, "
        f"{seconds:.1f} s of machine time"
    )
    assert clicks == 0
    assert hosts(tmp_path / "net.json", person.requests) == {"127.0.0.1"}

    said[*another[0].key, another[1]] = (mended, "")
    pulled = pull(studio, sample)
    assert pulled.new == FIELDS + 1
    values = {(*r.key, c): v for r in sample.records() for c, v in r.fields.items()}
    for at, (value, state) in said.items():
        assert (values[at].author, values[at].value) == (USER, value), at
        assert not state or values[at].status == state
    again = push(studio, server, sample).fields
    assert again.added < FIELDS / 3  # new doubts are few, though one answer was a wrong one
    assert push(studio, server, sample).fields.added == 0

    workbook = load_workbook(
        deliver(sample, tmp_path / "out", DeliverOptions(book_number="01/1962", archive=False)).xlsx
    )
    sources = {
        (int(row[0]), int(row[1]), row[3]): row
        for row in workbook["Nguon"].iter_rows(min_row=2, values_only=True)
        if row[7] == USER
    }
    assert set(sources) == set(said)
    assert all(row[8] for row in sources.values())


def test_killed_in_mid_push(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotation.client, "CHUNK", 60)
    shown = {"label": "x", "place": "x", "hint": "x", "marks": "x", "image": "/static/x.jpg"}
    text = {"id": "reading", "from_name": "text", "to_name": "marks", "type": "textarea"}
    tasks = [
        {
            "data": {**shown, "hotich": f"{page}/1/so", "reading": f"{page}"},
            "predictions": [
                {"model_version": "hotich", "result": [{**text, "value": {"text": [str(page)]}}]}
            ],
        }
        for page in range(1, 301)
    ]
    with LabelStudio(server.url, server.credentials.token) as studio:
        folder = BookFolder(server.home / "killed")
        folder.prepare()
        project = ensure(studio, server, folder, "killed", "fields").id
        calls, real = 0, studio.call

        def call(method: str, path: str, **content: Any) -> Any:
            nonlocal calls
            calls += path.endswith("/import")
            if calls == 3:
                kill = (server.credentials.pid, signal.SIGKILL)
                threading.Timer(0.05, os.killpg, kill).start()
                calls += 1
            return real(method, path, **content)

        monkeypatch.setattr(studio, "call", call)
        with pytest.raises(HotichError):
            bring_up_to_date(studio, project, tasks)
    address = server.url
    assert not server.stop() and server.url == ""
    assert server.start() == address  # pages that people left open go on
    with LabelStudio(server.url, server.credentials.token) as studio:
        left = len(by_place(studio, project))
        assert left < len(tasks)
        done = bring_up_to_date(studio, project, tasks)
        assert (done.added, done.waiting, done.renewed) == (len(tasks) - left, left, 0)
        there = by_place(studio, project)
        assert len(there) == len(tasks)
        assert all(len(task["predictions"]) == 1 for task in there.values())
        assert bring_up_to_date(studio, project, tasks).added == 0


def test_a_lost_webhook_loses_nothing(server: Server, studio: LabelStudio, book: Extracted) -> None:
    done = push(studio, server, book).fields
    tasks = by_place(studio, done.project)
    with Listener(BoxReader(book.folder)) as listener:
        projects, users = connect(studio, book, listener), studio.users()
        answer(studio, tasks["1/2/nksHoTen"]["id"], "Trần-thị-Lãnh")
        event = listener.answers.get(timeout=10)
        assert receive(book, event, projects, users).new == 1
        assert receive(book, event, projects, users).new == 0
        bad = httpx.post(f"{listener.url}x/webhook", json={}, trust_env=False)
        assert bad.status_code == 404
    answer(studio, tasks["1/2/chaHoTen"]["id"], state="illegible")  # nobody listens
    assert pull(studio, book).new == 1
    assert pull(studio, book).new == 0
    second = book.records()[1]
    name = second.get("nksHoTen")
    assert (name.raw, name.value, name.author) == ("Trần-thị-Lãnh", "Trần Thị Lãnh", USER)
    assert second.get("chaHoTen").status == "illegible"
    efforts = book.store.efforts(book.name)
    assert [(e.field, e.seconds) for e in efforts] == [("nksHoTen", 4.5), ("chaHoTen", 4.5)]


def invited(studio: LabelStudio, email: str) -> LabelStudio:
    """A colleague who joins by the invitation that `hotich review status` shows."""
    with httpx.Client(base_url=studio.url, follow_redirects=True, trust_env=False) as browser:
        way = studio.call("GET", "/api/invite")["invite_url"]
        browser.get(way)
        form = {"email": email, "password": "Doc-lan-hai-1"}
        browser.post(way, data={**form, "csrfmiddlewaretoken": browser.cookies["csrftoken"]})
        token = browser.get("/api/current-user/token").json()["token"]
    return LabelStudio(studio.url, token)


def test_two_people_and_a_third(server: Server, studio: LabelStudio, book: Extracted) -> None:
    colleague = invited(studio, "hoa@xa.vn")
    twice = SecondReading(fields=("nksHoTen",))
    done = push(studio, server, book, twice)
    assert done.projects["second"].added == 2 and "third" not in done.projects
    again = done.projects["second"].project
    first, second = by_place(studio, done.fields.project), by_place(studio, again)
    assert set(second) == {"1/2/nksHoTen", "2/2/nksHoTen"}
    assert "Lành" not in str(second["1/2/nksHoTen"]["data"])  # blind
    said = answer(studio, first["1/2/nksHoTen"]["id"], "Trần Thị Lành")
    answer(colleague, second["1/2/nksHoTen"]["id"], "Trần Thị Lánh")
    answer(studio, first["2/2/nksHoTen"]["id"], "Thạch Thị Sa Rây")
    answer(studio, second["2/2/nksHoTen"]["id"], "Thạch Sa Rây")  # the first reader's own
    assert pull(studio, book).new == 4
    values = [record.get("nksHoTen") for record in book.records()]
    assert [(v.value, v.review) for v in (values[1], values[3])] == [
        ("Trần Thị Lành", True),
        ("Thạch Thị Sa Rây", False),
    ]
    mended = {"result": [{**said["result"][0], "value": {"text": ["Trần Thị Lanh"]}}]}
    studio.call("PATCH", f"/api/annotations/{said['id']}/", json=mended)
    assert pull(studio, book).new == 1
    once_more = push(studio, server, book, twice).projects
    assert once_more["second"].added == 1  # for somebody else
    assert push(studio, server, book, twice).projects["second"].added == 0
    (open_one,) = (task for task in studio.tasks(again) if not task["annotations"])
    assert open_one["data"]["hotich"] == "2/2/nksHoTen"
    (task,) = by_place(studio, once_more["third"].project).values()
    assert task["data"]["hint"].endswith("“Trần Thị Lanh” · “Trần Thị Lánh”")  # last words
    answer(studio, task["id"], "Trần Thị Lánh")
    answer(colleague, open_one["id"], "Thạch Thị Sa Rây")
    assert pull(studio, book).new == 2
    settled = [book.records()[place].get("nksHoTen") for place in (1, 3)]
    assert [(v.value, v.review) for v in settled] == [
        ("Trần Thị Lánh", False),
        ("Thạch Thị Sa Rây", False),
    ]
    assert push(studio, server, book, twice).projects["second"].added == 0


def test_a_box_drawn_is_read(server: Server, studio: LabelStudio, book: Extracted) -> None:
    book.store.save_page(book.name, 2, "refused", "không thấy mẫu", {"picture_scale": 0.5})
    done = push(studio, server, book).projects["pages"]
    (task,) = studio.tasks(done.project)
    drawn = {"x": 20, "y": 30, "width": 60, "height": 4, "rotation": 0}
    region = {"id": "a", "to_name": "image", "original_width": 800, "original_height": 1100}
    label = {"from_name": "field", "type": "rectanglelabels"}
    box = {**region, **label, "value": {**drawn, "rectanglelabels": ["nksHoTen"]}}
    with Listener(BoxReader(book.folder)) as listener:
        connect(studio, book, listener)
        (backend,) = studio.call("GET", "/api/ml", params={"project": done.project})
        assert backend["state"] == "CO"
        said = studio.call(
            "POST",
            f"/api/ml/{backend['id']}/interactive-annotating",
            json={"task": task["id"], "context": {"result": [box]}},
        )
    (read,) = said["data"]["result"]
    assert read["id"] == "a" and read["value"]["text"][0].strip()
    result = [
        box,
        {**region, "from_name": "text", "type": "textarea", "value": {**drawn, "text": ["Lê Ba"]}},
        {**region, "from_name": "entry", "type": "number", "value": {**drawn, "number": 3}},
    ]
    path = f"/api/tasks/{task['id']}/annotations/"
    studio.call("POST", path, json={"result": result, "lead_time": 9.0})
    assert pull(studio, book).new == 1
    missed = book.records()[-1]
    assert (missed.page, missed.entry, missed.get("nksHoTen").value) == (2, 3, "Lê Ba")
    assert missed.get("nksHoTen").box == (320, 660, 1280, 748)
    assert pull(studio, book).new == 0


def test_what_the_machine_reads_again_replaces_what_waits(
    server: Server, studio: LabelStudio, book: Extracted
) -> None:
    records = book.records()
    count = len(doubtful(records))
    first = push(studio, server, book).fields
    assert (first.added, first.renewed, first.waiting) == (count, 0, 0)
    tasks = by_place(studio, first.project)
    token = {"Authorization": f"Token {server.credentials.token}"}
    address = server.url + tasks["1/2/nksHoTen"]["data"]["image"]
    image = httpx.get(address, headers=token, trust_env=False)
    assert image.content == book.folder.crop(1, 2, "nksHoTen").read_bytes()
    answer(studio, tasks["1/2/nksNgaySinh"]["id"], "12-5-62")
    last = records[3]
    other = replace(last.get("nksHoTen"), value="Thạch Sa Rây", raw=None, confidence=0.5)
    sure = replace(last.get("chaHoTen"), confidence=0.99, review=False)
    changed = last.with_fields({"nksHoTen": other, "chaHoTen": sure})
    book.store.save_records(book.name, [*records[:3], changed])
    again = push(studio, server, book).fields
    assert (again.added, again.renewed, again.dropped) == (0, 1, 1)
    waiting = by_place(studio, first.project)
    assert set(waiting) == set(tasks) - {"2/2/chaHoTen"}
    assert all(waiting[name]["id"] == tasks[name]["id"] for name in waiting)  # none loses its turn
    (reading,) = waiting["2/2/nksHoTen"]["predictions"]
    shown = studio.call("GET", f"/api/predictions/{reading}/")["result"]
    assert shown[0]["value"]["text"] == ["Thạch Sa Rây"]
    assert waiting["2/2/nksHoTen"]["data"]["reading"] == "Thạch Sa Rây"


@dataclass(frozen=True)
class Taught(MarkReader):
    """The reader of marks after it learnt a hand: surer, save of a name that it reads otherwise."""

    source: str = "marks@0+clerk"

    def read(self, lines: Sequence[Image]) -> list[Reading]:
        return [self._taught(one) for one in super().read(lines)]

    def _taught(self, one: Reading) -> Reading:
        text = one.text.replace("Sáu", "Sen")
        sure = 0.999 if text == one.text else 0.5
        return Reading(text, sure, ((text[0], sure),), (), self.source, 0.99)


def test_a_taught_reader_renews_what_waits_and_shortens_the_queue(
    server: Server, studio: LabelStudio, tmp_path: Path
) -> None:
    scans, form = write_book(tmp_path / "book", 3), write_form(tmp_path / "form")
    folder = BookFolder(tmp_path / "out")

    def read_with(reader: MarkReader) -> None:
        run_book([scans], "KS", folder, book="b", form=form, reader=reader)

    read_with(MarkReader(tmp_path / "calls"))
    with Extracted.open(folder.root) as book:
        first = push(studio, server, book).fields
        before = by_place(studio, first.project)
        answer(studio, before["1/1/meHoTen"]["id"], "Lê-thị-Sáu")
        assert pull(studio, book).new == 1
        push(studio, server, book)
        waiting = len(by_place(studio, first.project)) - 1
    read_with(Taught(tmp_path / "calls"))
    with Extracted.open(folder.root) as book:
        again = push(studio, server, book).fields
        after = by_place(studio, first.project)
        assert again.dropped > again.added and again.renewed > 0
        assert len(after) - 1 == waiting - again.dropped + again.added
        renewed = after["2/1/meHoTen"]
        assert (
            renewed["data"]["reading"] == "Lê-thị-Sen" != before["2/1/meHoTen"]["data"]["reading"]
        )
        assert renewed["data"]["reader"].endswith("+clerk") and len(renewed["predictions"]) == 1
        said = book.records()[0].get("meHoTen")
        assert (said.value, said.author) == ("Lê Thị Sáu", USER)


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
    assert ", 0 renewed, 0 settled, 0 already there" in run("push", str(book.folder.root))
    assert "0 new, " in run("push", str(book.folder.root))
    assert "0 new answers" in run("pull", str(book.folder.root))
    with LabelStudio(server.url, "0" * 40) as stranger, pytest.raises(UsageError, match="token"):
        stranger.user()
