from __future__ import annotations

import stat
from pathlib import Path

import pytest

from contracts import IDENTITY, QUALITY, RAW, CytomartError
from store import ledger
from store.build import open_build
from store.exports import file_sha256
from store.home import Home
from store.publish import current, publish
from store.read import open_published
from store.verify import verify


def published_relations(home: Home) -> set[str]:
    con = open_published(home)
    rows = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    con.close()
    return {r[0] for r in rows}


def change(home: Home, sql: str) -> None:
    con = open_build(home)
    con.execute(sql)
    con.close()


def test_the_generation_says_what_was_published(built: Home) -> None:
    generation = publish(built, study_ids=["s"], note={"inputs": "abc"})
    assert (generation.number, generation.study_ids) == (1, ("s",))
    assert generation.sha256 == file_sha256(built.published_path)
    assert generation.relations["marts.dim_patients"] == 1
    assert current(built) == generation
    assert publish(built, study_ids=["s"]).number == 2
    event = ledger.entries(built)[-1]
    assert (event.event, event.details["number"]) == ("publish", 2)
    assert verify(built) == []


def test_before_the_first_there_is_none(home: Home) -> None:
    assert current(home) is None
    with pytest.raises(CytomartError, match="nothing is published yet"):
        open_published(home)


def test_an_empty_home_can_be_published(home: Home) -> None:
    assert publish(home, study_ids=[]).number == 1
    assert verify(home) == []


def test_the_file_is_read_only_and_nothing_is_left_beside_it(published: Home) -> None:
    assert stat.S_IMODE(published.published_path.stat().st_mode) == 0o444
    assert sorted(p.name for p in published.root.iterdir()) == [
        "published",
        "reports",
        "vault",
        "warehouse.duckdb",
    ]
    assert sorted(p.name for p in published.published_dir.iterdir()) == ["1", "current.json"]


def test_the_file_has_the_oldest_format_that_duckdb_writes(published: Home) -> None:
    # DuckDB's own number of the format stands in the header: 64 is that of 0.10 to 1.1, while
    # 1.5 would write 68 by default.
    header = published.published_path.read_bytes()[:20]
    assert (header[8:12], int.from_bytes(header[12:20], "little")) == (b"DUCK", 64)
    con = open_published(published)
    row = con.execute(
        "select tags['storage_version'] from duckdb_databases() where database_name = 'warehouse'"
    ).fetchone()
    con.close()
    assert row == ("v1.0.0+",)


def test_what_leaves_is_what_the_contracts_let_out(published: Home) -> None:
    out = published_relations(published)
    allowed = {r.full_name for r in (*RAW, *QUALITY) if r.published}
    assert allowed <= out
    assert out - allowed == {"marts.dim_patients", "reporting.rpt_patients",
                             "reporting.rpt_contents", "quality.generation"}  # fmt: skip
    assert not out & {r.full_name for r in IDENTITY}
    con = open_published(published)
    for relation in (*RAW, *QUALITY):
        if relation.published:
            names = con.execute(f"from {relation.full_name}").to_arrow_table().column_names
            assert names == [c.name for c in relation.columns if not c.identifying]
    con.close()


def test_no_byte_of_what_leaves_holds_an_identifier(published: Home) -> None:
    outside = [published.published_path, *published.published_dir.rglob("*")]
    for path in outside:
        if path.is_file():
            assert b"Mustermann" not in path.read_bytes(), path
    assert b"Mustermann" in published.build_path.read_bytes()


def test_views_become_tables_with_rows_and_comments(published: Home) -> None:
    con = open_published(published)
    assert con.execute("select count(*) from duckdb_views() where not internal").fetchone() == (0,)
    assert con.execute("select age_years, remark from reporting.rpt_patients").fetchall() == [
        (90, '=HYPERLINK("http://x")')
    ]
    assert con.execute("select batch_id from reporting.rpt_contents").fetchall() == [("B1",)]
    comments = dict(
        con.execute(
            "select table_name || '.' || column_name, comment from duckdb_columns() "
            "where schema_name in ('marts', 'reporting') and comment is not null"
        ).fetchall()
    )
    assert comments == {
        "dim_patients.age_years": "Age at enrolment, capped. Unit: years.",
        "rpt_patients.remark": "A remark.",
    }
    table = con.execute(
        "select comment from duckdb_tables() where table_name = 'dim_patients'"
    ).fetchone()
    con.close()
    assert table == ("Grain: patient.",)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("create table marts.m as select date '2020-01-02' as day", r"marts\.m\.day holds dates"),
        ("create table marts.m as select 91 as age_years", r"marts\.m\.age_years holds an age"),
        ("create view marts.m as select 'x' as collected_on", "identifying column"),
        (
            "insert into identity.pseudonyms values ('s', 'patient', 'Erika', 'P-1'); "
            "create table marts.m as select 'Erika' as label",
            r"marts\.m\.label holds the real id",
        ),
        (
            "insert into identity.pseudonyms values ('s', 'sample', 'Erika-1', 'S-1'); "
            "create table marts.m as select 'Erika-1' as sample_id",
            r"marts\.m\.sample_id holds the real id",
        ),
    ],
)
def test_an_identity_on_its_way_out_stops_the_publish(
    published: Home, sql: str, message: str
) -> None:
    before = current(published)
    assert before is not None
    change(published, sql)
    with pytest.raises(CytomartError, match=message) as caught:
        publish(published, study_ids=["s"])
    assert caught.value.exit_code == 4
    assert "Erika" not in str(caught.value)
    assert current(published) == before
    assert file_sha256(published.published_path) == before.sha256
    assert verify(published) == []
    assert not list(published.root.glob(".tmp-*"))


def test_codes_that_are_their_own_pseudonyms_may_leave(built: Home) -> None:
    change(built, "insert into identity.pseudonyms values ('s', 'patient', 'P1', 'P1')")
    assert publish(built, study_ids=["s"]).number == 1


def test_leftovers_of_a_build_tool_stay_behind(built: Home) -> None:
    change(built, "create table marts.dim_x__dbt_tmp as select 1 as a")
    assert "marts.dim_x__dbt_tmp" not in publish(built, study_ids=["s"]).relations


def test_a_connection_left_open_is_named(built: Home) -> None:
    con = open_build(built)
    with pytest.raises(CytomartError, match="still open in this process"):
        publish(built, study_ids=["s"])
    con.close()
    assert publish(built, study_ids=["s"]).number == 1


def test_a_log_left_beside_the_file_is_not_applied_to_its_successor(published: Home) -> None:
    log = Path(f"{published.published_path}.wal")
    log.write_bytes(b"rubbish")
    assert verify(published)[0].where == "warehouse.duckdb.wal"
    publish(published, study_ids=["s"])
    assert not log.exists()
    assert verify(published) == []


def test_the_models_views_may_name_the_build_files_catalog(built: Home) -> None:
    change(built, "create view marts.v as select * from build.marts.dim_patients")
    assert publish(built, study_ids=["s"]).relations["marts.v"] == 1


def test_a_load_that_was_acknowledged_and_lost_stops_the_publish(published: Home) -> None:
    lost = "c" * 64
    con = open_build(published)
    (kept,) = con.execute("select file_sha256 from raw.files").fetchall()
    con.close()
    for sha256, status in ((kept[0], "loaded"), ("d" * 64, "refused")):
        files = [{"role": "patients", "sha256": sha256, "status": status}]
        ledger.append(published, "load", "s", {"files": files})
    assert publish(published, study_ids=["s"]).number == 2
    assert verify(published) == []

    files = [{"role": "slide", "sha256": lost, "status": "loaded"}]
    ledger.append(published, "load", "s", {"files": files})
    with pytest.raises(CytomartError, match=f"slide file {lost}") as caught:
        publish(published, study_ids=["s"])
    assert caught.value.exit_code == 4
    ledger.append(published, "redacted", "s", {"files": {lost: "e" * 64}})
    assert publish(published, study_ids=["s"]).number == 3


def test_a_superseded_scan_is_not_lost_and_its_successor_must_stand(published: Home) -> None:
    con = open_build(published)
    ((present,),) = con.execute("select file_sha256 from raw.files").fetchall()
    con.close()
    old = {"role": "patients", "sha256": "c" * 64, "status": "loaded"}
    ledger.append(published, "load", "s", {"files": [old]})
    new = {"role": "patients", "sha256": present, "status": "loaded", "superseded_sha256": "c" * 64}
    ledger.append(published, "load", "s", {"files": [new]})
    assert publish(published, study_ids=["s"]).number == 2
    assert verify(published) == []
    ledger.append(published, "load", "s", {"files": [{**old, "superseded_sha256": present}]})
    with pytest.raises(CytomartError, match=r"patients file c{64}"):
        publish(published, study_ids=["s"])


def test_only_the_plan_in_force_must_stand(published: Home) -> None:
    plans = [{"role": "plan", "sha256": c * 64, "status": "loaded"} for c in "ef"]
    ledger.append(published, "load", "s", {"files": plans[:1]})
    ledger.append(published, "load", "s", {"files": plans[1:]})
    with pytest.raises(CytomartError) as caught:
        publish(published, study_ids=["s"])
    assert len(caught.value.problems) == 1
    assert "f" * 64 in str(caught.value)
    unchanged = {"role": "plan", "sha256": "0" * 64, "status": "unchanged"}
    ledger.append(published, "load", "s", {"files": [unchanged]})
    assert publish(published, study_ids=["s"]).number == 2
    assert verify(published) == []
