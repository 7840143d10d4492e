"""Fixtures that several rooms need: the real files beside the checkout, and one demo home."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, settings

from contracts.paths import REPO_ROOT
from ingest.spots.scan_writing import add_spots

# A loaded machine or an unlucky draw is no failure; in CI the same examples are drawn each time.
settings.register_profile(
    "cytomart",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("cytomart")

os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the checkout; skips, saying so, where it is absent."""
    folder = REPO_ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent")
    return folder


def _put_spots(con: duckdb.DuckDBPyConnection, spots: pa.Table) -> None:
    names = ["study_id", "file_sha256", "slide_id", "batch_id"]
    for place in spots.select(names).group_by(names).aggregate([]).to_pylist():
        own = spots.filter(pc.equal(spots["file_sha256"], place["file_sha256"]))
        own = own.filter(pc.equal(own["study_id"], place["study_id"]))
        for channel in pc.unique(own["channel_nm"]).to_pylist():
            add_spots(con, place, own.filter(pc.equal(own["channel_nm"], channel)), [channel])


@pytest.fixture(scope="session")
def put_spots():
    """Write rows in the form of raw.spots as the scans that they are: `put_spots(con, table)`."""
    return _put_spots


_SPOTS_AS_TABLE = """
create table file_prints as select distinct study_id, file_sha256, print_id from raw.scans;
create table spots_now as from raw.spots;
drop view raw.spots;
drop table raw.scans;
create table raw.spots as from spots_now;
drop table spots_now;
create view raw.scans as
select study_id, file_sha256, channel_nm, batch_id, slide_id, count(*) as n_spots
from raw.spots group by all
"""


@pytest.fixture(scope="session")
def spots_as_table():
    """Make raw.spots a table, and raw.scans what follows from it: a test may spoil single spots.

    `file_prints` then says which print each file had.
    """
    return lambda con: con.execute(_SPOTS_AS_TABLE)


@dataclass(frozen=True)
class Finished:
    """A finished `cytomart` process."""

    code: int
    out: str
    err: str


def run_cytomart(
    home: Path, *args: str, timeout: float = 600, prefix: tuple[str, ...] = ()
) -> Finished:
    """Run the command line as a user would, in a process of its own."""
    done = subprocess.run(
        [
            *prefix,
            sys.executable,
            "-c",
            "from cytomart.main import main; main()",
            "--home",
            str(home),
            *args,
        ],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def cytomart():
    """`cytomart(home, *args) -> Finished`."""
    return run_cytomart


@dataclass(frozen=True)
class Demo:
    """The home of the demo, what its first run said, and whether it ran without any network."""

    home: Path
    first_run: Finished
    is_offline: bool


def _offline() -> list[str]:
    """A prefix that runs a command in a network namespace without interfaces, where it works."""
    prefix = ["unshare", "--map-root-user", "--net"]
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    except OSError:
        return []
    return prefix if done.returncode == 0 else []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One finished demo for all tests that only read it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    prefix = _offline()
    first = run_cytomart(home, "demo", prefix=tuple(prefix))
    assert first.code == 0, first.out + first.err
    return Demo(home, first, bool(prefix))
