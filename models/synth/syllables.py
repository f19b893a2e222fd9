"""Well-formed Vietnamese syllables without meaning: every letter under every tone."""

from __future__ import annotations

import unicodedata

from numpy.random import Generator

from common.text import TONES

ONSETS = (
    "b", "c", "ch", "d", "đ", "g", "gi", "h", "kh", "l", "m", "n", "nh", "ng", "ph", "q", "r", "s",
    "t", "th", "tr", "v", "x", "p", "k", "gh", "ngh", "",
)  # fmt: skip
RIMES = (  # noqa: SIM905 (a list of 150 would fill a page)
    "a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in "
    "inh ip it iu o oa oac oai oan oang oanh oat oay oăn oăt oc oe oen oi om on ong op ot ô ôc ôi "
    "ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uât uây uc uê ui um un ung uôc uôi uôm uôn uông uôt "
    "up ut uy uya uych uyên uyêt uyn uynh uyt ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt "
    "ưu y yêm yên yêu yêt"
).split()
STOPS = ("c", "ch", "p", "t")
NUCLEI = "ăâêôơưaeiouy"


def random_syllables(rng: Generator, count: int) -> str:
    """``count`` syllables in small letters, parted by spaces."""
    return " ".join(_syllable(rng) for _ in range(count))


def _syllable(rng: Generator) -> str:
    onset = ONSETS[int(rng.integers(len(ONSETS)))]
    rime = RIMES[int(rng.integers(len(RIMES)))]
    if onset == "q":
        rime = rime if rime[:1] == "u" and len(rime) > 1 else "uang"
    tones = ("\u0301", "\u0323") if rime.endswith(STOPS) else TONES
    tone = tones[int(rng.integers(len(tones)))]
    where = _tone_place(rime)
    letter = unicodedata.normalize("NFC", rime[where] + tone)
    return onset + rime[:where] + letter + rime[where + 1 :]


def _tone_place(rime: str) -> int:
    """The index of the letter that carries the tone: a marked vowel, else by position."""
    vowels = [i for i, c in enumerate(rime) if c in NUCLEI]
    marked = [i for i in vowels if rime[i] in "ăâêôơư"]
    if marked:
        return marked[-1]
    if len(vowels) == 1:
        return vowels[0]
    closed = vowels[-1] < len(rime) - 1
    return vowels[1] if closed or len(vowels) == 3 else vowels[0]
