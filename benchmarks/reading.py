"""Reading and storing scanner files, against limma's reader, which stores nothing."""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import pairs, sides
from benchmarks.kept import keep
from benchmarks.machine import machine, machine_line
from benchmarks.studies import write_single_arrays, write_slides

ARRAYS = (72, 1_000, 10_000)
QUICK = (72, 1_000)


def measure(n_arrays: int, n_pairs: int, room: Path) -> list[dict[str, Any]]:
    """Return the result for files of one array and for slides of eight Blocks."""
    slides = write_slides(room / "slides", n_arrays)
    singles = write_single_arrays(slides, room / "singles", n_arrays)
    return [
        _compared(f"{n_arrays:,} files of one array", singles, n_pairs, room),
        _compared(f"{n_arrays // 8:,} slides of eight Blocks", slides, n_pairs, room),
    ]


def _compared(title: str, folder: Path, n_pairs: int, room: Path) -> dict[str, Any]:
    homes = (room / f"{folder.name}-home-{number}" for number in itertools.count())

    def ours() -> pairs.Run:
        # A new place each time: a file system is slow where thousands of files just went.
        home = next(homes)
        run = pairs.run(sides.cytomart(folder, home))
        return replace(run, answer={**run.answer, **sides.stored(home)})

    found: dict[str, Callable[[], pairs.Run]] = {"cytomart": ours}
    command = sides.limma(folder)
    if command is not None:
        found = {"limma": lambda: pairs.run(command), **found}
    found["limit"] = lambda: pairs.run(sides.limit(folder, room))
    # One round that does not count fills the caches of files and of compiled code.
    first = pairs.in_turn(found, 1)
    if command is not None:
        _demand_same(first["limma"][0], first["cytomart"][0])
    runs = pairs.in_turn(found, n_pairs)
    result: dict[str, Any] = {
        "title": title,
        "n_files": sum(1 for _ in (folder / "arrays").iterdir()),
        "n_bytes": runs["limit"][0].answer["bytes"],
        "n_spots": runs["cytomart"][0].answer["spots"],
        "build_bytes": runs["cytomart"][0].answer["build_bytes"],
        "n_pairs": n_pairs,
        **{name: pairs.medians(own) for name, own in runs.items()},
        "of_limit_cpu": pairs.ratio(runs["cytomart"], runs["limit"], "cpu_s"),
    }
    if command is None:
        return {**result, "limma": "not measured: Rscript is not installed"}
    result["versions"] = runs["limma"][0].answer["versions"]
    for what in ("cpu_s", "wall_s"):
        result[f"ratio_{what.removesuffix('_s')}"] = pairs.ratio(
            runs["limma"], runs["cytomart"], what
        )
    return result


def _demand_same(limma: pairs.Run, ours: pairs.Run) -> None:
    """Stop where the two sides do not hold the same numbers: no ratio counts then."""
    for what in ("foreground", "background", "spots"):
        if float(limma.answer[what]) != float(ours.answer[what]):
            raise SystemExit(f"{what}: limma has {limma.answer[what]}, we {ours.answer[what]}")


def _table(found: dict[str, Any]) -> str:
    lines = [
        "| files | MB | limma: CPU s, wall s | cytomart: CPU s, wall s | **CPU ratio** "
        "| wall ratio | × open + read (CPU) | peak MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in found["results"]:
        is_measured = isinstance(r["limma"], dict)
        peer = f"{r['limma']['cpu_s']:.1f}, {r['limma']['wall_s']:.1f}" if is_measured else "–"
        lines.append(
            f"| {r['title']} | {r['n_bytes'] / 1e6:.0f} | {peer} | {r['cytomart']['cpu_s']:.1f}, "
            f"{r['cytomart']['wall_s']:.1f} | **{r.get('ratio_cpu', 'not measured')}** | "
            f"{r.get('ratio_wall', 'not measured')} | {r['of_limit_cpu']} | "
            f"{r['cytomart']['peak_mb']:.0f} |"
        )
    return "\n".join([*lines, "", machine_line(found)])


def main() -> None:
    """Measure, write results and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, three pairs, no file")
    parser.add_argument("--pairs", type=int, default=5, help="rounds of A B (5)")
    options = parser.parse_args()
    quick = options.quick
    results: list[dict[str, Any]] = []
    for n_arrays in QUICK if quick else ARRAYS:
        with tempfile.TemporaryDirectory(prefix="cytomart-bench-") as room:
            results += measure(n_arrays, 3 if quick else options.pairs, Path(room))
    found = {"machine": machine(), "results": results}
    print(_table(found))  # noqa: T201
    if quick:
        return
    keep("reading", found, _table(found))


if __name__ == "__main__":
    main()
