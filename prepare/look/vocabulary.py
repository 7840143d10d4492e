"""What a printed name is: a target of a shipped panel, a control, a blank, or just a target."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from contracts.paths import SEEDS
from ingest.panel.catalog import Panel, load_panel

#: Share of a slide's names that a panel must know to be taken for its panel (house rule).
MIN_SHARE_KNOWN = 0.8

_KINDS = (
    ("blank", re.compile(r"|blank|empty|none|null|n/?a|-+|dark ?corner", re.I)),
    ("positive_control",
     re.compile(r"pos(itive)?([ _-]*(control|ctrl|ctl))?[ _-]*\d*|bright ?corner|\w*_brightcorner",
                re.I)),
    ("negative_control",
     re.compile(r"neg(ative)?([ _-]*(control|ctrl|ctl))?[ _-]*\d*|buffer|bsa|pbs|water", re.I)),
)  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What one printed name and id stand for.

    Parameters
    ----------
    target_key : str
        The panel's target id where a panel is known, else the printed name (else its id).
    target_kind : str
        analyte, positive_control, negative_control or blank.
    target_order : int
        Place in the panel's list; 0 where none is known.
    is_known : bool
        Whether the panel has it; always true where no panel is known.
    """

    target_key: str
    target_kind: str
    target_order: int
    is_known: bool


def kind_by_name(name: str) -> str:
    """Return what a name says by itself: POS1, NEG, Blank, Buffer; everything else is a target."""
    bare = name.strip().partition("~")[0].strip()
    return next((kind for kind, words in _KINDS if words.fullmatch(bare)), "analyte")


@cache
def shipped_panels() -> tuple[Panel, ...]:
    """Return the panels that come with the software."""
    with (SEEDS / "panels.csv").open(encoding="utf-8", newline="") as stream:
        ids = [row["panel_id"] for row in csv.DictReader(stream)]
    return tuple(load_panel(i) for i in ids)


def panel_of(names: Iterable[str]) -> Panel | None:
    """Return the shipped panel that knows most of these names, if one knows nearly all."""
    printed = {n for n in names if n and kind_by_name(n) != "blank"}
    if not printed:
        return None
    share, panel = max(
        ((len(printed & known_names(p)) / len(printed), p) for p in shipped_panels()),
        key=lambda pair: pair[0],
    )
    return panel if share >= MIN_SHARE_KNOWN else None


def known_names(panel: Panel) -> frozenset[str]:
    """Return every spelling of a panel's targets: names and aliases."""
    return panel.names | {a.alias for a in panel.aliases if a.target_id}


def meaning(name: str, printed_id: str, panel: Panel | None) -> Meaning:
    """Return what a printed name stands for, as the warehouse resolves it: name, id, alias."""
    if panel is None:
        return Meaning(name or printed_id, kind_by_name(name or printed_id), 0, True)
    by_name = {t.target_name: t for t in panel.targets}
    by_id = {t.target_id: t for t in panel.targets}
    by_alias = {a.alias: a.target_id for a in sorted(panel.aliases, key=lambda a: a.target_id,
                                                     reverse=True) if a.target_id}  # fmt: skip
    found = by_name.get(name) or by_id.get(printed_id) or by_id.get(by_alias.get(name, ""))
    if found is None:
        return Meaning(name or printed_id, kind_by_name(name or printed_id), 0, False)
    return Meaning(found.target_id, found.target_kind, found.target_order, True)
