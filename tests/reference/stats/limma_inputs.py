"""The inputs of the comparisons with limma, as lib_limma.R has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.reference.stats.studies import Study

_MODULUS = 2**31 - 1


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


def row_mod_5(arm: np.ndarray) -> np.ndarray:
    """Return a covariate for any arm: the number of its row, modulo 5."""
    return (np.arange(1, len(arm) + 1) % 5)[:, None].astype(float)


def panel_arms() -> dict[tuple[str, str], TwoArms]:
    """Return groups and pairs of the panels that are made here."""
    found = {}
    for kind, n in (("plain", 2951), ("gaps", 2951), ("outliers", 2951), ("equal", 60),
                    ("gaps", 60)):  # fmt: skip
        levels = panel(kind, n, 70)
        targets = [f"t{i:04d}" for i in range(1, n + 1)]
        name = f"{kind}_{n}"
        found[name, "groups"] = TwoArms(levels[:30], levels[60:], None, targets)
        found[name, "pairs"] = TwoArms(levels[30:60], levels[:30], None, targets, is_paired=True)
    return found


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
