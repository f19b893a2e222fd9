"""Build the small fonts of `models/synth/fonts/` from the packages that `fonts.tsv` names.

The npm packages are fetched once, by hand, into any folder::

    cut -f6 models/synth/fonts/fonts.tsv | grep ^@ | sort -u | xargs npm install --prefix FOLDER
    apt-get install fonts-texgyre fonts-lmodern fonts-freefont-ttf fonts-dejavu-core \
        fonts-noto-core fonts-linuxlibertine fonts-sil-charis
    python -m models.synth.build_fonts FOLDER/node_modules

A font split into subsets is merged, cut down to Latin, Vietnamese, digits and punctuation
(GSUB, GPOS and kern kept), freed of hinting and of overlapping contours, and refused when a
Vietnamese letter is missing. Needs the extras fonttools, brotli and skia-pathops.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path

from fontTools import merge, subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.removeOverlaps import removeOverlaps

from common.text import vietnamese_letters

FONTS = Path(__file__).parent / "fonts"
KEPT = {*range(0x20, 0x7F), *range(0xA1, 0x100), *range(0x1EA0, 0x1EFA), 0x2116}
KEPT |= {ord(c) for c in "ĂăĐđĨĩŨũƠơƯưŒœŸ–—‘’“”„†•…‰′″‹›"}
KEPT |= {0x300, 0x301, 0x302, 0x303, 0x306, 0x309, 0x31B, 0x323}


def build_font(sources: list[Path], target: Path) -> None:
    """Merge ``sources`` (subsets of one font), cut the result down, write it to ``target``.

    Raises:
        ValueError: a Vietnamese letter has no glyph.
    """
    font = TTFont(sources[0]) if len(sources) == 1 else _merged(sources)
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features = ["kern", "liga", "calt", "clig", "mark", "mkmk", "ccmp", "locl"]
    options.drop_tables += ["STAT", "DSIG", "FFTM", "meta", "MATH", "Feat", "Silf", "Glat", "Gloc"]
    options.drop_tables += ["Sill", "hdmx", "VDMX", "LTSH", "gasp", "PCLT", "BASE"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=KEPT)
    subsetter.subset(font)
    missing = sorted(c for c in vietnamese_letters() if ord(c) not in font.getBestCmap())
    if missing:
        raise ValueError(f"{target.name}: no glyph for {''.join(missing)}")
    if "CFF " in font:
        _to_truetype(font)
    removeOverlaps(font, ignoreErrors=True)
    font.flavor = None
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def _to_truetype(font: TTFont) -> None:
    """Replace cubic (CFF) outlines by quadratic ones, to a unit of the em."""
    glyphs, order = {}, font.getGlyphOrder()
    for name, glyph in font.getGlyphSet().items():
        pen = TTGlyphPen(None)
        glyph.draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    maxp = font["maxp"] = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs = 0x00010000, len(order)
    for name in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(maxp, name, 0)
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 2.0, [], {}
    font["post"].glyphOrder = order
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\x00\x01\x00\x00"


def _merged(sources: list[Path]) -> TTFont:
    plain = []
    for source in sources:
        buffer, font = io.BytesIO(), TTFont(source)
        font.flavor = None
        for table in ("prep", "fpgm", "cvt ", "gasp", "STAT", "GDEF", "hdmx"):
            if table in font:
                del font[table]
        font.save(buffer)
        buffer.seek(0)
        plain.append(buffer)
    return merge.Merger().merge(plain)


def main() -> None:
    """Build every font of `fonts.tsv`; print the size of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("node_modules", type=Path)
    folder: Path = parser.parse_args().node_modules
    with (FONTS / "fonts.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            target = FONTS / row["file"]
            build_font([folder / source for source in row["source"].split()], target)
            sys.stdout.write(f"{target.stat().st_size:8d} {row['file']}\n")


if __name__ == "__main__":
    main()
