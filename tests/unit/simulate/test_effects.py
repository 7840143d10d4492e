"""True effects: which targets differ, which way, by how much, and what stays untouched."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from contracts.paths import REPO_ROOT
from simulate.design import Design
from simulate.model import draw_model
from simulate.panel import build_panel

FINDINGS = REPO_ROOT.parent / "shared" / "study" / "reported_findings.csv"


@pytest.fixture
def truth(founding, read_csv):
    return {
        (r["contrast_id"], r["target_name"]): (float(r["true_log2fc"]), r["is_true_target"])
        for r in read_csv(founding / "truth" / "truth.csv")
    }


def test_every_target_stands_in_every_contrast(truth):
    names = {t.target_name for t in build_panel(80).analytes}
    assert set(truth) == {(c, n) for c in ("A_vs_C", "B_vs_C", "B_vs_A") for n in names}


@pytest.mark.parametrize(("contrast", "count"), [("B_vs_A", 25), ("A_vs_C", 21), ("B_vs_C", 2)])
def test_number_of_true_targets(truth, contrast, count):
    marked = [n for (c, n), (_, true) in truth.items() if c == contrast and true == "true"]
    large = [n for (c, n), (fc, _) in truth.items() if c == contrast and abs(fc) >= np.log2(1.5)]
    assert len(marked) == count
    assert marked == large


def test_contrasts_agree_with_each_other(truth):
    for contrast, name in truth:
        if contrast == "B_vs_A":
            through_c = truth["B_vs_C", name][0] - truth["A_vs_C", name][0]
            assert truth["B_vs_A", name][0] == pytest.approx(through_c, abs=3e-6)


def test_true_effects_are_1_6_to_2_2_fold(truth):
    """Leptin's B/A is the product of two steps, so it alone lies above."""
    for (contrast, name), (fc, true) in truth.items():
        if true == "true":
            fold = 2 ** abs(fc)
            if (contrast, name) == ("B_vs_A", "Leptin"):
                assert 1.6**2 - 1e-4 <= fold <= 1.7**2 + 1e-4
            else:
                assert 1.6 - 1e-4 <= fold <= 2.2 + 1e-4


@pytest.mark.shared
def test_directions_are_those_of_the_results_section(truth):
    if not FINDINGS.exists():
        pytest.skip("../shared is absent")
    with FINDINGS.open(encoding="utf-8", newline="") as handle:
        findings = [r for r in csv.DictReader(handle) if r["array_name"]]
    true = {key for key, (_, is_true) in truth.items() if is_true == "true"}
    listed = set()
    for r in findings:
        contrast = {"A_vs_B": "B_vs_A"}.get(r["contrast"], r["contrast"])
        first, relation, _ = r["direction_results"]
        sign = (1 if relation == ">" else -1) * (1 if contrast.startswith(first) else -1)
        if (contrast, r["array_name"]) == ("B_vs_A", "GRO a/b/g"):
            sign = 1  # consistent only if higher after
        listed.add((contrast, r["array_name"]))
        assert np.sign(truth[contrast, r["array_name"]][0]) == sign, r["printed"]
    assert true == listed | {("B_vs_A", "Leptin")}


def test_where_one_contrast_is_listed_the_third_group_lies_between():
    model = draw_model(Design())
    checked = 0
    for row, role in zip(model.serum.offset_log2, model.panel.roles, strict=True):
        a, b, c = row
        listed = (role.before_vs_healthy, role.before_vs_after, role.after_vs_healthy)
        if sum(sign != 0 for sign in listed) == 1:
            third = b if role.before_vs_healthy else c
            ends = (a, c) if role.before_vs_healthy else (a, b)
            assert min(ends) < third < max(ends)
            assert max(abs(third - end) for end in ends) < np.log2(1.5)
            checked += 1
    assert checked == 13 + 16


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("targets", [12, 41, 80, 203])
def test_noise_free_median_normalisation_shifts_no_group(seed, targets):
    serum = draw_model(Design(seed=seed, patients=4, controls=2, targets=targets)).serum
    levels = serum.level_log2[:, None] + serum.offset_log2
    group_medians = np.median(2**levels, axis=0)
    shift = np.log2(group_medians) - np.log2(group_medians).mean()
    assert np.abs(shift).max() < 0.02


@pytest.mark.parametrize("seed", range(12))
def test_no_differing_target_crosses_the_median(seed):
    model = draw_model(Design(seed=seed))
    levels = model.serum.level_log2[:, None] + model.serum.offset_log2
    differing = np.array([role.is_differing for role in model.panel.roles])
    side = np.sign(levels - np.median(levels, axis=0))
    assert differing.sum() == 38
    assert (np.abs(side[differing].sum(axis=1)) == 3).all()
