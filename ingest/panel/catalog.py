"""The catalog: which targets a panel prints, their genes, and what a spelling means.

A target is identified by its panel and its id, never by a gene symbol: one target can read
several genes and one gene can belong to two targets.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from contracts import failure
from contracts.paths import SEEDS

UNIPROT = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}")
_T = TypeVar("_T")
TARGET_KINDS = ("analyte", "positive_control", "negative_control", "blank")


@dataclass(frozen=True)
class Target:
    """One target of a panel; `lots` are those that print it, empty where every lot does."""

    target_id: str
    target_name: str
    target_order: int
    target_kind: str
    protein_name: str
    lots: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Gene:
    """A gene whose product a target detects."""

    target_id: str
    gene_symbol: str
    uniprot_id: str


@dataclass(frozen=True)
class Alias:
    """Another spelling; `target_id` is empty where it is only a family's name."""

    alias: str
    target_id: str
    is_ambiguous: bool
    note: str


@dataclass(frozen=True)
class Panel:
    """A panel's content list and vocabulary.

    Parameters
    ----------
    n_spots_per_array : int or None
        Spots that one array must have; None where nobody states it.
    n_replicates : int or None
        How often every reportable target is printed on one array; None where nobody states it.
    lot : str
        Lot whose content list this is; empty for the list of every lot.
    elsewhere : tuple of Target
        Targets that only other lots print.
    """

    panel_id: str
    platform_id: str
    panel_label: str
    n_spots_per_array: int | None
    targets: tuple[Target, ...]
    genes: tuple[Gene, ...]
    aliases: tuple[Alias, ...]
    n_replicates: int | None = None
    lot: str = ""
    elsewhere: tuple[Target, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        """Names that may be printed."""
        return frozenset(t.target_name for t in self.targets)

    @cached_property
    def by_id(self) -> dict[str, Target]:
        """Targets by their id."""
        return {t.target_id: t for t in self.targets}

    @cached_property
    def _by_name(self) -> dict[str, list[Target]]:
        return _grouped(self.targets, lambda t: t.target_name)

    @cached_property
    def _by_folded_name(self) -> dict[str, list[Target]]:
        return _grouped(self.targets, lambda t: fold(t.target_name))

    @cached_property
    def _by_alias(self) -> dict[str, list[Alias]]:
        return _grouped(self.aliases, lambda a: a.alias)

    @cached_property
    def _by_folded_alias(self) -> dict[str, list[Alias]]:
        return _grouped(self.aliases, lambda a: fold(a.alias))

    @property
    def title(self) -> str:
        """The list in words: its panel, and its lot where lots differ."""
        return f"{self.panel_id}, lot {self.lot}" if self.lot else self.panel_id

    def of_lot(self, lot: str) -> Panel:
        """Return the content list of one lot; the panel itself where lots do not differ."""
        if not any(t.lots for t in self.targets):
            return self
        printed = tuple(t for t in self.targets if not t.lots or lot in t.lots)
        others = tuple(t for t in self.targets if t not in printed)
        return replace(self, targets=printed, lot=lot, elsewhere=others)

    def of_every_lot(self) -> Panel:
        """Return the content list of all lots together."""
        return replace(self, targets=(*self.targets, *self.elsewhere), lot="", elsewhere=())

    def exact(self, name: str) -> list[Target]:
        """Return the target of that name; else those whose name differs in case or width only."""
        return self._by_name.get(name) or self._by_folded_name.get(fold(name), [])

    def spelt(self, name: str) -> list[Alias]:
        """Return the aliases of that spelling; else those that differ in case or width only."""
        return self._by_alias.get(name) or self._by_folded_alias.get(fold(name), [])

    @property
    def analytes(self) -> tuple[Target, ...]:
        """Targets that are reported, controls left out."""
        return tuple(t for t in self.targets if t.target_kind == "analyte")

    def nearest(self, name: str) -> list[str]:
        """Return up to three names of the panel that are written much alike, or mean the same."""
        key = fold(name)
        ids = {a.target_id for a in self._by_folded_alias.get(key, [])}
        meant = [t.target_name for t in self.targets if t.target_id in ids]
        folded = {fold(n): n for n in sorted(self.names)}  # fmt: skip
        close = [folded[f] for f in get_close_matches(key, folded, n=3, cutoff=0.6)]
        return list(dict.fromkeys([*meant, *close]))[:3]


@dataclass(frozen=True)
class Resolved:
    """What a spelling means in a panel, and what it must not be mistaken for."""

    target_id: str
    note: str


def target_id_of(name: str) -> str:
    """Return the id made from a target's name: capitals, everything else one underscore."""
    return re.sub("[^A-Za-z0-9]+", "_", name).strip("_").upper()


def fold(text: str) -> str:
    """Return a spelling without case, width and surrounding blanks."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def is_shipped(panel_id: str, *, seeds: Path = SEEDS) -> bool:
    """Return whether a panel of that name is shipped."""
    return any(r["panel_id"] == panel_id for r in _rows(seeds / "panels.csv"))


def load_panel(panel_id: str, *, seeds: Path = SEEDS) -> Panel:
    """Return a shipped panel.

    Raises
    ------
    CytomartError
        No such panel; the message names those there are.
    """
    panels = {r["panel_id"]: r for r in _rows(seeds / "panels.csv")}
    if panel_id not in panels:
        raise failure(
            f"no panel `{panel_id}` is shipped",
            allowed=", ".join(sorted(panels)),
            remedy="correct [panel] id in study.toml, or add catalog.csv to the study folder",
        )
    row = panels[panel_id]
    own = {
        name: [r for r in _rows(seeds / f"{name}.csv") if r["panel_id"] == panel_id]
        for name in ("panel_targets", "panel_target_genes", "panel_target_aliases")
    }
    return Panel(
        panel_id,
        row["platform_id"],
        row["panel_label"],
        int(row["n_spots_per_array"]),
        tuple(Target(r["target_id"], r["target_name"], int(r["target_order"]), r["target_kind"],
                     r["protein_name"]) for r in own["panel_targets"]),
        tuple(Gene(r["target_id"], r["gene_symbol"], r["uniprot_id"])
              for r in own["panel_target_genes"]),
        tuple(Alias(r["alias"], r["target_id"], r["is_ambiguous"] == "true", r["note"])
              for r in own["panel_target_aliases"]),
        int(row["n_replicates"]),
    )  # fmt: skip


def shipped_panels(*, seeds: Path = SEEDS) -> tuple[Panel, ...]:
    """Return every shipped panel."""
    return tuple(load_panel(r["panel_id"], seeds=seeds) for r in _rows(seeds / "panels.csv"))


def resolve(name: str, panel: Panel) -> str:
    """Return the target id that a spelling means in a panel.

    Raises
    ------
    CytomartError
        Unknown, a family's name, or able to mean two targets of this panel.
    """
    return explain(name, panel).target_id


def explain(name: str, panel: Panel) -> Resolved:
    """Return the target that a spelling means, with the trap it hides, if any.

    An exact target name of the panel always wins, even where it is another gene's symbol
    (`PIGF`). A spelling marked ambiguous is refused where it could mean two targets of this
    panel (`GRO`, `MIP-3`) and noted where the other meaning is elsewhere (`TPO`).

    Raises
    ------
    CytomartError
        Unknown, a family's name, or able to mean two targets of this panel.
    """
    aliases = panel.spelt(name)
    note = next((a.note for a in aliases if a.is_ambiguous), "")
    exact = panel.exact(name)
    if len(exact) == 1:
        return Resolved(exact[0].target_id, note)
    found = candidates(name, panel)
    if len(found) == 1 and all(a.target_id for a in aliases):
        return Resolved(found[0].target_id, note)
    names = [t.target_name for t in (*exact, *found)]
    if aliases or exact:
        meant = (
            f"could mean {' or '.join(names)}"
            if len(names) > 1
            else ("is a family's name, or something that the panel does not print")
        )
        raise failure(
            f"`{name}` {meant}",
            allowed="the exact name of one target",
            remedy=f"write the one that is meant{f' ({note})' if note else ''}",
            exit_code=1,
        )
    near = panel.nearest(name)
    raise failure(
        f"`{name}` is not a target of the panel {panel.title}",
        allowed=", ".join(sorted(panel.names)),
        remedy=f"did you mean {' or '.join(near)}?" if near else "see the panel's list",
        exit_code=1,
    )


def candidates(name: str, panel: Panel) -> list[Target]:
    """Return the targets that an alias could mean, in the panel's order."""
    aliases = panel.spelt(name)
    ids = {a.target_id for a in aliases if a.target_id}
    if any(a.is_ambiguous for a in aliases):
        begins = re.compile(re.escape(fold(name)) + r"[ /-]")
        ids |= {t.target_id for t in panel.targets if begins.match(fold(t.target_name))}
    return [t for t in panel.targets if t.target_id in ids]


def _grouped(things: Iterable[_T], key: Callable[[_T], str]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
