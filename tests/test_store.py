"""The store keeps every value, and several processes may use it at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa

from common.errors import InputError, MissingPartError, UsageError
from common.provenance import Step
from extract.record import ABSENT, FieldValue, Issue, Match, Record, read_records, write_records
from extract.store import Store

READ = FieldValue("nguyễn-văn-tư", "Nguyễn Văn Tư", 0.81, "read", (1, 2, 30, 40), True)


def record(page: int = 1, entry: int = 1, name: FieldValue = READ) -> Record:
    return Record(
        "KS.1962.01",
        page,
        entry,
        "KS",
        "rvn-1955-1975",
        {"nksHoTen": name, "nksDanToc": ABSENT},
        (Issue("X01", ("ngayDangKy",), "Ngày sinh sau ngày đăng ký"),),
        (Match("A7", 0.93),),
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


def test_records_come_back_as_saved_and_in_book_order(url: str) -> None:
    saved = [record(2, 1), record(1, 2), record(1, 1)]
    Store.open(url).save_records("KS.1962.01", saved)
    found = Store.open(url).records("KS.1962.01")
    assert [r.key for r in found] == [(1, 1), (1, 2), (2, 1)]
    assert [r.as_json() for r in found] == [r.as_json() for r in reversed(saved)]


def test_a_correction_is_added_and_nothing_is_overwritten(url: str) -> None:
    store = Store.open(url)
    store.save_records("KS.1962.01", [record()])
    place = ("KS.1962.01", 1, 1, "nksHoTen")
    store.correct(*place, value="Nguyễn Văn Tự", status="read", author="Lan", time="2026-01-02")
    again = FieldValue("nguyễn-văn-từ", "Nguyễn Văn Từ", 0.4, "read", (1, 2, 30, 40), True)
    store.save_records("KS.1962.01", [record(name=again)])
    now = store.records("KS.1962.01")[0].fields["nksHoTen"]
    assert (now.value, now.author, now.time) == ("Nguyễn Văn Tự", "Lan", "2026-01-02")
    assert now.box == READ.box and not now.review
    assert [v.value for v in store.history(*place)] == [
        "Nguyễn Văn Tư",
        "Nguyễn Văn Tự",
        "Nguyễn Văn Từ",
    ]


def test_saving_the_same_records_again_adds_no_value(url: str) -> None:
    store = Store.open(url)
    for _ in range(3):
        store.save_records("KS.1962.01", [record()])
    assert len(store.history("KS.1962.01", 1, 1, "nksHoTen")) == 1


def test_a_correction_needs_a_person_and_a_known_field(url: str) -> None:
    store = Store.open(url)
    store.save_records("KS.1962.01", [record()])
    with pytest.raises(UsageError, match="person"):
        store.correct("KS.1962.01", 1, 1, "so", value="1", status="read", author="", time="t")
    with pytest.raises(UsageError, match="no field so"):
        store.correct("KS.1962.01", 1, 1, "so", value="1", status="read", author="Lan", time="t")


def test_pages_keep_their_cause(url: str) -> None:
    store = Store.open(url)
    store.save_page("b", 2, "failed", "the scan is cut off", {})
    store.save_page("b", 1, "done", "", {"entries": [1]})
    store.save_page("b", 2, "refused", "another form", {})
    assert [(p.page, p.outcome, p.cause) for p in store.pages("b")] == [
        (1, "done", ""),
        (2, "refused", "another form"),
    ]
    assert store.books() == ["b"]


def test_provenance_is_kept(url: str) -> None:
    step = Step("read", {"margin": 2}, weights="abc")
    store = Store.open(url)
    store.save_step("b", step)
    assert store.steps("b") == [step]


def test_a_store_of_a_newer_hotich_is_refused(url: str) -> None:
    Store.open(url).close()
    with sa.create_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE hotich_schema SET version = 99")
    with pytest.raises(InputError, match="update hotich"):
        Store.open(url)


def test_a_failed_migration_leaves_nothing_behind(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (a INTEGER)")
        raise InputError("torn")

    monkeypatch.setattr("extract.schema_store.MIGRATIONS", (breaks,))
    with pytest.raises(InputError, match="torn"):
        Store.open(url)
    assert sa.inspect(sa.create_engine(url)).get_table_names() == []


def test_what_is_not_a_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"GIF89a" * 500)
    with pytest.raises(InputError, match="not a store"):
        Store.open(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(MissingPartError, match="does not open"):
        Store.open(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(UsageError):
        Store.open("nonsense")


def _correct_many(url: str, author: str) -> None:
    store = Store.open(url)
    for turn in range(10):
        store.correct(
            "KS.1962.01",
            1,
            1,
            "nksHoTen",
            value=f"{author} {turn}",
            status="read",
            author=author,
            time="t",
        )


def test_three_processes_write_and_lose_nothing(url: str) -> None:
    store = Store.open(url)
    store.save_records("KS.1962.01", [record()])
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_correct_many, args=(url, a)) for a in ("An", "Ba", "Cúc")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(store.history("KS.1962.01", 1, 1, "nksHoTen")) == 31


def test_records_file_is_whole_and_survives_the_round(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    write_records(path, [record()])
    write_records(path, [record(), record(2)])
    assert [r.as_json() for r in read_records(path)] == [record().as_json(), record(2).as_json()]
    assert list(tmp_path.iterdir()) == [path]
    path.write_text('{"book": "x"}\n')
    with pytest.raises(InputError, match=r"records\.jsonl:1"):
        read_records(path)


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(MissingPartError) as told:
        Store.open("postgresql+psycopg://u:SECRETPW@127.0.0.1:9/none")
    assert "SECRETPW" not in str(told.value) and "***" in str(told.value)
