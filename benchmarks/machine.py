"""The machine that figures were measured on, in words."""

from __future__ import annotations

import os
import platform
from typing import Any


def machine() -> dict[str, Any]:
    """Return cores, memory, system and versions."""
    import duckdb
    import pyarrow as pa

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "memory_gb": round(memory / 2**30),
            "system": platform.system(), "python": platform.python_version(),
            "duckdb": duckdb.__version__, "pyarrow": pa.__version__}  # fmt: skip


def machine_line(found: dict[str, Any]) -> str:
    """Return one line under a table: machine, versions, pairs."""
    m = found["machine"]
    versions = next((r["versions"] for r in found["results"] if "versions" in r), "R not installed")
    return (
        f"{m['cores']} cores, {m['memory_gb']} GB, {m['system']}; Python {m['python']}, "
        f"DuckDB {m['duckdb']}, pyarrow {m['pyarrow']}; {versions}; "
        f"{found['results'][0]['n_pairs']} pairs."
    )
