"""moderated_t against limma: designs, demo, Khan 2025, panels of 60 and 2,951 targets."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.moderated_t import moderated_t_groups, moderated_t_pairs
from tests.reference.stats.limma_inputs import SETTINGS, check, made_study, study_arms
from tests.reference.stats.studies import committed, khan, number


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


@pytest.mark.parametrize("design", [s for s in committed() if s not in ("demo", "panel")])
def test_designs_equal_limma(design, read):
    rows = [r for r in read("moderated_designs_expected.csv") if r["set"] == design]
    assert check(rows, study_arms(design, committed()[design]), moderated) > 20


def test_the_demo_equals_limma(read):
    found = study_arms("demo", committed()["demo"])
    assert check(read("moderated_demo_expected.csv"), found, moderated) > 700


@pytest.mark.parametrize(
    "name", ["plain_2951", "gaps_2951", "outliers_2951", "equal_60", "gaps_60"]
)
def test_panels_equal_limma(name, read):
    rows = [r for r in read("moderated_panels_expected.csv") if r["set"] == name]
    kind, n_targets = name.split("_")
    found = study_arms(name, made_study(kind, int(n_targets)))
    assert check(rows, found, moderated) == len(found) * 120


@pytest.mark.shared
def test_khan_equals_limma(read):
    real = khan()
    if real is None:
        pytest.skip("../shared is absent")
    found = study_arms("khan", real)
    assert check(read("moderated_khan_expected.csv"), found, moderated) > 300


def test_the_references_hold_what_they_promise(read):
    rows = read("moderated_designs_expected.csv") + read("moderated_panels_expected.csv")
    prior_df = [number(r["prior_df"].replace("Inf", "inf")) for r in rows]
    assert np.isinf(prior_df).any()
    assert np.nanmin(prior_df) < 1
    assert min(number(r["p_value"]) for r in rows if r["p_value"] != "NA") < 1e-30
    assert any(r["option"] == "robust" and number(r["prior_df"]) < 2 for r in rows)
