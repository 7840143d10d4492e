"""A drop folder from its first file to a published warehouse, as a timer would drive it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from store.home import Home
from store.lock import writer_lock

pytestmark = pytest.mark.xdist_group("demo")

TABLES = ("patients.csv", "samples.csv", "assessments.csv")


def run(cytomart, home: Path, study: Path, drop: Path, *more: str):
    return cytomart(home, "run", str(study), "--inbox", str(drop), "--settle", "0", *more)


@pytest.mark.slow
def test_a_timer_brings_a_study_from_a_drop_folder_into_the_warehouse(demo, tmp_path, cytomart):
    home, study, drop = tmp_path / "home", tmp_path / "study", tmp_path / "drop"
    shutil.copytree(demo.home / "demo-study", study)
    drop.mkdir()
    for name in TABLES:
        (study / name).rename(drop / name)
    scans = tmp_path / "scans"
    (study / "arrays").rename(scans)

    # The sheets alone: everything waits for the scans, and that is no fault.
    done = run(cytomart, home, study, drop)
    assert done.code == 0, done.out + done.err
    assert "Moved to done/: assessments.csv, patients.csv, samples.csv" in done.out
    assert "batch SYN-01 is not complete" in done.out
    assert "Batches: 0 released, 3 incomplete" in done.out
    assert "accept SYN-01" not in done.out
    assert "slide SYN-S01: named by the sample sheet" in done.out
    last = done.out.strip().splitlines()[-1]
    assert "3 loaded, 0 loaded before, 0 refused, 9 waiting (oldest" in last
    assert "0 released, 0 accepted, 0 held, 3 incomplete; nothing published; exit 0" in last
    check = cytomart(home, "status", "--check", "--inbox", str(drop))
    assert check.code == 0, check.out + check.err
    assert check.out.startswith("CYTOMART OK: batches: 0 held, 3 incomplete;")
    assert len(check.out.strip().splitlines()) == 1
    late = cytomart(home, "status", "--check", "--max-age", "0")
    assert late.code == 1
    assert late.out.startswith("CYTOMART WARNING")

    # The scans, one of them cut off: it is refused with a text, its batch is not complete.
    for scan in scans.iterdir():
        shutil.copyfile(scan, drop / scan.name)
    cut = drop / "SYN-S09.gpr"
    cut.write_bytes(cut.read_bytes()[:-4000])
    (drop / "protocol.pdf").write_bytes(b"%PDF")
    done = run(cytomart, home, study, drop)
    assert done.code == 1, done.out + done.err
    (text,) = drop.glob("refused/*/SYN-S09.gpr.txt")
    assert "spots" in text.read_text("utf-8")
    assert "not recognised, left in place: protocol.pdf" in done.out
    last = done.out.strip().splitlines()[-1]
    assert "8 loaded, 0 loaded before, 1 refused, 1 waiting" in last
    assert last.endswith("generation 1; exit 1")
    check = cytomart(home, "--json", "status", "--check")
    assert check.code == 1
    assert json.loads(check.out)["n_refused"] == 1

    # The whole scan: all is released, and every file is in its place.
    shutil.copyfile(scans / "SYN-S09.gpr", drop / "SYN-S09.gpr")
    done = run(cytomart, home, study, drop, "--wait", "5")
    assert done.code == 0, done.out + done.err
    assert done.out.strip().splitlines()[-1].endswith("0 incomplete; generation 2; exit 0")
    left = [p.name for p in drop.rglob("*") if p.is_file()
            and p.relative_to(drop).parts[0] not in ("done", "refused")]  # fmt: skip
    assert left == ["protocol.pdf"]
    assert len([p for p in (drop / "done").rglob("*") if p.is_file()]) == 12
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        n_rows = con.execute("select count(*) from marts.fct_measurements").fetchone()[0]
    assert n_rows == 5600
    log = (home / "vault" / "logs" / "inbox.log").read_text("utf-8").splitlines()
    assert [line.rpartition("exit ")[2] for line in log] == ["0", "1", "0"]
    check = cytomart(home, "status", "--check")
    assert check.code == 0, check.out
    assert "CYTOMART OK" in check.out
    assert cytomart(home, "verify").code == 0


def test_another_writer_and_a_missing_folder_are_said(demo, tmp_path, cytomart):
    home, drop = tmp_path / "home", tmp_path / "drop"
    study = demo.home / "demo-study"
    done = run(cytomart, home, study, drop)
    assert done.code == 2
    assert "there is no such drop folder" in done.err
    drop.mkdir()
    with writer_lock(Home(home)):
        done = run(cytomart, home, study, drop)
    assert done.code == 3
    assert "another writer is at work" in done.err
    # Without a study folder the drop folder must hold the configuration itself.
    done = cytomart(home, "run", "--inbox", str(drop), "--settle", "0")
    assert done.code == 2
    assert "the folder has no study.toml" in done.err


def test_a_warehouse_that_cannot_be_read_is_critical(tmp_path, cytomart):
    home = Home(tmp_path / "home").ensure()
    home.pointer_path.write_text("{", encoding="utf-8")
    done = cytomart(home.root, "status", "--check")
    assert done.code == 2
    assert done.out.startswith("CYTOMART CRITICAL")
    assert "Traceback" not in done.out + done.err
