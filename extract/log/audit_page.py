"""A cell's story as one HTML page, with the pixels it was read from in it."""

from __future__ import annotations

import base64
from html import escape

from extract.log.audit import Story
from extract.log.logged import cell_name

_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
 style-src 'unsafe-inline'"><title>{title}</title><style>
body{{font:15px sans-serif;max-width:60em;margin:2em auto}}td,th{{padding:.3em .6em;text-align:left;
border-bottom:1px solid #ccc;vertical-align:top}}img{{max-width:100%;border:1px solid #999}}
.bad{{color:#a00}}</style><h1>{title}</h1><p><b>{value}</b></p><p>{place}</p>{crop}{issues}
<table><tr><th>Khi (UTC)</th><th>Ai</th><th>Việc</th><th>Dòng</th><th>Nội dung</th></tr>{rows}
</table></html>
"""
_DONE = {
    "read": "đọc trang", "decided": "máy quyết", "corrected": "người sửa",
    "exported": "xuất gói", "viewed": "cho xem", "purged": "xóa bản làm việc",
}  # fmt: skip


def story_html(book: str, told: Story) -> bytes:
    """The page, UTF-8; nothing of it is loaded from elsewhere, and no text of the book runs."""
    value = told.value
    cells = (
        (event.time, event.who, _DONE[event.did], str(event.line or ""), event.told)
        for event in told.events
    )
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in cells)
    place = f"{told.source}, ô {list(value.box)}" if value.box else told.source
    page = _PAGE.format(
        title=escape(f"{book} {cell_name(told.at)}"),
        value=escape(value.value if value.value is not None else value.status),
        place=escape(place),
        crop=_crop(told),
        issues="".join(f'<p class="bad">{escape(issue)}</p>' for issue in told.issues),
        rows="".join(f"<tr>{row}</tr>" for row in rows),
    )
    return page.encode("utf-8")


def _crop(told: Story) -> str:
    if not told.crop.is_file():
        return "<p>Không còn giữ ảnh.</p>"
    data = base64.b64encode(told.crop.read_bytes()).decode()
    shown = f'<p><img alt="" src="data:image/jpeg;base64,{data}"></p>'
    if told.crop_is_true is False:
        return shown + '<p class="bad">Ảnh này không phải ảnh đã đọc: nó đã bị thay.</p>'
    return shown
