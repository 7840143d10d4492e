"""What a reference may be frozen on, what of it is frozen when, and what its reason may say."""

from __future__ import annotations

import duckdb
import pytest

from contracts import CytomartError, from_rows
from contracts.identity import PSEUDONYMS
from contracts.quality import FROZEN_REFERENCE_VALUES
from contracts.studies import STUDIES
from cytomart import references
from store import build
from store.home import Home

_KEYS = ("background_method", "replicate_rule", "normalisation_method", "quantile_rank")


@pytest.fixture
def con():
    """Study `s` with two released batches and a held one."""
    con = duckdb.connect()
    build.prepare(con)
    build.append(con, STUDIES, from_rows([dict.fromkeys(STUDIES.column_names, "") | {
        "study_id": "s", "is_synthetic": True, "channel_nm": 532, "has_study_codes": False,
        "normalisation_reference": "b1,b2,b1"}], STUDIES))  # fmt: skip
    build.append(con, PSEUDONYMS, from_rows([
        {"study_id": "s", "id_kind": "patient", "real_id": "HUZ-1234", "pseudonym": "P-AAAA"}],
        PSEUDONYMS))  # fmt: skip
    con.execute("""
        create schema if not exists intermediate;
        create table intermediate.int_batches_released as
            from (values ('s', 'b1', true), ('s', 'b2', true), ('s', 'late', false))
            as t (study_id, batch_id, is_released);
        create table intermediate.int_reference_batches as
            from (values ('s', 'b1', 'R1'), ('s', 'b2', 'R1'))
            as t (study_id, batch_id, reference_id);
        create table intermediate.int_references_computed as
            from (values ('s', 'R1', 'subtract', 'mean', 'quantile', 0, 10e0, 'afu', 8))
            as t (study_id, reference_id, background_method, replicate_rule,
                normalisation_method, quantile_rank, reference_value, reference_value_unit,
                n_reference_arrays)""")
    yield con
    con.close()


def compute(con, *, method, rank, value):
    con.execute("insert into intermediate.int_references_computed values "
                "('s', 'R1', 'subtract', 'mean', ?, ?, ?, 'afu', 8)", [method, rank, value])  # fmt: skip


def frozen(con):
    found = con.execute(f"select {', '.join(_KEYS)}, reference_value from "
                        f"{FROZEN_REFERENCE_VALUES.full_name} order by all").fetchall()  # fmt: skip
    return {row[2:4]: row[4] for row in found}


@pytest.mark.parametrize(
    ("batches", "reason", "given"),
    [
        (("late",), "better", "there is no released batch 'late'"),
        (("b1", "late"), "better", "there is no released batch 'late'"),
        ((), "better", "no batch is named"),
        (("b1",), "  ", "the reason is empty"),
        (("b1",), "array of huz-1234 is bad", "the reason holds the own id of a person or sample"),
    ],
)
def test_a_reference_on_what_is_not_there_or_with_a_person_in_its_reason_is_refused(
    con, batches, reason, given
):
    with pytest.raises(CytomartError, match=given):
        references.decide(con, "s", batches, reason, "me")
    assert references.decisions(con, "s") == []


def test_a_batch_that_is_named_twice_counts_once(con):
    assert references.decide(con, "s", ("b1", "b2", "b1"), "why", "me").batches == ("b1", "b2")
    assert references.departures(con) == []


def test_quantiles_are_frozen_together_and_later_values_only_on_all_batches(con, tmp_path):
    home = Home(tmp_path).ensure()
    (first,) = references.record(con, home, "me")
    assert (first.reference_id, first.batches) == ("R1", ("b1", "b2"))
    assert frozen(con) == {("quantile", 0): 10}

    # A longer panel adds a rank: it belongs to another function.
    compute(con, method="quantile", rank=1, value=20.0)
    compute(con, method="median", rank=0, value=5.0)
    con.execute("update intermediate.int_batches_released set is_released = false "
                "where batch_id = 'b2'")  # fmt: skip
    assert references.record(con, home, "me") == []
    assert frozen(con) == {("quantile", 0): 10}

    con.execute("update intermediate.int_batches_released set is_released = true "
                "where batch_id = 'b2'")  # fmt: skip
    assert references.record(con, home, "me") == []
    assert frozen(con) == {("quantile", 0): 10, ("median", 0): 5}
