"""Every kind of scan opens lazily, in order, upright; every unusable one gives one clear line."""

from __future__ import annotations

import io
import os
import pickle
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from common.errors import HotichError, InputError, PageError
from preprocessing.arrays import Image as Pixels
from preprocessing.scans import Limits, book_name, open_scans

RNG = np.random.default_rng(7)
PAGE = RNG.integers(0, 256, (300, 200, 3)).astype(np.uint8)
GREY = PAGE[:, :, 0]


def _png(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _write(path: Path, pixels: Pixels = PAGE, **how: object) -> Path:
    Image.fromarray(pixels).save(path, **how)
    return path


def _only(path: Path) -> Pixels:
    (scan,) = open_scans(path)
    return scan.load()


# Order, names, laziness


def test_a_folder_comes_in_natural_order_and_other_files_are_named(tmp_path: Path) -> None:
    for name in ["Page10.png", "page2.jpg", "page1.tif", "page3.webp"]:
        _write(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a page")
    (tmp_path / ".hidden.png").write_text("nor this")
    scans = open_scans(tmp_path)
    assert [scan.source for scan in scans] == ["page1.tif", "page2.jpg", "page3.webp", "Page10.png"]
    assert [scan.index for scan in scans] == [1, 2, 3, 4]
    assert [file.name for file in scans.ignored] == ["notes.txt"]


def test_pages_of_several_files_count_on(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((20, 30), level, np.uint8)) for level in (50, 60, 70)]
    frames[0].save(tmp_path / "b.tif", save_all=True, append_images=frames[1:])
    scans = open_scans([_write(tmp_path / "a.png"), tmp_path / "b.tif"])
    assert [scan.source for scan in scans] == ["a.png", "b.tif p. 1", "b.tif p. 2", "b.tif p. 3"]
    assert [int(scan.load()[0, 0, 0]) for scan in scans[1:]] == [50, 60, 70]
    assert pickle.loads(pickle.dumps(scans[2])) == scans[2]


def test_opening_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = pymupdf.open()
    for _ in range(200):
        document.new_page()
    document.save(tmp_path / "long.pdf")
    monkeypatch.setattr("preprocessing.pdf.load", lambda *_: pytest.fail("a page was loaded"))
    assert len(open_scans(tmp_path / "long.pdf")) == 200


def test_a_book_is_named_after_its_file_its_folder_or_the_folder_of_its_files(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "KS.1962.01"
    folder.mkdir()
    files = [_write(folder / f"{n}.png") for n in (1, 2)]
    assert book_name(folder) == book_name(files) == "KS.1962.01"
    assert book_name([tmp_path / "KS.1962.02.pdf"]) == "KS.1962.02"


# Pixels


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_scanned_pdf_page_gives_its_image_pixel_for_pixel(tmp_path: Path, turned: int) -> None:
    document = pymupdf.open()
    page = document.new_page(width=100, height=150)
    page.insert_image(page.rect, stream=_png(PAGE))
    page.insert_text((20, 20), "hidden text of an OCR layer", render_mode=3)
    page.set_rotation(turned)
    document.save(tmp_path / "book.pdf")
    (scan,) = open_scans(tmp_path / "book.pdf")
    assert scan.source == "book.pdf p. 1"
    assert np.array_equal(scan.load(), np.rot90(PAGE, -turned // 90))


def test_a_pdf_page_with_more_than_a_scan_is_drawn_without_losing_pixels(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=144, height=216)
    page.insert_image(page.rect, stream=_png(np.repeat(np.repeat(PAGE, 4, 0), 4, 1)))
    page.insert_text((20, 100), "REGISTER", fontsize=20)
    document.new_page(width=72, height=72).insert_text((10, 40), "typed")
    document.save(tmp_path / "book.pdf")
    stamped, typed = (scan.load() for scan in open_scans(tmp_path / "book.pdf"))
    assert stamped.shape == (1200, 800, 3)
    assert typed.shape == (200, 200, 3)
    assert typed.min() < 50


def test_a_grey_or_one_bit_pdf_scan_is_rgb(tmp_path: Path) -> None:
    document = pymupdf.open()
    bits = Image.fromarray(GREY).convert("1")
    file = io.BytesIO()
    bits.save(file, "PNG")
    for stream in (_png(GREY), file.getvalue()):
        page = document.new_page(width=200, height=300)
        page.insert_image(page.rect, stream=stream)
    document.save(tmp_path / "book.pdf")
    grey, ink = (scan.load() for scan in open_scans(tmp_path / "book.pdf"))
    assert np.array_equal(grey[:, :, 1], GREY)
    assert np.array_equal(ink[:, :, 2], np.asarray(bits) * np.uint8(255))


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = _write(tmp_path / "photo.png", exif=exif)
    assert np.array_equal(_only(path), np.rot90(PAGE, -1))


def test_sixteen_bits_keep_their_range(tmp_path: Path) -> None:
    for name in ("deep.png", "deep.tif"):
        path = tmp_path / name
        Image.fromarray(GREY.astype(np.uint16) * 257).save(path)
        assert np.array_equal(_only(path)[:, :, 0], GREY)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "RGBA", "LA", "YCbCr"])
def test_every_pixel_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(PAGE).convert(mode)
    path = tmp_path / ("page.tif" if mode in ("CMYK", "YCbCr") else "page.png")
    image.save(path)
    loaded = _only(path)
    assert loaded.dtype == np.uint8
    assert loaded.shape == (300, 200, 3)
    assert np.abs(loaded.astype(int) - np.asarray(image.convert("RGB"))).mean() < 2


def test_what_is_transparent_shows_white_paper(tmp_path: Path) -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    assert _only(_write(tmp_path / "page.png", pixels)).min() == 255


def test_a_tiff_thumbnail_is_no_page(tmp_path: Path) -> None:
    small, full = Image.fromarray(GREY[::8, ::8]), Image.fromarray(GREY)
    full.encoderinfo, small.encoderinfo = {}, {"tiffinfo": {254: 1}}
    full.save(tmp_path / "page.tif", save_all=True, append_images=[small])
    assert np.array_equal(_only(tmp_path / "page.tif")[:, :, 0], GREY)


# Faults


def _cut_short(path: Path) -> None:
    """The sample book's first 20 kB: a copy that broke off."""
    path.write_bytes((Path(__file__).parents[1] / "sample" / "KS.1962.01.pdf").read_bytes()[:20000])


def _encrypted(path: Path) -> None:
    document = pymupdf.open()
    document.new_page()
    document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")


def _no_pages(path: Path) -> None:
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("locked.pdf", _encrypted, "encrypted"),
        ("none.pdf", _no_pages, "no pages"),
        ("noise.pdf", lambda path: path.write_bytes(b"\x00\x01" * 500), "damaged"),
        ("cut.pdf", _cut_short, "damaged"),
        ("empty.pdf", lambda path: path.write_bytes(b""), "damaged"),
        ("letter.txt", lambda path: path.write_text("dear registrar"), "no kind of scan"),
        ("letter.jpg", lambda path: path.write_text("dear registrar"), "not an image"),
        ("folder", lambda path: path.mkdir(), "holds no images"),
        ("missing.pdf", lambda path: None, "no such file"),
    ],
)
def test_what_cannot_be_opened_says_why_in_one_line(
    tmp_path: Path, name: str, make: object, says: str
) -> None:
    assert callable(make)
    make(tmp_path / name)
    with pytest.raises(InputError, match=says) as error:
        open_scans(tmp_path / name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)


@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".png", ".webp"])
def test_a_truncated_page_fails_alone(tmp_path: Path, suffix: str) -> None:
    broken = _write(tmp_path / f"page1{suffix}")
    broken.write_bytes(broken.read_bytes()[:-2000])
    _write(tmp_path / "page2.png")
    first, second = open_scans(tmp_path)
    with pytest.raises(PageError, match=rf"page1{suffix}: the image is .*cut short"):
        first.load()
    assert np.array_equal(second.load(), PAGE)


# A copy that broke off, foreign bytes, a broken scanner


SAMPLE = (Path(__file__).parents[1] / "sample" / "KS.1962.01.pdf").read_bytes()


def _causes(path: Path) -> dict[int, str]:
    """Page → why it failed; every other page of the file loads."""
    causes = {}
    for scan in open_scans(path):
        try:
            scan.load()
        except PageError as error:
            causes[scan.index] = error.what
    return causes


def test_half_a_pdf_fails_from_the_page_where_it_broke_off(tmp_path: Path) -> None:
    (tmp_path / "cut.pdf").write_bytes(SAMPLE[: len(SAMPLE) // 2])
    causes = _causes(tmp_path / "cut.pdf")
    assert set(causes) == {4, 5, 6, 7, 8}
    assert "cut short" in causes[4]
    assert all("nothing is left" in causes[page] for page in (5, 6, 7, 8))


def _noise(sound: bytes, start: int, length: int) -> bytes:
    foreign = np.random.default_rng(5).integers(0, 256, length).astype(np.uint8).tobytes()
    return sound[:start] + foreign + sound[start + length :]


def test_foreign_bytes_in_a_pdf_fail_their_page_only(tmp_path: Path) -> None:
    (tmp_path / "noise.pdf").write_bytes(_noise(SAMPLE, len(SAMPLE) * 45 // 100, 20_000))
    assert _causes(tmp_path / "noise.pdf") == {4: "the image is damaged"}


def _one_scan(image: bytes, coding: bytes, over: bytes) -> bytes:
    """A sound PDF of one page that shows an image of these bytes, and ``over`` on top of it."""
    content = b"q 200 0 0 300 0 0 cm /Scan Do Q " + over
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R"
        b"/Resources<</XObject<</Scan 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/XObject/Subtype/Image/Width 200/Height 300/ColorSpace/DeviceGray"
        b"/BitsPerComponent 8/Filter/%s/Length %d>>stream\n%s\nendstream"
        % (coding, len(image), image),
    ]
    file, places = b"%PDF-1.4\n", b""
    for number, body in enumerate(objects, start=1):
        places += b"%010d 00000 n \n" % len(file)
        file += b"%d 0 obj%sendobj\n" % (number, body)
    table = b"xref\n0 6\n0000000000 65535 f \n" + places
    return file + table + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(file)


@pytest.mark.parametrize("over", [b"", b"0 0 50 50 re f"])
@pytest.mark.parametrize("coding", [b"FlateDecode", b"DCTDecode"])
def test_an_image_that_is_not_whole_in_a_sound_pdf(
    tmp_path: Path, coding: bytes, over: bytes
) -> None:
    jpeg = io.BytesIO()
    Image.fromarray(GREY).save(jpeg, "JPEG")
    sound = jpeg.getvalue() if coding == b"DCTDecode" else zlib.compress(GREY.tobytes())
    path = tmp_path / "book.pdf"
    path.write_bytes(_one_scan(sound, coding, over))
    assert _causes(path) == {}
    half = len(sound) // 2
    zeros = sound[:half] + bytes(len(sound) - half)
    for image in (sound[:half], zeros, _noise(sound, half, 2000)):
        path.write_bytes(_one_scan(image, coding, over))
        assert "damaged" in _causes(path)[1] or "cut short" in _causes(path)[1]


def test_a_blank_page_of_a_sound_pdf_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "book.pdf"
    book = _one_scan(zlib.compress(GREY.tobytes()), b"FlateDecode", b"")
    path.write_bytes(book.replace(b"/Scan Do", b"        "))
    assert _only(path).min() == 255
    path.write_bytes(path.read_bytes()[:-30])  # its table is gone: what else is?
    assert "nothing is left" in _causes(path)[1]


def test_foreign_bytes_in_a_jpeg_file(tmp_path: Path) -> None:
    path = _write(tmp_path / "page.jpg", quality=95)
    for progressive in (False, True):
        for length in (400, 4000):
            _write(path, quality=95, progressive=progressive, optimize=True)
            assert _causes(path) == {}
            sound = path.read_bytes()
            path.write_bytes(_noise(sound, len(sound) // 2, length))
            assert _causes(path) == {1: "the image is damaged"}


@pytest.mark.parametrize(
    ("pixels", "says"),
    [
        (np.full((1, 1, 3), 200, np.uint8), "no page"),
        (RNG.integers(0, 25, (300, 200, 3)).astype(np.uint8), "black all over"),
    ],
)
def test_what_a_broken_scanner_gives_is_no_blank_page(
    tmp_path: Path, pixels: Pixels, says: str
) -> None:
    with pytest.raises(PageError, match=f"page.png: .*{says}"):
        _only(_write(tmp_path / "page.png", pixels))


def test_a_dark_page_with_a_little_writing_is_a_page(tmp_path: Path) -> None:
    pixels = np.zeros((400, 400), np.uint8)
    pixels[200:204, 100:300] = 90
    assert _only(_write(tmp_path / "page.png", pixels)).max() == 90


def test_one_bad_file_among_several_is_one_failed_page(tmp_path: Path) -> None:
    good = _write(tmp_path / "good.png")
    bad = {name: tmp_path / name for name in ("text.pdf", "locked.pdf", "none.pdf", "cut.tif")}
    bad["text.pdf"].write_text("dear registrar")
    _encrypted(bad["locked.pdf"])
    _no_pages(bad["none.pdf"])
    bad["cut.tif"].write_bytes(_write(tmp_path / "whole.tif").read_bytes()[:50])
    scans = open_scans([good, *bad.values(), good])
    assert [scan.source for scan in scans] == ["good.png", *bad, "good.png"]
    for scan, says in zip(
        scans[1:5], ("damaged", "encrypted", "no pages", "not an image"), strict=True
    ):
        with pytest.raises(PageError, match=says) as error:
            scan.load()
        assert str(error.value).startswith(scan.source)
    assert np.array_equal(scans[5].load(), PAGE)
    for path in bad.values():
        with pytest.raises(InputError):
            open_scans(path)


@pytest.fixture
def forbidden() -> Iterator[Path]:
    """A folder anyone may enter, while this process is nobody in particular."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        me = os.geteuid()
        if me == 0:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(me)


@pytest.mark.parametrize("name", ["page.png", "page.tif", "book.pdf"])
def test_a_file_that_may_not_be_read_is_not_called_damaged(forbidden: Path, name: str) -> None:
    path = forbidden / name
    path.write_bytes(SAMPLE[:100])
    path.chmod(0)
    with pytest.raises(PageError, match=rf"{name}: cannot be read: permission denied — .*right"):
        open_scans(path)


def test_a_file_gone_since_is_a_page_error(tmp_path: Path) -> None:
    (scan,) = open_scans(_write(tmp_path / "page.png"))
    scan.path.unlink()
    with pytest.raises(PageError, match="gone"):
        scan.load()


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def test_a_decompression_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", size) + _chunk(b"IDAT", zlib.compress(bytes(100)))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)
    with pytest.raises(PageError, match=r"60000×60000 pixels, more than the limit"):
        _only(tmp_path / "bomb.png")
    document = pymupdf.open()
    document.new_page(width=14_400, height=14_400)
    document.save(tmp_path / "wall.pdf")
    with pytest.raises(PageError, match="more than the limit"):
        _only(tmp_path / "wall.pdf")


def test_limits_of_pages_and_bytes(tmp_path: Path) -> None:
    for number in range(3):
        _write(tmp_path / f"{number}.png")
    with pytest.raises(InputError, match="limit of 2 pages"):
        open_scans(tmp_path, Limits(pages=2))
    with pytest.raises(InputError, match="limit of 1,000"):
        open_scans(tmp_path, Limits(bytes=1000))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp", "a.pdf"])
def test_damaged_bytes_raise_nothing_else(tmp_path: Path, name: str) -> None:
    if name.endswith("pdf"):
        document = pymupdf.open()
        page = document.new_page(width=200, height=300)
        page.insert_image(page.rect, stream=_png(PAGE))
        document.save(tmp_path / name)
    else:
        _write(tmp_path / name)
    sound = (tmp_path / name).read_bytes()
    rng = np.random.default_rng(3)
    for _ in range(40):
        damaged = np.frombuffer(sound, np.uint8).copy()
        places = rng.integers(0, min(len(damaged), 2000), 12)
        damaged[places] = rng.integers(0, 256, 12)
        (tmp_path / name).write_bytes(damaged.tobytes())
        try:
            for scan in open_scans(tmp_path / name):
                assert scan.load().ndim == 3
        except HotichError as error:
            assert "\n" not in str(error)
