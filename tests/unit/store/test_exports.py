from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from pathlib import Path

import duckdb
import openpyxl
import pytest

from store.build import open_build
from store.exports import safe_text
from store.home import Home
from store.publish import publish
from store.read import open_published


@pytest.fixture(scope="module")
def built(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("exports") / "home"
    shutil.copytree(template, root)
    return Home(root)


@pytest.fixture(scope="module")
def folder(built: Home) -> Path:
    con = open_build(built)
    con.execute(
        "create table reporting.rpt_odd as select * from (values "
        "(1, '=cmd|calc', -1.5, true, 'nan'::double), "
        "(2, '@x', 2.25, false, 1e300), "
        "(3, chr(9) || 'tab', null, null, null), "
        "(4, 'plain, \"quoted\" µ', 0.1, true, 0), "
        "(5, 'bell' || chr(7), 1, true, 0), "
        "(6, '', 1, true, 0)) t(n, words, number, is_so, odd)"
    )
    con.close()
    publish(built, study_ids=["s"])
    return built.published_dir / "1"


def test_every_mart_and_reporting_table_is_there_as_parquet(folder: Path, built: Home) -> None:
    con = open_published(built)
    found = {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.parquet")}
    tables = con.execute(
        "select schema_name || '/' || table_name from duckdb_tables() "
        "where schema_name in ('marts', 'stats', 'reporting')"
    ).fetchall()
    assert found == {t[0] for t in tables}
    for name in found:
        rows = duckdb.sql(f"from '{folder / name}.parquet'").fetchall()
        assert repr(rows) == repr(con.execute(f"from {name.replace('/', '.')}").fetchall())
    con.close()


def test_spreadsheets_hold_text_as_text_and_numbers_as_numbers(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "reporting" / "rpt_odd.xlsx").active
    assert sheet is not None
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    assert rows == [
        ["n", "words", "number", "is_so", "odd"],
        [1, "'=cmd|calc", -1.5, True, "nan"],
        [2, "'@x", 2.25, False, 1e300],
        [3, "'\ttab", None, None, None],
        [4, 'plain, "quoted" µ', 0.1, True, 0],
        [5, "bell\ufffd", 1, True, 0],
        [6, None, 1, True, 0],
    ]
    kinds = {c.data_type for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds


def test_csv_reads_back(folder: Path) -> None:
    with (folder / "reporting" / "rpt_odd.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    assert rows[1] == ["1", "'=cmd|calc", "-1.5", "true", "nan"]
    assert rows[3] == ["3", "'\ttab", "", "", ""]
    assert rows[4] == ["4", 'plain, "quoted" µ', "0.1", "true", "0.0"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠a"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["IL-6", "", "a=b", "'=1", "µ", "<script>"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert safe_text(text) == text


def test_the_dictionary_names_every_published_column_with_its_meaning(
    folder: Path, built: Home
) -> None:
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as source:
        named = {
            (r["schema_name"], r["relation_name"], r["column_name"]): r["column_meaning"]
            for r in csv.DictReader(source)
        }
    con = open_published(built)
    columns = con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal "
        "and table_name <> 'generation'"
    ).fetchall()
    con.close()
    assert set(columns) <= set(named)
    assert named["raw", "spots", "x_um"] == "Horizontal position of the spot's centre. Unit: µm."


def test_checksums_are_those_of_sha256sum(folder: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    n_files = sum(p.is_file() for p in folder.rglob("*"))
    assert done.stdout.count(": OK") == n_files - 1


def test_nothing_is_written_outside_the_home(
    published: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there-is-no-such-place"))
    assert publish(published, study_ids=["s"]).number == 2
    assert tempfile.tempdir == str(tmp_path / "there-is-no-such-place")
    names = {p.name for p in (published.published_dir / "2").iterdir()}
    assert names == {"SHA256SUMS", "dictionary.csv", "generation.json", "marts", "reporting"}
