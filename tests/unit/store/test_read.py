from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from contracts import CytomartError
from store.home import Home
from store.read import Sandbox, open_published, sandboxed

#: What a hostile query may try; `{home}` is the home and `{file}` a file outside of it.
ATTEMPTS = [
    "copy (select 1) to '{file}'",
    "copy marts.dim_patients to '{home}/warehouse.duckdb' (format csv, use_tmp_file false)",
    "copy (select 1) to '{home}/warehouse.duckdb.wal' (format csv, use_tmp_file false)",
    "explain analyze copy (select 1) to '{home}/warehouse.duckdb.wal' (format csv)",
    "explain /* */ analyze copy (select 1) to '{home}/warehouse.duckdb.wal' (format csv)",
    "prepare p as copy (select 1) to '{home}/warehouse.duckdb.wal'",
    "select 1; copy (select 1) to '{home}/warehouse.duckdb.wal'",
    "from read_csv('{file}')",
    "from '{file}'",
    "from read_text('/etc/hostname')",
    "from read_blob('{home}/vault/key')",
    "from glob('{home}/vault/*')",
    "from read_parquet('https://example.org/x.parquet')",
    "attach '{home}/vault/build.duckdb' as b",
    "attach '{home}/other.duckdb' as b",
    "install httpfs",
    "load httpfs",
    "set memory_limit = '100GB'",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "reset enable_external_access",
    "pragma memory_limit = '100GB'",
    "call enable_logging(storage = 'file', storage_config = {{'path': '{file}'}})",
    "export database '{file}'",
    "import database '{file}'",
    "create table t (i int)",
    "create temp table t (i int)",
    "delete from marts.dim_patients",
    "drop table marts.dim_patients",
    "select getenv('HOME')",
    "from local_frame",
    "",
    "-- nothing",
    "select",
]


@pytest.fixture(scope="module")
def place(published_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a published home and a file outside of it, for queries that change nothing."""
    place = tmp_path_factory.mktemp("sandbox")
    shutil.copytree(published_template, place / "home")
    (place / "outside.csv").write_text("a\n1\n")
    return place


def state(directory: Path) -> dict[Path, bytes | None]:
    return {
        p: p.read_bytes() if p.is_file() else None
        for p in directory.rglob("*")
        if "spill" not in p.parts
    }


def test_a_sandbox_answers_questions(published: Home) -> None:
    with sandboxed(published, memory_limit="300MB") as box:
        assert box.execute("select age_years from marts.dim_patients").fetchall() == [(90,)]
        assert box.execute("select ? + 1", [2]).fetchall() == [(3,)]
        for question in ("show all tables", "describe marts.dim_patients", "from raw.files",
                         "with a as (select 1) from a", "values (1)", "summarize raw.spots",
                         "explain select 1", "explain analyze from raw.files",
                         "explain (format json) select 1", "select 1;"):  # fmt: skip
            assert box.execute(question).fetchall() is not None


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_sandbox_allows_nothing_else(place: Path, attempt: str) -> None:
    home, before = Home(place / "home"), state(place)
    local_frame = duckdb.sql("select 1 as secret").to_arrow_table()
    assert local_frame.num_rows == 1
    sql = attempt.format(home=home.root, file=place / "outside.csv")
    with sandboxed(home) as box, pytest.raises((duckdb.Error, CytomartError)):
        box.execute(sql).fetchall()
    assert state(place) == before


@pytest.mark.parametrize(
    "attempt",
    [
        "copy (select 1) to '{file}'",
        "from read_csv('{file}')",
        "attach '{home}/other.duckdb' as b",
        "install httpfs",
        "load httpfs",
        "set memory_limit = '100GB'",
        "set lock_configuration = false",
        "create table t (i int)",
        "delete from marts.dim_patients",
    ],
)
def test_the_engine_itself_refuses_too(place: Path, attempt: str) -> None:
    home, before = Home(place / "home"), state(place)
    sql = attempt.format(home=home.root, file=place / "outside.csv")
    with sandboxed(home) as box, pytest.raises(duckdb.Error):
        box._con.execute(sql)
    assert state(place) == before


def test_large_queries_spill_privately_and_leave_nothing(published: Home) -> None:
    box = sandboxed(published, memory_limit="60MB")
    (spill,) = published.spill_dir.iterdir()
    assert spill.stat().st_mode & 0o777 == 0o700
    rows = box.execute(
        "select md5(range::varchar) as h from range(1_500_000) order by h limit 1_400_000"
    )
    rows.fetchone()
    assert list(spill.iterdir()), "nothing was spilled: the test proves nothing"
    box.close()
    box.close()
    assert list(published.spill_dir.iterdir()) == []


def test_a_forgotten_sandbox_cleans_up_after_itself(published: Home) -> None:
    box = sandboxed(published)
    assert isinstance(box, Sandbox)
    del box
    assert list(published.spill_dir.iterdir()) == []


def test_a_bad_memory_limit_is_refused_and_leaves_nothing(published: Home) -> None:
    with pytest.raises((CytomartError, duckdb.Error)):
        sandboxed(published, memory_limit="plenty")
    assert list(published.spill_dir.iterdir()) == []


def test_plain_reading_is_read_only_and_utc(published: Home) -> None:
    con = open_published(published)
    assert con.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)
    with pytest.raises(duckdb.Error):
        con.execute("delete from marts.dim_patients")
    con.close()


def test_a_damaged_file_is_said_to_be_damaged(published: Home) -> None:
    published.published_path.chmod(0o600)
    published.published_path.write_bytes(b"x" * 10_000)
    with pytest.raises(CytomartError, match="cytomart verify"):
        open_published(published)
