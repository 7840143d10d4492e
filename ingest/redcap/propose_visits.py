"""Which event of an export is which visit of the study?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.redcap.export import EVENT, REPEAT_NUMBER, Export
from ingest.redcap.mapping import OPEN, Entry
from ingest.redcap.propose_scores import Aim
from ingest.redcap.words import words_of

_ARM = re.compile(r"_arm_\d+$")
_LIKE = {"baseline": {"baseline", "before", "pre", "screening", "enrolment", "enrollment", "start",
                      "first"},
         "follow": {"follow", "followup", "after", "post", "second", "end"}}  # fmt: skip


def propose_visits(
    export: Export,
    aim: Aim,
    entries: Sequence[Entry],
    missing: Sequence[str],
    why: dict[str, str],
) -> dict[str, str]:
    """Return event (and repeat) → visit.

    An event without scores is mapped where it is called like a visit: its scores may come. Any
    other one stops the load once it holds a score, and a person decides.
    """
    scores = [e.cells["score"].source for e in entries]
    filled: list[str] = []
    for row in export.sheet.rows:
        event, instance = export.cell(row, EVENT), export.cell(row, REPEAT_NUMBER)
        key = f"{event}#{instance}" if instance else event
        holds = any(export.cell(row, s) not in ("", *missing) for s in scores)
        if key and key not in filled and (holds or _named(key, aim) != OPEN):
            filled.append(key)
    visits = {key: _named(key, aim) for key in filled}
    if OPEN in visits.values() and len(filled) == len(aim.visits):
        visits = {k: code for k, (code, _) in zip(filled, aim.visits, strict=True)}
        why.update({f"visits.{k}": "by order: look at it" for k in filled})
    for key in filled:
        named = "by name" if visits[key] != OPEN else "no visit is so named"
        why.setdefault(f"visits.{key}", named)
    return visits


def _named(key: str, aim: Aim) -> str:
    event, _, instance = key.partition("#")
    if instance:
        return OPEN
    words = set(words_of(_ARM.sub("", event)))
    found = []
    for code, label in aim.visits:
        own = {*words_of(code), *words_of(label)}
        alike = any(own & group and words & group for group in _LIKE.values())
        if set(words_of(code)) <= words or alike:
            found.append(code)
    return found[0] if len(found) == 1 else OPEN
