"""A cell's story in words (``story.yaml``): a line of a terminal; a page that a clerk reads, with
the pixels that the cell was read from."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common.tables import yaml_table
from extract.log.audit import Event, Story
from extract.log.logged import cell_name
from extract.record import MACHINE
from extract.registers import load_register
from extract.report.causes import reworded
from extract.report.layout import render
from extract.report.levels import texts

Labels = Mapping[str, str]


def sentence(event: Event, language: str = "en", labels: Labels | None = None) -> str:
    """What happened, told in ``en`` or ``vi``; ``labels`` are names of columns."""
    words = _words(language)
    parts: Mapping[str, str] = words["events"][event.did]
    return "".join(
        told.format(_part(name, event.about[name], words, labels or {}))
        for name, told in parts.items()
        if name in event.about
    )


def story_page(book: str, told: Story) -> bytes:
    """The page, UTF-8; nothing of it is loaded from elsewhere, and no text of the book runs."""
    words, (page, entry, code) = _words("vi"), told.at
    register = load_register(told.register)
    labels = {column.code: column.label for column in register.columns}
    scan = told.source
    for before, after in words["scan"].items():
        scan = scan.replace(before, after)
    box = words["box"].format(*told.value.box) if told.value.box else words["no_box"]
    events = [
        (
            f"{datetime.fromisoformat(event.time).astimezone(UTC):%d.%m.%Y %H:%M:%S}",
            words["machine"] if event.who == MACHINE else event.who,
            words["done"][event.did],
            sentence(event, "vi", labels),
            event.line or "",
        )
        for event in told.events
    ]
    html = render(
        "story.html.j2",
        words=words,
        title=f"{book} · {cell_name(told.at)}",
        label=labels.get(code, code),
        register=register.name,
        value=told.value.value or _named("status", told.value.status, words, {}),
        place=f"{words['place'].format(page=page, entry=entry, scan=scan)}; {box}",
        crop=base64.b64encode(told.crop.read_bytes()).decode() if told.crop.is_file() else "",
        doubt={True: "", False: words["other_crop"], None: words["unsure_crop"]}[told.crop_is_true],
        issues=told.issues,
        events=events,
    )
    return html.encode("utf-8")


def _part(name: str, part: object, words: Mapping[str, Any], labels: Labels) -> str:
    """One part of a sentence as it is said: a share, other readings, a list, or a name."""
    if isinstance(part, float):
        share = f"{100 * part:.1f}".replace(".", words["decimal"])
        return str(words["percent"].format(share))
    if isinstance(part, (list, tuple)):
        said = [
            words["other"].format(one[0], _part("", one[1], words, labels))
            if isinstance(one, tuple)
            else str(one)
            for one in part
        ]
        return str(words["between"]).join(said)
    return _named(name, str(part), words, labels)


def _named(name: str, text: str, words: Mapping[str, Any], labels: Labels) -> str:
    """A name of the log as it is called: a state, a reader, a column."""
    called = words["called"]
    if called and name == "status":
        return str(texts()["statuses"][text])
    if name not in called:
        return text
    found = reworded(text, called[name], lambda part: _named(name, part, words, labels))
    return found or labels.get(text, text)


def _words(language: str) -> Mapping[str, Any]:
    words: Mapping[str, Any] = yaml_table(Path(__file__).with_name("story.yaml"))[language]
    return words
