"""What the published schemas of ALTO 4.2 and PAGE 2019-07-15 allow of the elements that we write.

Written after the schemas (altoxml.github.io, PRImA's PAGE-XML), which are not copied here: for each
element its attributes with their types, those that must be there, and its children in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_TYPES = {
    "text": r"(?s).*",
    "token": r"\S+",
    "id": r"[A-Za-z_][\w.-]*",
    "ids": r"[A-Za-z_][\w.-]*( [A-Za-z_][\w.-]*)*",
    "float": r"-?\d+(\.\d+)?",
    "count": r"\d+",
    "share": r"0(\.\d+)?|1(\.0+)?",
    "points": r"(\d+,\d+ )+(\d+,\d+)",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?",
    "unit": r"pixel|mm10|inch1200",
    "region": r"paragraph|heading|caption|header|footer|page-number|drop-capital|credit|floating|"
    r"signature-mark|catch-word|marginalia|footnote|footnote-continued|endnote|TOC-entry|"
    r"list-label|other",
    "none": r"\s*",
}


class Kind(NamedTuple):
    """An element: attributes (``!`` must be there), children (as in a regular expression over their
    names, each followed by a blank), and the type of its text."""

    attributes: str = ""
    children: str = ""
    text: str = "none"


_PLACE = "HPOS:float VPOS:float WIDTH:float HEIGHT:float"
_ALTO = {
    "alto": Kind("SCHEMAVERSION:text", "(Description )?(Styles )?(Tags )?Layout "),
    "Description": Kind(
        "", "MeasurementUnit (sourceImageInformation )?(OCRProcessing )*(Processing )*"
    ),
    "MeasurementUnit": Kind(text="unit"),
    "sourceImageInformation": Kind("", "(fileName )?(fileIdentifier )*(documentIdentifier )*"),
    "fileName": Kind(text="text"),
    "Processing": Kind(
        "!ID:id",
        "(processingCategory )?(processingDateTime )?(processingAgency )?"
        "(processingStepDescription )*(processingStepSettings )?(processingSoftware )?",
    ),
    "processingDateTime": Kind(text="time"),
    "processingSoftware": Kind(
        "", "(softwareCreator )?(softwareName )?(softwareVersion )?(applicationDescription )?"
    ),
    "softwareName": Kind(text="text"),
    "softwareVersion": Kind(text="text"),
    "Tags": Kind("", "((LayoutTag|StructureTag|RoleTag|NamedEntityTag|OtherTag) )*"),
    "OtherTag": Kind("!ID:id TYPE:text !LABEL:text DESCRIPTION:text URI:token", "(XmlData )?"),
    "Layout": Kind("STYLEREFS:ids", "(Page )+"),
    "Page": Kind(
        "!ID:id PAGECLASS:text HEIGHT:float WIDTH:float !PHYSICAL_IMG_NR:text",
        "(TopMargin )?(LeftMargin )?(RightMargin )?(BottomMargin )?(PrintSpace )?",
    ),
    "PrintSpace": Kind(f"ID:id {_PLACE}", "(Shape )?(TextBlock )*"),
    "TextBlock": Kind(f"!ID:id TAGREFS:ids {_PLACE}", "(Shape )?(TextLine )*"),
    "TextLine": Kind(f"ID:id TAGREFS:ids {_PLACE}", "(Shape )?((String|SP) )+(HYP )?"),
    "String": Kind(f"ID:id TAGREFS:ids {_PLACE} !CONTENT:text WC:share", "(ALTERNATIVE )*"),
    "ALTERNATIVE": Kind("PURPOSE:text", "", "text"),
}
_PAGE = {
    "PcGts": Kind("pcGtsId:id", "Metadata Page "),
    "Metadata": Kind("externalRef:text", "Creator Created LastChange (Comments )?"),
    "Creator": Kind(text="text"),
    "Created": Kind(text="time"),
    "LastChange": Kind(text="time"),
    "Page": Kind("!imageFilename:text !imageWidth:count !imageHeight:count", "(TextRegion )*"),
    "TextRegion": Kind("!id:id custom:text type:region", "Coords (TextLine )*(TextEquiv )*"),
    "TextLine": Kind("!id:id custom:text", "Coords (Baseline )?(Word )*(TextEquiv )*"),
    "Coords": Kind("!points:points conf:share"),
    "TextEquiv": Kind("index:count conf:share dataType:text", "(PlainText )?Unicode "),
    "Unicode": Kind(text="text"),
}


def schema_faults(text: str) -> list[str]:
    """Everything in an ALTO or PAGE file that its schema does not allow."""
    root = ElementTree.fromstring(text.encode("utf-8"))
    space, kinds = (ALTO, _ALTO) if root.tag == f"{ALTO}alto" else (PAGE, _PAGE)
    found = [] if root.tag in (f"{ALTO}alto", f"{PAGE}PcGts") else ["no root of either schema"]
    for node in root.iter():
        found += _node(node, space, kinds)
    names = [value for node in root.iter() for key, value in node.items() if key in ("ID", "id")]
    found += [f"{name} stands twice" for name in sorted(set(names)) if names.count(name) > 1]
    refs = {ref for node in root.iter() for ref in node.get("TAGREFS", "").split()}
    return found + [f"nothing is called {ref}" for ref in sorted(refs - set(names))]


def _node(node: ElementTree.Element, space: str, kinds: dict[str, Kind]) -> Iterator[str]:
    name = node.tag.removeprefix(space)
    if name not in kinds:
        yield f"no element {name}"
        return
    kind, allowed = kinds[name], {}
    for word in kind.attributes.split():
        key, _, type_ = word.lstrip("!").partition(":")
        allowed[key] = type_
        if word[0] == "!" and key not in node.keys():  # noqa: SIM118 - an element is no mapping
            yield f"{name} lacks {key}"
    for key, value in node.items():
        if key != _SCHEMA and not re.fullmatch(_TYPES[allowed.get(key, "none")], value):
            yield f"{name} must not have {key}={value}"
    children = "".join(f"{child.tag.removeprefix(space)} " for child in node)
    if not re.fullmatch(kind.children, children):
        yield f"{name} must not hold {children.split()}"
    if not re.fullmatch(_TYPES[kind.text], node.text or ""):
        yield f"text of {name}: {node.text}"
