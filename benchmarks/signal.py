"""Background, duplicates, median, quantile: our models' SQL against limma on matrices."""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import pairs
from benchmarks.kept import keep
from benchmarks.machine import machine, machine_line
from benchmarks.scanned import write_home, write_matrices
from contracts.paths import REPO_ROOT

ARRAYS = (70, 1_000, 10_000)
QUICK = (70, 1_000)
PEER = Path(__file__).with_name("peer_limma_signal.R")
STAGES = ("median", "quantile")
#: Of ours: the arithmetic alone, and the models.
TIMED = (*(f"bare_{stage}" for stage in STAGES), *STAGES)


def measure(n_arrays: int, n_pairs: int, room: Path) -> dict[str, Any]:
    """Return CPU and wall of both sides, stage by stage, and their ratios."""
    write_matrices(room, n_arrays)
    home = write_home(room / "home", n_arrays, ("subtract_median", "subtract_quantile"))
    compiled = _built(home.root, room)
    sides = {"cytomart": lambda: pairs.run(
        [sys.executable, "-m", "benchmarks.signal_side", str(home.build_path), str(compiled)]
    )}  # fmt: skip
    rscript = shutil.which("Rscript")
    if rscript:
        sides = {"limma": lambda: pairs.run([rscript, str(PEER), str(room)]), **sides}
    first = pairs.in_turn(sides, 1)
    if rscript:
        _demand_same(first["limma"][0].answer, first["cytomart"][0].answer)
    runs = pairs.in_turn(sides, n_pairs)
    found: dict[str, Any] = {
        "n_arrays": n_arrays, "n_pairs": n_pairs,
        "peak_mb": pairs.medians(runs["cytomart"])["peak_mb"],
    }  # fmt: skip
    for stage in TIMED:
        found[f"{stage}_cpu"] = _median(runs["cytomart"], f"{stage}_cpu")
        if rscript:
            theirs = f"{stage.removeprefix('bare_')}_cpu"
            found[f"limma_{stage}_cpu"] = _median(runs["limma"], theirs)
            found[f"{stage}_ratio"] = round(sorted(
                a.answer[theirs] / b.answer[f"{stage}_cpu"]
                for a, b in zip(runs["limma"], runs["cytomart"], strict=True)
            )[n_pairs // 2], 2)  # fmt: skip
    if rscript:
        found["versions"] = first["limma"][0].answer["versions"]
    return found


def _built(home: Path, room: Path) -> Path:
    """Build the models once, and return the folder of their SQL; nobody's time."""
    env = os.environ | {"CYTOMART_HOME": str(home), "DBT_TARGET_PATH": str(room / "target"),
                        "DBT_LOG_PATH": str(room / "logs")}  # fmt: skip
    dbt = Path(sys.executable).parent / "dbt"
    done = subprocess.run(
        [str(dbt), "build", "--no-use-colors", "--select", "+int_measurements_normalised",
         "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"],
        cwd=REPO_ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the models could not be built:\n{done.stdout[-3000:]}")
    return room / "target" / "compiled" / "cytomart" / "warehouse" / "models" / "intermediate"


def _median(runs: list[pairs.Run], name: str) -> float:
    return float(sorted(r.answer[name] for r in runs)[len(runs) // 2])


def _demand_same(limma: dict[str, Any], ours: dict[str, Any]) -> None:
    """Stop where the two sides do not hold the same numbers: no ratio counts then."""
    sums = ((f"{stage}_sum", f"{stage.removeprefix('bare_')}_sum") for stage in TIMED)
    for mine, theirs in (*sums, ("n", "n")):
        if not math.isclose(limma[theirs], ours[mine], rel_tol=1e-10):
            raise SystemExit(f"{mine}: limma has {limma[theirs]}, we {ours[mine]}")


def _table(found: dict[str, Any]) -> str:
    titles = ("bare median", "bare quantile", "models: median", "models: quantile")
    lines = [
        "| arrays | limma: median, quantile (CPU s) | "
        + "".join(f"{title} (CPU s) | **ratio** | " for title in titles) + "peak MB |",
        "|---|---|" + "---|---|" * len(titles) + "---|",
    ]  # fmt: skip
    lines += [
        f"| {r['n_arrays']:,} | {r.get('limma_median_cpu', math.nan):.2f}, "
        f"{r.get('limma_quantile_cpu', math.nan):.2f} | "
        + "".join(
            f"{r[f'{stage}_cpu']:.2f} | **{r.get(f'{stage}_ratio', 'not measured')}** | "
            for stage in TIMED
        )
        + f"{r['peak_mb']:.0f} |"
        for r in found["results"]
    ]
    return "\n".join([*lines, "", machine_line(found)])


def main() -> None:
    """Measure, write results and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, three pairs, no file")
    parser.add_argument("--pairs", type=int, default=5, help="rounds of A B (5)")
    options = parser.parse_args()
    results = []
    for n_arrays in QUICK if options.quick else ARRAYS:
        with tempfile.TemporaryDirectory(prefix="cytomart-bench-") as room:
            results.append(measure(n_arrays, 3 if options.quick else options.pairs, Path(room)))
    found = {"machine": machine(), "results": results}
    print(_table(found))  # noqa: T201
    if options.quick:
        return
    keep("signal", found, _table(found))


if __name__ == "__main__":
    main()
