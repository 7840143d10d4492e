"""Moderated t with a random patient: one correlation within patients for the whole panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_triangular

from stats.methods.arrays import Flags, Floats, Ints, as_matrix, check_confidence
from stats.methods.consensus_correlation import (
    consensus,
    membership,
    missing_patterns,
    own_correlations,
)
from stats.methods.moments import ROUNDING
from stats.methods.result import MethodResult, first_reason, missing, sound
from stats.methods.tails import t_quantile, two_sided_t
from stats.methods.variance_prior import VariancePrior, drawn_towards, variance_prior

#: From this difference on a target's own correlation is told beside the consensus.
TOLD_FROM = 0.3
NO_CORRELATION = "no correlation within patients: no patient has two samples beside others"


@dataclass(frozen=True)
class _Fit:
    """Generalised least squares; arrays over targets last, NaN where nothing is known."""

    estimate: Floats
    unscaled_error: Floats
    variance: Floats
    df: Floats


@dataclass(frozen=True)
class _Model:
    """The samples that enter, and what is asked of them; `n_samples` counts all of a group."""

    levels: Floats
    groups: NDArray[np.str_]
    patients: NDArray[np.str_]
    design: Floats
    weights: Floats
    contrasts: Mapping[str, tuple[str, str]]
    n_samples: Counter[str]


def block_moderated_t(
    levels: ArrayLike,
    groups: Sequence[str],
    patients: Sequence[str],
    contrasts: Mapping[str, tuple[str, str]],
    *,
    covariates: ArrayLike | None,
    confidence: float,
    correlation: float | None = None,
) -> dict[str, MethodResult]:
    """Compare groups whose patients may stand in several of them, all contrasts from one fit.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
        Patients may lack groups, visits or values: every value present enters.
    groups, patients : (n_samples,), code of the group and of the patient of each sample
    contrasts : name → (numerator group, denominator group)
    covariates : (n_samples, n_covariates) or None; a sample that lacks one does not enter
    confidence : coverage of the intervals, as 0.95
    correlation : of two samples of one patient, in place of the panel's own consensus

    Returns
    -------
    dict
        name → MethodResult: `estimate` difference of (adjusted) group means by generalised least
        squares, `df` = min(residual + prior df, sum of residual df), `effect_size` over the
        posterior SD (`moderated_d`), `n_pairs` patients with a value in both arms. `details`:
        those of a moderated t, `own_correlation`, `consensus_correlation`. Where the two differ
        by more than 0.3, `reason` says so beside the numbers.

    Raises
    ------
    ValueError
        Rows do not fit each other, a value is infinite, or a correlation lies outside −1 to 1.

    Notes
    -----
    A sensitivity analysis. One correlation is used for all targets: those whose own one is low
    (0.1–0.3) among others that are high reject a true null within patients at about 12 %, the
    others at 4 % (docs/error-rates.md).
    Assumes patients independent, one variance of all groups. Two-sided.

    References
    ----------
    Smyth, Michaud & Scott (2005), Bioinformatics 21:2067–2075,
    doi:10.1093/bioinformatics/bti270; Smyth (2004), doi:10.2202/1544-6115.1027.
    Checked against limma 3.54: consensus of `duplicateCorrelation` 1e-5 absolute; at limma's own
    consensus t and p of `lmFit(block = )`, `eBayes` 1e-8.
    """
    check_confidence(confidence)
    if correlation is not None and not -1 < correlation < 1:
        raise ValueError(f"correlation is {correlation}; it lies between -1 and 1")
    model = _model(levels, groups, patients, contrasts, covariates)
    own = own_correlations(model.levels, model.design, model.patients.tolist())
    shared = consensus(own) if correlation is None else correlation
    fit = _fit(model, shared)
    prior = variance_prior(fit.variance, fit.df, mean_level=None)
    return _results(model, fit, prior, own, shared, confidence)


def _model(
    levels: ArrayLike,
    groups: Sequence[str],
    patients: Sequence[str],
    contrasts: Mapping[str, tuple[str, str]],
    covariates: ArrayLike | None,
) -> _Model:
    matrix = as_matrix(levels, "levels")
    extra = as_matrix(
        np.empty((len(matrix), 0)) if covariates is None else covariates, "covariates"
    )
    lengths = {len(matrix), len(groups), len(patients), len(extra)}
    if len(lengths) > 1:
        raise ValueError(f"rows of levels, groups, patients, covariates: {sorted(lengths)}")
    usable = ~np.isnan(extra).any(axis=1)
    group, extra = np.array(groups, dtype=np.str_)[usable], extra[usable]
    names = sorted(set(group.tolist()))
    indicators = (group[:, None] == np.array(names, dtype=np.str_)[None, :]).astype(np.float64)
    weights = np.zeros((len(contrasts), len(names) + extra.shape[1]))
    for i, (above, below) in enumerate(contrasts.values()):
        for code, sign in ((above, 1.0), (below, -1.0)):
            if code in names:
                weights[i, names.index(code)] = sign
            else:
                weights[i] = np.nan
    return _Model(
        levels=matrix[usable],
        groups=group,
        patients=np.array(patients, dtype=np.str_)[usable],
        design=np.column_stack([indicators, extra]),
        weights=weights,
        contrasts=contrasts,
        n_samples=Counter(groups),
    )


def _fit(model: _Model, correlation: float) -> _Fit:
    n_contrasts, n_targets = len(model.weights), model.levels.shape[1]
    shape = (n_contrasts, n_targets)
    estimate, error = np.full(shape, np.nan), np.full(shape, np.nan)
    variance, df = np.full(n_targets, np.nan), np.zeros(n_targets)
    if not np.isnan(correlation):
        member = membership(model.patients.tolist())
        for present, targets in missing_patterns(model.levels):
            if not present.any():
                continue
            part = _least_squares(
                model.levels[np.ix_(present, targets)],
                model.design[present],
                member[present],
                model.weights,
                correlation,
            )
            estimate[:, targets], error[:, targets] = part.estimate, part.unscaled_error
            variance[targets], df[targets] = part.variance, part.df
    return _Fit(estimate, error, variance, df)


def _least_squares(
    levels: Floats, design: Floats, member: Floats, weights: Floats, correlation: float
) -> _Fit:
    """Return the fit of targets that have the same samples."""
    n, n_targets = levels.shape
    alike = (1 - correlation) * np.eye(n) + correlation * (member @ member.T)
    root = np.linalg.cholesky(alike)
    # The middle is taken away first: it lies in every design, and levels keep their digits.
    middle = levels.mean(axis=0)
    x = solve_triangular(root, design, lower=True)
    y = solve_triangular(root, levels - middle, lower=True)
    u, singular, vt = np.linalg.svd(x, full_matrices=False)
    kept = singular > singular.max() * max(x.shape) * np.finfo(np.float64).eps
    u, singular, vt = u[:, kept], singular[kept], vt[kept]
    scores = u.T @ y
    along = weights @ vt.T
    carried = np.isclose(np.square(along).sum(axis=1), np.square(weights).sum(axis=1), rtol=1e-9)
    along = np.where(carried[:, None], along / singular, np.nan)
    df = n - len(singular)
    residual = y - u @ scores
    variance = np.square(residual).sum(axis=0) / df if df else np.full(n_targets, np.nan)
    steady = variance <= (ROUNDING * np.abs(levels).max(axis=0)) ** 2
    return _Fit(
        estimate=along @ scores,
        unscaled_error=np.repeat(np.sqrt(np.square(along).sum(axis=1))[:, None], n_targets, axis=1),
        variance=np.where(steady, 0.0, variance),
        df=np.full(n_targets, float(df)),
    )


def _results(
    model: _Model, fit: _Fit, prior: VariancePrior, own: Floats, shared: float, confidence: float
) -> dict[str, MethodResult]:
    posterior = drawn_towards(fit.variance, fit.df, prior.variance, prior.df)
    df = np.minimum(fit.df + prior.df, fit.df.sum())
    details = {
        "residual_variance": fit.variance,
        "residual_df": fit.df,
        "prior_variance": prior.variance,
        "prior_df": prior.df,
        "posterior_variance": posterior,
        "own_correlation": own,
        "consensus_correlation": np.full(len(own), shared),
    }
    far = np.abs(own - shared) > TOLD_FROM
    notes = [
        f"own correlation within patients {r:.2f}, the consensus used is {shared:.2f}"
        if is_far
        else ""
        for r, is_far in zip(own.tolist(), far.tolist(), strict=True)
    ]
    out = {}
    for i, (name, arms) in enumerate(model.contrasts.items()):
        above, below, pairs = _counts(model, arms)
        estimate = fit.estimate[i]
        words = [
            f"not estimable from {a} values in the numerator and {b} in the denominator group"
            for a, b in zip(above.tolist(), below.tolist(), strict=True)
        ]
        reasons = first_reason(
            len(own),
            [
                (np.full(len(own), np.isnan(shared)), NO_CORRELATION),
                (np.isnan(estimate), words),
                (~(posterior > 0), prior.reason or "zero variance"),
            ],
        )
        out[name] = _result(
            estimate, fit.unscaled_error[i] * np.sqrt(posterior), df, posterior, reasons,
            counts=(above, below, pairs), n_samples=sum(model.n_samples[arm] for arm in arms),
            notes=notes, details=details, confidence=confidence,
        )  # fmt: skip
    return out


def _result(
    estimate: Floats,
    error: Floats,
    df: Floats,
    posterior: Floats,
    reasons: list[str],
    *,
    counts: tuple[Ints, Ints, Ints],
    n_samples: int,
    notes: list[str],
    details: dict[str, Floats],
    confidence: float,
) -> MethodResult:
    good: Flags = sound(reasons)
    error, df = np.where(good, error, np.nan), np.where(good, df, np.nan)
    half_width = t_quantile(confidence, df) * error
    above, below, pairs = counts
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = estimate / error
        effect_size = np.where(good, estimate / np.sqrt(posterior), np.nan)
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=statistic,
        df=df,
        df_denominator=missing(len(df)),
        p_value=two_sided_t(statistic, df),
        effect_size=effect_size,
        effect_size_kind="moderated_d",
        n_numerator=above,
        n_denominator=below,
        n_pairs=pairs,
        n_dropped=n_samples - above - below,
        reason=tuple(own or note for own, note in zip(reasons, notes, strict=True)),
        details=details,
    )


def _counts(model: _Model, arms: tuple[str, str]) -> tuple[Ints, Ints, Ints]:
    """Return values of either arm, and patients with a value in both, of each target."""
    present = ~np.isnan(model.levels)
    by_patient = membership(model.patients.tolist()).T
    told = [by_patient @ (present & (model.groups == arm)[:, None]) for arm in arms]
    above, below = (np.asarray(t.sum(axis=0), dtype=np.int64) for t in told)
    pairs = np.asarray(((told[0] > 0) & (told[1] > 0)).sum(axis=0), dtype=np.int64)
    return above, below, pairs
