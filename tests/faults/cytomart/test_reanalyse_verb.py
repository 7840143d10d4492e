"""A named analysis stands complete beside the release; its numbers follow by hand."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest
from scipy import optimize, special
from scipy import stats as sps

from store.hashing import value_hash

# One worker makes the study, for all of these.
pytestmark = pytest.mark.xdist_group("exclusions")

VARIANT = "subtract_quantile"
TARGETS = ("Leptin", "MIG", "IL-6")


def frame(home, sql):
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(sql).df()


def primary_hashes(home):
    with duckdb.connect() as con:
        con.execute(f"attach '{home / 'warehouse.duckdb'}' as w (read_only); create schema own")
        con.execute("create table own.m as from w.marts.fct_measurements where is_primary_variant")
        con.execute("create table own.t as from w.stats.fct_test_results "
                    "where variant_id = 'subtract_median'")  # fmt: skip
        con.execute("create table own.d as from w.reporting.rpt_differential")
        return [value_hash(con, f"own.{name}", ["study_id"]) for name in "mtd"]


def quantiles_by_hand(nets):
    """Return log2 of quantile-normalised net signals, samples in rows, all arrays the reference."""
    n = nets.shape[1]
    grid = np.linspace(0, 1, n)
    own = [np.sort(row[~np.isnan(row)]) for row in nets]
    mean = np.mean([np.interp(grid, np.linspace(0, 1, len(v)), v) for v in own], axis=0)
    out = np.full(nets.shape, np.nan)
    for i, row in enumerate(nets):
        seen = ~np.isnan(row)
        place = (sps.rankdata(row[seen]) - 1) / (seen.sum() - 1)
        out[i, seen] = np.interp(place, grid, mean)
    return np.log2(np.where(out > 0, out, np.nan))


def moderated_by_hand(differences):
    """Return p of Smyth's moderated t of differences, persons in rows (2004, section 6.2)."""
    n = np.sum(~np.isnan(differences), axis=0)
    df, variance = n - 1.0, np.nanvar(differences, axis=0, ddof=1)
    z = np.log(variance) - special.digamma(df / 2) + np.log(df / 2)
    excess = z.var(ddof=1) - special.polygamma(1, df / 2).mean()
    assert excess > 0
    half = optimize.brentq(lambda y: special.polygamma(1, y) - excess, 1e-3, 1e6, xtol=1e-13)
    prior = np.exp(z.mean() + special.digamma(half) - np.log(half))
    posterior = (df * variance + 2 * half * prior) / (df + 2 * half)
    t = np.nanmean(differences, axis=0) / np.sqrt(posterior / n)
    return 2 * sps.t.sf(np.abs(t), np.minimum(df + 2 * half, df.sum()))


def by_hand(home, contrast):
    """Return log2 change and adjusted p of every target of a contrast, in SciPy."""
    long = frame(home, "select m.sample_id, s.patient_id, s.group_code, a.analyte_name, m.net_afu "
                 "from marts.fct_measurements as m join marts.dim_samples as s using "
                 "(study_id, sample_id) join marts.dim_analytes as a using (study_id, analyte_id) "
                 "where m.is_primary_variant")  # fmt: skip
    wide = long.pivot(index=["group_code", "patient_id"], columns="analyte_name",
                      values="net_afu").astype(float)  # fmt: skip
    levels = wide.copy()
    levels[:] = quantiles_by_hand(wide.to_numpy())
    top, bottom = (levels.loc[g] for g in (contrast[0], contrast[-1]))
    if contrast == "B_vs_A":
        bottom = bottom.loc[top.index]
        changes = (top - bottom).mean()
        p = moderated_by_hand((top - bottom).to_numpy())
    else:
        changes = top.mean() - bottom.mean()
        p = sps.ttest_ind(top, bottom, equal_var=False, nan_policy="omit").pvalue
    adjusted = sps.false_discovery_control(np.asarray(p))
    return changes, dict(zip(levels.columns, adjusted, strict=True))


def test_a_named_analysis_is_complete_right_and_beside_the_release(home, cytomart):
    before = primary_hashes(home)
    done = cytomart(home, "--json", "reanalyse", "--variant", VARIANT, "--name", "reviewer-2",
                    "--note", "asked for in review")  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert primary_hashes(home) == before
    counts = frame(home, f"""
        select (select count(*) from marts.fct_measurements where variant_id = '{VARIANT}') as m,
            (select count(*) from marts.fct_fold_changes where variant_id = '{VARIANT}') as f,
            (select count(*) from stats.fct_test_results where variant_id = '{VARIANT}') as t,
            (select count(*) from stats.fct_test_results
             where variant_id = 'subtract_median') as primary_t,
            (select count(*) from reporting.rpt_variant_differential
             where variant_id = '{VARIANT}') as d""").iloc[0]  # fmt: skip
    assert (counts.m, counts.f, counts.d) == (16 * 80, 240, 240)
    assert counts.t == counts.primary_t > 0

    told = frame(home, "select * from reporting.rpt_reanalyses where analysis_name = 'reviewer-2'")
    assert len(told) == len(json.loads(done.out)["results"]) == 240
    primary = frame(home, "select * from reporting.rpt_differential").set_index(
        ["contrast_id", "analyte_name"])  # fmt: skip
    for contrast in ("B_vs_A", "A_vs_C"):
        changes, adjusted = by_hand(home, contrast)
        for target in TARGETS:
            row = told[(told.contrast_id == contrast) & (told.analyte_name == target)].iloc[0]
            assert row.named_log2fc == pytest.approx(changes[target], rel=1e-9)
            assert row.named_p_adjusted == pytest.approx(adjusted[target], rel=1e-7)
            was = primary.loc[contrast, target]
            assert row.primary_log2fc == was.change_log2fc
            assert row.primary_p_adjusted == was.p_adjusted
            hits = bool(was.is_hit), adjusted[target] < 0.05
            wanted = {(True, False): "lost", (False, True): "gained",
                      (False, False): "hit_in_neither"}.get(hits)  # fmt: skip
            assert row.comparison == (wanted or "hit_in_both")

    compared = frame(home, "select * from stats.fct_variant_tests where is_primary_variant")
    joined = compared.merge(primary.reset_index(), on=["contrast_id", "analyte_id"])
    assert len(joined) == 240
    assert (joined.is_hit_x == joined.is_hit_y).all()
    assert np.allclose(joined.change_log2fc_x, joined.change_log2fc_y, rtol=1e-9, equal_nan=True)
    assert np.allclose(joined.p_adjusted_x, joined.p_adjusted_y, rtol=1e-12, equal_nan=True)

    twice = cytomart(home, "reanalyse", "--variant", "none_none", "--name", "reviewer-2")
    assert twice.code == 2
    assert "reviewer-2 is an analysis with subtract_quantile already" in twice.err
    same = cytomart(home, "reanalyse", "--variant", "subtract_median", "--name", "x")
    assert (same.code, "is the primary variant" in same.err) == (2, True)
    unknown = cytomart(home, "reanalyse", "--variant", "quantil", "--name", "x")
    assert (unknown.code, "subtract_quantile" in unknown.err) == (2, True)

    gone = cytomart(home, "reanalyse", "--name", "reviewer-2", "--withdraw")
    assert gone.code == 0, gone.out + gone.err
    assert frame(home, "select * from reporting.rpt_reanalyses").empty
    assert frame(home, f"from marts.fct_measurements where variant_id = '{VARIANT}'").empty
    assert primary_hashes(home) == before
