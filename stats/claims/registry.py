"""Which function judges which check: names as in contracts/claim_checks.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stats.claims.checks.agreement import agreement
from stats.claims.checks.baseline_matching import baseline_matching
from stats.claims.checks.direction_agreement import direction_agreement
from stats.claims.checks.direction_count import direction_count
from stats.claims.checks.effect_direction import effect_direction
from stats.claims.checks.false_hits import false_hits
from stats.claims.checks.fold_rule import fold_rule
from stats.claims.checks.grim import grim
from stats.claims.checks.grimmer import grimmer
from stats.claims.checks.important_difference import important_difference
from stats.claims.checks.list_length import list_length
from stats.claims.checks.method_fit import method_fit
from stats.claims.checks.not_reported import not_reported
from stats.claims.checks.one_cut_off import one_cut_off
from stats.claims.checks.p_from_ci import p_from_ci
from stats.claims.checks.p_from_statistic import p_from_statistic
from stats.claims.checks.panel_target import panel_target
from stats.claims.checks.percentages import percentages
from stats.claims.checks.recorded import recorded
from stats.claims.checks.rounding_consistency import rounding_consistency
from stats.claims.checks.sd_bounds import sd_bounds
from stats.claims.checks.t_from_summary import t_from_summary
from stats.claims.checks.table_reconstruction import table_reconstruction
from stats.claims.checks.total import total
from stats.claims.checks.transitivity import transitivity
from stats.claims.checks.variance_ratio import variance_ratio
from stats.claims.claim import Claim, Finding

FUNCTIONS: Mapping[str, Callable[[Claim], Finding]] = {
    f.__name__: f
    for f in (
        agreement, baseline_matching, direction_agreement, direction_count, effect_direction,
        false_hits, fold_rule, grim, grimmer, important_difference, list_length, method_fit,
        not_reported, one_cut_off, p_from_ci, p_from_statistic, panel_target, percentages,
        recorded, rounding_consistency, sd_bounds, t_from_summary, table_reconstruction, total,
        transitivity, variance_ratio,
    )
}  # fmt: skip
