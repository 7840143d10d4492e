"""Mixed model: groups as fixed effects, one random intercept per patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.methods.arrays import Flags, Ints, as_matrix, check_confidence
from stats.methods.mixed_design import MixedDesign, mixed_design, patients_in_both
from stats.methods.mixed_fit import MixedFit, fit_targets
from stats.methods.result import CI_NOT_DEFINED, MethodResult, first_reason, missing, sound
from stats.methods.tails import t_quantile, two_sided_t, upper_f

SINGULAR = "singular: the variance between patients is estimated as 0"
NO_MOMENTS = "too few values: Kenward–Roger's F has no denominator degrees of freedom"


@dataclass(frozen=True)
class MixedModelResult:
    """The test of all groups together, and each contrast by its name."""

    omnibus: MethodResult
    contrasts: Mapping[str, MethodResult]


def mixed_model(
    levels: ArrayLike,
    groups: Sequence[str],
    patients: Sequence[str],
    contrasts: Mapping[str, tuple[str, str]],
    *,
    covariates: ArrayLike | None,
    confidence: float,
) -> MixedModelResult:
    """Compare groups whose patients may stand in several of them.

    Parameters
    ----------
    levels : (n_samples, n_targets), log2 levels, NaN where missing
        Patients may lack groups, visits or values: every value present enters.
    groups, patients : (n_samples,), code of the group and of the patient of each sample
    contrasts : name → (numerator group, denominator group)
    covariates : (n_samples, n_covariates) or None; a sample that lacks one does not enter
    confidence : coverage of the intervals, as 0.95

    Returns
    -------
    MixedModelResult
        Omnibus (all group means agree): `statistic` F scaled, `df` = groups − 1,
        `df_denominator` by Kenward and Roger. Contrasts: `estimate` difference of adjusted means
        of log2 levels, `statistic` t, `df` by Kenward and Roger, `effect_size` Cohen's d with
        the SD of a level, √(variance between patients + residual variance); `n_pairs` patients
        with a value in both arms. `details`: `between_patient_variance`, `residual_variance`,
        `own_correlation` (of two levels of one patient). Where the first is estimated as 0 the
        numbers stand and `reason` says `singular`.

    Raises
    ------
    ValueError
        Rows do not fit each other, or a value is infinite.

    Notes
    -----
    Assumes that patients are independent, random intercepts and residuals normal, and one
    variance for all groups: where a group varies more, Welch's t is safer. REML; a singular fit
    is at the boundary itself. Two-sided.

    References
    ----------
    Laird & Ware (1982), Biometrics 38:963–974, doi:10.2307/2529876; Kenward & Roger (1997),
    Biometrics 53:983–997, doi:10.2307/2533558; d: Westfall, Kenny & Judd (2014), J. Exp.
    Psychol. Gen. 143:2020–2045, doi:10.1037/xge0000014.
    Checked against R lme4 + pbkrtest: F at 1e-5, degrees of freedom and p at 1e-4 relative.
    """
    check_confidence(confidence)
    matrix = as_matrix(levels, "levels")
    design = mixed_design(groups, patients, covariates, len(matrix))
    fit = fit_targets(design, np.where(design.usable[:, None], matrix, np.nan))
    return MixedModelResult(
        omnibus=_omnibus(design, fit),
        contrasts={
            name: _contrast(design, fit, arms, confidence) for name, arms in contrasts.items()
        },
    )


def _omnibus(design: MixedDesign, fit: MixedFit) -> MethodResult:
    n_targets, n_groups = len(fit.n), len(design.groups)
    reasons = first_reason(n_targets, [*_lacking_groups(design, fit), fit.fault])
    good = sound(reasons)
    statistic, df_denominator = missing(n_targets), missing(n_targets)
    if good.any():
        equal_means = np.stack(
            [design.column(g) - design.column(design.groups[0]) for g in design.groups[1:]], axis=1
        )
        f, scale, df = fit.f_test(equal_means, good)
        exists = (df > 0) & (scale > 0) & np.isfinite(df)
        statistic[good] = np.where(exists, scale * f, np.nan)
        df_denominator[good] = np.where(exists, df, np.nan)
        reasons = first_reason(
            n_targets,
            [(~good, reasons), (np.isnan(statistic), NO_MOMENTS), (fit.is_singular, SINGULAR)],
        )
    df = np.where(np.isnan(statistic), np.nan, n_groups - 1.0)
    return MethodResult(
        estimate=missing(n_targets),
        ci_low=missing(n_targets),
        ci_high=missing(n_targets),
        statistic=statistic,
        df=df,
        df_denominator=df_denominator,
        p_value=upper_f(statistic, df, df_denominator),
        effect_size=missing(n_targets),
        effect_size_kind="",
        n_numerator=fit.n,
        n_denominator=np.zeros_like(fit.n),
        n_pairs=None,
        n_dropped=len(design.group_of) - fit.n,
        reason=tuple(_with_interval_note(reasons)),
        details=fit.details,
    )


def _contrast(
    design: MixedDesign, fit: MixedFit, arms: tuple[str, str], confidence: float
) -> MethodResult:
    n_targets = len(fit.n)
    top, bottom = (fit.n_in(arm) for arm in arms)
    reasons = first_reason(
        n_targets, [(np.minimum(top, bottom) < 1, _few_in_arms(top, bottom)), fit.fault]
    )
    good = sound(reasons)
    estimate, error, df = missing(n_targets), missing(n_targets), missing(n_targets)
    if good.any():
        difference = design.column(arms[0]) - design.column(arms[1])
        estimate[good], error[good], df[good] = fit.t_test(difference, good)
    statistic = estimate / error
    half_width = t_quantile(confidence, df) * error
    noted = first_reason(n_targets, [(~good, reasons), (fit.is_singular, SINGULAR)])
    in_arms = np.isin(design.group_of, [design.groups.index(a) for a in arms if a in design.groups])
    return MethodResult(
        estimate=estimate,
        ci_low=estimate - half_width,
        ci_high=estimate + half_width,
        statistic=statistic,
        df=df,
        df_denominator=missing(n_targets),
        p_value=two_sided_t(statistic, df),
        effect_size=estimate / fit.total_sd,
        effect_size_kind="cohen_d",
        n_numerator=top,
        n_denominator=bottom,
        n_pairs=patients_in_both(design, fit.present, arms),
        n_dropped=int(in_arms.sum()) - top - bottom,
        reason=tuple(noted),
        details=fit.details,
    )


def _lacking_groups(design: MixedDesign, fit: MixedFit) -> list[tuple[Flags, list[str] | str]]:
    counts = np.stack([fit.n_in(g) for g in design.groups], axis=1) if design.groups else None
    few = f"too few groups: {len(design.groups)}, at least 2 are needed"
    if counts is None or len(design.groups) < 2:
        return [(np.ones(len(fit.n), dtype=np.bool_), few)]
    words = [f"too few values: {row} in the groups, at least 1 in each is needed"
             for row in counts.tolist()]  # fmt: skip
    return [(counts.min(axis=1) < 1, words)]


def _few_in_arms(top: Ints, bottom: Ints) -> list[str]:
    return [
        f"too few values: {x} in the numerator and {y} in the denominator group, at least 1 in "
        "each is needed"
        for x, y in zip(top.tolist(), bottom.tolist(), strict=True)
    ]


def _with_interval_note(reasons: Sequence[str]) -> list[str]:
    """Return reasons, and where a number stands also that an F test has no interval."""
    return [
        CI_NOT_DEFINED if not why else f"{why}; {CI_NOT_DEFINED}" if why == SINGULAR else why
        for why in reasons
    ]
