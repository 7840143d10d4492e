"""Run the warehouse's models in a process of their own; its log goes to the vault.

A subprocess, because dbt keeps the DuckDB file open after it returns (docs/decisions/0002).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts import Problem, failure
from contracts.paths import REPO_ROOT
from store.home import Home


@dataclass(frozen=True)
class BuildOutcome:
    """Counts of one build: models made, data tests passed, and what failed, in words."""

    n_models: int
    n_tests: int
    failures: tuple[Problem, ...]


def build(home: Home, on_progress: Callable[[int, int], None] | None = None) -> BuildOutcome:
    """Build every model and run every data test on the build file.

    The code's own unit tests are left to `make test` and a plain `dbt build`.

    Raises
    ------
    CytomartError
        The build could not start, or it made no model at all.
    """
    out = home.logs_dir / "build.log"
    results = home.vault / "target" / "run_results.json"
    results.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "cytomart.dbt_process",
         "build", "--exclude-resource-type", "unit_test"],
        cwd=REPO_ROOT,
        env=_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )  # fmt: skip
    assert process.stdout is not None
    with out.open("w", encoding="utf-8") as log:
        out.chmod(0o600)
        for line in process.stdout:
            log.write(line)
            if on_progress is not None and (step := _step(line)) is not None:
                on_progress(*step)
    process.wait()
    return _outcome(results, out)


def _environment(home: Home) -> dict[str, str]:
    return {
        # The matrices of a batch are small: threads of linear algebra wait for one another, ten
        # times longer than the work takes where other programs keep the processors busy.
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "CYTOMART_HOME": str(home.root),
        "CYTOMART_LOCK_PID": str(os.getpid()),
        "DBT_PROJECT_DIR": str(REPO_ROOT),
        "DBT_PROFILES_DIR": str(REPO_ROOT),
        "DBT_TARGET_PATH": str(home.vault / "target"),
        "DBT_LOG_PATH": str(home.logs_dir),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _step(line: str) -> tuple[int, int] | None:
    try:
        data: dict[str, Any] = json.loads(line).get("data", {})
    except (json.JSONDecodeError, AttributeError):
        return None
    if isinstance(data, dict) and "index" in data and "total" in data and "status" in data:
        return int(data["index"]), int(data["total"])
    return None


def _outcome(results: Path, log: Path) -> BuildOutcome:
    if not results.exists():
        raise failure(
            "the tables could not be built: the build stopped before its first table",
            where=str(log),
            remedy="read the end of that file; nothing was published",
            exit_code=4,
        )
    rows = json.loads(results.read_text(encoding="utf-8"))["results"]
    models = [r for r in rows if r["unique_id"].startswith("model.")]
    if not models:
        raise failure(
            "the build made no table at all", where=str(log), remedy="read that file", exit_code=4
        )
    bad = [r for r in rows if r["status"] not in ("success", "pass", "warn", "skipped")]
    problems = dict.fromkeys(_problem(r, log) for r in bad)
    return BuildOutcome(
        n_models=sum(r["status"] == "success" for r in models),
        n_tests=sum(r["unique_id"].startswith("test.") and r["status"] == "pass" for r in rows),
        failures=tuple(problems),
    )


#: How an error meant for the user stands at the end of a Python model's traceback.
_OWN_ERROR = "contracts.errors.CytomartError: "


def _problem(row: dict[str, Any], log: Path) -> Problem:
    kind, _, name = row["unique_id"].split(".", 2)
    message = " ".join(str(row.get("message") or "").split())
    if _OWN_ERROR in message:
        return Problem(message.rpartition(_OWN_ERROR)[2])
    return Problem(
        f"{'table' if kind == 'model' else 'check'} {name.split('.')[0]} failed: {message}",
        where=str(log),
        remedy="nothing was published; mend the cause and run again",
    )
