"""The block model against limma: consensus correlation, and t and p at limma's own consensus."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stats.methods.block_moderated_t import block_moderated_t
from tests.reference.stats.studies import Study, committed, khan, number, rows_of

HERE = Path(__file__).parent
PAIRS = {"y_vs_x": ("y", "x"), "x_vs_z": ("x", "z"), "y_vs_z": ("y", "z")}
NAMES = sorted(name for name in committed() if name != "special")


def of_study(name: str, study: Study):
    """Return the targets that limma was given, levels, groups and patients."""
    arms = (study.before, study.after, study.groups[2])
    levels = np.concatenate(arms)
    if name == "high":
        levels = levels - 4096
    chosen = np.arange(levels.shape[1])
    if name == "panel":
        chosen = np.arange(9, levels.shape[1], 10)
    chosen = chosen[~np.isnan(levels[:, chosen]).all(axis=0)]
    persons = [f"p{i}" for i in range(len(study.before))]
    others = [f"q{i}" for i in range(len(arms[2]))]
    groups = [code for code, arm in zip("xyz", arms, strict=True) for _ in arm]
    targets = [study.targets[j] for j in chosen]
    return targets, levels[:, chosen], groups, [*persons, *persons, *others]


def theirs(file: str, study: str, key: str) -> dict[str, dict[str, str]]:
    return {r[key]: r for r in rows_of(HERE / file) if r.get("study", study) == study}


#: limma stops each search early; statmod's own fits, run to convergence, agree at 1e-5, but for
#: correlations beyond 0.94 of either sign, where they end short of the highest likelihood.
SHORT_OF_CONSENSUS, SHORT_OF_ONE = 2e-4, 5e-3


@pytest.mark.parametrize("name", NAMES)
def test_the_consensus_is_that_of_converged_fits_and_so_limmas(name):
    targets, levels, groups, patients = of_study(name, committed()[name])
    found = block_moderated_t(levels, groups, patients, PAIRS, covariates=None, confidence=0.95)
    details = found["y_vs_x"].details
    expected = theirs("block_consensus_expected.csv", name, "target")
    ours, own = details["consensus_correlation"][0], details["own_correlation"]
    tolerance = SHORT_OF_CONSENSUS if name == "extreme" else 1e-5
    assert ours == pytest.approx(number(expected["consensus"]["converged"]), abs=tolerance)
    assert ours == pytest.approx(number(expected["consensus"]["limma"]), abs=SHORT_OF_CONSENSUS)
    for column in ("converged", "limma"):
        each = np.array([number(expected[t][column]) for t in targets])
        np.testing.assert_allclose(own, each, rtol=0, atol=SHORT_OF_ONE, err_msg=column)
        if column == "converged":
            apart = np.abs(own - each) > 1e-5
            assert np.all(np.abs(each[apart]) > 0.94)
            for j in np.flatnonzero(apart):
                ours_fits, theirs_fit = (
                    restricted_likelihood(levels[:, j], groups, patients, rho[j])
                    for rho in (own, each)
                )
                assert ours_fits > theirs_fit


def restricted_likelihood(level, groups, patients, rho):
    """Return the logarithm of the restricted likelihood, up to a constant, by its definition."""
    told = ~np.isnan(level)
    y = level[told] - level[told].mean()
    x = np.array([[g == code for code in "xyz"] for g in np.array(groups)[told]], dtype=float)
    who = np.array(patients)[told]
    v = np.where(who[:, None] == who[None, :], rho, 0.0) + (1 - rho) * np.eye(len(y))
    weighted = np.linalg.solve(v, np.column_stack([x, y]))
    xvx = x.T @ weighted[:, :3]
    residual = y - x @ np.linalg.solve(xvx, x.T @ weighted[:, 3])
    total = residual @ np.linalg.solve(v, residual)
    logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1]
    return -(logs + (len(y) - 3) * np.log(total)) / 2


@pytest.mark.parametrize("name", NAMES)
def test_t_and_p_equal_limmas_at_its_own_consensus(name):
    targets, levels, groups, patients = of_study(name, committed()[name])
    expected = theirs("block_consensus_expected.csv", name, "target")
    found = block_moderated_t(
        levels, groups, patients, PAIRS, covariates=None, confidence=0.95,
        correlation=number(expected["consensus"]["limma"]),
    )  # fmt: skip
    rows = [r for r in rows_of(HERE / "block_expected.csv") if r["study"] == name]
    for contrast, result in found.items():
        own = {r["target"]: r for r in rows if r["contrast"] == contrast}
        assert list(own) == targets
        tested = np.isfinite(result.statistic)
        assert list(tested) == [r["statistic"] != "NA" for r in own.values()]
        df = np.array([number(r["df"]) for r in own.values()])
        np.testing.assert_allclose(result.df[tested], df[tested], rtol=1e-8)
        for quantity, ours in {
            "estimate": result.estimate,
            "statistic": result.statistic,
            "p_value": result.p_value,
            "prior_variance": result.details["prior_variance"],
            "posterior_variance": result.details["posterior_variance"],
        }.items():
            np.testing.assert_allclose(
                ours, [number(r[quantity]) for r in own.values()], rtol=1e-8, atol=1e-12,
                err_msg=f"{contrast} {quantity}",
            )  # fmt: skip


@pytest.mark.shared
def test_the_real_study_equals_limma():
    study = khan()
    if study is None:
        pytest.skip("../shared/clinical/khan_2025 is absent")
    levels = np.concatenate([study.before, study.after])
    told = ~np.isnan(levels).all(axis=0)
    persons = [f"p{i}" for i in range(len(study.before))]
    groups = ["before"] * len(persons) + ["after"] * len(persons)
    arms = {"change": ("after", "before")}
    expected = {r["target"]: r for r in rows_of(HERE / "block_khan_expected.csv")}
    targets = [t for t, is_told in zip(study.targets, told, strict=True) if is_told]
    assert [t for t in expected if t != "consensus"] == targets
    consensus = number(expected["consensus"]["limma"])
    free, given = (
        block_moderated_t(
            levels[:, told], groups, [*persons, *persons], arms,
            covariates=None, confidence=0.95, correlation=correlation,
        )["change"]
        for correlation in (None, consensus)
    )  # fmt: skip
    ours = free.details["consensus_correlation"][0]
    assert ours == pytest.approx(number(expected["consensus"]["converged"]), abs=1e-5)
    assert ours == pytest.approx(consensus, abs=SHORT_OF_CONSENSUS)
    for quantity in ("statistic", "p_value"):
        np.testing.assert_allclose(
            getattr(given, quantity), [number(expected[t][quantity]) for t in targets], rtol=1e-8
        )
