"""Moderated t of three contrasts against limma, both on a matrix in memory, one thread each."""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import pairs
from benchmarks.kept import keep
from benchmarks.machine import machine, machine_line

PEER = Path(__file__).with_name("peer_limma_moderated.R")
#: targets, samples, share of missing levels, and analyses in one process.
SIZES = (
    (80, 70, 0.0, 2_000), (3_000, 70, 0.0, 200), (20_000, 70, 0.0, 40), (80, 5_000, 0.0, 300),
    (3_000, 5_000, 0.0, 6), (80, 70, 0.05, 100), (3_000, 70, 0.05, 4), (20_000, 70, 0.05, 1),
    (80, 5_000, 0.05, 10), (3_000, 5_000, 0.05, 1),
)  # fmt: skip
QUICK = ((80, 70, 0.0, 500), (3_000, 70, 0.0, 40), (80, 70, 0.05, 20))
#: One thread on both sides, whatever their libraries would take.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def write_levels(path: Path, n_targets: int, n_samples: int, share: float) -> None:
    """Write levels of three equal groups; each target has a variance of its own."""
    rng = np.random.default_rng(20170106)
    sd = 0.5 / np.sqrt(rng.chisquare(6, n_targets) / 6)
    levels = rng.normal(9, 1, n_targets) + sd * rng.normal(size=(n_samples, n_targets))
    levels[rng.random(levels.shape) < share] = np.nan
    levels.tofile(path)


def measure(
    n_targets: int, n_samples: int, share: float, n_times: int, n_pairs: int, room: Path
) -> dict[str, Any]:
    """Return CPU of one analysis on both sides, and their ratio."""
    path = room / "levels.bin"
    write_levels(path, n_targets, n_samples, share)
    given = [str(path), str(n_targets), str(n_samples), str(n_times)]
    ours = [sys.executable, "-m", "benchmarks.moderated_side", *given]
    sides = {"cytomart": lambda: pairs.run(ours)}
    rscript = shutil.which("Rscript")
    if rscript:
        sides = {"limma": lambda: pairs.run([rscript, str(PEER), *given]), **sides}
    first = pairs.in_turn(sides, 1)
    if rscript:
        _demand_same(first["limma"][0].answer, first["cytomart"][0].answer)
    runs = pairs.in_turn(sides, n_pairs)
    found: dict[str, Any] = {
        "n_targets": n_targets, "n_samples": n_samples, "missing_frac": share, "n_pairs": n_pairs,
        "peak_mb": pairs.medians(runs["cytomart"])["peak_mb"],
    }  # fmt: skip
    for name, own in runs.items():
        found[f"{name}_cpu"] = sorted(r.answer["cpu"] for r in own)[n_pairs // 2]
    if rscript:
        ratios = sorted(
            a.answer["cpu"] / b.answer["cpu"]
            for a, b in zip(runs["limma"], runs["cytomart"], strict=True)
        )
        found["ratio"], found["ratios"] = (
            round(ratios[n_pairs // 2], 2),
            np.round(ratios, 2).tolist(),
        )
        found["versions"] = first["limma"][0].answer["versions"]
    return found


def _demand_same(limma: dict[str, Any], ours: dict[str, Any]) -> None:
    """Stop where the two sides do not hold the same numbers: no ratio counts then."""
    for what in ("t", "p", "variance", "n"):
        if not math.isclose(limma[what], ours[what], rel_tol=1e-9):
            raise SystemExit(f"{what}: limma has {limma[what]}, we {ours[what]}")


def _table(found: dict[str, Any]) -> str:
    lines = [
        "| targets × arrays | missing | limma (CPU ms) | cytomart (CPU ms) | **ratio** "
        "| lowest, highest pair |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r['n_targets']:,} × {r['n_samples']:,} | {r['missing_frac']:.0%} | "
        f"{1e3 * r.get('limma_cpu', math.nan):,.2f} | {1e3 * r['cytomart_cpu']:,.2f} | "
        f"**{r.get('ratio', 'not measured')}** | {_range(r.get('ratios'))} |"
        for r in found["results"]
    ]
    return "\n".join([*lines, "", machine_line(found)])


def _range(ratios: list[float] | None) -> str:
    return f"{ratios[0]}, {ratios[-1]}" if ratios else "–"


def main() -> None:
    """Measure, write results and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, three pairs, no file")
    parser.add_argument("--pairs", type=int, default=5, help="rounds of A B (5)")
    options = parser.parse_args()
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    results = []
    for size in QUICK if options.quick else SIZES:
        with tempfile.TemporaryDirectory(prefix="cytomart-bench-") as room:
            results.append(measure(*size, 3 if options.quick else options.pairs, Path(room)))
    found = {"machine": machine(), "results": results}
    print(_table(found))  # noqa: T201
    if options.quick:
        return
    keep("moderated", found, _table(found))


if __name__ == "__main__":
    main()
