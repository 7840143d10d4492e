"""The catalog: which targets a panel prints, their genes, and what a spelling means.

A target is identified by its panel and its id, never by a gene symbol: one target can read
several genes and one gene can belong to two targets.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from contracts import failure
from contracts.paths import SEEDS

UNIPROT = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}")
TARGET_KINDS = ("analyte", "positive_control", "negative_control", "blank")


@dataclass(frozen=True)
class Target:
    """One target of a panel."""

    target_id: str
    target_name: str
    target_order: int
    target_kind: str
    protein_name: str


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
    """

    panel_id: str
    platform_id: str
    panel_label: str
    n_spots_per_array: int | None
    targets: tuple[Target, ...]
    genes: tuple[Gene, ...]
    aliases: tuple[Alias, ...]

    @property
    def names(self) -> frozenset[str]:
        """Names that may be printed."""
        return frozenset(t.target_name for t in self.targets)

    @property
    def analytes(self) -> tuple[Target, ...]:
        """Targets that are reported, controls left out."""
        return tuple(t for t in self.targets if t.target_kind == "analyte")

    def nearest(self, name: str) -> list[str]:
        """Return up to three names of the panel that are written much alike, or mean the same."""
        key = fold(name)
        meant = [
            t.target_name
            for t in self.targets
            if t.target_id in {a.target_id for a in self.aliases if fold(a.alias) == key}
        ]
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
    )  # fmt: skip


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
    aliases = [a for a in panel.aliases if a.alias == name] or [
        a for a in panel.aliases if fold(a.alias) == fold(name)
    ]
    note = next((a.note for a in aliases if a.is_ambiguous), "")
    exact = [t for t in panel.targets if t.target_name == name] or [
        t for t in panel.targets if fold(t.target_name) == fold(name)
    ]
    if len(exact) == 1:
        return Resolved(exact[0].target_id, note)
    candidates = set(_candidates(name, aliases, panel))
    if len(candidates) == 1 and all(a.target_id for a in aliases):
        return Resolved(candidates.pop(), note)
    names = [t.target_name for t in panel.targets if t.target_id in candidates]
    if aliases:
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
        f"`{name}` is not a target of the panel {panel.panel_id}",
        allowed=", ".join(sorted(panel.names)),
        remedy=f"did you mean {' or '.join(near)}?" if near else "see the panel's list",
        exit_code=1,
    )


def _candidates(name: str, aliases: list[Alias], panel: Panel) -> Iterable[str]:
    yield from (a.target_id for a in aliases if a.target_id)
    if any(a.is_ambiguous for a in aliases):
        begins = re.compile(re.escape(fold(name)) + r"[ /-]")
        yield from (t.target_id for t in panel.targets if begins.match(fold(t.target_name)))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
