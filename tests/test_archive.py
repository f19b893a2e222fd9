"""The archive of a book: a PDF/A that can be searched, and what ALTO and PAGE allow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import package_book
import pdfa
import pymupdf
import pytest
from archive_schemas import ALTO, PAGE, schema_faults

from extract.deliver import DeliverOptions, Package, deliver
from extract.deliver.text_layer import written_cases


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package with its archive."""
    home = tmp_path_factory.mktemp("archive")
    with package_book.make(home / "book", "GH") as book:
        return deliver(book, home / "out", DeliverOptions())


def test_the_archive_is_pdf_a_and_can_be_searched(package: Package) -> None:
    (path,) = [p for p in package.more if p.parent.name.endswith(".archive")]
    assert pdfa.faults(path.read_bytes()) == []
    with pymupdf.open(path) as document:
        (hit,) = document[0].search_for("Nguyễn Văn Tư")[:1]
        said = {
            value.box: value.value
            for r in package_book.records("GH")
            for value in r.fields.values()
        }
        box = next(box for box, value in said.items() if value == "Nguyễn Văn Tư")
        scale = document[0].rect.width / package_book.WIDTH
        assert hit.intersects(pymupdf.Rect(*box) * scale)  # where it is written
        before = document[0].get_pixmap(dpi=60)
        shown = cv2.imread(str(path.parent / "images" / "0001.jpg"))
        small = cv2.resize(shown, (before.width, before.height), interpolation=cv2.INTER_AREA)
        drawn = np.frombuffer(before.samples, np.uint8).reshape(small.shape)[..., ::-1]
        assert np.abs(drawn.astype(int) - small).mean() < 6  # the text is not seen


def test_a_value_is_found_that_is_written_otherwise() -> None:
    record = package_book.records("GH")[0]
    field = replace(record.get("ghHoTen"), raw="TRẦN THỊ-Hồng", value="Trần Thị Hồng")
    (case,) = written_cases([record.with_fields({"ghHoTen": field})], 1.0, 2000, 2000)
    told = {one.code: (one.text, one.value) for one in case.fields}
    assert told["ghHoTen"] == ("TRẦN THỊ-Hồng", "Trần Thị Hồng")  # a search may know no Ầ for ầ
    assert all(value == "" for code, (_, value) in told.items() if code != "ghHoTen")


def test_a_letter_that_the_font_lacks_spoils_no_archive(tmp_path: Path) -> None:
    with package_book.make(tmp_path / "book", "GH") as book:
        said = {"status": "read", "author": "lan", "time": "2026-11-22T08:00"}
        book.store.correct(book.name, 1, 1, "ghHoTen", value="Trần 陳 Thị ✓ Hồng", **said)  # type: ignore[arg-type]
        made = deliver(book, tmp_path / "out", DeliverOptions())
    (path,) = [p for p in made.more if p.parent.name.endswith(".archive")]
    assert pdfa.faults(path.read_bytes()) == []
    with pymupdf.open(path) as document:
        text = " ".join(document[0].get_text().split())
    assert "Trần Thị Hồng" in text
    assert "陳" in (path.parent / "alto" / "0001.xml").read_text("utf-8")


def edited(change: Callable[[pymupdf.Document], None]) -> Callable[[bytes], bytes]:
    """A fault put in by way of the PDF's objects."""

    def plant(content: bytes) -> bytes:
        with pymupdf.open(stream=content) as document:
            change(document)
            spoilt: bytes = document.tobytes(no_new_id=True)
        return spoilt

    return plant


def keyed(kind: str, name: str, value: str) -> Callable[[bytes], bytes]:
    """A key set in every object of a kind (its /Type or /Subtype)."""

    def change(document: pymupdf.Document) -> None:
        for number in range(1, document.xref_length()):
            if kind in {document.xref_get_key(number, key)[1] for key in ("Type", "Subtype")}:
                document.xref_set_key(number, name, value)

    return edited(change)


def streamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Bytes replaced in every stream."""

    def change(document: pymupdf.Document) -> None:
        for number in range(1, document.xref_length()):
            if document.xref_is_stream(number) and old in (document.xref_stream(number) or b""):
                text = document.xref_stream(number).replace(old, new)
                document.update_stream(number, text)

    return edited(change)


SPOILT: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("6.1.2", lambda pdf: pdf.replace(b"\xc2\xb5\xc2\xb6", b"abcd", 1)),
    ("6.1.3", lambda pdf: re.sub(rb"/ID ?\[[^]]*\]", b"", pdf)),
    ("6.1.3", lambda pdf: pdf + b"more\n"),
    ("6.1.7.1", lambda pdf: re.sub(rb"(/Subtype/XML/Length \d)\d", rb"\g<1>0", pdf)),
    ("6.1", lambda pdf: pdf.replace(b"/ID", b"/Encrypt<<>>/ID", 1)),
    ("/OpenAction", keyed("/Catalog", "OpenAction", "<</S/JavaScript/JS(x)>>")),
    ("/Annots", keyed("/Page", "Annots", "[]")),
    ("/SMask", keyed("/Image", "SMask", "5 0 R")),
    ("6.1.13", keyed("/Page", "MediaBox", "[0 0 20000 20000]")),
    ("6.2.2", streamed(b"BT", b"XX BT")),
    ("6.1.13", streamed(b"BT", b"q " * 30 + b"BT")),
    ("6.2.3", keyed("/Catalog", "OutputIntents", "null")),
    ("6.2.3", streamed(b"acsp", b"xxxx")),
    ("6.2.4.3", keyed("/Image", "ColorSpace", "/DeviceCMYK")),
    ("6.2.8", keyed("/Image", "Interpolate", "true")),
    ("6.2.11.2", keyed("/FontDescriptor", "StemV", "null")),
    ("6.2.11.3.2", keyed("/CIDFontType2", "CIDToGIDMap", "null")),
    ("6.2.11.4", keyed("/FontDescriptor", "FontFile2", "null")),
    ("6.2.11.5", keyed("/CIDFontType2", "W", "[0 4000 333]")),
    ("6.2.11.7", keyed("/Type0", "ToUnicode", "null")),
    ("6.2.11.7", streamed(b"beginbfrange", b"beginbfrangX")),
    ("6.2.11.8", streamed(b"[<", b"[<0000")),
    ("6.6.2.1", keyed("/Catalog", "Metadata", "null")),
    ("6.6.2.3", streamed(b"http://ns.adobe.com/pdf/1.3/", b"http://example.org/own/")),
    ("6.6.4", streamed(b"<pdfaid:part>2", b"<pdfaid:part>1")),
]


def test_the_pdf_a_check_finds_what_is_wrong(package: Package) -> None:
    (path,) = [p for p in package.more if p.parent.name.endswith(".archive")]
    found = [(rule, pdfa.faults(spoil(path.read_bytes()))) for rule, spoil in SPOILT]
    missed = [(n, rule, said) for n, (rule, said) in enumerate(found) if rule not in " ".join(said)]
    assert missed == []


def test_alto_and_page_say_what_stands_where(package: Package) -> None:
    home = package.xlsx.with_name("GH.2017.01.archive")
    alto = ElementTree.parse(home / "alto" / "0001.xml").getroot()
    tags = {tag.get("ID"): tag.get("LABEL") for tag in alto.iter(f"{ALTO}OtherTag")}
    strings = {
        (tags[line.get("TAGREFS")], text.get("CONTENT"))
        for line in alto.iter(f"{ALTO}TextLine")
        for text in line.iter(f"{ALTO}String")
    }
    page = ElementTree.parse(home / "page" / "0001.xml").getroot()
    regions = list(page.iter(f"{PAGE}TextRegion"))
    lines = {
        (re.findall(r"type:(\w+)", line.get("custom", ""))[0], line.findtext(f".//{PAGE}Unicode"))
        for line in page.iter(f"{PAGE}TextLine")
    }
    wanted = {
        (code, value.raw)
        for record in package_book.records("GH")
        for code, value in record.fields.items()
        if value.raw
    }
    assert strings == lines == wanted and len(regions) == 2
    ids = [node.get("ID") for node in alto.iter() if node.get("ID")]
    assert len(ids) == len(set(ids)) and all(
        re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in ids
    )
    assert [node.tag.removeprefix(ALTO) for node in alto] == ["Description", "Tags", "Layout"]


MISTAKES: dict[str, list[tuple[str, str]]] = {
    "alto": [
        ("HPOS=", "XPOS="),
        ('WIDTH="', 'WIDTH="x'),
        ('WC="0.', 'WC="9.'),
        ('TAGREFS="tag-', 'TAGREFS="no-'),
        ('ID="case-2"', 'ID="case-1"'),
        ('ID="case-2"', 'ID="2"'),
        (' CONTENT="', ' TEXT="'),
        ("<MeasurementUnit>pixel", "<MeasurementUnit>point"),
        ("PrintSpace", "Space"),
        ("OtherTag", "Tag"),
    ],
    "page": [
        ("points=", "at="),
        ('points="', 'points="x'),
        ('conf="0.', 'conf="7.'),
        ('id="case-2"', 'id="case-1"'),
        ('imageWidth="', 'imageWidth="-'),
        ('type="other"', 'type="case"'),
        ("<Creator>", "<Author>"),
        ("Unicode", "Text"),
        ('index="', 'index="-'),
    ],
}


@pytest.mark.parametrize("kind", ["alto", "page"])
def test_alto_and_page_keep_to_their_schemas(package: Package, kind: str) -> None:
    home = package.xlsx.with_name("GH.2017.01.archive")
    text = (home / kind / "0001.xml").read_text("utf-8")
    assert schema_faults(text) == []
    for old, new in MISTAKES[kind]:
        spoilt = text.replace(old, new)
        if old.startswith("<"):
            spoilt = spoilt.replace(f"</{old[1:-1]}>", f"</{new[1:-1]}>")
        assert spoilt != text
        assert schema_faults(spoilt), (old, new)
