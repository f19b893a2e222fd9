"""The book for the archive: one PDF/A-2b of its pages, with an invisible layer of what is written.

PDF/A is ISO 19005-2. Level b wants what is shown to stay the same: every font embedded, colours
with a profile, the metadata as XMP, nothing that runs or lies outside the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

import pymupdf
from PIL import ImageCms

from common.geometry import Box
from extract.deliver.pages import Master
from extract.deliver.text_layer import WrittenCase
from extract.typeset import FONT

_FONT_NAME = "/NotoSans-Regular"
_CAP_HEIGHT = 714  # of Noto Sans, in thousandths of its size
_SHORT_SIDE = 595.0  # points of a page's shorter side: A4
_HIDDEN = 3  # text that is neither filled nor stroked
_PRODUCER = "hotich"
_VERSION, _DATE = slice(8, 12), slice(24, 36)  # of an ICC profile's head
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{time}</xmp:CreateDate><xmp:ModifyDate>{time}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class ArchivePage:
    """One page and the cases that stand on it."""

    master: Master
    cases: Sequence[WrittenCase]


def archive_pdf(title: str, pages: Iterable[ArchivePage], time: datetime) -> bytes:
    """The PDF/A of a book; the same bytes for the same input.

    Args:
        time: when what it holds was last changed.
    """
    digest = hashlib.sha256(title.encode())
    with pymupdf.open() as document:
        for page in pages:
            digest.update(page.master.jpeg)
            _add_page(document, page)
        utc = time.astimezone(UTC)
        stamp = utc.strftime("D:%Y%m%d%H%M%SZ")
        about = {"title": title, "producer": _PRODUCER, "creationDate": stamp, "modDate": stamp}
        document.set_metadata(about)
        text = _XMP.format(
            title=escape(title), producer=_PRODUCER, time=utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        document.set_xml_metadata(text)
        _add_output_intent(document)
        _complete_fonts(document)
        catalog = document.pdf_catalog()
        document.xref_set_key(catalog, "Lang", "(vi)")
        document.xref_set_key(catalog, "Info", "null")
        mark = digest.hexdigest()[:32]
        document.xref_set_key(-1, "ID", f"[<{mark}><{mark}>]")
        content: bytes = document.tobytes(garbage=1, deflate=True, no_new_id=True)
    return content


def _add_page(document: pymupdf.Document, page: ArchivePage) -> None:
    master = page.master
    points = _SHORT_SIDE / min(master.width, master.height)
    sheet = document.new_page(width=master.width * points, height=master.height * points)
    sheet.insert_image(sheet.rect, stream=master.jpeg)
    writer = pymupdf.TextWriter(sheet.rect)
    for case in page.cases:
        for field in case.fields:
            x0, y0, x1, y1 = (edge * points for edge in field.box)
            middle = (y0 + y1) / 2
            if field.value:
                _write(writer, field.text, Box(x0, y0, x1, middle))
                _write(writer, field.value, Box(x0, middle, x1, y1))
            else:
                _write(writer, field.text, Box(x0, y0, x1, y1))
    if page.cases:
        writer.write_text(sheet, render_mode=_HIDDEN)


def _write(writer: pymupdf.TextWriter, text: str, box: Box) -> None:
    """Text that fills the box's width, or its height.

    A letter that the font lacks is left out: MuPDF would show it in another font, of which
    PDF/A wants more than it writes. ALTO and PAGE have every letter.
    """
    text = "".join(letter for letter in text if _font().has_glyph(ord(letter)))
    size = min(0.8 * box.height, box.width / max(_font().text_length(text, 1.0), 0.1))
    writer.append((box.x0, box.y1 - 0.2 * box.height), text, font=_font(), fontsize=max(size, 1.0))


@cache
def _font() -> pymupdf.Font:
    return pymupdf.Font(fontfile=str(FONT))


def _complete_fonts(document: pymupdf.Document) -> None:
    """What ISO 19005-2, 6.2.11 asks of a composite font and MuPDF leaves out: glyphs by their
    number in the font's file, and one name for the font."""
    for number in range(1, document.xref_length()):
        kind, subtype = (document.xref_get_key(number, key)[1] for key in ("Type", "Subtype"))
        if subtype == "/CIDFontType2":
            document.xref_set_key(number, "CIDToGIDMap", "/Identity")
        if subtype in ("/CIDFontType2", "/Type0"):
            document.xref_set_key(number, "BaseFont", _FONT_NAME)
        if kind == "/FontDescriptor":
            document.xref_set_key(number, "FontName", _FONT_NAME)
            document.xref_set_key(number, "CapHeight", str(_CAP_HEIGHT))


def _add_output_intent(document: pymupdf.Document) -> None:
    """Say that the colours are sRGB, with the profile in the file."""
    profile = document.get_new_xref()
    document.update_object(profile, "<</N 3/Alternate/DeviceRGB>>")
    document.update_stream(profile, _srgb())
    intent = document.get_new_xref()
    document.update_object(
        intent,
        "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
        f"/Info(sRGB IEC61966-2.1)/DestOutputProfile {profile} 0 R>>",
    )
    document.xref_set_key(document.pdf_catalog(), "OutputIntents", f"[{intent} 0 R]")


@cache
def _srgb() -> bytes:
    """Little CMS's own sRGB profile without the date of its making; nothing in it is newer than
    version 4.2 (ISO 15076-1:2005), which PDF 1.7 names."""
    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    content[_VERSION] = b"\x04\x20\x00\x00"
    content[_DATE] = b"\x07\xd0\x00\x01\x00\x01" + bytes(6)
    return bytes(content)
