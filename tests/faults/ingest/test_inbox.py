"""A drop folder: what is complete is loaded and moved, what is not waits, nothing is lost."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import CytomartError
from ingest.inbox import as_it_is_now, look_in, refuse_unusable
from ingest.inbox_moves import move_settled
from store.build import open_build
from store.fault_points import INBOX_POINTS, KILL_VARIABLE

DATA = ("patients.csv", "samples.csv", "assessments.csv")


@pytest.fixture
def drop(site, tmp_path) -> Path:
    """An empty drop folder; the study folder keeps its configuration, the data lie apart."""
    folder = tmp_path / "drop"
    folder.mkdir()
    apart = tmp_path / "apart"
    (apart / "arrays").mkdir(parents=True)
    for name in DATA:
        (site.folder / name).rename(apart / name)
    for scan in (site.folder / "arrays").iterdir():
        scan.rename(apart / "arrays" / scan.name)
    return folder


def deliver(site, drop, *names):
    for name in names:
        path = drop / name
        path.parent.mkdir(exist_ok=True)
        shutil.copyfile(drop.parent / "apart" / name, path)


def run(site, drop, **options):
    refuse_unusable(drop)
    inbox = look_in(drop, 0)
    report = site.load(inbox=inbox, **options)
    return report, move_settled(site.con, inbox, report)


def tree(folder):
    return sorted(
        "/".join(p.relative_to(folder).parts[:1] + p.relative_to(folder).parts[2:])
        for p in folder.rglob("*") if p.is_file()
    )  # fmt: skip


def statuses(report):
    return {
        f.file_name: f.status for f in report.files if f.role not in ("study", "plan", "layout")
    }


def test_files_in_any_order_load_when_they_are_complete_and_move_to_done(site, drop, balanced):
    # A scan whose rows are not there yet waits; so does a sheet whose people are not there yet.
    deliver(site, drop, "arrays/SYN-S01.gpr")
    report, moved = run(site, drop)
    assert statuses(report) == {"SYN-S01.gpr": "waiting"}
    assert moved == []
    deliver(site, drop, "samples.csv")
    report, moved = run(site, drop)
    assert statuses(report) == {"samples.csv": "waiting", "SYN-S01.gpr": "waiting"}
    assert tree(drop) == ["arrays", "samples.csv"]
    deliver(site, drop, "patients.csv", "assessments.csv")
    report, moved = run(site, drop)
    balanced(report)
    assert statuses(report) == dict.fromkeys([*DATA, "SYN-S01.gpr"], "loaded")
    assert len(moved) == 4
    assert tree(drop) == sorted([*(f"done/{n}" for n in DATA), "done/arrays/SYN-S01.gpr"])
    assert {p.name for p in (drop / "done").iterdir()} == {report.load_id}
    # The other slide is named by the sheet and waited for; a loose one counts as well.
    assert report.waiting_slides == ("SYN-S02",)
    shutil.copyfile(drop.parent / "apart" / "arrays" / "SYN-S02.gpr", drop / "SYN-S02.gpr")
    report, moved = run(site, drop)
    assert statuses(report) == {"SYN-S02.gpr": "loaded"}
    assert (drop / "done" / report.load_id / "SYN-S02.gpr").exists()
    assert site.count("raw.spots") == 2816
    assert site.load(inbox=look_in(drop, 0)).is_unchanged


def test_a_table_for_people_who_come_later_waits_and_is_not_refused(site, drop):
    deliver(site, drop, *DATA, "arrays/SYN-S01.gpr", "arrays/SYN-S02.gpr")
    full = (drop / "patients.csv").read_text("utf-8")
    (drop / "patients.csv").write_text(full.replace("P06,", "P96,"), "utf-8")
    report, _ = run(site, drop)
    found = statuses(report)
    assert found["patients.csv"] == "loaded"
    assert found["samples.csv"] == found["assessments.csv"] == "waiting"
    why = next(str(p) for f in report.files if f.role == "assessments" for p in f.problems)
    assert "waits for people whom the patient table does not name yet: lines" in why
    assert "P06" not in why
    (drop / "patients.csv").write_text(full, "utf-8")
    report, _ = run(site, drop)
    assert set(statuses(report).values()) == {"loaded"}


def test_a_refused_file_moves_with_a_text_that_says_all_of_it(site, drop):
    deliver(site, drop, *DATA, "arrays/SYN-S01.gpr", "arrays/SYN-S02.gpr")
    scan = drop / "arrays" / "SYN-S02.gpr"
    scan.write_bytes(b"".join(scan.read_bytes().splitlines(keepends=True)[:-10]))
    scan.chmod(0o640)
    report, _ = run(site, drop)
    assert statuses(report)["SYN-S02.gpr"] == "refused"
    (place,) = (drop / "refused").iterdir()
    assert place.name == report.load_id
    text = place / "arrays" / "SYN-S02.gpr.txt"
    assert (place / "arrays" / "SYN-S02.gpr").exists()
    said = text.read_text("utf-8")
    assert f"load {report.load_id}" in said
    for problem in next(f for f in report.files if f.status == "refused").problems:
        assert str(problem) in said
    assert "Do: mend the file and put it into the drop folder again" in said
    assert text.stat().st_mode & 0o777 == 0o640
    assert not (drop / "done" / report.load_id / "arrays" / "SYN-S02.gpr").exists()


def test_two_files_of_one_role_are_both_refused_and_both_kept(site, drop):
    deliver(site, drop, *DATA)
    shutil.copyfile(drop / "patients.csv", drop / "patients.tsv")
    report, moved = run(site, drop)
    refused = sorted(m.name for m in moved if m.status == "refused")
    assert refused == ["patients.csv", "patients.tsv"]
    assert statuses(report)["samples.csv"] == "waiting"


def test_a_table_of_the_study_folder_is_read_but_never_an_earlier_version(site, drop):
    # The sheet is kept in the study folder, the scanner drops its files.
    for name in DATA:
        shutil.copyfile(drop.parent / "apart" / name, site.folder / name)
    deliver(site, drop, "arrays/SYN-S01.gpr")
    report, moved = run(site, drop)
    assert statuses(report) == dict.fromkeys([*DATA, "SYN-S01.gpr"], "loaded")
    assert [m.name for m in moved] == ["arrays/SYN-S01.gpr"]
    # A newer version comes through the drop folder; the older one at home does not undo it.
    deliver(site, drop, "assessments.csv")
    text = (drop / "assessments.csv").read_text("utf-8").splitlines()
    (drop / "assessments.csv").write_text("\n".join(text[:-1]) + "\n", "utf-8")
    report, _ = run(site, drop)
    assert statuses(report) == {"assessments.csv": "loaded"}
    report, _ = run(site, drop)
    assert statuses(report) == {}
    assert report.missing_keys == ()


def test_what_grows_or_has_an_unfinished_name_is_not_touched(site, drop):
    deliver(site, drop, *DATA)
    os.utime(drop / "samples.csv")
    (drop / "arrays").mkdir()
    shutil.copyfile(drop.parent / "apart" / "arrays" / "SYN-S01.gpr",
                    drop / "arrays" / "SYN-S01.gpr.part")  # fmt: skip
    (drop / "~$samples.xlsx").write_bytes(b"lock")

    def meanwhile(_):
        with (drop / "samples.csv").open("ab") as handle:
            handle.write(b"\n")
        (drop / "notes.csv").write_bytes(b"a\n1\n")

    inbox = look_in(drop, 60, pause=meanwhile)
    assert {d.path.name for d in inbox.growing} == {
        "samples.csv", "notes.csv", "SYN-S01.gpr.part",
    }  # fmt: skip
    assert {d.path.name for d in inbox.ready} == {"patients.csv", "assessments.csv"}
    # Old files are not watched at all.
    for path in drop.rglob("*"):
        os.utime(path, (1, 1))
    assert look_in(drop, 0, pause=lambda _: pytest.fail("waited")).ready


def test_a_file_that_another_took_the_place_of_is_not_moved(site, drop):
    deliver(site, drop, *DATA)
    inbox = look_in(drop, 0)
    report = site.load(inbox=inbox)
    (drop / "patients.csv").write_text("a newer delivery\n", "utf-8")
    moved = move_settled(site.con, inbox, report)
    assert "patients.csv" not in {m.name for m in moved}
    assert (drop / "patients.csv").read_text("utf-8") == "a newer delivery\n"
    assert [d.path.name for d in as_it_is_now(inbox).ready] == []


def test_the_same_file_again_goes_where_it_was_loaded_and_overwrites_nothing(site, drop):
    deliver(site, drop, *DATA)
    first, _ = run(site, drop)
    deliver(site, drop, "patients.csv")
    report, (moved,) = run(site, drop)
    assert report.is_unchanged
    assert moved.status == "unchanged"
    assert moved.place == drop / "done" / first.load_id / "patients (2).csv"
    assert (drop / "done" / first.load_id / "patients.csv").exists()


def test_another_file_system_is_no_hindrance(site, drop, monkeypatch):
    deliver(site, drop, *DATA)
    bytes_before = {n: (drop / n).read_bytes() for n in DATA}
    rename = Path.rename

    def across(self, target):
        if self.parent == drop:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across)
    report, moved = run(site, drop)
    assert len(moved) == 3
    assert {n: (drop / "done" / report.load_id / n).read_bytes() for n in DATA} == bytes_before
    assert tree(drop) == sorted(f"done/{n}" for n in DATA)


def test_links_are_refused_and_moved_as_they_are(site, drop):
    (drop / "patients.csv").symlink_to(drop.parent / "apart" / "patients.csv")
    report, _ = run(site, drop)
    assert statuses(report)["patients.csv"] == "refused"
    (place,) = (drop / "refused").iterdir()
    assert (place / "patients.csv").is_symlink()
    assert (drop.parent / "apart" / "patients.csv").exists()


def test_a_drop_folder_that_cannot_be_used_is_said_before_anything_is_loaded(tmp_path):
    with pytest.raises(CytomartError, match="no such drop folder"):
        refuse_unusable(tmp_path / "absent")
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "done").write_bytes(b"a file in the way")
    with pytest.raises(CytomartError, match="the drop folder cannot be used"):
        refuse_unusable(drop)


SCRIPT = """
import sys
from pathlib import Path
from store.home import Home
from store.build import open_build
from ingest.load import load_study
from ingest.inbox import look_in, refuse_unusable
from ingest.inbox_moves import move_settled
home, drop = Home(Path(sys.argv[1])), Path(sys.argv[3])
refuse_unusable(drop)
inbox = look_in(drop, 0)
con = open_build(home)
move_settled(con, inbox, load_study(home, con, Path(sys.argv[2]), inbox=inbox))
"""


@pytest.mark.parametrize("point", INBOX_POINTS)
def test_a_kill_while_files_move_loses_nothing_and_the_next_run_moves_the_rest(site, drop, point):
    deliver(site, drop, *DATA, "arrays/SYN-S01.gpr", "arrays/SYN-S02.gpr")
    scan = drop / "arrays" / "SYN-S01.gpr"
    scan.write_bytes(b"".join(scan.read_bytes().splitlines(keepends=True)[:-10]))
    names = sorted(p.name for p in drop.rglob("*") if p.is_file())
    site.con.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(site.home.root), str(site.folder), str(drop)],
        env={**os.environ, KILL_VARIABLE: point}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert sorted(p.name for p in drop.rglob("*") if p.is_file() and p.suffix != ".txt") == names
    again = type(site)(site.home, open_build(site.home), site.folder)
    run(again, drop)
    files = [p for p in drop.rglob("*") if p.is_file()]
    assert sorted(p.name for p in files if p.suffix != ".txt") == names
    assert {p.relative_to(drop).parts[0] for p in files} == {"done", "refused"}
    # Both runs put their files into the folder of the one load that settled them.
    assert len({p.relative_to(drop).parts[1] for p in files}) == 1
    assert [p.name for p in files if p.suffix == ".txt"] == ["SYN-S01.gpr.txt"]
    assert again.count("raw.spots") == 1408
    again.con.close()


def test_leftovers_of_a_killed_copy_are_removed(site, drop):
    deliver(site, drop, "patients.csv")
    report, _ = run(site, drop)
    leftover = drop / "done" / report.load_id / ".tmp-patients.csv-1-abc"
    leftover.write_bytes(b"half")
    deliver(site, drop, "patients.csv")
    run(site, drop)
    assert not leftover.exists()
