"""The acts that a commune registers in a year, of every register but that of births."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from models.synth import couples, deaths, kinship, status
from models.synth.act import Act, Story
from models.synth.people import Community

STORIES: dict[str, Callable[[Community, date], Story]] = {
    "KH": couples.marriage,
    "LH": couples.divorce,
    "HN": couples.single_status,
    "KT": deaths.death,
    "CMC": kinship.recognition,
    "NCN": kinship.adoption,
    "GH": status.guardianship,
    "CDGH": status.end_of_guardianship,
    "TD": status.correction,
}
"""Register → what happens on a day."""


def acts(register: str, community: Community, count: int, first: int) -> Iterator[Act]:
    """``count`` acts numbered from ``first``; dates never run back."""
    tell = STORIES[register]
    for number, day in community.days(count, first):
        story = tell(community, day)
        signer = community.signers[0 if community.rng.random() < 0.9 else 1]
        note = community.note(day) if community.rng.random() < 0.1 else ""
        yield Act(number, day, story, signer, community.title, community.executor, note)
