"""What the name and the id of a file mean in a panel: a target, an unprinted spot, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts import CytomartError
from ingest.faults import listed
from ingest.panel.catalog import Panel, candidates, explain, fold, target_id_of

#: How a spelling came to its target; `name` needs no note.
NAME, SPELLING, ID, ALIAS = "name", "spelling", "id", "alias"


@dataclass(frozen=True)
class Meaning:
    """What a file's name and id mean.

    Parameters
    ----------
    target_id : str
        Target of the panel; empty where none is meant.
    matched_by : str
        `name` (exact), `spelling` (case or width differ), `id`, `alias`; empty where none is meant.
    note : str
        The trap that an ambiguous spelling hides.
    why_not : str
        Why the name means no target; empty for a target and for an unprinted spot.
    """

    target_id: str
    matched_by: str = ""
    note: str = ""
    why_not: str = ""


def meaning(name: str, scanner_id: str, panel: Panel) -> Meaning:
    """Return what a name, with the id beside it, means in a panel.

    Names decide. The id beside a name is asked only where the name is blank, or could mean
    several targets and the id is one of them: a name that the panel does not know is a renamed
    spot, whatever its id says.
    """
    by_id = panel.by_id.get(scanner_id)
    if not name.strip():
        return Meaning(by_id.target_id, ID) if by_id else Meaning("")
    exact = panel.exact(name)
    if len(exact) == 1:
        target = exact[0]
        return Meaning(target.target_id, NAME if target.target_name == name else SPELLING)
    try:
        found = explain(name, panel)
    except CytomartError as error:
        if by_id and by_id in (*exact, *candidates(name, panel)):
            return Meaning(by_id.target_id, ID, f"`{name}` alone could mean others too")
        return Meaning("", why_not=_why_not(name, panel, error))
    if by_id and by_id.target_id != found.target_id:
        means = panel.by_id[found.target_id].target_name
        return Meaning("", why_not=f"`{name}` means {means}, the id beside it is that of "
                       f"{by_id.target_name}")  # fmt: skip
    return Meaning(found.target_id, ALIAS, found.note)


def value_meaning(name: str, own_id: str, panel: Panel) -> Meaning:
    """Return what a name and an id of a file of values mean in a panel.

    Here the id decides, where the panel has it: one protein may be measured by several assays
    under one name (Olink). A file without ids goes by its names; so does one whose ids the panel
    does not use, where it makes its own from the names.
    """
    target = panel.by_id.get(own_id) if own_id else None
    if target is None:
        found = meaning(name, "", panel)
        named = panel.by_id.get(found.target_id)
        if own_id and named and named.target_id != target_id_of(named.target_name):
            return Meaning("", why_not=f"`{name}` is {named.target_id} here, not {own_id}: "
                           "the assay is unknown")  # fmt: skip
        return found
    return Meaning(target.target_id, NAME if target.target_name == name else ID)


def notes(meanings: Iterable[tuple[str, Meaning]], panel: Panel) -> tuple[str, ...]:
    """Return one note that lists the spellings of a file that are not the panel's own names."""
    other = {
        name: found for name, found in meanings if found.target_id and found.matched_by != NAME
    }
    if not other:
        return ()
    texts = [
        f"`{name}` as {panel.by_id[m.target_id].target_name}"
        f"{' by its id' if m.matched_by == ID else ''}{f' ({m.note})' if m.note else ''}"
        for name, m in sorted(other.items())
    ]
    return (f"read by another spelling: {', '.join(texts)}",)


def _why_not(name: str, panel: Panel, error: CytomartError) -> str:
    """Return the first sentence of what `explain` says, where it is more than `unknown`."""
    for target in panel.elsewhere:
        if fold(target.target_name) == fold(name):
            return f"{target.target_name} is printed on lot {listed(sorted(target.lots))} only"
    known = panel.spelt(name) or panel.exact(name)
    return error.problems[0].given if known else f"`{name}` is unknown"
