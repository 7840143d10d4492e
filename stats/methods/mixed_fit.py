"""The mixed model fitted to every target that allows it, with words for every other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from stats.methods.arrays import Flags, Floats, Ints
from stats.methods.kenward_roger import (
    Adjustment,
    adjust,
    denominator,
    f_statistic,
    standard_error,
)
from stats.methods.mixed_design import MixedDesign
from stats.methods.moments import Moments, is_constant, shared_moments
from stats.methods.patient_sums import Codes, PatientSums, patient_sums
from stats.methods.random_intercept import (
    RandomIntercept,
    fit_random_intercept,
    least_squares,
    plain_information,
    without_gaps,
)
from stats.methods.result import first_reason, sound

COLLINEAR = "the covariates determine each other or the groups"
NO_REPEATS = "no patient has two values: the variance between patients cannot be told"
NONE_WITHIN = (
    "too few values: patients and groups leave none over, the residual variance cannot be told"
)
UNDETERMINED = "too few patients: the variance between them cannot be told"
CONSTANT = "zero variance: all values of each group agree"
CONSTANT_WITHIN = "zero variance: within patients all differences agree but for the groups"

#: A design whose columns, scaled to length 1, have a smaller eigenvalue does not determine them.
_COLLINEAR = 1e-10


@dataclass(frozen=True)
class MixedFit:
    """Fits of the sound targets beside what is known of all.

    Parameters
    ----------
    reasons : (n_targets,), why a target has no fit, '' where it has one
    n : (n_targets,), values that entered
    n_by_group : group → (n_targets,)
    present : (n_samples, n_targets)
    place : (n_targets,), row of the target in `model` and `adjustment`, -1 for none
    """

    reasons: tuple[str, ...]
    n: Ints
    n_by_group: Mapping[str, Ints]
    present: Flags
    place: Ints
    model: RandomIntercept
    adjustment: Adjustment

    @property
    def fault(self) -> tuple[Flags, tuple[str, ...]]:
        """Where there is no fit, and why."""
        return self.place < 0, self.reasons

    @property
    def is_singular(self) -> Flags:
        """Where the variance between patients is estimated as 0."""
        singular: Flags = self._of_all(self.model.ratio) == 0
        return singular

    @property
    def total_sd(self) -> Floats:
        """Standard deviation of a level of a group, over patients and residuals."""
        return self._of_all(np.sqrt(self.model.residual_variance * (1 + self.model.ratio)))

    @property
    def details(self) -> dict[str, Floats]:
        """The variances of each target, NaN where there is no fit."""
        between = self.model.residual_variance * self.model.ratio
        return {
            "between_patient_variance": self._of_all(between),
            "residual_variance": self._of_all(self.model.residual_variance),
            "own_correlation": self._of_all(self.model.own_correlation),
        }

    def n_in(self, group: str) -> Ints:
        """Return the values of a group that entered; 0 for an unknown group."""
        return self.n_by_group.get(group, np.zeros_like(self.n))

    def f_test(self, hypothesis: Floats, chosen: Flags) -> tuple[Floats, Floats, Floats]:
        """Return F, its scale and denominator degrees of freedom of the chosen targets."""
        rows = self.place[chosen]
        adjustment, model = self.adjustment.take(rows), self.model.take(rows)
        return f_statistic(adjustment, model, hypothesis), *denominator(adjustment, hypothesis)

    def t_test(self, contrast: Floats, chosen: Flags) -> tuple[Floats, Floats, Floats]:
        """Return estimate, standard error and degrees of freedom of the chosen targets."""
        rows = self.place[chosen]
        adjustment, model = self.adjustment.take(rows), self.model.take(rows)
        estimate: Floats = (model.coefficients * contrast).sum(axis=1)
        _, df = denominator(adjustment, contrast[:, None])
        return estimate, standard_error(adjustment, model, contrast), df

    def _of_all(self, values: Floats) -> Floats:
        out = np.full(len(self.n), np.nan)
        out[self.place >= 0] = values[self.place[self.place >= 0]]
        return out


def fit_targets(design: MixedDesign, levels: Floats) -> MixedFit:
    """Return the fit of every target.

    Parameters
    ----------
    levels : (n_samples, n_targets), NaN where missing or where a covariate is
    """
    n_targets = levels.shape[1]
    moments = shared_moments(
        [levels[design.group_of == g] for g in range(len(design.groups))] or [levels]
    )
    centred = levels - moments[0].centre
    sums = patient_sums(design.matrix, centred, design.patient_of)
    early = first_reason(n_targets, _checks(design, sums))
    fitted = np.flatnonzero(sound(early))
    residuals, first = _residuals(design.matrix, centred[:, fitted], sums.take(fitted))
    model, adjustment, late = _fit(design, residuals, first, [_of(m, fitted) for m in moments])
    kept = sound(late)
    place = np.full(n_targets, -1, dtype=np.int64)
    place[fitted[kept]] = np.flatnonzero(kept)
    for i, words in zip(fitted.tolist(), late, strict=True):
        early[i] = words
    return MixedFit(
        reasons=tuple(early),
        n=sums.n,
        n_by_group={g: m.n for g, m in zip(design.groups, moments, strict=False)},
        present=~np.isnan(levels),
        place=place,
        model=model,
        adjustment=adjustment,
    )


def _of(moments: Moments, targets: Codes) -> Moments:
    return replace(
        moments,
        n=moments.n[targets],
        mean=moments.mean[targets],
        sum_squares=moments.sum_squares[targets],
        centre=moments.centre[targets],
    )


def _fit(
    design: MixedDesign, residuals: Floats, first: Floats, moments: list[Moments]
) -> tuple[RandomIntercept, Adjustment, list[str]]:
    """Return fit and adjustment of residuals of a first fit, and why a fit does not count."""
    sums = patient_sums(design.matrix, residuals, design.patient_of)
    model = fit_random_intercept(sums)
    adjustment = adjust(sums, model)
    noise = np.sqrt(np.maximum(least_squares(sums, np.zeros(len(sums.n)))[2], 0.0)) / sums.n
    late = first_reason(
        len(sums.n),
        [
            (is_constant(noise, moments), CONSTANT),
            (model.unbounded, CONSTANT_WITHIN),
            (adjustment.undetermined, UNDETERMINED),
        ],
    )
    return replace(model, coefficients=model.coefficients + first), adjustment, late


def _residuals(matrix: Floats, levels: Floats, sums: PatientSums) -> tuple[Floats, Floats]:
    """Return what ordinary least squares leaves of the levels, and its coefficients.

    A fit of these rounds in proportion to the spread of the levels, however far apart the groups
    are.
    """
    _, beta, _ = least_squares(sums, np.zeros(len(sums.n)))
    # Column by column, not by a matrix product: its rounding depends on the number of targets.
    rest = levels.copy()
    for column, coefficient in zip(matrix.T, beta.T, strict=True):
        rest -= column[:, None] * coefficient
    return rest, beta


def _checks(design: MixedDesign, sums: PatientSums) -> list[tuple[Flags, list[str] | str]]:
    few = [
        f"too few values: {n} for {p} coefficients"
        for n, p in zip(sums.n.tolist(), sums.rank.tolist(), strict=True)
    ]
    left_within = _left_within(sums)
    return [
        (sums.n <= sums.rank, few),
        (sums.n_patients[:, 1:].sum(axis=1) == 0, NO_REPEATS),
        (_collinear(design, sums), COLLINEAR),
        (left_within < 1, NONE_WITHIN),
        (sums.n - sums.rank - left_within < 1, UNDETERMINED),
    ]


def _left_within(sums: PatientSums) -> Ints:
    """Return the degrees of freedom that patients as fixed effects would leave."""
    scaled = _scaled(sums.within[:, :-1, :-1], _length(plain_information(sums)))
    rank = (np.linalg.eigvalsh(scaled) > _COLLINEAR).sum(axis=1)
    left: Ints = sums.n - sums.n_patients.sum(axis=1).astype(np.int64) - rank
    return left


def _collinear(design: MixedDesign, sums: PatientSums) -> Flags:
    if not design.has_covariates:
        return np.zeros(len(sums.n), dtype=np.bool_)
    information = plain_information(sums)
    scaled = _scaled(information, _length(information))
    least = np.linalg.eigvalsh(without_gaps(scaled, sums.empty))[:, 0]
    n_groups = len(design.groups)
    return (least < _COLLINEAR) | sums.empty[:, n_groups:].any(axis=1)


def _length(information: Floats) -> Floats:
    """Return the length of each column of the design, 1 for an empty one."""
    length = np.sqrt(np.diagonal(information, axis1=1, axis2=2))
    return np.where(length > 0, length, 1.0)


def _scaled(products: Floats, length: Floats) -> Floats:
    scaled: Floats = products / length[:, :, None] / length[:, None, :]
    return scaled
