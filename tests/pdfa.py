"""The chief rules of PDF/A-2b (ISO 19005-2), as veraPDF's profile tests them, over a PDF's objects.

veraPDF itself is Java from no package index; this looks at what an archive of scans can get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pymupdf

_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_FORBIDDEN = ("/JavaScript", "/Launch", "/EmbeddedFile", "/AA", "/OpenAction", "/LZWDecode",
              "/Encrypt", "/XFA", "/Sound", "/Movie", "/PS ", "/OPI", "/TR ")  # fmt: skip


def faults(content: bytes) -> list[str]:
    """Every rule that the PDF breaks."""
    return list(_faults(content))


def _faults(content: bytes) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", content):
        yield "6.1.2: header, or the four bytes above 127 behind it"
    with pymupdf.open(stream=content) as document:
        trailer, catalog = document.xref_object(-1), document.pdf_catalog()
        if "/ID" not in trailer:
            yield "6.1.3: no ID in the trailer"
        yield from _metadata(document)
        yield from _output_intent(document, catalog)
        for number in range(1, document.xref_length()):
            text = document.xref_object(number, compressed=True)
            yield from (f"object {number}: {word}" for word in _FORBIDDEN if word in text)
            yield from _object(document, number, text)


def _metadata(document: pymupdf.Document) -> Iterator[str]:
    packet = document.get_xml_metadata()
    found = re.search(r"<x:xmpmeta.*</x:xmpmeta>", packet, re.DOTALL)
    if not found:
        yield "6.6.2.1: no XMP metadata"
        return
    root = ElementTree.fromstring(found[0])
    said = {tag: next((node.text for node in root.iter(_PDFA + tag)), None)
            for tag in ("part", "conformance")}  # fmt: skip
    if said != {"part": "2", "conformance": "B"}:
        yield f"6.6.4: says {said}"
    if (document.metadata["title"] or "") not in "".join(root.itertext()):
        yield "title differs from XMP"


def _output_intent(document: pymupdf.Document, catalog: int) -> Iterator[str]:
    kind, intents = document.xref_get_key(catalog, "OutputIntents")
    found = re.search(r"(\d+) 0 R", intents) if kind == "array" else None
    profile = document.xref_get_key(int(found[1]), "DestOutputProfile")[1] if found else ""
    if not profile or document.xref_get_key(int(found[1]), "S")[1] != "/GTS_PDFA1":  # type: ignore[index]
        yield "6.2.3: no output intent"
        return
    icc = document.xref_stream(int(profile.split()[0]))
    if icc[36:40] != b"acsp" or icc[16:20] != b"RGB " or icc[12:16] not in (b"mntr", b"prtr"):
        yield "6.2.3: the profile is no RGB profile of a device"
    if not 2 <= icc[8] < 5 or int.from_bytes(icc[:4], "big") != len(icc):
        yield "6.2.3: version or length of the profile"


def _object(document: pymupdf.Document, number: int, text: str) -> Iterator[str]:
    def key(name: str) -> str:
        return str(document.xref_get_key(number, name)[1])

    if key("Subtype") == "/Image" and (key("Interpolate") == "true" or "CMYK" in text):
        yield f"6.2.8: image {number}"
    if key("Type") == "/Page" and "/Transparency" in text:
        yield f"6.2.10: transparency on {number}"
    if key("Type") == "/FontDescriptor":
        if not any(f"/FontFile{end}" in text for end in ("", "2", "3")):
            yield f"6.2.11.4: font {number} is not embedded"
        missing = [n for n in ("FontName", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent",
                               "CapHeight", "StemV") if f"/{n}" not in text]  # fmt: skip
        if missing:
            yield f"6.2.11.2: font {number} lacks {missing}"
    if key("Subtype") == "/CIDFontType2" and key("CIDToGIDMap") == "null":
        yield f"6.2.11.3: font {number} has no CIDToGIDMap"
    if key("Subtype") == "/Type0" and key("ToUnicode") == "null":
        yield f"6.2.11.7: text of font {number} cannot be searched"
    if key("Type") == "/Font" and key("Subtype") in ("/Type1", "/TrueType"):
        yield f"6.2.11.4: simple font {number}"
