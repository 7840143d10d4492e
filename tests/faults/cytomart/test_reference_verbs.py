"""The normalisation reference: frozen when first published, kept when its arrays go, superseded."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest

# One worker makes the study, for all of these.
pytestmark = pytest.mark.xdist_group("exclusions")

_LEVELS = """
    select sample_id, analyte_id, net_afu, normalised_afu from marts.fct_measurements
    where is_primary_variant and normalised_afu is not null
"""


def ask(home, sql):
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def values(home):
    return {tuple(r[:5]): r[5] for r in ask(home, """
        select reference_id, background_method, replicate_rule, normalisation_method,
            quantile_rank, reference_value
        from quality.frozen_reference_values""")}  # fmt: skip


def geometric_mean_of_medians(home):
    """Return the reference of the primary variant by hand, over the arrays that are left."""
    nets: dict[str, list[float]] = {}
    for sample_id, _, net, _ in ask(home, _LEVELS):
        nets.setdefault(sample_id, []).append(net)
    return float(np.exp(np.mean([np.log(np.median(v)) for v in nets.values()])))


def test_a_reference_keeps_its_value_until_a_person_supersedes_it(home, cytomart):
    key = ("R1", "subtract", "mean", "median", 0)
    frozen = values(home)
    assert frozen[key] == pytest.approx(geometric_mean_of_medians(home), rel=1e-12)
    assert len({k[4] for k in frozen if k[3] == "quantile"}) == 80
    shown = cytomart(home, "reference", "show")
    assert "R1 (in force): SYN-01; named in study.toml" in shown.out
    again = cytomart(home, "reference", "freeze")
    assert again.code == 2
    assert "R1 is frozen already (SYN-01; named in study.toml)" in again.err
    assert "cytomart reference supersede --reason TEXT" in again.err
    unknown = cytomart(home, "reference", "supersede", "--reason", "x", "--batch", "SYN-99")
    assert (unknown.code, "there is no released batch 'SYN-99'" in unknown.err) == (2, True)

    before = {r[:2]: r[3] for r in ask(home, _LEVELS)}
    gone = cytomart(home, "exclude", "array", "SYN-S01/B1", "--reason-code", "scan_artefact")
    assert gone.code == 0, gone.out + gone.err
    after = {r[:2]: r[3] for r in ask(home, _LEVELS)}
    assert values(home) == frozen
    # Nothing but the excluded array is different, to the last bit.
    assert {s for s, _ in set(before) - set(after)} == {
        s for (s,) in ask(home, "select sample_id from marts.dim_arrays where array_id = "
                          "'SYN-S01/B1'")}  # fmt: skip
    assert after == {k: v for k, v in before.items() if k in after}

    done = cytomart(home, "--json", "reference", "supersede", "--reason", "bubble on B1")
    assert done.code == 0, done.out + done.err
    said = json.loads(done.out)
    assert said["reference"] == {
        "reference_id": "R2", "batches": ["SYN-01"], "reason": "bubble on B1"}  # fmt: skip
    # One scale for all arrays moves levels, but no difference of levels.
    assert said["comparison"]["n_moved"] == 0
    new = values(home)
    assert {k: v for k, v in new.items() if k[0] == "R1"} == frozen
    r2 = ("R2", *key[1:])
    assert new[r2] == pytest.approx(geometric_mean_of_medians(home), rel=1e-12)
    assert new[r2] != frozen[key]
    ratio = new[r2] / frozen[key]
    moved = {r[:2]: r[3] for r in ask(home, _LEVELS)}
    assert moved == {k: pytest.approx(v * ratio, rel=1e-12) for k, v in after.items()}
    events = [json.loads(line) for line in
              (home / "vault" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]  # fmt: skip
    told = [e["details"] for e in events if e["event"] == "reference"]
    assert [(t["reference_id"], t["reason"]) for t in told] == [
        ("R1", "named in study.toml"), ("R2", "bubble on B1")]  # fmt: skip
    assert cytomart(home, "verify").code == 0
