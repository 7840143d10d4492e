"""treat against limma: more than 1.5-fold, on designs, demo, Khan 2025 and a panel."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.treat import treat_groups, treat_pairs
from tests.reference.stats.limma_inputs import (
    SETTINGS,
    check,
    made_study,
    study_arms,
)
from tests.reference.stats.studies import committed, khan, number


def treat(arms, option):
    options = {**SETTINGS[option], "minimum_log2fc": np.log2(1.5), "confidence": 0.95}
    if arms.is_paired:
        return treat_pairs(arms.numerator, arms.denominator, **options)
    return treat_groups(arms.numerator, arms.denominator, covariates=arms.covariates, **options)


@pytest.mark.parametrize("study", [s for s in committed() if s != "panel"])
def test_studies_equal_limma(study, read):
    rows = [r for r in read("treat_expected.csv") if r["set"] == study]
    assert check(rows, study_arms(study, committed()[study]), treat) > 20


def test_a_large_panel_equals_limma(read):
    rows = [r for r in read("treat_expected.csv") if r["set"] == "gaps_2951"]
    assert check(rows, study_arms("gaps_2951", made_study("gaps", 2951)), treat) == 360


@pytest.mark.shared
def test_khan_equals_limma(read):
    real = khan()
    if real is None:
        pytest.skip("../shared is absent")
    assert check(read("treat_khan_expected.csv"), study_arms("khan", real), treat) > 300


def test_the_references_hold_what_they_promise(read):
    p = [number(r["p_value"]) for r in read("treat_expected.csv") if r["p_value"] != "NA"]
    assert min(p) < 1e-20
    assert max(p) > 0.99
