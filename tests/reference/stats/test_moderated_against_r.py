"""moderated_t against limma: designs, demo, Khan 2025, panels of 60 and 2,951 targets."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.moderated_t import moderated_t_groups, moderated_t_pairs
from tests.reference.stats.limma_inputs import panel_arms, study_arms
from tests.reference.stats.studies import committed, khan, number

SETTINGS = {
    "plain": {"trend": False, "robust": False},
    "trend": {"trend": True, "robust": False},
    "robust": {"trend": False, "robust": True},
}
#: Relative; 1/df and 1/prior df absolute.
TOLERANCE = {"plain": 1e-8, "trend": 1e-8, "robust": 1e-6}
RECIPROCAL = {"plain": 1e-10, "trend": 1e-10, "robust": 1e-6}
#: Two means near 16 are rounded at 4e-15, over a standard error of 0.01.
STATISTIC_FLOOR = 1e-12
#: Below this a double has no full precision left.
P_FLOOR = 1e-300


def moderated(arms, option):
    if arms.is_paired:
        return moderated_t_pairs(
            arms.numerator, arms.denominator, **SETTINGS[option], confidence=0.95
        )
    return moderated_t_groups(
        arms.numerator,
        arms.denominator,
        covariates=arms.covariates,
        **SETTINGS[option],
        confidence=0.95,
    )


def check(rows, found):
    """Compare every row of limma; return how many had a number."""
    blocks = {}
    for row in rows:
        blocks.setdefault((row["set"], row["analysis"], row["option"]), []).append(row)
    assert {key[:2] for key in blocks} == found.keys()
    n_numbers = 0
    for (name, analysis, option), block in blocks.items():
        arms = found[name, analysis]
        result = moderated(arms, option)
        at = [arms.targets.index(row["target"]) for row in block]
        n_numbers += agree(result, at, block, option, f"{name} {analysis} {option}")
    return n_numbers


def agree(result, at, block, option, where):
    theirs = {
        column: np.array([number(row[column].replace("Inf", "inf")) for row in block])
        for column in block[0]
        if column not in ("set", "analysis", "method", "option", "target")
    }
    refused = np.isnan(theirs["statistic"])
    np.testing.assert_array_equal(np.isnan(result.statistic[at]), refused, err_msg=where)
    assert all(result.reason[i] for i, is_refused in zip(at, refused, strict=True) if is_refused)
    ours = {
        "statistic": result.statistic,
        "p_value": result.p_value,
        **{name: result.details[name] for name in ("prior_variance", "posterior_variance")},
        "df": result.df,
        "prior_df": result.details["prior_df"],
    }
    for quantity, values in ours.items():
        a, b = values[at][~refused], theirs[quantity][~refused]
        kind = {"rtol": TOLERANCE[option], "atol": 0.0}
        if quantity.endswith("df"):
            with np.errstate(divide="ignore"):
                a, b = 1 / a, 1 / b
            kind = {"rtol": 0.0, "atol": RECIPROCAL[option]}
        elif quantity == "statistic":
            kind["atol"] = STATISTIC_FLOOR
        elif quantity == "p_value":
            kind["atol"] = P_FLOOR
        np.testing.assert_allclose(a, b, **kind, err_msg=f"{where} {quantity}")
    return int((~refused).sum())


@pytest.mark.parametrize("design", [s for s in committed() if s not in ("demo", "panel")])
def test_designs_equal_limma(design, read):
    rows = [r for r in read("moderated_designs_expected.csv") if r["set"] == design]
    assert check(rows, study_arms(design, committed()[design])) > 20


def test_the_demo_equals_limma(read):
    assert check(read("moderated_demo_expected.csv"), study_arms("demo", committed()["demo"])) > 700


@pytest.mark.parametrize(
    "kind", ["plain_2951", "gaps_2951", "outliers_2951", "equal_60", "gaps_60"]
)
def test_panels_equal_limma(kind, read):
    rows = [r for r in read("moderated_panels_expected.csv") if r["set"] == kind]
    found = {key: arms for key, arms in panel_arms().items() if key[0] == kind}
    assert check(rows, found) == 360


@pytest.mark.shared
def test_khan_equals_limma(read):
    real = khan()
    if real is None:
        pytest.skip("../shared is absent")
    assert check(read("moderated_khan_expected.csv"), study_arms("khan", real)) > 300


def test_the_references_hold_what_they_promise(read):
    rows = read("moderated_designs_expected.csv") + read("moderated_panels_expected.csv")
    prior_df = [number(r["prior_df"].replace("Inf", "inf")) for r in rows]
    assert np.isinf(prior_df).any()
    assert np.nanmin(prior_df) < 1
    assert min(number(r["p_value"]) for r in rows if r["p_value"] != "NA") < 1e-30
    assert any(r["option"] == "robust" and number(r["prior_df"]) < 2 for r in rows)
