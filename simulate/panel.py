"""What is printed on a synthetic slide, and where."""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contracts import failure
from contracts.paths import SEEDS
from simulate.design import FOUNDING_TARGETS
from simulate.effects import Role, role_of

SHIPPED_PANEL = "raybiotech_g5"
POSITIVE_CONTROLS = ("POS1", "POS2", "POS3")
NEGATIVE_CONTROL = "NEG"
REPLICATES = 2
_NEGATIVE_CELLS = 5
_CELLS_PER_ROW = 8


@dataclass(frozen=True)
class Target:
    """One analyte or control of a panel."""

    target_id: str
    target_name: str
    kind: str
    protein_name: str
    gene_symbols: tuple[str, ...]
    uniprot_ids: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """Targets of a panel and their grid.

    A cell is a target's two adjacent spots; cells are printed row by row. Positive controls
    come first, negative controls last.

    Parameters
    ----------
    panel_id : str
    analytes : tuple of Target
    controls : tuple of Target
        POS1, POS2, POS3 and NEG.
    roles : tuple of Role
        True differences of each analyte.
    """

    panel_id: str
    analytes: tuple[Target, ...]
    controls: tuple[Target, ...]
    roles: tuple[Role, ...]

    @property
    def is_shipped(self) -> bool:
        """Whether cytomart ships the panel's catalog itself."""
        return self.panel_id == SHIPPED_PANEL

    @property
    def cells_per_row(self) -> int:
        """Cells in a row of a Block: eight, more where the panel is large."""
        n_cells = len(self.analytes) + len(POSITIVE_CONTROLS) + _NEGATIVE_CELLS
        return max(_CELLS_PER_ROW, math.ceil(math.sqrt(n_cells / 2)))

    @property
    def n_rows(self) -> int:
        """Rows of spots in a Block."""
        n_cells = len(self.analytes) + len(POSITIVE_CONTROLS) + _NEGATIVE_CELLS
        return math.ceil(n_cells / self.cells_per_row)

    @property
    def n_columns(self) -> int:
        """Columns of spots in a Block."""
        return self.cells_per_row * REPLICATES

    @cached_property
    def spot_targets(self) -> NDArray[np.int64]:
        """Target of each spot of a Block, row by row: analytes from 0, then POS1-3, then NEG."""
        n = len(self.analytes)
        n_cells = self.n_rows * self.cells_per_row
        positives = np.arange(n, n + len(POSITIVE_CONTROLS))
        negatives = np.full(n_cells - n - positives.size, n + positives.size)
        return np.repeat(np.concatenate([positives, np.arange(n), negatives]), REPLICATES)

    @property
    def analyte_spots(self) -> NDArray[np.int64]:
        """Indices of the spots of each analyte, shape (analytes, 2)."""
        cells = len(POSITIVE_CONTROLS) + np.arange(len(self.analytes))
        return REPLICATES * cells[:, None] + np.arange(REPLICATES)

    @property
    def pitch_um(self) -> int:
        """Distance between neighbouring spots; smaller where the grid is large."""
        return int(min(400, 7000 // self.n_columns, 14000 // self.n_rows))

    @property
    def feature_um(self) -> int:
        """Nominal diameter of a spot, in steps of 5 µm."""
        return min(150, max(5, 5 * (self.pitch_um * 7 // 50)))

    def block_origin_um(self, block: int) -> tuple[int, int]:
        """Return x, y of the first spot of a Block: two columns of four on the slide."""
        return 4000 + 10500 * ((block - 1) % 2), 6000 + 17000 * ((block - 1) // 2)


def build_panel(n_targets: int) -> Panel:
    """Return the shipped panel, an even subset of it, or it with invented targets added.

    An invented target takes the role of the shipped target 80 (or 160 …) places before it, so
    the mixture of true effects stays the same.
    """
    shipped = shipped_targets(SEEDS)
    analytes = [t for t in shipped if t.kind == "analyte"]
    controls = tuple(t for t in shipped if t.kind != "analyte")
    roles = [role_of(t.target_name) for t in analytes]
    if n_targets == FOUNDING_TARGETS:
        return Panel(SHIPPED_PANEL, tuple(analytes), controls, tuple(roles))
    panel_id = f"synthetic_{n_targets}"
    if n_targets < FOUNDING_TARGETS:
        kept = np.linspace(0, len(analytes) - 1, n_targets).round().astype(int)
        subset = tuple(analytes[k] for k in kept)
        return Panel(panel_id, subset, controls, tuple(roles[k] for k in kept))
    invented = [_invented(k) for k in range(len(analytes) + 1, n_targets + 1)]
    all_roles = tuple(roles[k % len(roles)] for k in range(n_targets))
    return Panel(panel_id, (*analytes, *invented), controls, all_roles)


def shipped_targets(seeds: Path) -> list[Target]:
    """Return the targets of the shipped panel in its order, controls last.

    Raises
    ------
    CytomartError
        Where the vocabulary does not hold the panel.
    """
    genes: dict[str, list[dict[str, str]]] = {}
    for row in _rows(seeds / "panel_target_genes.csv"):
        if row["panel_id"] == SHIPPED_PANEL:
            genes.setdefault(row["target_id"], []).append(row)
    rows = [r for r in _rows(seeds / "panel_targets.csv") if r["panel_id"] == SHIPPED_PANEL]
    targets = [
        Target(
            row["target_id"],
            row["target_name"],
            row["target_kind"],
            row["protein_name"],
            tuple(g["gene_symbol"] for g in genes.get(row["target_id"], [])),
            tuple(g["uniprot_id"] for g in genes.get(row["target_id"], [])),
        )
        for row in sorted(rows, key=lambda r: int(r["target_order"]))
    ]
    n_analytes = sum(t.kind == "analyte" for t in targets)
    if n_analytes != FOUNDING_TARGETS or {t.target_id for t in targets if t.kind != "analyte"} != {
        *POSITIVE_CONTROLS,
        NEGATIVE_CONTROL,
    }:
        raise failure(
            f"the shipped panel has {n_analytes} analytes",
            where="panel_targets.csv of the vocabulary",
            allowed=f"{FOUNDING_TARGETS} analytes, POS1, POS2, POS3 and NEG",
            remedy="install cytomart again",
        )
    order = {name: k for k, name in enumerate((*POSITIVE_CONTROLS, NEGATIVE_CONTROL))}
    return sorted(targets, key=lambda t: order.get(t.target_id, -1))


def target_id_of(target_name: str) -> str:
    """Return the identifier that cytomart makes of a target's name."""
    return re.sub("[^A-Za-z0-9]+", "_", target_name).strip("_").upper()


def _invented(number: int) -> Target:
    name = f"SYN-{number:03d}"
    return Target(
        target_id_of(name), name, "analyte", f"SYNTHETIC invented protein {number}", (), ()
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
