"""What is compared, each as a process of its own: `python -m benchmarks.sides SIDE FOLDER HOME`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

PEER = Path(__file__).with_name("peer_limma.R")


def cytomart(folder: Path, home: Path) -> list[str]:
    """Return the command that loads a study into a new home, archive and commit included."""
    return [sys.executable, "-m", "benchmarks.sides", "cytomart", str(folder), str(home)]


def limit(folder: Path, home: Path) -> list[str]:
    """Return the command that only opens and reads the same files."""
    return [sys.executable, "-m", "benchmarks.sides", "limit", str(folder), str(home)]


def limma(folder: Path) -> list[str] | None:
    """Return the command that reads the files with limma; None where R is not installed."""
    rscript = shutil.which("Rscript")
    return None if rscript is None else [rscript, str(PEER), str(folder / "arrays")]


def _load(folder: Path, root: Path) -> dict[str, object]:
    import duckdb

    from ingest.load import load_study
    from store.build import open_build
    from store.home import Home

    home = Home(root)
    con = open_build(home)
    report = load_study(home, con, folder)
    if report.exit_code:
        raise SystemExit(f"the load did not go through: {report.files}")
    con.close()
    return {"versions": f"duckdb {duckdb.__version__}",
            "build_bytes": home.build_path.stat().st_size}  # fmt: skip


def stored(root: Path) -> dict[str, object]:
    """Return what a home holds, read after its process has ended: nobody's time."""
    import duckdb

    from store.home import Home

    with duckdb.connect(str(Home(root).build_path), read_only=True) as con:
        found = con.execute(
            "select sum(foreground_median_afu), sum(background_median_afu), count(*) from raw.spots"
        ).fetchone()
    foreground, background, spots = found or (0, 0, 0)
    return {"foreground": foreground, "background": background, "spots": spots}


def _read(folder: Path) -> dict[str, object]:
    n_bytes = 0
    with os.scandir(folder / "arrays") as found:
        for entry in found:
            with open(entry.path, "rb") as stream:  # noqa: PTH123
                n_bytes += len(stream.read())
    return {"bytes": n_bytes}


if __name__ == "__main__":
    side, where, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps(_load(where, target) if side == "cytomart" else _read(where)))  # noqa: T201
