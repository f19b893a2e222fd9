"""Working copies go by rule, once it is their time, and the log says which; nothing else goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import extracted_book
import pytest
import typer
from typer.testing import CliRunner

from common.errors import InputError, PackageError, UsageError
from extract.acceptance import check_package, find_packages
from extract.deliver import DeliverOptions, deliver
from extract.log.audit import audit
from extract.log.logged import log_of, note_decided, note_read
from extract.log.purge import RULES, due, load_rules, purge
from extract.reopen import Extracted
from extract.scan_identity import SCAN, identity
from hotich.commands.purge import purge as command
from preprocessing.scans import open_scans

LATER = datetime.now(UTC) + timedelta(days=100)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Extracted]:
    """A delivered book with nothing left for a person."""
    with extracted_book.make(tmp_path / "book") as made:
        settled = [
            record.with_fields({c: replace(v, review=False) for c, v in record.fields.items()})
            for record in made.records()
        ]
        made.store.save_records(made.name, settled)
        for page in made.store.pages(made.name)[:2]:
            note_read(made.folder, page, "test", "")
        note_decided(made.folder, made.store, made.name)
        deliver(made, tmp_path / "out", DeliverOptions(archive=False))
        yield made


def files(book: Extracted, pattern: str) -> int:
    return len(list(book.folder.root.glob(pattern)))


def test_what_is_due_goes_and_the_log_says_which(book: Extracted) -> None:
    crops, pages = files(book, "crops/*"), files(book, "pages/*")
    found = due(book, load_rules(RULES), LATER)
    assert [len(one.files) for one in found[:2]] == [crops, pages] and crops and pages == 2
    assert files(book, "crops/*") == crops  # saying is not deleting
    assert purge(book, found) == crops + pages
    assert files(book, "crops/*") == files(book, "pages/*") == 0
    told = log_of(book.folder).lines()[-1].note
    assert told.did == "purged" and len(told.about["files"]) == crops + pages
    assert audit(book).faults == ()  # gone, and the log knows
    assert book.folder.records.is_file() and files(book, "store.sqlite") == 1
    assert purge(book, due(book, load_rules(RULES), LATER)) == 0


def test_nothing_goes_before_its_time(book: Extracted, tmp_path: Path) -> None:
    found = due(book, load_rules(RULES), datetime.now(UTC) + timedelta(days=40))
    assert found[0].files and not found[1].files and "kept for 90" in found[1].kept
    with extracted_book.make(tmp_path / "new") as new:
        assert {one.kept for one in due(new, load_rules(RULES), LATER)} == {
            "the book was never delivered"
        }
        deliver(new, tmp_path / "new-out", DeliverOptions(archive=False))
        assert "fields wait for a person" in due(new, load_rules(RULES), LATER)[0].kept


def test_a_rule_never_reaches_what_must_stay(book: Extracted, tmp_path: Path) -> None:
    rules, outside = tmp_path / "rules.yaml", tmp_path / "outside.jpg"
    rules.write_text("- {what: all, files: ['*', 'pages/*'], delivered: 0}")
    outside.write_bytes(b"x")
    (book.folder.root / "pages" / "link.jpg").symlink_to(outside)
    purge(book, due(book, load_rules(rules), LATER))
    assert outside.exists() and audit(book).faults == () and len(book.records()) == 4
    for bad in ("['../*']", "['/etc/*']"):
        rules.write_text(f"- {{what: all, files: {bad}, delivered: 0}}")
        with pytest.raises(UsageError, match="leads out"):
            load_rules(rules)
    rules.write_text("crops")
    with pytest.raises(InputError, match="no list of rules"):
        load_rules(rules)


def test_the_command_deletes_only_when_told(book: Extracted, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("- {what: crops, files: ['crops/*.jpg'], delivered: 0}")
    app = typer.Typer()
    app.command()(command)
    call = [str(book.folder.root), "--rules", str(rules)]
    dry = CliRunner().invoke(app, call)
    assert "nothing was deleted" in dry.output and files(book, "crops/*") == 32
    done = CliRunner().invoke(app, [*call, "--yes"])
    assert "32 files deleted" in done.output and files(book, "crops/*") == 0


def test_after_a_purge_a_book_is_delivered_from_its_scans(book: Extracted, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    shutil.copytree(book.folder.root / "pages", scans)
    for scan in open_scans([scans]):
        told = {"picture_scale": 0.5, SCAN: identity(scan), "source": scan.source}
        book.store.save_page(book.name, scan.index, "done", "", told)
    purge(book, due(book, load_rules(RULES), LATER))
    today = f"{datetime.now(UTC):%d.%m.%Y}"
    said = rf"2 pages.*hotich purge deleted them on {today}.*--scans.*0001\.jpg"
    with pytest.raises(PackageError, match=said):
        deliver(book, tmp_path / "anew", DeliverOptions())
    (scans / "0003.jpg").write_bytes(b"damaged, as when it was read")
    package = deliver(book, tmp_path / "anew", DeliverOptions(scans=(scans,)))
    assert package.cases == 4 and audit(book, manifest=package.manifest).faults == ()
    (findings,) = [check_package(files) for files in find_packages([tmp_path / "anew"])]
    assert [one for one in findings if one.stops] == []
    (scans / "0002.jpg").unlink()
    with pytest.raises(PackageError, match="page 2 is not the scan that was read"):
        deliver(book, tmp_path / "anew", DeliverOptions(scans=(scans,)))
