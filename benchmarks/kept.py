"""Where measured figures are kept: JSON beside the code, and a table between two marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contracts.paths import REPO_ROOT

RESULTS = Path(__file__).with_name("results")
PERFORMANCE = REPO_ROOT / "docs" / "performance.md"


def keep(name: str, found: dict[str, Any], table: str) -> None:
    """Write the results of one benchmark and its table in docs/performance.md."""
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    put_table(PERFORMANCE, name, table)


def put_table(document: Path, name: str, table: str) -> None:
    """Replace what stands between `<!-- table:name -->` and `<!-- end:name -->`.

    Raises
    ------
    SystemExit
        The document lacks a mark: nothing is written.
    """
    begin, end = f"<!-- table:{name} -->", f"<!-- end:{name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise SystemExit(f"{document.name} lacks the marks {begin} and {end}")
    document.write_text("\n".join([before + begin, table, end + after]), encoding="utf-8")
