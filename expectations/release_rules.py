"""Rules of the release gate: are the built tables of a study fit to be published?"""

from __future__ import annotations

from functools import partial

from duckdb import DuckDBPyConnection

from expectations.rule import Rule

_rule = partial(Rule, gate="release")

TABLE_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="some_batch_released", severity="integrity",
        sentence="At least one batch of the study has been released or accepted.",
        frame="batches", column="n_through", direction="at_least",
    ),
    _rule(
        rule_id="marts_are_current", severity="integrity",
        sentence="The built tables show every batch as it is now, with its latest verdict.",
        frame="batches", column="n_stale", direction="at_most",
    ),
    _rule(
        rule_id="no_mart_empty", severity="integrity",
        sentence="No table that the plan needs is empty while batches are released.",
        frame="relations", column="is_empty_but_needed", direction="at_most", shows="total",
    ),
    _rule(
        rule_id="mart_keys_unique", severity="integrity",
        sentence="No row of a published table stands twice.",
        frame="relations", column="n_repeated", direction="at_most",
    ),
    _rule(
        rule_id="levels_finite", severity="integrity",
        sentence="Every log2 level is a finite number or absent.",
        frame="measurements", column="n_not_finite", direction="at_most", shows="total",
        counted="n_rows", noun="measurements",
    ),
    _rule(
        rule_id="levels_explained", severity="integrity",
        sentence="Every absent log2 level has a reason.",
        frame="measurements", column="n_unexplained", direction="at_most", shows="total",
        counted="n_rows", noun="measurements",
    ),
    _rule(
        rule_id="measurements_complete", severity="integrity",
        sentence="There are as many measurements as samples times targets.",
        frame="measurements", column="n_off", direction="at_most",
    ),
    _rule(
        rule_id="plan_answered", severity="integrity",
        sentence="Every planned analysis has a p-value or a reason for every reportable target.",
        frame="plan", column="n_silent", direction="at_most",
    ),
    _rule(
        rule_id="groups_share_batches", severity="warning",
        sentence="Groups that the plan compares share at least one released batch.",
        frame="groups", column="n_confounded", direction="at_most", shows="total",
        counted="n_contrasts", may_be_none=True,
    ),
    _rule(
        rule_id="samples_like_their_person", severity="warning",
        sentence="No two samples of a visit are each most like the other person at another visit.",
        frame="matches", column="n_exchanged", direction="at_most", shows="total",
        counted="n_rows", noun="samples", may_be_none=True,
    ),
    _rule(
        rule_id="arrays_like_their_batch", severity="warning",
        sentence="No array with serum stands apart from the other arrays of its batch.",
        frame="arrays_apart", column="n_apart", direction="at_most", shows="total",
        counted="n_rows", noun="arrays", may_be_none=True,
    ),
)  # fmt: skip

_design = partial(
    _rule, severity="warning", frame="confounding", direction="at_most",
)  # fmt: skip

DESIGN_RULES: tuple[Rule, ...] = (
    _design(
        rule_id="group_slide_confounded", column="slide_v",
        sentence="The arms of a contrast are spread over the same slides or plates.",
    ),
    _design(
        rule_id="group_lot_confounded", column="lot_v",
        sentence="The arms of a contrast are spread over the same lots.",
    ),
    _design(
        rule_id="group_date_confounded", column="date_v",
        sentence="The arms of a contrast are spread over the same days of scanning.",
    ),
    _design(
        rule_id="group_centre_confounded", column="centre_v",
        sentence="The arms of a contrast come from the same centres.",
    ),
    _design(
        rule_id="visits_on_different_slides", column="split_frac",
        sentence="The two samples of a person that a paired contrast compares share a slide.",
    ),
    _design(
        rule_id="age_balanced", column="age_smd",
        sentence="The arms of an independent contrast have the same age.",
    ),
    _design(
        rule_id="sex_balanced", column="sex_smd",
        sentence="The arms of an independent contrast have the same share of women.",
    ),
)  # fmt: skip

FOLD_CHANGE_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="fold_changes_complete", severity="integrity",
        sentence="There are as many fold changes as contrasts times targets.",
        frame="fold_changes", column="n_off", direction="at_most",
    ),
    _rule(
        rule_id="fold_changes_finite", severity="integrity",
        sentence="Every fold change is a finite number or absent.",
        frame="fold_changes", column="n_not_finite", direction="at_most", shows="total",
        counted="n_rows", noun="fold changes",
    ),
    _rule(
        rule_id="fold_changes_explained", severity="integrity",
        sentence="A fold change is absent exactly where a group mean is absent.",
        frame="fold_changes", column="n_half_missing", direction="at_most", shows="total",
        counted="n_rows", noun="fold changes",
    ),
    _rule(
        rule_id="fold_changes_match_means", severity="integrity",
        sentence="Fold changes equal the differences of their group means.",
        frame="fold_changes", column="mean_gap", direction="at_most",
    ),
    _rule(
        rule_id="fold_changes_match_tests", severity="integrity",
        sentence="Fold changes equal the tests' estimates where both use the same samples.",
        frame="fold_changes", column="test_gap", direction="at_most",
    ),
    _rule(
        rule_id="fold_changes_match_counts", severity="integrity",
        sentence="Fold changes and tests of a contrast count the same samples.",
        frame="fold_changes", column="n_unlike", direction="at_most", shows="total",
        counted="n_rows", noun="fold changes",
    ),
    _rule(
        rule_id="patient_fold_changes_finite", severity="integrity",
        sentence="Every person's fold change is a finite number or absent.",
        frame="patient_folds", column="n_not_finite", direction="at_most", shows="total",
        counted="n_rows", may_be_none=True,
    ),
)  # fmt: skip

TEST_RULES: tuple[Rule, ...] = (
    _rule(
        rule_id="p_values_in_range", severity="integrity",
        sentence="Every p-value lies within 0 and 1.",
        frame="tests", column="n_p_outside", direction="at_most", shows="total",
        counted="n_rows", noun="test results",
    ),
    _rule(
        rule_id="tests_finite", severity="integrity",
        sentence="Every estimate, statistic and interval is a finite number or absent.",
        frame="tests", column="n_not_finite", direction="at_most", shows="total",
        counted="n_rows", noun="test results",
    ),
)  # fmt: skip

RELEASE_RULES = (*TABLE_RULES, *DESIGN_RULES, *FOLD_CHANGE_RULES, *TEST_RULES)


def release_suite(con: DuckDBPyConnection, study_id: str) -> tuple[Rule, ...]:
    """Return the rules that a study's tables are asked: those that its plan makes answerable."""
    plan = con.execute("select kind, mode from raw.plan where study_id = ?", [study_id]).fetchall()
    rules = [*TABLE_RULES]
    if any(kind == "contrast" and mode == "correct" for kind, mode in plan):
        rules += [*DESIGN_RULES, *FOLD_CHANGE_RULES]
    if any(kind != "outcome" for kind, _ in plan):
        rules += TEST_RULES
    return tuple(rules)
