"""The words of a name or a label, for comparing: no accents, case or signs."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z]+|\d+|[\u4e00-\u9fff]+")
#: Words that say the same in instruments' names and in labels.
SAME = {"qol": ("quality", "life"), "vas": ("visual", "analogue"), "nrs": ("numeric", "rating")}


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: letters, numbers and Chinese apart."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(c for c in plain if not unicodedata.combining(c))))


def subjects_of(text: str) -> set[str]:
    """Return what a text is about: its words without numbers, with their other names."""
    words = {w for w in words_of(text) if not w.isdecimal()}
    for short, long in SAME.items():
        if set(long) <= words or (short == "vas" and {"visual", "analog"} <= words):
            words.add(short)
    return words
