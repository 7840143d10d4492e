"""Every query of the report; a changed column is mended here and in the `*_queries.py` beside it.

No query returns a patient's or sample's id: curves of one person carry an index that is made
from the order of the scores themselves, so it says nothing about the order of the ids.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import duckdb
import pyarrow as pa

from contracts import failure
from reports import publication_queries, quality_queries
from reports.prediction_queries import PREDICTION_QUERIES

_BY_STUDY = "where study_id = $study_id"
#: Selections of targets whose clusterings are drawn.
_SHOWN = "selection in ('all', 'hits')"
#: A scale is an instrument, or an instrument at one treated site.
_SCALE = "instrument_id || case when site_id = '' then '' else '@' || site_id end"
_SCALE_LABEL = "instrument_label || case when site_id = '' then '' else ', ' || site_id end"

QUERIES: dict[str, str] = {
    "study": """
        select s.study_id, s.title, s.is_synthetic, s.platform_id, s.panel_id, s.channel_nm,
            s.primary_variant_id, v.variant_label, v.background_method, v.normalisation_method
        from raw.studies as s
        left join marts.dim_variants as v
            on s.study_id = v.study_id and s.primary_variant_id = v.variant_id
        where s.study_id = $study_id""",
    "groups": f"""
        select g.group_code, g.group_label, g.cohort, g.visit, v.visit_label,
            count(s.sample_id) as n_samples, coalesce(v.visit_order > b.nth, false) as is_follow_up
        from raw.study_groups as g
        left join raw.study_visits as v using (study_id, visit)
        left join (select study_id, visit_order as nth from raw.study_visits where is_baseline) as b
            using (study_id)
        left join marts.dim_samples as s using (study_id, group_code)
        {_BY_STUDY} group by all order by min(g.group_order)""",
    "visits": f"""
        select visit, visit_label, visit_order, is_baseline
        from raw.study_visits {_BY_STUDY} order by visit_order""",
    "sizes": f"""
        select
            (select count(*) from marts.dim_samples {_BY_STUDY} and patient_id is not null)
                as n_samples,
            (select count(distinct slide_id) from marts.dim_samples {_BY_STUDY}) as n_slides,
            (select count(distinct batch_id) from marts.dim_samples {_BY_STUDY}) as n_batches,
            (select count(*) from marts.dim_analytes {_BY_STUDY} and is_reportable)
                as n_analytes,
            (select count(*) from marts.fct_measurements {_BY_STUDY} and is_primary_variant)
                as n_measurements""",
    "cohorts": f"""
        select cohort, n, age_mean_years, age_sd_years, age_min_years, age_max_years
        from reporting.rpt_cohorts {_BY_STUDY} order by cohort desc""",
    "sexes": f"""
        select cohort, sex, count(*) as n
        from marts.dim_patients {_BY_STUDY} group by all order by cohort, n desc, sex""",
    "table1": f"""
        select characteristic, level, n, denominator, constituent_frac, counted_over
        from reporting.rpt_table1 {_BY_STUDY} order by row_order""",
    "outcomes": f"""
        select {_SCALE} as scale_id, {_SCALE_LABEL} as scale_label, visit, visit_label,
            visit_order, is_baseline, n, n_missing, mean_score, sd_score, min_score, max_score,
            mean_change, ci_low, ci_high, p_value, method, mid_rule, mid_source,
            share_mid_reached_frac, share_mid_share_reached_frac,
            share_mid_reached_assessed_frac, effect_size_dz, p_value_paired_t, p_value_wilcoxon
        from reporting.rpt_outcomes {_BY_STUDY}
        order by scale_id, visit_order""",
    "pain_responses": f"""
        select counted_over, definition, instrument_label, visit_label, timing, reason, n,
            n_evaluable, n_responders, n_complete, n_partial, n_progression, n_indeterminate,
            n_gap, n_dose_unknown, n_no_baseline, n_low_baseline, n_reirradiated,
            n_no_follow_up, responder_frac, ci_low_frac, ci_high_frac,
            evaluable_responder_frac, evaluable_ci_low_frac, evaluable_ci_high_frac
        from reporting.rpt_pain_responses {_BY_STUDY} and is_response_instrument
        order by visit_order, definition""",
    "compared": f"""
        select o.cohort, o.characteristic, o.level, o.summary_kind, o.unit_label,
            o.standardised_difference, o.mean_value, o.sd_value, o.n, o.denominator,
            p.mean_value as patient_mean_value, p.sd_value as patient_sd_value,
            p.n as patient_n, p.denominator as patient_denominator
        from reporting.rpt_table1_cohorts as o
        inner join reporting.rpt_table1_cohorts as p
            using (study_id, characteristic_id, level, row_order)
        {_BY_STUDY} and o.cohort <> 'patient' and p.cohort = 'patient'
            and o.characteristic_id <> 'age_class'
        order by o.cohort, row_order""",
    "correlations": f"""
        select c.analysis_id, c.analyte_name, c.instrument_label, c.visit, c.visit_label,
            c.question, c.covariates, c.status, c.reason, c.pearson_correlation,
            c.pearson_ci_low, c.pearson_ci_high, c.spearman_correlation, c.slope_log2fc,
            c.p_value, c.p_adjusted, c.n_patients, c.is_hit
        from reporting.rpt_correlations as c
        left join raw.study_visits as v using (study_id, visit)
        {_BY_STUDY}
        order by c.question = 'change', c.instrument_label, v.visit_order, c.analysis_id,
            c.p_value, c.analyte_name""",
    "odds_ratios": f"""
        select analysis_id, method, pairing, outcome, outcome_label, event_text, visit_label,
            numerator_label, denominator_label, status, odds_ratio, ci_low, ci_high, p_value,
            n_persons, n_missing, n_numerator, n_numerator_events, n_denominator,
            n_denominator_events, n_gained, n_lost, is_interval_consistent, is_primary, reason
        from reporting.rpt_odds_ratios {_BY_STUDY}
        order by pairing desc, outcome, visit, analysis_id, is_primary desc, method""",
    "scales": f"""
        with planned as (
            select outcome as instrument_id, min(source_line) as plan_order
            from raw.plan {_BY_STUDY} and kind = 'outcome' group by outcome
        ),
        known as (
            select instrument_id, score_min, score_max, mid_frac, mid_source, 1 as precedence
            from raw.study_instruments {_BY_STUDY}
            union all
            select instrument_id, score_min, score_max, mid_frac, mid_source, 2 as precedence
            from vocabulary.instruments
        ),
        ranges as (
            select instrument_id, score_min, score_max, mid_frac, mid_source
            from known
            qualify row_number() over (partition by instrument_id order by precedence) = 1
        )
        select {_SCALE} as scale_id, o.instrument_id, any_value(o.better_direction)
            as better_direction, any_value(o.mid_rule) as mid_rule,
            max(o.mid_score_used) filter (where o.mid_rule <> 'share_of_baseline') as mid_score,
            max(r.score_min) as score_min, max(r.score_max) as score_max,
            max(r.mid_frac) as mid_frac, any_value(r.mid_source) as mid_source
        from marts.fct_outcomes as o
        left join ranges as r using (instrument_id)
        left join planned as p using (instrument_id)
        {_BY_STUDY} and o.cohort = 'patient'
        group by scale_id, o.instrument_id
        order by min(p.plan_order) nulls last, scale_id""",
    "curves": f"""
        with people as (
            select instrument_id, patient_id, site_id,
                row_number() over (
                    partition by instrument_id, site_id order by list(score order by visit_order)
                ) as curve
            from marts.fct_outcomes {_BY_STUDY} and cohort = 'patient'
            group by instrument_id, patient_id, site_id
        )
        select {_SCALE} as scale_id, p.curve, o.visit, o.visit_order, o.is_baseline,
            cast(o.score as double) as score, cast(o.change_score as double) as change_score
        from marts.fct_outcomes as o
        inner join people as p using (instrument_id, patient_id, site_id)
        {_BY_STUDY} and o.cohort = 'patient' and o.score is not null
        order by scale_id, p.curve, o.visit_order""",
    "hit_counts": f"""
        select contrast_id, mode, method, rule_text, n_tested, n_hits, n_hits_up, n_hits_down,
            n_chance_upper, n_chance_permuted
        from reporting.rpt_hit_counts {_BY_STUDY} order by mode, contrast_id""",
    "permutations": f"""
        select max(n_permutations) as n_permutations, max(seed) as seed
        from stats.fct_hit_counts {_BY_STUDY}""",
    "plan": f"""
        select analysis_id, kind, contrast_id, numerator_group, denominator_group, grouping,
            subset, visit, pairing, covariates, outcome, primary_method, mode, status, alpha,
            min_abs_fold_change, plan_hash
        from raw.plan {_BY_STUDY} order by source_line""",
    "plan_changes": f"""
        select analysis_id, change, changed_columns, change_text, is_after_data,
            published_generation, reason, cast(changed_at as date) as changed_on
        from quality.plan_changes {_BY_STUDY} order by changed_at, analysis_id""",
    "differential": f"""
        select contrast_id, analyte_id, analyte_name, gene_symbols, numerator_group,
            denominator_group, numerator_label, denominator_label, signed_fold_change,
            change_log2fc, ci_low_log2fc, ci_high_log2fc, method, p_value, p_adjusted,
            n_numerator, n_denominator, n_pairs, below_lod_frac, verdict, is_hit,
            direction_in_words, sensitivity, detectable_adjusted_log2fc, reason
        from reporting.rpt_differential {_BY_STUDY}
        order by contrast_id, is_hit desc, p_value nulls last, analyte_name""",
    "volcano": f"""
        select contrast_id, analyte_id, analyte_name, change_log2fc, p_value, p_adjusted,
            neg_log10_p, is_hit, verdict
        from reporting.rpt_volcano {_BY_STUDY} order by contrast_id, analyte_name""",
    "robustness": f"""
        select contrast_id, analyte_name, robustness, n_variants, n_variants_computed,
            n_variants_hit, is_primary_hit, is_sign_stable, primary_log2fc, lowest_log2fc,
            highest_log2fc, deviating_variants
        from reporting.rpt_robustness {_BY_STUDY}
        order by contrast_id, hit_frac desc nulls last, analyte_name""",
    "recipes": f"""
        select t.variant_id, v.variant_label, t.is_primary_variant,
            count(*) filter (where t.is_hit) as n_hits
        from stats.fct_variant_tests as t
        left join marts.dim_variants as v using (study_id, variant_id)
        {_BY_STUDY}
        group by all order by t.is_primary_variant desc, t.variant_id""",
    "reanalyses": f"""
        select analysis_name, variant_id, note, contrast_id, analyte_name, comparison,
            primary_log2fc, primary_p_adjusted, named_log2fc, named_p_adjusted
        from reporting.rpt_reanalyses {_BY_STUDY}
        order by analysis_name, contrast_id, comparison, analyte_name""",
    "equivalence": f"""
        select analysis_id, analyte_name, numerator_label, denominator_label, verdict, reason,
            margin_fold, change_log2fc, inner_low_log2fc, inner_high_log2fc,
            difference_p_adjusted, equivalence_p_adjusted
        from reporting.rpt_equivalence {_BY_STUDY}
        order by analysis_id, equivalence_p_value nulls last, analyte_name""",
    **PREDICTION_QUERIES,
    "p_values": f"""
        select h.contrast_id, h.p_low, h.p_high, h.n_targets, h.n_tested, h.n_expected
        from reporting.rpt_p_value_histograms as h
        inner join raw.plan as p using (study_id, analysis_id)
        {_BY_STUDY} and h.is_primary and p.kind = 'contrast' and p.mode = 'correct'
        order by h.contrast_id, h.bin_number""",
    "spreads": f"""
        select v.contrast_id, a.analyte_name, v.mean_level_log2, v.residual_sd_log2,
            v.prior_sd_log2, v.posterior_sd_log2
        from reporting.rpt_mean_variance as v
        inner join raw.plan as p using (study_id, analysis_id)
        inner join marts.dim_analytes as a using (study_id, analyte_id)
        {_BY_STUDY} and v.method = 'moderated_t' and p.kind = 'contrast'
            and v.residual_sd_log2 is not null
        order by v.contrast_id, a.analyte_name""",
    "assumptions": f"""
        select analysis_id, contrast_id, method, stratum, assumption, n_tested, n_below,
            n_chance_upper, n_below_adjusted
        from reporting.rpt_assumptions {_BY_STUDY}
        order by contrast_id, analysis_id, method, stratum""",
    "modes": f"""
        select contrast_id, analyte_name, paper_p_value, paper_signed_fold_change, is_hit_paper,
            correct_p_adjusted, is_hit_correct, status, why
        from reporting.rpt_mode_comparison {_BY_STUDY}
        order by contrast_id, status, analyte_name""",
    "clusterings": f"""
        select selection, axis, n_items, n_left_out, caution, reason
        from stats.fct_clusterings {_BY_STUDY} and {_SHOWN}
        order by selection, axis desc""",
    "heat_rows": f"""
        select selection, target_leaf, analyte_name,
            list(z_score order by sample_leaf) as z_scores
        from reporting.rpt_heat_map {_BY_STUDY} and {_SHOWN}
        group by all order by selection, target_leaf""",
    "heat_columns": f"""
        select distinct selection, sample_leaf, coalesce(group_label, group_code) as group_label
        from reporting.rpt_heat_map {_BY_STUDY} and {_SHOWN} order by selection, sample_leaf""",
    "dendrograms": f"""
        select selection, axis, merge_number, left_leaf, left_merge, right_leaf, right_merge,
            merge_height, n_members, stability_frac, is_stable
        from reporting.rpt_dendrograms {_BY_STUDY} and {_SHOWN}
        order by selection, axis, merge_number""",
    "component_scores": f"""
        select selection, coalesce(group_label, group_code) as group_label, first_score,
            second_score, first_explained_frac, second_explained_frac
        from reporting.rpt_component_scores {_BY_STUDY} and {_SHOWN}
        order by selection, first_score, second_score""",
    **publication_queries.QUERIES,
    **quality_queries.QUERIES,
}


@dataclass(frozen=True)
class Published:
    """What the warehouse has published about one study: one Arrow table per query."""

    study: pa.Table
    groups: pa.Table
    visits: pa.Table
    sizes: pa.Table
    cohorts: pa.Table
    sexes: pa.Table
    table1: pa.Table
    outcomes: pa.Table
    pain_responses: pa.Table
    compared: pa.Table
    correlations: pa.Table
    odds_ratios: pa.Table
    scales: pa.Table
    curves: pa.Table
    hit_counts: pa.Table
    permutations: pa.Table
    plan: pa.Table
    plan_changes: pa.Table
    differential: pa.Table
    volcano: pa.Table
    robustness: pa.Table
    recipes: pa.Table
    reanalyses: pa.Table
    equivalence: pa.Table
    predictions: pa.Table
    prediction_models: pa.Table
    prediction_curves: pa.Table
    p_values: pa.Table
    spreads: pa.Table
    assumptions: pa.Table
    modes: pa.Table
    claims: pa.Table
    claim_figures: pa.Table
    publication_comparison: pa.Table
    clusterings: pa.Table
    heat_rows: pa.Table
    heat_columns: pa.Table
    dendrograms: pa.Table
    component_scores: pa.Table
    batches: pa.Table
    lots: pa.Table
    contrast_lots: pa.Table
    gates: pa.Table
    acceptances: pa.Table
    exclusions: pa.Table
    waiting: pa.Table
    arrays: pa.Table
    files: pa.Table

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return one table as rows; nulls are None."""
        table: pa.Table = getattr(self, name)
        return table.to_pylist()

    @property
    def head(self) -> dict[str, Any]:
        """The row of the study itself."""
        return self.rows("study")[0]


def read_published(con: duckdb.DuckDBPyConnection, study_id: str) -> Published:
    """Read everything the report shows.

    Raises
    ------
    CytomartError
        The study is not published, or the file does not hold what a report needs.
    """
    tables = {f.name: _read(con, f.name, study_id) for f in fields(Published)}
    if tables["study"].num_rows == 0:
        known = [
            r[0] for r in con.execute("select study_id from raw.studies order by 1").fetchall()
        ]
        raise failure(
            f"no published study is called {study_id!r}",
            allowed=", ".join(known) or "no study is published yet",
            remedy="give one of these, or run the study first",
        )
    return Published(**tables)


def _read(con: duckdb.DuckDBPyConnection, name: str, study_id: str) -> pa.Table:
    try:
        return con.execute(QUERIES[name], {"study_id": study_id}).to_arrow_table()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise failure(
            f"the published file cannot answer the report's question about {name}: {error}",
            remedy="build and publish again with this version of cytomart",
            exit_code=4,
        ) from error
