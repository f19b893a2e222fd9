"""How places are read: every threshold of `extract.reading.fields` and what it calls."""

from __future__ import annotations

from common.options import Options
from extract.ink.blots import BlotOptions
from extract.ink.ditto import DittoOptions
from extract.ink.lift import InkOptions
from extract.ink.shadow import ShadowOptions


class FieldOptions(Options):
    """How fields are read.

    Attributes:
        ink: how ink is told from paper and print.
        least_ink: ink (area over height squared) under which a place is blank without reading.
        pale: ink less strong than this share of the page's usual writing is a smudge.
        pale_dark, pale_clear: where nothing was read, a pixel so far under the paper (grey levels)
            is ink too, and is believed where letters show so clearly (log probability a letter):
            typed words fade to a third of the page's strength and are still read. ``pale_faint``:
            on a faint page, where they are at most so many times less clear than its usual ones.
        known, known_clear, known_fit: such ink is believed, too, where a field has few texts to
            choose from and it is so surely one of them, however unclear down to this, and was not
            forced into it (`extract.reading.lines.Seen.fit`).
        least_written: the same for the reader's word that something is written; ``least_stroke``
            where a lone stroke may stand for 1.
        unread_ink: ink under which a line that nothing was read on is not called illegible.
        note_ink, note_density, note_letters: ink, its density, and letters that a line in a column
            for notes has at least: there dirt stands where nobody wrote, and a reader makes a
            letter or two of it.
        note_blot: ink from which such a line hides a note.
        unclear, little: what was read less clearly than this (log probability a letter) on no
            more ink than that is dirt; ``faint``: where the page's usual writing is hardly clearer,
            only what is so many times less clear than that.
        smeared, smear_ink, smear_density: writing read less clearly than this, with more ink and
            denser than dirt, ran or was rubbed out: it is illegible. ``smear_strength``: shares of
            the page's usual strength between which it did not: there are 23 of 24 such lines of 50
            severely decayed rendered books that can be read, and 10 of 30 that cannot.
        ditto: how a small pair of strokes is told from dirt.
        blots: how a page's blots are found; ``hidden``: share of a place's writing under them from
            which the place is illegible, ``hidden_together`` where several columns share it.
        shadow: how writing that ran, or was rubbed away, is told from paper.
        solid, solid_ink: a line whose ink fills more than ``solid`` of its extent, and is more than
            ``solid_ink`` (area over height squared), hides what was written.
        flourish: strokes of a signature that fill less of their extent are no letters.
        tick_ink: share of a tick's box that ink fills when it is ticked, beyond the other boxes.
    """

    ink: InkOptions = InkOptions()
    least_ink: float = 0.012
    pale: float = 0.55
    pale_dark: int = 30
    pale_clear: float = -0.5
    pale_faint: float = 2.5
    known: float = 0.9
    known_clear: float = -2.0
    known_fit: float = -10.0
    least_written: float = 0.35
    least_stroke: float = 0.2
    unread_ink: float = 0.1
    note_ink: float = 0.12
    note_density: float = 0.05
    note_letters: int = 3
    note_blot: float = 1.0
    unclear: float = -1.0
    little: float = 0.3
    faint: float = 3.0
    smeared: float = -1.5
    smear_ink: float = 0.35
    smear_density: float = 0.1
    smear_strength: tuple[float, float] = (0.8, 1.4)
    ditto: DittoOptions = DittoOptions()
    blots: BlotOptions = BlotOptions()
    hidden: float = 0.25
    hidden_together: float = 0.9
    shadow: ShadowOptions = ShadowOptions()
    solid: float = 0.7
    solid_ink: float = 0.2
    flourish: float = 0.25
    tick_ink: float = 0.04
