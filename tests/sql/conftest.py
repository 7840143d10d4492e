"""A small study written straight into the raw relations, and dbt run on it once per session."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contracts import QUALITY, RAW, from_rows
from contracts.paths import REPO_ROOT
from contracts.scans import SPOTS
from store.build import append, open_build
from store.home import Home
from store.lock import writer_lock
from tests.sql.study_rows import (
    NOW,
    block_spots,
    block_study,
    file_row,
    plate_study,
    slide_study,
    study_rows,
)

RELATIONS = {r.full_name: r for r in (*RAW, *QUALITY)}
#: dbt as a person starts it, and as cytomart does: the latter does not parse the project anew.
PLAIN = (str(Path(sys.executable).parent / "dbt"), "--no-use-colors")
KEPT = (sys.executable, "-m", "cytomart.dbt_process")


@dataclass(frozen=True)
class Built:
    """A home after `dbt build`: a read-only connection, dbt's words, its manifest."""

    con: duckdb.DuckDBPyConnection
    log: str
    returncode: int
    manifest: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def dbt_build(
    home: Home, work: Path, *args: str, command: tuple[str, ...] = KEPT
) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "CYTOMART_HOME": str(home.root),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
    }
    return subprocess.run(
        [*command, "build", *args],
        cwd=REPO_ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def open_built(home: Home, work: Path, result: subprocess.CompletedProcess[str]) -> Built:
    """Open a copy, so that the next build of the same home is not locked out."""
    manifest = json.loads((work / "target" / "manifest.json").read_text(encoding="utf-8"))
    copy = Path(tempfile.mkdtemp(dir=work)) / "build.duckdb"
    shutil.copy(home.build_path, copy)
    con = duckdb.connect(str(copy), read_only=True)
    return Built(con, result.stdout + result.stderr, result.returncode, manifest)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of one home and of dbt's own files, which the second build reuses."""
    return tmp_path_factory.mktemp("sql")


@pytest.fixture(scope="session")
def empty_home(workshop: Path) -> Iterator[Built]:
    """A home that nobody loaded anything into, after a bare `dbt build`."""
    home = Home(workshop / "home")
    built = open_built(home, workshop, dbt_build(home, workshop, command=PLAIN))
    yield built
    built.con.close()


@pytest.fixture(scope="session")
def blank_study() -> Any:
    """Return the rows of a study without files: `blank_study(id, platform=, unit=, reference=)`."""
    return study_rows


@pytest.fixture(scope="session", name="file_row")
def file_row_fixture() -> Any:
    """Return the row of a scanner file in force: `file_row(study_id, slide_id, sha=)`."""
    return lambda study_id, slide_id, sha: file_row(study_id, slide_id, sha=sha, loaded_at=NOW)


@pytest.fixture(scope="session", name="block_spots")
def block_spots_fixture() -> Any:
    """Return the spots of a Block: `block_spots(rng, slide, block, batch_id, n_blanks)`."""
    return block_spots


@pytest.fixture(scope="session")
def dbt_at_hand(workshop: Path) -> Iterator[Any]:
    """Build a home whose writer lock this process holds: `dbt_at_hand(home, *args)`."""
    env = os.environ | {
        "CYTOMART_LOCK_PID": str(os.getpid()),
        "DBT_TARGET_PATH": str(workshop / "at-hand" / "target"),
        "DBT_LOG_PATH": str(workshop / "at-hand" / "logs"),
    }
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dbt_at_hand.py"))],
        cwd=REPO_ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None

        def build(home: Home, *args: str) -> None:
            print(
                json.dumps({"home": str(home.root), "args": args}), file=process.stdin, flush=True
            )
            answer = json.loads(process.stdout.readline())
            assert answer["ok"], answer["log"]

        yield build
        process.stdin.close()


@pytest.fixture(scope="session", name="write_rows")
def write_rows_fixture(put_spots: Any) -> Any:
    """Write rows into the raw relations, by relation: `write_rows(con, rows)`."""
    return lambda con, rows: write_rows(con, rows, put_spots)


@pytest.fixture(scope="session")
def build_rows(workshop: Path, put_spots: Any) -> Any:
    """Write rows into a new home, release every batch and build: `build_rows(name, rows, *args)`."""

    def build(name: str, rows: dict[str, list[dict[str, Any]]], *args: str) -> Built:
        home, work = Home(workshop / name), workshop / f"{name}-dbt"
        with writer_lock(home):
            con = open_build(home)
            write_rows(con, rows, put_spots)
            release(con, held=("", ""), accepted=("", ""))
            con.close()
        done = dbt_build(home, work, *args, "--exclude-resource-type", "unit_test")
        built = open_built(home, work, done)
        return Built(built.con, built.log, built.returncode, built.manifest, rows)

    return build


def write_rows(con: duckdb.DuckDBPyConnection, rows: dict[str, Any], put_spots: Any) -> None:
    for name, content in rows.items():
        if name == SPOTS.full_name:
            put_spots(con, from_rows(content, SPOTS))
        else:
            append(con, RELATIONS[name], from_rows(content, RELATIONS[name]))


@pytest.fixture(scope="session")
def small_studies(workshop: Path, empty_home: Built, put_spots: Any) -> Iterator[Built]:
    """Three small studies with every edge of the signal path, loaded and built on top."""
    assert empty_home.returncode == 0, empty_home.log
    home = Home(workshop / "home")
    rows = block_study()
    for extra in (slide_study(), plate_study()):
        for name, more in extra.items():
            rows.setdefault(name, []).extend(more)
    with writer_lock(home):
        con = open_build(home)
        write_rows(con, rows, put_spots)
        release(con, held=("block", "HELD"), accepted=("block", "B2"))
        con.close()
    result = dbt_build(home, workshop, "--exclude-resource-type", "unit_test", "seed")
    built = open_built(home, workshop, result)
    yield Built(built.con, built.log, built.returncode, built.manifest, rows)
    built.con.close()


def release(
    con: duckdb.DuckDBPyConnection, *, held: tuple[str, str], accepted: tuple[str, str]
) -> None:
    """Write gate rows: one batch stays without any, one failed and was accepted."""
    contents = con.execute(
        "select study_id, batch_id, content_hash from quality.batch_contents order by all"
    ).fetchall()
    runs, results, acceptances = [], [], []
    for number, (study_id, batch_id, content_hash) in enumerate(contents):
        if (study_id, batch_id) == held:
            continue
        failed = (study_id, batch_id) == accepted
        key = {"study_id": study_id, "gate_run_id": f"run{number}", "gate": "batch",
               "scope_id": batch_id}  # fmt: skip
        runs.append(key | {
            "content_hash": content_hash, "n_rules": 1, "n_rules_evaluated": 1,
            "n_rules_failed": int(failed), "verdict": "held" if failed else "released",
            "ran_at": NOW + timedelta(minutes=number),
        })  # fmt: skip
        results.append(key | {
            "rule_id": "spots", "rule_label": "Every spot is there", "severity": "critical",
            "outcome": "fail" if failed else "pass", "threshold_source": "test",
            "n_checked": 1, "n_failed": int(failed), "message": "one rule",
        })  # fmt: skip
        if failed:
            acceptances.append({
                "study_id": study_id, "batch_id": batch_id, "rule_id": "spots",
                "content_hash": content_hash, "reason": "seen", "accepted_by": "tester",
                "accepted_at": NOW + timedelta(hours=1),
            })  # fmt: skip
    for name, content in (("gate_runs", runs), ("gate_results", results),
                          ("acceptances", acceptances)):  # fmt: skip
        relation = RELATIONS[f"quality.{name}"]
        append(con, relation, from_rows(content, relation))
