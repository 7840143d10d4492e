from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest

from contracts import STANDING, CytomartError, from_rows
from contracts.paths import REPO_ROOT
from contracts.raw import ASSESSMENTS, PATIENTS, SAMPLES
from contracts.scans import SPOTS
from store.build import append, open_build, prepare, replace, transaction
from store.home import Home
from store.lock import WriterBusy


def patients(*ids: str, sha: str = "f", study: str = "s") -> pa.Table:
    return from_rows(
        [
            {"study_id": study, "file_sha256": sha, "source_line": 2, "patient_id": i,
             "cohort": "patient", "centre_id": "c", "sex": "female"}
            for i in ids
        ],
        PATIENTS,
    )  # fmt: skip


def test_an_empty_home_has_every_standing_relation_with_its_comments(home: Home) -> None:
    con = open_build(home)
    for relation in STANDING:
        assert con.execute(f"from {relation.full_name}").fetchall() == []
        assert con.execute(f"from {relation.full_name}").to_arrow_table().column_names == (
            relation.column_names
        )
    uncommented = con.execute(
        "select table_name, column_name from duckdb_columns() where not internal "
        "and comment is null"
    ).fetchall()
    assert uncommented == []
    con.close()


def test_opening_again_writes_nothing(home: Home) -> None:
    open_build(home).close()
    before = (home.build_path.read_bytes(), home.build_path.stat().st_mtime_ns)
    open_build(home).close()
    assert (home.build_path.read_bytes(), home.build_path.stat().st_mtime_ns) == before


def test_a_lost_comment_comes_back(home: Home) -> None:
    con = open_build(home)
    con.execute("comment on column raw.spots.flag is 'wrong'")
    prepare(con)
    text = con.execute(
        "select comment from duckdb_columns() where table_name = 'spots' and column_name = 'flag'"
    ).fetchone()
    assert text is not None
    assert text[0].startswith("GenePix flag")
    con.close()


def test_settings_are_utc_and_offline_and_spill_into_the_vault(home: Home) -> None:
    con = open_build(home)
    settings = dict(con.execute("select name, value from duckdb_settings()").fetchall())
    assert settings["TimeZone"] == "UTC"
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["autoload_known_extensions"] == "false"
    assert settings["temp_directory"] == str(home.spill_dir)
    con.close()


def test_a_home_of_another_version_is_refused_naming_the_difference(home: Home) -> None:
    con = open_build(home)
    con.execute("alter table raw.plan rename column family to families")
    con.close()
    with pytest.raises(CytomartError, match=r"raw\.plan differs in \['families', 'family'\]"):
        open_build(home)


def test_a_home_whose_spots_are_still_a_table_is_of_another_version(home: Home) -> None:
    con = open_build(home)
    con.execute("drop view raw.spots; create table raw.spots (study_id varchar)")
    with pytest.raises(CytomartError, match=r"another version: raw\.spots is a table, not a view"):
        prepare(con)
    con.close()


def test_append_and_replace(home: Home) -> None:
    con = open_build(home)
    assert append(con, PATIENTS, patients("P1", "P2", "P3")) == 3
    assert (
        replace(con, PATIENTS, patients("P9"), {"study_id": "s", "patient_id": ["P1", "P2"]}) == 1
    )
    ids = con.execute("select patient_id from raw.patients order by 1").fetchall()
    assert ids == [("P3",), ("P9",)]
    con.close()


def test_replace_is_all_or_nothing(home: Home) -> None:
    con = open_build(home)
    append(con, PATIENTS, patients("P1"))
    bad = patients("P2").set_column(4, "patient_id", pa.array([None], pa.string()))
    with pytest.raises(CytomartError):
        replace(con, PATIENTS, bad, {"study_id": "s"})
    assert con.execute("select patient_id from raw.patients").fetchall() == [("P1",)]
    with pytest.raises(CytomartError, match="nothing"):
        replace(con, PATIENTS, patients(), {})
    con.close()


def test_replace_joins_the_transaction_that_is_open(home: Home) -> None:
    con = open_build(home)
    append(con, PATIENTS, patients("P1"))

    def replace_and_fail() -> None:
        with transaction(con):
            replace(con, PATIENTS, patients("P2"), {"study_id": "s"})
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        replace_and_fail()
    assert con.execute("select patient_id from raw.patients").fetchall() == [("P1",)]
    con.close()


def test_another_process_at_the_file_is_another_writer(home: Home) -> None:
    con = open_build(home)
    script = (
        "import sys\nfrom pathlib import Path\nfrom store.build import open_build\n"
        "from store.home import Home\nopen_build(Home(Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(home.root)], cwd=REPO_ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert WriterBusy.__name__ in done.stderr
    assert f"process {os.getpid()} of another command" in done.stderr
    con.close()


def content(con: object) -> dict[str, str]:
    rows = con.execute("select batch_id, content_hash from quality.batch_contents")  # type: ignore[attr-defined]
    return dict(rows.fetchall())


def test_a_batchs_content_changes_with_every_file_that_concerns_it_and_no_other(
    home: Home, put_spots: Any
) -> None:
    con = open_build(home)
    samples = [
        {"study_id": "s", "file_sha256": "samples", "source_line": n, "sample_id": f"{p}-a",
         "patient_id": p, "visit": "a", "group_code": "A", "slide_id": b, "block": 1,
         "batch_id": b, "lot": "L"}
        for n, (p, b) in enumerate([("P1", "B1"), ("P2", "B2")])
    ]  # fmt: skip
    append(con, SAMPLES, from_rows(samples, SAMPLES))
    append(con, PATIENTS, patients("P1", "P2"))
    start = content(con)
    assert start.keys() == {"B1", "B2"}

    spot = {"study_id": "s", "file_sha256": "scan", "source_line": 1, "batch_id": "B1",
            "slide_id": "B1", "block": 1, "spot_row": 1, "spot_column": 1, "target_name": "t",
            "target_id": "T", "channel_nm": 532, "flag": 0}  # fmt: skip
    put_spots(con, from_rows([spot], SPOTS))
    scanned = content(con)
    assert scanned["B1"] != start["B1"]
    assert scanned["B2"] == start["B2"]

    assessment = {"study_id": "s", "file_sha256": "vas", "source_line": 1, "patient_id": "P2",
                  "visit": "a", "instrument_id": "vas", "site_id": ""}  # fmt: skip
    append(con, ASSESSMENTS, from_rows([assessment], ASSESSMENTS))
    assessed = content(con)
    assert assessed["B2"] != scanned["B2"]
    assert assessed["B1"] == scanned["B1"]

    replace(con, PATIENTS, patients("P1", sha="corrected"), {"study_id": "s", "patient_id": "P1"})
    corrected = content(con)
    assert corrected["B1"] != assessed["B1"]
    assert corrected["B2"] == assessed["B2"]
    con.close()


def test_a_long_query_draws_no_bar_into_what_is_printed(home: Home) -> None:
    con = open_build(home)
    assert con.execute("select current_setting('enable_progress_bar')").fetchone() == (False,)
    con.close()
