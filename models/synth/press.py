"""The printer of a book: one layout, one typeface, one set of worn type, the same on all pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydantic import Field

from common.errors import UsageError
from common.options import Options
from models.synth.faces import Face, faces
from models.synth.form_layout import Block, Compositor, RuleLine, Setting, Sheet, Words

FORMS = Path(__file__).parent / "forms"
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
Mask = NDArray[np.uint8]


class PressSpec(Options):
    """One printer's layout of a form, as written in `forms/*.yaml`. Lengths in millimetres."""

    name: str
    split: str
    size: tuple[float, float]
    entries: int
    leader: list[str]
    margins: dict[str, float]
    entry: list[Any]
    header: list[Any]
    footer: list[Any] = Field(default_factory=list)
    text: float = 4.0
    title: float = 1.9
    sans: bool = False
    gap: float = 3.0  # between entries; 0 where they are rows of one ledger


class FormSpec(Options):
    """A generation of a register's form and the presses that printed it.

    ``era``: whose clerks, places and pens it was filled in with; the form itself if not given.
    """

    form: str
    years: tuple[int, int]
    era: str
    wear: tuple[float, float]
    cover: list[Any]
    closing: list[Any]
    presses: list[PressSpec]


def registers() -> tuple[str, ...]:
    """The registers of which some form is described."""
    return tuple(sorted(path.parent.name for path in FORMS.glob("*/codes.txt")))


def forms_of(register: str) -> tuple[str, ...]:
    """The forms of a register that are described."""
    return tuple(sorted(path.stem for path in (FORMS / register).glob("*.yaml")))


@cache
def load_form(form: str, register: str = "KS") -> FormSpec:
    """The form's description, with the presses of its printing house if it names one.

    A form says its own lines under ``blocks``; a house (`forms/houses/*.yaml`) says how its
    presses arrange any form, and calls for them with ``use: <name>``.
    Raises `UsageError` for a form that is not described.
    """
    path = FORMS / register / f"{form}.yaml"
    if not path.is_file():
        known = ", ".join(forms_of(register)) or "nothing"
        raise UsageError(f"no form {form} of register {register}", hint=f"known: {known}")
    data: dict[str, Any] = _yaml(path)
    if "house" in data:
        house = _yaml(FORMS / "houses" / f"{data['house']}.yaml")
        own = data.get("presses", [])
        data = {**house, **data, "presses": [*house["presses"], *own]}
        data = _used(data, data["blocks"])
    data.setdefault("era", form)
    return FormSpec.of(**{key: data[key] for key in FormSpec.model_fields})


def _yaml(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _used(item: Any, blocks: Mapping[str, list[Any]]) -> Any:
    """``item`` with every ``use: name`` in a list replaced by the blocks of that name."""
    if isinstance(item, Mapping):
        return {key: _used(value, blocks) for key, value in item.items() if key != "blocks"}
    if not isinstance(item, list):
        return item
    result: list[Any] = []
    for part in item:
        if isinstance(part, Mapping) and set(part) == {"use"}:
            result.extend(_used(blocks[part["use"]], blocks))
        else:
            result.append(_used(part, blocks))
    return result


@dataclass(frozen=True)
class PressFace:
    """A family of print faces; a missing bold is printed with a fatter stroke."""

    family: str
    files: Mapping[str, Path]

    def width(self, text: str, size: float, style: str) -> float:
        """Advance width of ``text`` in pixels at an em of ``size`` pixels."""
        return float(self.font(style, 100).getlength(text)) * size / 100

    def font(self, style: str, size: int) -> ImageFont.FreeTypeFont:
        return _font(self.files.get(style, self.files["regular"]), size)

    def stroke(self, style: str, size: float) -> float:
        """Extra stroke, in pixels, where the family has no bold of its own."""
        return 0.022 * size if style == "bold" and "bold" not in self.files else 0.0


@lru_cache(maxsize=256)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True)
class Press:
    """A layout set in type: what is printed on every page of one book."""

    name: str
    face: PressFace
    sheet: Sheet
    ink: Mask  # 255 where the type is fully inked
    entries: int
    leader: str
    scale: float  # pixels a millimetre
    pitch: float  # pixels between lines


def set_press(
    form: FormSpec,
    split: str,
    rng: np.random.Generator,
    dpi: int,
    entries: int | None,
    printed: Mapping[str, str],
) -> Press:
    """Choose a printer of ``form`` and set its sheet in type.

    ``entries`` asks for a number of entries a page; ``printed`` holds what this book's sheets
    carry in print. Raises `UsageError` when no press of the split prints so many entries.
    """
    specs = [p for p in form.presses if p.split == split and entries in (None, p.entries)]
    if not specs:
        raise UsageError(f"no {split} press prints {entries} entries a page of {form.form}")
    spec = specs[int(rng.integers(len(specs)))]
    face = choose_face(split, spec.sans, rng)
    scale = dpi / 25.4
    leader = str(rng.choice(spec.leader))
    text = spec.text * float(rng.uniform(0.95, 1.15))
    setting = Setting(scale, text, 2.0 * text, leader, float(rng.uniform(0.18, 0.38)), spec.title)
    sheet = _set_sheet(spec, setting, face, Wording(rng), printed, rng)
    pitch = sheet[1]
    ink = worn(draw_sheet(sheet[0], face), rng, float(rng.uniform(*form.wear)))
    return Press(spec.name, face, sheet[0], ink, spec.entries, leader, scale, pitch)


def set_leaf(press: Press, blocks: list[Block], rng: np.random.Generator) -> Press:
    """Set a leaf without entries (a cover, a closing page) in the type of the same press."""
    sheet = Sheet(press.sheet.width, press.sheet.height)
    setting = Setting(press.scale, 5.0, 12.0, "dotted", 0.3, 2.2)
    compositor = Compositor(sheet, setting, press.face, {})
    margin = 0.14 * sheet.width
    words = Wording(rng)
    top = 0.16 * sheet.height
    compositor.blocks([words.of(b) for b in blocks], margin, sheet.width - margin, top)
    pitch = setting.pitch * press.scale
    return replace(press, sheet=sheet, ink=draw_sheet(sheet, press.face), entries=0, pitch=pitch)


def choose_face(split: str, sans: bool, rng: np.random.Generator) -> PressFace:
    """A print family of the split: serif, or sans where the form asks for it."""
    families: dict[str, dict[str, Path]] = {}
    for face in faces("print", split):
        families.setdefault(face.family, {})[_style(face)] = face.path
    names = [n for n in sorted(families) if "regular" in families[n] and sans == _is_sans(n)]
    name = names[int(rng.integers(len(names)))]
    return PressFace(name, families[name])


def _style(face: Face) -> str:
    style = face.style.lower()
    if "italic" in style:
        return "italic"
    return "bold" if "bold" in style or "700" in style else "regular"


def _is_sans(family: str) -> bool:
    return "Sans" in family or family == "Arimo"


@dataclass
class Wording:
    """Chooses one wording for each ``[one|other]``, the same through the book."""

    rng: np.random.Generator
    chosen: dict[str, str] = field(default_factory=dict)

    def of(self, block: Block) -> Block:
        """The block with every choice made."""
        if isinstance(block, str):
            return _CHOICE.sub(self._choose, block)
        return {key: self._deep(value) for key, value in block.items()}

    def _deep(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._deep(item) for item in value]
        return self.of(value) if isinstance(value, str | Mapping) else value

    def _choose(self, match: re.Match[str]) -> str:
        text = match.group(1)
        if text not in self.chosen:
            self.chosen[text] = str(self.rng.choice(text.split("|")))
        return self.chosen[text]


def _set_sheet(
    spec: PressSpec,
    setting: Setting,
    face: PressFace,
    wording: Wording,
    printed: Mapping[str, str],
    rng: np.random.Generator,
) -> tuple[Sheet, float]:
    """Set header and entries so that they fill the sheet; also the line pitch in pixels."""
    mm = setting.scale
    width, height = (side * mm for side in spec.size)
    jitter = {side: float(rng.uniform(-2.0, 2.0)) for side in ("left", "right", "top", "bottom")}
    edge = {side: (spec.margins[side] + jitter[side]) * mm for side in jitter}
    x0, x1 = edge["left"], width - edge["right"]
    parts = (spec.header, spec.entry, spec.footer)
    header, entry, footer = ([wording.of(block) for block in part] for part in parts)
    gap = spec.gap * mm if spec.entries > 1 else 0.0
    page_entry = 1 if spec.entries == 1 else 0  # one entry a page: its header is the entry's
    stretch = 1.0
    for _ in range(3):  # measure, then fill the sheet
        sheet = Sheet(round(width), round(height))
        compositor = Compositor(sheet, setting, face, printed)
        compositor.stretch = stretch
        compositor.entry = page_entry
        y = compositor.blocks(header, x0, x1, edge["top"])
        bottom = height - edge["bottom"]
        for number in range(1, spec.entries + 1):
            compositor.entry = number
            y = compositor.blocks(entry, x0, x1, y)
            if number < spec.entries and gap:
                sheet.rules.append(RuleLine(x0, y + gap / 2, x1, y + gap / 2, 0.35 * mm))
                y += gap
        compositor.entry = page_entry
        y = compositor.blocks(footer, x0, x1, y)
        stretch *= float(np.clip((bottom - edge["top"]) / (y - edge["top"]), 0.62, 1.3))
    return sheet, setting.pitch * mm * compositor.stretch


def draw_sheet(sheet: Sheet, face: PressFace) -> Mask:
    """The sheet's words, rules and dots as ink (255) on nothing (0)."""
    picture = Image.new("L", (sheet.width, sheet.height), 0)
    draw = ImageDraw.Draw(picture)
    for words in sheet.words:
        draw_words(draw, words, face)
    ink: Mask = np.array(picture)
    for rule in sheet.rules:
        _draw_rule(ink, rule)
    return ink


def draw_words(draw: ImageDraw.ImageDraw, words: Words, face: PressFace) -> None:
    """Draw printed words with their baseline at ``words.baseline``."""
    font = face.font(words.style, max(6, round(words.size)))
    draw.text(
        (words.x, words.baseline),
        words.text,
        fill=255,
        font=font,
        anchor="ls",
        stroke_width=face.stroke(words.style, words.size),
    )


def _draw_rule(ink: Mask, rule: RuleLine) -> None:
    if not rule.dotted:
        thick = max(1, round(rule.width))
        ends = [(round(x * 16), round(y * 16)) for x, y in ((rule.x0, rule.y0), (rule.x1, rule.y1))]
        cv2.line(ink, ends[0], ends[1], 255, thick, cv2.LINE_AA, 4)
        return
    step = max(4.0, rule.width * 4.5)
    radius = max(8, round(rule.width * 0.42 * 16))
    for x in np.arange(rule.x0 + step / 2, rule.x1, step):
        cv2.circle(ink, (round(x * 16), round(rule.y0 * 16)), radius, 255, -1, cv2.LINE_AA, 4)


def worn(ink: Mask, rng: np.random.Generator, strength: float) -> Mask:
    """Ink from worn type: edges softened, parts starved and parts fat. ``strength`` 0..1."""
    soft = cv2.GaussianBlur(ink, (0, 0), 0.55 + 0.35 * strength).astype(np.float32) / 255
    bite = noise(ink.shape, rng, 5.0) * 0.16 + noise(ink.shape, rng, 60.0) * 0.1
    threshold = np.maximum(0.42 + strength * bite, 0.22)
    sharp = np.clip((soft - threshold) * 3.2 + 0.5, 0, 1)
    grain = 1 - strength * 0.35 * np.clip(noise(ink.shape, rng, 1.6), 0, 1)
    result: Mask = (sharp * grain * 255).astype(np.uint8)
    return result


def noise(shape: tuple[int, ...], rng: np.random.Generator, grain: float) -> NDArray[np.float32]:
    """Smooth noise of unit deviation, its grain ``grain`` pixels wide, drawn small and enlarged."""
    height, width = shape[:2]
    small = (max(2, int(height / grain) + 2), max(2, int(width / grain) + 2))
    field_ = rng.standard_normal(small, dtype=np.float32)
    how = cv2.INTER_CUBIC if grain > 2 else cv2.INTER_LINEAR
    large: NDArray[np.float32] = cv2.resize(field_, (width, height), interpolation=how)
    return large
