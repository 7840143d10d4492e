"""Rules of the batch gate, and which of them a batch is asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from duckdb import DuckDBPyConnection

from contracts.raw import VALUES
from contracts.scans import SPOTS
from expectations.identity_frames import has_titles, identity_titles
from expectations.rule import ColumnSetRule, Rule

_rule = partial(Rule, gate="batch")


@dataclass(frozen=True)
class ControlRule(Rule):
    """A rule about control spots: asked only where the panel's list has such controls."""

    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdentityRule(Rule):
    """A rule about a column that follows from others: asked only where a slide brings it."""

    identity: str = ""


_POSITIVE = ("positive_control",)
_NEGATIVE = ("negative_control", "blank")

DELIVERY_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="batch_delivered", severity="integrity",
        sentence="At least one file of measurements of the batch has been loaded.",
        frame="delivery", column="n_files", direction="at_least",
    ),
)  # fmt: skip

SLIDE_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="slides_delivered", severity="critical",
        sentence="Every slide or plate that the sample sheet names has its file.",
        frame="slides", column="n_files", direction="at_least",
    ),
    _rule(
        rule_id="slide_in_one_batch", severity="integrity",
        sentence="Every slide or plate belongs to one batch.",
        frame="slides", column="n_batches", direction="at_most",
    ),
)  # fmt: skip

SPOT_RULES: tuple[Rule, ...] = (
    ColumnSetRule(
        rule_id="spot_columns", gate="batch", severity="integrity",
        sentence="The spots bring every column that signals are computed from.",
        frame="spot_columns", column="", direction="at_most",
        required=tuple(SPOTS.column_names),
    ),
    _rule(
        rule_id="spots_per_array", severity="integrity",
        sentence="Every array has as many spots as its layout.",
        frame="arrays", column="n_spots_off", direction="at_most",
    ),
    _rule(
        rule_id="targets_as_listed", severity="integrity",
        sentence="Every array carries the targets of the panel's content list and no others.",
        frame="arrays", column="n_targets_off", direction="at_most",
    ),
    _rule(
        rule_id="replicates_per_target", severity="integrity",
        sentence="Every reportable target is printed as often as the panel says.",
        frame="arrays", column="n_replicates_off", direction="at_most",
    ),
    _rule(
        rule_id="spots_as_laid_out", severity="integrity",
        sentence="Every spot holds the target that the layout of its lot has there.",
        frame="arrays", column="n_moved", direction="at_most",
    ),
    _rule(
        rule_id="intensities_filled", severity="integrity",
        sentence="Every spot has a foreground and a background.",
        frame="arrays", column="n_unfilled", direction="at_most",
    ),
    _rule(
        rule_id="intensities_in_range", severity="integrity",
        sentence="Intensities lie within the scanner's 16 bits (0 to 65535).",
        frame="arrays", column="n_outside", direction="at_most",
    ),
    _rule(
        rule_id="array_has_sample", severity="integrity",
        sentence="Every scanned array has a row in the sample sheet.",
        frame="arrays", column="n_samples", direction="at_least",
    ),
    _rule(
        rule_id="array_has_one_sample", severity="integrity",
        sentence="No array is claimed by two rows of the sample sheet.",
        frame="arrays", column="n_samples_if_any", direction="at_most",
    ),
    _rule(
        rule_id="flagged_spots", severity="critical",
        sentence="Few spots of an array with serum are flagged bad, absent or not found.",
        frame="serum_arrays", column="flagged_frac", direction="at_most",
    ),
    _rule(
        rule_id="saturated_spots", severity="critical",
        sentence="Few reportable spots of an array with serum are saturated.",
        frame="serum_arrays", column="saturated_frac", direction="at_most",
    ),
    _rule(
        rule_id="background_level", severity="critical",
        sentence="The median local background of an array with serum is not raised.",
        frame="serum_arrays", column="background_afu", direction="at_most",
    ),
    _rule(
        rule_id="background_gradient", severity="warning",
        sentence="The local background of an array with serum is level from end to end.",
        frame="serum_arrays", column="gradient_ratio", direction="at_most",
    ),
    _rule(
        rule_id="array_signal", severity="critical",
        sentence="The median net signal of an array with serum is positive.",
        frame="serum_arrays", column="signal_afu", direction="above",
    ),
    _rule(
        rule_id="duplicate_cv", severity="warning",
        sentence="Replicate spots of an array with serum agree (median CV over targets).",
        frame="serum_arrays", column="cv_frac", direction="at_most",
    ),
    ControlRule(
        rule_id="positive_above_negative", gate="batch", severity="critical",
        sentence="The weakest positive control of an array with serum lies above the detection "
        "limit of its negative controls.",
        frame="serum_arrays", column="pos_above_neg_afu", direction="above",
        controls=(*_POSITIVE, *_NEGATIVE),
    ),
    ControlRule(
        rule_id="positive_in_order", gate="batch", severity="warning",
        sentence="Positive controls fall in the order of their amounts (POS1 > POS2 > POS3).",
        frame="serum_arrays", column="pos_step_afu", direction="above", controls=_POSITIVE,
    ),
    ControlRule(
        rule_id="negative_level", gate="batch", severity="warning",
        sentence="Negative controls stay low against the array's median signal.",
        frame="serum_arrays", column="neg_to_signal_frac", direction="at_most",
        controls=_NEGATIVE,
    ),
    _rule(
        rule_id="empty_blocks_dark", severity="warning",
        sentence="No Block that the sheet calls empty has half the signal of those with serum.",
        frame="empty_arrays", column="n_bright", direction="at_most", shows="total",
        counted="n_empty", may_be_none=True,
    ),
)  # fmt: skip

_identity = partial(
    IdentityRule, gate="batch", frame="identities", direction="at_most",
)  # fmt: skip

IDENTITY_RULES: tuple[IdentityRule, ...] = (
    _identity(
        rule_id="net_as_computed", severity="critical", identity="net", column="net_off_frac",
        sentence="The file's own net signal is its foreground minus its background in every row.",
    ),
    _identity(
        rule_id="snr_as_computed", severity="warning", identity="snr", column="snr_off_frac",
        sentence="The file's own signal-to-noise ratio follows from means and deviation.",
    ),
    _identity(
        rule_id="cv_as_computed", severity="warning", identity="cv", column="cv_off_frac",
        sentence="The file's own coefficient of variation follows from deviation and mean.",
    ),
    _identity(
        rule_id="total_as_computed", severity="warning", identity="total",
        column="total_off_frac",
        sentence="The file's own total intensity is its mean times its pixels.",
    ),
    _identity(
        rule_id="log_ratio_as_computed", severity="warning", identity="log_ratio",
        column="log_ratio_off_frac",
        sentence="The file's own log ratio is the logarithm of its ratio of medians.",
    ),
)  # fmt: skip

VALUE_RULES: tuple[Rule, ...] = (
    ColumnSetRule(
        rule_id="value_columns", gate="batch", severity="integrity",
        sentence="The values bring every column that levels are taken from.",
        frame="value_columns", column="", direction="at_most",
        required=tuple(VALUES.column_names),
    ),
    _rule(
        rule_id="values_per_sample", severity="integrity",
        sentence="Every sample of the batch has every target that the batch has.",
        frame="value_samples", column="n_absent", direction="at_most",
    ),
    _rule(
        rule_id="values_unique", severity="integrity",
        sentence="No cell of a file stands twice (replicate wells are cells of their own).",
        frame="value_samples", column="n_repeated", direction="at_most",
    ),
    _rule(
        rule_id="values_in_range", severity="integrity",
        sentence="Values are finite, not negative where linear, and marked with a known qualifier.",
        frame="value_samples", column="n_outside", direction="at_most",
    ),
    _rule(
        rule_id="value_has_sample", severity="integrity",
        sentence="Every measured sample has a row in the sample sheet.",
        frame="value_samples", column="n_sample_rows", direction="at_least",
    ),
    _rule(
        rule_id="values_as_listed", severity="integrity",
        sentence="Every measured target stands in the panel's content list.",
        frame="value_units", column="n_unlisted", direction="at_most",
    ),
    _rule(
        rule_id="one_unit_a_target", severity="integrity",
        sentence="A target's values have one quantity, unit, scale and platform in the study.",
        frame="value_units", column="n_units", direction="at_most",
    ),
    _rule(
        rule_id="values_missing", severity="critical",
        sentence="Few values of a sample are missing.",
        frame="value_samples", column="missing_frac", direction="at_most",
    ),
)  # fmt: skip

SHEET_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="sample_ids_unique", severity="integrity",
        sentence="No sample id stands twice in the study.",
        frame="samples", column="n_same_id", direction="at_most",
    ),
    _rule(
        rule_id="one_sample_per_visit", severity="critical",
        sentence="No person has two samples of one visit.",
        frame="samples", column="n_same_visit", direction="at_most",
    ),
    _rule(
        rule_id="patient_known", severity="integrity",
        sentence="Every sample's person stands once in the patient table.",
        frame="samples", column="n_patients", direction="equal",
    ),
    _rule(
        rule_id="group_as_declared", severity="integrity",
        sentence="Every sample's group is declared, and fits its visit and its person's cohort.",
        frame="samples", column="n_conflicts", direction="at_most", shows="total",
    ),
    _rule(
        rule_id="age_in_range", severity="integrity",
        sentence="Ages lie within the range of the instruments seed.",
        frame="persons", column="n_age_outside", direction="at_most", shows="total",
    ),
    _rule(
        rule_id="baseline_assessed", severity="warning",
        sentence="Everyone of an assessed cohort has a score at the baseline visit.",
        frame="persons", column="n_without_baseline", direction="at_most", shows="total",
    ),
    _rule(
        rule_id="instruments_known", severity="integrity",
        sentence="Every score belongs to an instrument of the study or of the seed.",
        frame="scores", column="n_unknown", direction="at_most", shows="total",
        counted="n_scores", may_be_none=True,
    ),
    _rule(
        rule_id="scores_in_range", severity="integrity",
        sentence="Every score lies within its instrument's range.",
        frame="scores", column="n_outside", direction="at_most", shows="total",
        counted="n_scores", may_be_none=True,
    ),
    _rule(
        rule_id="rows_set_aside", severity="critical",
        sentence="Few rows of the batch's files are in quarantine.",
        frame="set_aside", column="set_aside_frac", direction="at_most",
    ),
    _rule(
        rule_id="groups_share_slides", severity="critical",
        sentence="Groups that the plan compares share at least one slide of the batch.",
        frame="design", column="n_confounded", direction="at_most", shows="total",
        counted="n_contrasts", may_be_none=True,
    ),
    _rule(
        rule_id="own_thresholds_valid", severity="integrity",
        sentence="Every threshold that the study sets belongs to a rule that may be adjusted.",
        frame="own_thresholds", column="n_unusable", direction="at_most", shows="total",
        counted="n_set", may_be_none=True,
    ),
)  # fmt: skip

BATCH_RULES = (
    *DELIVERY_RULES, *SLIDE_RULES, *SPOT_RULES, *IDENTITY_RULES, *VALUE_RULES, *SHEET_RULES,
)  # fmt: skip


def batch_suite(con: DuckDBPyConnection, study_id: str, batch_id: str) -> tuple[Rule, ...]:
    """Return the rules that a batch is asked.

    A batch with scans is asked about spots, one with values about values, every batch about
    delivery, slides (or plates) and sheets. Where nothing was delivered yet, that is the answer,
    not twenty rules about arrays that are not there. Rules about control spots are left out only
    where the panel's content list is known and has no such controls, those about columns that
    follow from others where no slide brings the column.
    """
    has_spots, has_values = con.execute(
        "select exists (select 1 from raw.scans where study_id = $study_id and (batch_id = "
        "$batch_id or slide_id in (select slide_id from raw.samples where study_id = $study_id "
        "and batch_id = $batch_id))), exists (select 1 from raw.\"values\" where "
        "study_id = $study_id and batch_id = $batch_id)",
        {"study_id": study_id, "batch_id": batch_id},
    ).fetchall()[0]  # fmt: skip
    rules: list[Rule] = [*DELIVERY_RULES, *SLIDE_RULES]
    if has_spots:
        kinds = _panel_kinds(con, study_id)
        rules += [r for r in SPOT_RULES if not kinds or _has_controls(r, kinds)]
        titles = identity_titles(con, {"study_id": study_id, "batch_id": batch_id})
        rules += [r for r in IDENTITY_RULES if has_titles(r.identity, titles)]
    if has_values:
        rules += VALUE_RULES
    return (*rules, *SHEET_RULES)


def _panel_kinds(con: DuckDBPyConnection, study_id: str) -> set[str]:
    rows = con.execute(
        "select distinct t.target_kind from raw.panel_targets as t inner join raw.studies as s "
        "on t.study_id = s.study_id and t.panel_id = s.panel_id where t.study_id = ?",
        [study_id],
    ).fetchall()
    return {kind for (kind,) in rows}


def _has_controls(rule: Rule, kinds: set[str]) -> bool:
    if not isinstance(rule, ControlRule):
        return True
    needed = [group for group in (_POSITIVE, _NEGATIVE) if set(group) & set(rule.controls)]
    return all(kinds & set(group) for group in needed)
