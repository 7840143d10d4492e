"""A load that dies leaves the home as it was, or loaded; a retry completes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from store import archive
from store.build import open_build
from store.fault_points import ARCHIVE_POINTS, KILL_VARIABLE, LOAD_POINTS
from store.recover import recover
from store.verify import verify

#: Where a load whose scans share a pack may die, beyond the points of every load.
PACKED_POINTS = (*ARCHIVE_POINTS, "load_archived", "load_committed")

SCRIPT = """
import sys
from pathlib import Path
from store import archive
from store.home import Home
from store.build import open_build
from ingest.load import load_study
home = Home(Path(sys.argv[1]))
archive.PACK_FROM = int(sys.argv[3])
con = open_build(home)
report = load_study(home, con, Path(sys.argv[2]))
print("acknowledged")
"""


@pytest.mark.parametrize(
    ("point", "pack_from"),
    [*((p, archive.PACK_FROM) for p in LOAD_POINTS), *((p, 1) for p in PACKED_POINTS)],
)
def test_a_kill_at_any_point_is_all_or_nothing_and_a_retry_completes_it(
    site, balanced, point, pack_from
):
    site.con.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(site.home.root), str(site.folder), str(pack_from)],
        env={**os.environ, KILL_VARIABLE: point}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert "acknowledged" not in done.stdout
    con = open_build(site.home)
    is_committed = point in ("load_committed", "load_ledger_written")
    found = con.execute("select count(*) from raw.spots").fetchone()[0]
    assert found == (2816 if is_committed else 0)
    con.close()
    again = type(site)(site.home, open_build(site.home), site.folder)
    report = again.load()
    assert report.exit_code == 0
    assert report.is_unchanged == is_committed
    assert again.count("raw.spots") == 2816
    loads = again.events()
    assert [e.details["load_id"] for e in loads] == [
        row[0] for row in again.rows("select distinct load_id from raw.files")
    ]
    assert bool(loads[0].details.get("is_acknowledged_later")) == (point == "load_committed")
    balanced(report)
    recover(site.home)
    assert not [f for f in verify(site.home) if f.subject == "archive"]
    assert {r[0] for r in again.rows("select file_sha256 from raw.files")} <= archive.names(
        site.home
    )
    again.con.close()


def test_a_check_says_what_a_load_would_do_and_changes_nothing(site):
    from ingest.load import check_study

    site.edit("assessments", lambda rows: rows[2].update(score="14"))
    report = check_study(site.home, site.con, site.folder)
    assert report.is_check_only
    assert report.new_batches == ("SYN-01",)
    assert report.rows_added["raw.spots"] == 2816
    assert len(report.quarantined) == 1
    assert site.count("raw.studies") == 0
    assert site.count("quality.quarantine") == 0
    assert archive.names(site.home) == set()
    assert [p for p in site.home.archive_dir.rglob("*") if p.is_file()] == []
    assert site.events() == []
