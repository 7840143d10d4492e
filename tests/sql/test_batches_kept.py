"""A batch replaces its own rows and no others, and the order in which batches come changes nothing.

One home goes through the steps of `LIFE`, one bare `dbt build` after each; the tests look at what
stood after which step.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest

from store.build import open_build
from store.hashing import value_hash
from store.home import Home
from store.lock import writer_lock

pytestmark = pytest.mark.xdist_group("dbt")

STUDY = "batches"
BATCHES = ("B1", "B2", "B3", "B4", "B5")
REFERENCE = "B2"
NOW = datetime(2021, 1, 1, tzinfo=UTC)
#: Tables that are kept batch by batch, each with a change of a column that no other table and no
#: hash reads. Every row is changed before a build: one that is so afterwards was not written.
SIGNAL = {
    "intermediate.int_spots_background_subtracted": "source_line = -abs(source_line)",
    "intermediate.int_replicates_averaged": "n_spots_averaged = -1 - abs(n_spots_averaged)",
    "intermediate.int_detection_limits": "lod_pool = 'kept'",
    "intermediate.int_backgrounds_fitted": "gradient_reason = 'kept'",
}
LEVELS = {
    "intermediate.int_measurements_normalised": "file_sha256 = 'kept'",
    "marts.fct_measurements": "file_sha256 = 'kept too'",
}
#: The same of what Python fits, where a variant asks for it.
FITTED = {
    "intermediate.int_normexp_fitted": "fit_reason = 'kept'",
    "intermediate.int_normexp_expected": "array_id = 'kept'",
    "intermediate.int_levels_fitted": "map_reason = 'kept'",
}
MARKED = {
    "intermediate.int_spots_background_subtracted": "source_line < 0",
    "intermediate.int_replicates_averaged": "n_spots_averaged < 0",
} | {t: change for t, change in (SIGNAL | LEVELS).items() if "'kept" in change}
KEYS = {
    "marts.fct_measurements": ("study_id", "sample_id", "analyte_id", "variant_id"),
    "marts.fct_fold_changes": ("study_id", "contrast_id", "analyte_id", "variant_id"),
}


@dataclass(frozen=True)
class Stand:
    """What stood after a build.

    `older` is the hash of the measurements without those of the sixth batch; `written` and
    `n_rows` are by table and batch.
    """

    hashes: dict[str, str]
    older: str
    states: dict[str, dict[str, str]]
    written: dict[str, set[str]]
    n_rows: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Workbench:
    """A home, and what it takes to put batches into it and to build it."""

    home: Home
    rows: dict[str, dict[str, list[dict[str, Any]]]]
    write: Callable[[duckdb.DuckDBPyConnection, dict[str, Any]], None]
    dbt: Callable[..., None]

    def change(self, *statements: str, batches: Sequence[str] = ()) -> None:
        """Load batches and release them, and run statements, as one writer."""
        with writer_lock(self.home):
            con = open_build(self.home)
            for batch in batches:
                self.write(con, self.rows[batch])
            for statement in statements:
                con.execute(statement)
            if self.is_built(con):
                for table, change in (SIGNAL | LEVELS | FITTED).items():
                    con.execute(f"update {table} set {change}")
            release_new(con)
            con.close()

    def build(self) -> None:
        """Build what the two marts need; the views and vocabularies only the first time."""
        everything = [
            "--select",
            "+fct_measurements",
            "+fct_fold_changes",
            "+int_backgrounds_fitted",
        ]
        with duckdb.connect(str(self.home.build_path), read_only=True) as con:
            tables = (
                ["config.materialized:view", "resource_type:seed"] if self.is_built(con) else []
            )
        with writer_lock(self.home):
            self.dbt(self.home, *everything, "--exclude", "resource_type:unit_test",
                     "resource_type:test", *tables)  # fmt: skip

    def is_built(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Say whether dbt has been here."""
        return con.execute("select count(*) from duckdb_tables() where schema_name = 'marts'"
                           ).fetchone() != (0,)  # fmt: skip

    def look(self, *, is_fitted: bool = False) -> Stand:
        """Say what stands, in the tables of what Python fits too where the study asks for it."""
        with duckdb.connect(str(self.home.build_path), read_only=True) as con:
            marked = MARKED | (FITTED if is_fitted else {})
            n_rows = {
                t: dict(con.execute(f"select batch_id, count(*) from {t} group by 1").fetchall())
                for t in marked
            }
            written = {t: set() for t in marked}
            for table, kept in marked.items():
                new = f"select distinct batch_id from {table} where not ({kept})"
                written[table].update(batch for (batch,) in con.execute(new).fetchall())
            states = {name: dict(con.execute(
                f"select batch_id, batch_state from intermediate.{name}").fetchall())
                for name in ("int_batch_states", "int_level_states")}  # fmt: skip
            hashes = {t: value_hash(con, t, key) for t, key in KEYS.items()}
        with duckdb.connect() as con:
            con.execute(f"attach '{self.home.build_path}' as built (read_only)")
            con.execute("create schema marts; create table marts.older as "
                        "from built.marts.fct_measurements where batch_id <> 'B6'")  # fmt: skip
            older = value_hash(con, "marts.older", KEYS["marts.fct_measurements"])
        return Stand(hashes, older, states, written, n_rows)


def release_new(con: duckdb.DuckDBPyConnection) -> None:
    """Let every batch pass whose present content no gate has seen."""
    con.execute(
        """
        insert into quality.gate_runs by name
        select study_id, 'run ' || batch_id || content_hash as gate_run_id, 'batch' as gate,
            batch_id as scope_id, content_hash, 1 as n_rules, 1 as n_rules_evaluated,
            0 as n_rules_failed, 'released' as verdict, now() as ran_at
        from quality.batch_contents
        where content_hash not in (select content_hash from quality.gate_runs)
        """
    )


def batch_rows(batch: str, block_spots: Any, file_row: Any) -> dict[str, list[dict[str, Any]]]:
    """Return a batch of one slide: four Blocks, two samples of each group."""
    number = int(batch[1:])
    rng = np.random.default_rng(number)
    slide = f"S{number}"
    key = {"study_id": STUDY, "file_sha256": f"sheet-{batch}"}
    samples, patients = [], []
    for block in (1, 2, 3, 4):
        group = "AC"[(block + number) % 2]
        person = f"{batch}-{block}"
        samples.append(key | {
            "source_line": block, "sample_id": f"sample-{person}", "patient_id": person,
            "visit": "base", "group_code": group, "slide_id": slide, "block": block,
            "batch_id": batch, "lot": "L1", "total_protein_mg_ml": 60.0 + block})  # fmt: skip
        patients.append(key | {
            "source_line": block, "patient_id": person, "centre_id": "centre", "sex": "female",
            "age_years": 50, "cohort": "patient" if group == "A" else "control"})  # fmt: skip
    return {
        "raw.samples": samples,
        "raw.patients": patients,
        "raw.files": [file_row(STUDY, slide, sha=f"sha-{slide}")],
        "raw.spots": [s | {"study_id": STUDY} for block in (1, 2, 3, 4)
                      for s in block_spots(rng, slide, block, batch, 10 if number % 2 else 4)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def workbench(workshop, blank_study, block_spots, file_row, write_rows, dbt_at_hand) -> Any:
    """Return a new home with the study in it, and no batch yet: `workbench(name, …of the study)`."""

    def make(name: str, **study_columns: str) -> Workbench:
        study = blank_study(STUDY, platform="genepix", unit="block", reference=REFERENCE)
        study["raw.studies"][0].update(study_columns)
        rows = {b: batch_rows(b, block_spots, file_row) for b in (*BATCHES, "B6")}
        bench = Workbench(Home(workshop / name), {"study": study} | rows, write_rows, dbt_at_hand)
        bench.change(batches=["study"])
        return bench

    return make


def exclusion(scope_key: str, minute: int, *, is_excluded: bool) -> str:
    return (
        "insert into quality.exclusions by name select "
        f"'{STUDY}' as study_id, 'spot' as scope, '{scope_key}' as scope_key, "
        f"{is_excluded} as is_excluded, 'test' as reason_code, '' as note, 'tester' as recorded_by, "
        f"'{NOW + timedelta(minutes=minute)}'::timestamptz as recorded_at"
    )


#: What happens to the home, by name, each followed by a build. The first call brings five batches.
LIFE: dict[str, tuple[str, ...]] = {
    "sixth batch": (),
    "spot excluded": (exclusion("S3/B1/R1/C5", 1, is_excluded=True),),
    "spot included, batch held": (
        exclusion("S3/B1/R1/C5", 2, is_excluded=False),
        "update quality.gate_runs set verdict = 'held' where scope_id = 'B4'",
    ),
    "batch released, build killed": (
        "update quality.gate_runs set verdict = 'released' where scope_id = 'B4'",
        "update intermediate.int_replicates_averaged set batch_state = 'of a killed build' "
        "where batch_id = 'B5'",
        "delete from intermediate.int_measurements_normalised where batch_id = 'B1'",
        "update marts.fct_measurements set level_log2 = 99, batch_state = 'older' "
        "where batch_id = 'B3'",
    ),
    "analysis asked for": (
        "insert into quality.reanalyses by name select "
        f"'{STUDY}' as study_id, 'reviewer-2' as analysis_name, "
        "'subtract_quantile' as variant_id, true as is_active, 'test' as note, "
        "'tester' as recorded_by, now() as recorded_at",
    ),
    "reference superseded": (
        "insert into quality.frozen_references by name select "
        f"'{STUDY}' as study_id, 'R2' as reference_id, 'B1, B3' as batch_ids, 'test' as reason, "
        "false as is_automatic, 'tester' as recorded_by, now() as recorded_at",
    ),
    "home of a version without states": (
        "alter table marts.fct_measurements drop column batch_state",
        "alter table intermediate.int_spots_background_subtracted drop column batch_state",
        "update intermediate.int_spots_background_subtracted set net_afu = 1",
    ),
}


@pytest.fixture(scope="module")
def life(workbench) -> dict[str, Stand]:
    bench = workbench("life")
    bench.change(batches=BATCHES)
    bench.build()
    stands = {"five batches": bench.look()}
    for step, statements in LIFE.items():
        bench.change(*statements, batches=["B6"] if step == "sixth batch" else [])
        bench.build()
        stands[step] = bench.look()
    return stands


def test_a_sixth_batch_is_added_and_no_other_row_written(life):
    before, after = life["five batches"], life["sixth batch"]
    assert all(found.keys() == set(BATCHES) for found in before.n_rows.values())
    assert after.written == {t: {"B6"} for t in MARKED}
    assert after.older == before.older
    assert after.hashes != before.hashes
    assert all(after.n_rows[t] == before.n_rows[t] | {"B6": after.n_rows[t]["B6"]} for t in MARKED)


def test_an_excluded_spot_computes_its_own_batch_again(life):
    before, after = life["sixth batch"], life["spot excluded"]
    assert after.written == {t: {"B3"} for t in MARKED}
    assert after.hashes["marts.fct_measurements"] != before.hashes["marts.fct_measurements"]


def test_a_held_batch_leaves_and_comes_back(life):
    held, after = life["spot included, batch held"], life["batch released, build killed"]
    assert held.written == {t: {"B3"} for t in MARKED}
    assert not any("B4" in found for found in held.n_rows.values())
    assert after.hashes == life["sixth batch"].hashes
    assert after.n_rows == life["sixth batch"].n_rows


def test_a_build_that_was_killed_between_two_tables_heals(life):
    after = life["batch released, build killed"]
    assert after.states == life["sixth batch"].states
    assert [after.written[t] - {"B4"} for t in SIGNAL] == [set(), {"B5"}, set(), set()]
    assert [after.written[t] - {"B4"} for t in LEVELS] == [{"B1"}, {"B3"}]


def test_another_normalisation_computes_levels_but_no_spot_again(life):
    before, after = life["batch released, build killed"], life["analysis asked for"]
    assert [after.written[t] for t in SIGNAL] == [set()] * 4
    assert [after.written[t] for t in LEVELS] == [{*BATCHES, "B6"}] * 2
    assert all(after.n_rows[t][b] == 2 * n for t in LEVELS for b, n in before.n_rows[t].items())


def test_another_reference_computes_levels_but_no_spot_again(life):
    before, after = life["analysis asked for"], life["reference superseded"]
    assert [after.written[t] for t in SIGNAL] == [set()] * 4
    assert [after.written[t] for t in LEVELS] == [{*BATCHES, "B6"}] * 2
    assert after.hashes["marts.fct_measurements"] != before.hashes["marts.fct_measurements"]


def test_a_home_without_states_is_computed_anew(life):
    before, after = life["reference superseded"], life["home of a version without states"]
    assert after.hashes == before.hashes
    assert after.states == before.states


def test_what_python_fits_is_fitted_for_a_new_batch_only(workbench):
    compared = "normexp_median,subtract_cyclic_loess"
    bench = workbench("fitted", normalisation_reference="", robustness_variants=compared)
    bench.change(batches=["B1", "B2"])
    bench.build()
    before = bench.look(is_fitted=True)
    assert all(before.n_rows[t].keys() == {"B1", "B2"} for t in FITTED)
    bench.change(batches=["B6"])
    bench.build()
    after = bench.look(is_fitted=True)
    assert after.written == {t: {"B6"} for t in MARKED | FITTED}
    assert after.older == before.older
    assert all(after.n_rows[t]["B1"] == before.n_rows[t]["B1"] for t in MARKED | FITTED)


def orders(n: int) -> list[tuple[tuple[str, ...], ...]]:
    """Return ways in which five batches may come: calls, each with its batches."""
    draw = random.Random(4)
    out = []
    while len(out) < n:
        shuffled = draw.sample(BATCHES, len(BATCHES))
        # The first two come in three calls and in two; of the rest every other in five.
        n_calls = 3 - len(out) if len(out) < 2 else 5 if len(out) % 2 else draw.randint(2, 4)
        cuts = [0, *sorted(draw.sample(range(1, 5), n_calls - 1)), 5]
        calls = tuple(tuple(shuffled[a:b]) for a, b in pairwise(cuts))
        if calls not in out:
            out.append(calls)
    return out


@pytest.mark.parametrize(
    "calls",
    [pytest.param(c, marks=[pytest.mark.slow] if i >= 2 else []) for i, c in enumerate(orders(10))],
    ids=lambda calls: " | ".join(" ".join(c) for c in calls),
)
def test_the_order_of_batches_changes_no_value(life, workbench, calls):
    bench = workbench("-".join("".join(c) for c in calls))
    for batches in calls:
        bench.change(batches=batches)
        bench.build()
    found = bench.look()
    assert found.hashes == life["five batches"].hashes
    assert found.states == life["five batches"].states
