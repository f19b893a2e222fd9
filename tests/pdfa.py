"""The rules of PDF/A-2b (ISO 19005-2) that a PDF of pictures and hidden text can break.

veraPDF is Java from no package index. This reads the file's bytes and objects by itself, by the
clauses that veraPDF's profile of part 2, level b tests, save those on what such a PDF never has:
annotations, forms, layers, attachments, patterns, forms within pages. Whatever of these is there is
a fault.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pymupdf
from fontTools.ttLib import TTFont

_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_XMP_SPACES = {
    "http://www.aiim.org/pdfa/ns/id/", "http://purl.org/dc/elements/1.1/", "adobe:ns:meta/",
    "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/pdf/1.3/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/XML/1998/namespace",
}  # fmt: skip
_FORBIDDEN = (
    "JavaScript", "JS", "Launch", "EmbeddedFile", "EmbeddedFiles", "AF", "AA", "OpenAction",
    "LZWDecode", "Crypt", "Encrypt", "XFA", "AcroForm", "Sound", "Movie", "PS", "OPI", "TR", "TR2",
    "HTP", "Ref", "Alternates", "Annots", "OCProperties", "Requirements", "PresSteps",
    "AlternatePresentations", "NeedsRendering", "Perms", "FFilter", "FDecodeParms", "JPXDecode",
    "JBIG2Decode", "Pattern", "Shading", "SMask", "BM",
)  # fmt: skip
_OPERATORS = re.compile(
    r"b\*?|B\*?|BDC|BI|BMC|BT|BX|c|cm|CS|cs|d|d0|d1|Do|DP|EI|EMC|ET|EX|f\*?|F|G|g|gs|h|i|ID|j|J|K|k|"
    r"l|m|M|MP|n|q|Q|re|RG|rg|ri|s|S|SC|sc|SCN|scn|sh|T[*cdDfjJLmrsw]|Tz|v|w|W\*?|y|['\"]"
)
_DEPTH = 28  # of q within q


def faults(content: bytes) -> list[str]:
    """Every rule that the PDF breaks."""
    found = list(_bytes(content))
    try:
        opened = pymupdf.open(stream=content)
    except pymupdf.FileDataError:
        return [*found, "6.1: no PDF that opens"]
    with opened as document:
        if document.is_repaired:
            found.append("6.1.4: the table of objects had to be repaired")
        found += _objects(document)
        found += _metadata(document)
        found += _output_intent(document)
        for page in document:
            found += _page(page)
        found += _fonts(document)
    return found


def _bytes(content: bytes) -> Iterator[str]:
    """Head, tail, table of objects, streams: 6.1.2 to 6.1.9."""
    if not re.match(rb"%PDF-1\.[0-7](\r\n|\r|\n)%[\x80-\xff]{4}", content):
        yield "6.1.2: header, or the four bytes above 127 behind it"
    end = re.search(rb"startxref\s+(\d+)\s+%%EOF[\r\n]{0,2}\Z", content)
    if not end or not content[int(end[1]) :].startswith(b"xref"):
        yield "6.1.3: the file does not end with %%EOF and the place of its table"
        return
    table = content[int(end[1]) : content.index(b"trailer", int(end[1]))]
    for number, offset in _offsets(table):
        at = content[offset : offset + 40]
        if not re.match(rb"%d 0 obj[\r\n ]" % number, at):
            yield f"6.1.9: no object {number} where the table says"
            continue
        body = content[offset : content.index(b"endobj", offset)]
        told = re.search(rb"/Length (\d+)(?! 0 R)", body)
        stream = re.search(rb"stream(\r\n|\n)", body)
        if stream and told:
            after = content[offset + stream.end() + int(told[1]) :][:12]
            if not re.match(rb"\r?\n?endstream", after):
                yield f"6.1.7.1: length of stream {number}"
        text = body[: stream.start()] if stream else body
        if re.search(rb"(?<!<)<([0-9A-Fa-f]{2})*[0-9A-Fa-f]>(?!>)", text):
            yield f"6.1.6: odd string in object {number}"
        if any(len(name) > 127 for name in re.findall(rb"/([^\s/<>\[\]()]+)", text)):
            yield f"6.1.13: name too long in object {number}"


def _offsets(table: bytes) -> Iterator[tuple[int, int]]:
    number = 0
    for line in table.splitlines()[1:]:
        parts = line.split()
        if len(parts) == 2:
            number = int(parts[0])
        elif len(parts) == 3:
            if parts[2] == b"n":
                yield number, int(parts[0])
            number += 1


def _objects(document: pymupdf.Document) -> Iterator[str]:
    trailer = document.xref_object(-1, compressed=True)
    if not re.search(r"/ID\s*\[\s*[<(].*[>)]\s*\]", trailer):
        yield "6.1.3: no ID in the trailer"
    for number in (-1, *range(1, document.xref_length())):
        text = document.xref_object(number, compressed=True)
        names = set(re.findall(r"/([A-Za-z0-9]+)", text))
        yield from (f"object {number}: /{word}" for word in _FORBIDDEN if word in names)
        if "/Subtype/Image" in text.replace(" ", ""):
            if "/Interpolate true" in text:
                yield f"6.2.8: image {number} is interpolated"
            yield from _colours(document, number)


def _metadata(document: pymupdf.Document) -> Iterator[str]:
    packet = document.get_xml_metadata()
    head = re.search(r"<\?xpacket begin=(.*?)\?>", packet)
    if not head or "bytes=" in head[1] or "encoding=" in head[1]:
        yield "6.6.2.1: no XMP packet, or one with bytes or encoding"
    found = re.search(r"<x:xmpmeta.*</x:xmpmeta>", packet, re.DOTALL)
    if not found:
        yield "6.6.2.1: no XMP metadata"
        return
    root = ElementTree.fromstring(found[0])
    said = {
        tag: next((node.text for node in root.iter(_PDFA + tag)), None)
        for tag in ("part", "conformance")
    }
    if said != {"part": "2", "conformance": "B"}:
        yield f"6.6.4: says {said}"
    spaces = {tag[1:].split("}")[0] for node in root.iter() for tag in (node.tag, *node.attrib)}
    if strange := {space for space in spaces if ":" in space} - _XMP_SPACES:
        yield f"6.6.2.3: properties of no known schema: {sorted(strange)}"
    if (document.metadata["title"] or "") not in "".join(root.itertext()):
        yield "title differs from XMP"


def _output_intent(document: pymupdf.Document) -> Iterator[str]:
    kind, intents = document.xref_get_key(document.pdf_catalog(), "OutputIntents")
    found = re.search(r"(\d+) 0 R", intents) if kind == "array" else None
    profile = document.xref_get_key(int(found[1]), "DestOutputProfile")[1] if found else ""
    if not found or document.xref_get_key(int(found[1]), "S")[1] != "/GTS_PDFA1":
        yield "6.2.3: no output intent"
        return
    yield from _profile(document, int(profile.split()[0]))


def _colours(document: pymupdf.Document, image: int) -> Iterator[str]:
    """A picture's colours are those of the output intent, or have a profile of their own."""
    kind, space = document.xref_get_key(image, "ColorSpace")
    if kind == "xref":
        space = document.xref_object(int(space.split()[0]), compressed=True)
    own = re.match(r"\[\s*/ICCBased (\d+) 0 R", space)
    if own:
        yield from _profile(document, int(own[1]))
    elif space not in ("/DeviceRGB", "/DeviceGray"):
        yield f"6.2.4.3: colours of image {image}: {space}"


def _profile(document: pymupdf.Document, number: int) -> Iterator[str]:
    icc = document.xref_stream(number)
    if icc[36:40] != b"acsp" or icc[16:20] != b"RGB " or icc[12:16] not in (b"mntr", b"prtr"):
        yield "6.2.3: the profile is no RGB profile of a device"
    if not 2 <= icc[8] < 5 or int.from_bytes(icc[:4], "big") != len(icc):
        yield "6.2.3: version or length of the profile"
    if document.xref_get_key(number, "N")[1] != "3":
        yield "6.2.3: the profile's number of colours"


def _page(page: pymupdf.Page) -> Iterator[str]:
    """The page's size, and every operator that it runs."""
    if not all(3 <= side <= 14400 for side in (page.mediabox.width, page.mediabox.height)):
        yield f"6.1.13: size of page {page.number}"
    runs = re.sub(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|\[|\]", b" ", page.read_contents())
    words = [word for word in runs.decode("latin-1").split() if not re.match(r"[-+.\d/]", word)]
    if unknown := {word for word in words if not _OPERATORS.fullmatch(word)}:
        yield f"6.2.2: operators {sorted(unknown)} on page {page.number}"
    depth = deepest = 0
    for word in words:
        depth += (word == "q") - (word == "Q")
        deepest = max(deepest, depth)
    if deepest > _DEPTH or depth:
        yield f"6.1.13: q within q on page {page.number}"
    if {"k", "K"} & set(words):
        yield f"6.2.4.3: CMYK on page {page.number}"


def _fonts(document: pymupdf.Document) -> Iterator[str]:
    """Every font is in the file, its widths are the file's own, and every glyph that a page shows
    is there and says which letter it is."""
    shown = {int(code, 16) for page in document for code in _codes(page)}
    for number in range(1, document.xref_length()):

        def key(name: str, number: int = number) -> str:
            return str(document.xref_get_key(number, name)[1])

        if key("Type") != "/Font":
            continue
        if key("Subtype") == "/Type0":
            if key("ToUnicode") == "null":
                yield f"6.2.11.7: text of font {number} cannot be searched"
            elif missing := shown - _mapped(document, int(key("ToUnicode").split()[0])):
                yield f"6.2.11.7: {len(missing)} glyphs of font {number} are no letters"
            if key("Encoding") != "/Identity-H":
                yield f"6.2.11.3.3: encoding of font {number}"
        elif key("Subtype") == "/CIDFontType2":
            if key("CIDToGIDMap") != "/Identity":
                yield f"6.2.11.3.2: font {number} has no CIDToGIDMap"
            yield from _embedded(document, number, shown)
        else:
            yield f"6.2.11.4: simple font {number}"


def _embedded(document: pymupdf.Document, number: int, shown: set[int]) -> Iterator[str]:
    about = document.xref_get_key(number, "FontDescriptor")[1]
    described = int(about.split()[0])
    file = document.xref_get_key(described, "FontFile2")
    if file[0] != "xref":
        yield f"6.2.11.4: font {number} is not embedded"
        return
    wanted = ("FontName", "Flags", "FontBBox", "ItalicAngle", "Ascent", "Descent", "CapHeight",
              "StemV")  # fmt: skip
    missing = [name for name in wanted if document.xref_get_key(described, name)[0] == "null"]
    if missing:
        yield f"6.2.11.2: font {number} lacks {missing}"
    font = TTFont(io.BytesIO(document.xref_stream(int(file[1].split()[0]))))
    names, unit = font.getGlyphOrder(), font["head"].unitsPerEm
    if 0 in shown or any(code >= len(names) for code in shown):
        yield f"6.2.11.8: glyphs that font {number} does not have"
    kind, array = document.xref_get_key(number, "W")
    if kind == "xref":
        array = document.xref_object(int(array.split()[0]), compressed=True)
    widths = _widths(array)
    wrong = [
        code
        for code in shown & set(widths)
        if code < len(names) and abs(widths[code] - 1000 * font["hmtx"][names[code]][0] / unit) > 1
    ]
    if wrong or shown - set(widths):
        yield f"6.2.11.5: widths of font {number}"


def _widths(array: str) -> dict[int, float]:
    """The ``/W`` of a font: ``first [w w …]`` and ``first last w``."""
    widths: dict[int, float] = {}
    parts = re.findall(r"\[[^\[\]]*\]|[\d.]+", array.strip()[1:-1])
    while parts:
        first = int(parts.pop(0))
        if parts[0].startswith("["):
            for place, width in enumerate(parts.pop(0)[1:-1].split()):
                widths[first + place] = float(width)
        else:
            last, width = int(parts.pop(0)), float(parts.pop(0))
            widths |= dict.fromkeys(range(first, last + 1), width)
    return widths


def _codes(page: pymupdf.Page) -> Iterator[str]:
    for text in re.findall(rb"<([0-9A-Fa-f\s]+)>", page.read_contents()):
        digits = b"".join(text.split()).decode()
        yield from (digits[place : place + 4] for place in range(0, len(digits), 4))


def _mapped(document: pymupdf.Document, number: int) -> set[int]:
    """The codes that a ToUnicode map gives letters."""
    text, codes = document.xref_stream(number).decode("latin-1"), set[int]()
    for part in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        codes |= {
            int(code, 16) for code in re.findall(r"<([0-9A-Fa-f]{4})>\s*<[0-9A-Fa-f]+>", part)
        }
    for part in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for low, high in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]{4})>\s*[<\[]", part):
            codes |= set(range(int(low, 16), int(high, 16) + 1))
    return codes
