"""What is written on a page as XML for archives: ALTO 4.2 and PAGE 2019-07-15.

ALTO is the Library of Congress's standard of text on a page, PAGE that of PRImA. A case is
a block (region), a field a line; both name the field's column, and the reading's confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from common.geometry import Box
from common.provenance import project_version
from extract.deliver.pages import Master
from extract.deliver.text_layer import Written, WrittenCase

_ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
_PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ALTO_AT = f"{_ALTO} http://www.loc.gov/standards/alto/v4/alto-4-2.xsd"
_PAGE_AT = f"{_PAGE} {_PAGE}/pagecontent.xsd"
_SURE = 0.995  # two decimals are written

Element = ElementTree.Element


def alto(master: Master, cases: Sequence[WrittenCase], time: datetime) -> bytes:
    """One page as ALTO. Places are in pixels of the picture.

    Args:
        time: when what it holds was last changed.
    """
    root = Element("alto", {"xmlns": _ALTO, "xmlns:xsi": _XSI, "xsi:schemaLocation": _ALTO_AT})
    about = _add(root, "Description")
    _add(about, "MeasurementUnit", "pixel")
    _add(_add(about, "sourceImageInformation"), "fileName", image_name(master))
    made = _add(about, "Processing", ID="hotich")
    _add(made, "processingDateTime", _utc(time))
    software = _add(made, "processingSoftware")
    _add(software, "softwareName", "hotich")
    _add(software, "softwareVersion", project_version())
    codes = sorted({field.code for case in cases for field in case.fields})
    if codes:
        tags = _add(root, "Tags")
        for code in codes:
            _add(tags, "OtherTag", ID=f"tag-{code}", LABEL=code)
    size = {"WIDTH": str(master.width), "HEIGHT": str(master.height)}
    page = _add(_add(root, "Layout"), "Page", ID="page", PHYSICAL_IMG_NR=str(master.page), **size)
    space = _add(page, "PrintSpace", HPOS="0", VPOS="0", **size)
    for case in cases:
        block = _add(space, "TextBlock", ID=f"case-{case.entry}", **_place(case.box))
        for field in case.fields:
            _alto_line(block, case, field)
    return _bytes(root)


def _alto_line(block: Element, case: WrittenCase, field: Written) -> None:
    at, name = _place(field.box), f"{case.entry}-{field.code}"
    line = _add(block, "TextLine", ID=f"line-{name}", TAGREFS=f"tag-{field.code}", **at)
    sure = f"{min(field.confidence, _SURE):.2f}"
    text = _add(line, "String", ID=f"text-{name}", CONTENT=field.text, WC=sure, **at)
    if field.value:
        _add(text, "ALTERNATIVE", field.value, PURPOSE="normalised")


def page_xml(master: Master, cases: Sequence[WrittenCase], time: datetime) -> bytes:
    """One page as PAGE. Places are in pixels of the picture."""
    root = Element("PcGts", {"xmlns": _PAGE, "xmlns:xsi": _XSI, "xsi:schemaLocation": _PAGE_AT})
    about = _add(root, "Metadata")
    _add(about, "Creator", f"hotich {project_version()}")
    _add(about, "Created", _utc(time))
    _add(about, "LastChange", _utc(time))
    size = {"imageWidth": str(master.width), "imageHeight": str(master.height)}
    page = _add(root, "Page", imageFilename=image_name(master), **size)
    for case in cases:
        region = _add(page, "TextRegion", id=f"case-{case.entry}", type="other")
        _add(region, "Coords", points=_points(case.box))
        for field in case.fields:
            tag = f"structure {{type:{field.code};}}"
            line = _add(region, "TextLine", id=f"line-{case.entry}-{field.code}", custom=tag)
            _add(line, "Coords", points=_points(field.box))
            texts = [field.text, field.value] if field.value else [field.text]
            for place, text in enumerate(texts):
                sure = f"{min(field.confidence, _SURE):.2f}"
                equivalent = _add(line, "TextEquiv", index=str(place), conf=sure)
                _add(equivalent, "Unicode", text)
    return _bytes(root)


def image_name(master: Master) -> str:
    """The page's picture, as it is called in the archive."""
    return f"{master.page:04d}.jpg"


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text
    return child


def _place(box: Box) -> dict[str, str]:
    x0, y0, x1, y1 = box.rounded()
    return {"HPOS": str(x0), "VPOS": str(y0), "WIDTH": str(x1 - x0), "HEIGHT": str(y1 - y0)}


def _points(box: Box) -> str:
    x0, y0, x1, y1 = box.rounded()
    return f"{x0},{y0} {x1},{y0} {x1},{y1} {x0},{y1}"


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: Element) -> bytes:
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"
