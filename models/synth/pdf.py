"""A book of JPEG pages as one PDF: each page is its JPEG, untouched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np


def write_pdf(jpegs: Sequence[bytes], path: Path, dpi: int) -> None:
    """Write ``jpegs`` (RGB) as the pages of a PDF 1.4 file, at ``dpi``; same bytes every time."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{3 + 3 * index} 0 R" for index in range(len(jpegs)))
    objects.append(f"<< /Type /Pages /Count {len(jpegs)} /Kids [{kids}] >>".encode())
    for index, jpeg in enumerate(jpegs):
        picture = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
        height, width = picture.shape[:2]
        box = f"{width * 72 / dpi:.2f} {height * 72 / dpi:.2f}"
        first = 3 + 3 * index
        draw = f"q {box.split()[0]} 0 0 {box.split()[1]} 0 0 cm /S Do Q".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {box}] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /S {first + 2} 0 R >> >> >>".encode()
        )
        objects.append(_stream("", draw))
        objects.append(
            _stream(
                f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
                "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode ",
                jpeg,
            )
        )
    path.write_bytes(_file(objects))


def _stream(entries: str, data: bytes) -> bytes:
    head = f"<< {entries}/Length {len(data)} >>\nstream\n".encode()
    return head + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects with their cross-reference table and trailer."""
    parts = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"]
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(sum(map(len, parts)))
        parts.append(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = sum(map(len, parts))
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return b"".join([*parts, (head + table + trailer).encode()])
