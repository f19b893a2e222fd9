"""What the operating system refuses, and unusable images, end in one line and an exit code."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest

from common.errors import MissingPartError, UsageError, from_system
from hotich import cli

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "sample" / "KS.1962.01.pdf"
LINE = min((ROOT / "tests" / "data" / "lines_fr").glob("*.webp"))


def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str | Path
) -> tuple[int, list[str], list[str]]:
    """Exit code, lines on stdout, lines on stderr."""
    monkeypatch.setattr("sys.argv", ["hotich", *map(str, words)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    told = capsys.readouterr()
    return int(end.value.code or 0), told.out.splitlines(), told.err.splitlines()


def test_a_folder_to_write_that_lies_under_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    call = ["extract", BOOK, "--register", "KS", "--out", tmp_path / "file" / "out"]
    code, _, (line,) = _run(monkeypatch, capsys, *call)
    assert code == 2
    assert line.startswith("hotich: ")
    assert "not a directory — a part of this path is a file" in line


def test_a_file_to_write_in_a_folder_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(
        "id,ho_ten,ngay_sinh,gioi_tinh,cha,me,noi_sinh\n"
        "1,Nguyễn Văn An,1962-03-01,nam,Nguyễn Văn Ba,Lê Thị Tư,Xã Tân Phú\n",
        "utf-8",
    )
    call = ["match", people, "--against", people, "--out", tmp_path / "nowhere" / "found.csv"]
    code, _, lines = _run(monkeypatch, capsys, *call)
    assert code == 2
    assert "found.csv" in lines[-1]
    assert "no such file" in lines[-1]


def test_a_disk_that_is_full_is_not_the_callers_mistake() -> None:
    full = from_system(OSError(28, "No space left on device"))
    assert isinstance(full, MissingPartError)
    assert str(full) == "no space left on device — make room on the disk"
    taken = from_system(FileExistsError(17, "File exists", "out"))
    assert isinstance(taken, UsageError)
    assert str(taken) == "out: file exists — a file is in the way; name another"


# hotich read


@pytest.fixture
def bomb(tmp_path: Path) -> Path:
    """60,000 × 60,000 pixels in a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    image = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(100)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + image)
    return path


def test_read_goes_on_after_images_it_cannot_use(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    bomb: Path,
) -> None:
    call = ["read", bomb, LINE, tmp_path / "gone.png", LINE]
    code, rows, lines = _run(monkeypatch, capsys, *call)
    assert code == 1
    assert [json.loads(row)["image"] for row in rows] == [str(LINE)] * 2
    assert all(json.loads(row)["text"] for row in rows)
    assert len(lines) == 2
    assert f"{bomb}: the page has 60000×60000 pixels, more than the limit" in lines[0]
    assert "gone.png: cannot be read: no such file" in lines[1]


def test_read_with_nothing_to_read(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    bomb: Path,
) -> None:
    (tmp_path / "empty").mkdir()
    code, rows, (line,) = _run(monkeypatch, capsys, "read", tmp_path / "empty")
    assert (code, rows) == (3, [])
    assert "empty: the folder holds no images" in line
    code, rows, lines = _run(monkeypatch, capsys, "read", bomb)
    assert (code, rows) == (3, [])
    assert "no image could be used" in lines[-1]
