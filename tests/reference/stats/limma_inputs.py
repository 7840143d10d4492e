"""The inputs of the comparisons with limma, as lib_limma.R has them, and how rows agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.reference.stats.studies import Study, number

_MODULUS = 2**31 - 1
ABOUT = ("set", "analysis", "method", "option", "target")
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

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class TwoArms:
    """Two arms (persons × targets), their covariate where one is adjusted for, target names."""

    numerator: np.ndarray
    denominator: np.ndarray
    covariates: tuple[np.ndarray, np.ndarray] | None
    targets: list[str]
    is_paired: bool = False


def study_arms(name: str, study: Study) -> dict[tuple[str, str], TwoArms]:
    """Return the comparisons of a study by (study, analysis)."""
    x, z, targets = study.numerator, study.denominator, list(study.targets)
    covariates = (row_mod_5(x), row_mod_5(z))
    return {
        (name, "x_vs_z"): TwoArms(x, z, None, targets),
        (name, "x_vs_z_adjusted"): TwoArms(x, z, covariates, targets),
        (name, "y_vs_x"): TwoArms(study.after, study.before, None, targets, is_paired=True),
    }


def made_study(kind: str, n_targets: int) -> Study:
    """Return a panel of 70 samples as a study: 30 pairs, and 10 others."""
    levels = panel(kind, n_targets, 70)
    targets = tuple(f"t{i:04d}" for i in range(1, n_targets + 1))
    x, y, z = levels[:30], levels[30:60], levels[60:]
    return Study(targets, x, z, x, y, (x, y, z), np.full(30, np.nan), None)


def row_mod_5(arm: np.ndarray) -> np.ndarray:
    """Return a covariate for any arm: the number of its row, modulo 5."""
    return (np.arange(1, len(arm) + 1) % 5)[:, None].astype(float)


def panel(kind: str, n_targets: int, n_samples: int) -> np.ndarray:
    """Return levels (n_samples, n_targets) by Park and Miller's generator, one seed per target."""
    seed = np.arange(1, n_targets + 1, dtype=np.int64) * 7919 % _MODULUS

    def uniform() -> np.ndarray:
        nonlocal seed
        seed = 16807 * seed % _MODULUS
        return seed / _MODULUS

    def normal() -> np.ndarray:
        total = uniform()
        for _ in range(11):
            total = total + uniform()
        return total - 6

    for _ in range(10):
        uniform()
    height = 6 + 8 * uniform()
    u, v = uniform(), uniform()
    sd = 0.2 + 0.4 * u + 0.4 * u * v + (10 - height) * 0.02
    if kind == "equal":
        sd = np.full(n_targets, 0.5)
    if kind == "outliers":
        sd[6::97] *= 6
    levels = np.empty((n_samples, n_targets))
    for row in levels:
        row[:] = height + sd * normal()
        row[uniform() < (0.05 if kind == "gaps" else 0)] = np.nan
    return levels


def check(rows: Rows, found: dict[tuple[str, str], TwoArms], test: Callable) -> int:
    """Compare every row of limma with `test(arms, option)`; return how many had a number."""
    blocks = {}
    for row in rows:
        blocks.setdefault((row["set"], row["analysis"], row["option"]), []).append(row)
    assert {key[:2] for key in blocks} == found.keys()
    n_numbers = 0
    for (name, analysis, option), block in blocks.items():
        arms = found[name, analysis]
        result = test(arms, option)
        at = [arms.targets.index(row["target"]) for row in block]
        n_numbers += _agree(result, at, block, option, f"{name} {analysis} {option}")
    return n_numbers


def _agree(result, at, block, option, where):
    theirs = {
        column: np.array([number(row[column].replace("Inf", "inf")) for row in block])
        for column in block[0]
        if column not in ABOUT
    }
    refused = np.isnan(theirs["statistic"])
    np.testing.assert_array_equal(np.isnan(result.statistic[at]), refused, err_msg=where)
    assert all(result.reason[i] for i, is_refused in zip(at, refused, strict=True) if is_refused)
    ours = {
        "statistic": result.statistic,
        "p_value": result.p_value,
        "df": result.df,
        **result.details,
    }
    for quantity in theirs:
        a, b = ours[quantity][at][~refused], theirs[quantity][~refused]
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
