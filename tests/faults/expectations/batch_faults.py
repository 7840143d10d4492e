"""What a test does to a clean batch: one seeded fault per rule of the batch gate."""

from __future__ import annotations

from expectations.batch_rules import BATCH_RULES

STUDY, BATCH = "founding", "SYN-01"
ARRAY = "slide_id = 'SYN-S01' and block = (select min(block) from raw.samples where slide_id = 'SYN-S01' and group_code <> 'empty')"
KIND = "(select target_kind from raw.panel_targets as t where t.target_id = raw.spots.target_id)"
ONE_NEG = f"{ARRAY} and target_id = 'NEG' and spot_column = 16"


def only(*rule_ids):
    """A suite of a few rules, where the others have been asked elsewhere."""
    return tuple(rule for rule in BATCH_RULES if rule.rule_id in rule_ids)


STRUCTURE = only(
    "spots_per_array", "targets_as_listed", "replicates_per_target", "array_has_sample",
    "intensities_in_range",
)  # fmt: skip

#: The columns that a scanner computes from others, as it would have written them.
COMPUTED = """create or replace temp table spot_json as
select study_id, file_sha256, source_line, to_json({
    'F532 Median - B532': (foreground_median_afu - background_median_afu)::integer::varchar,
    'SNR 532': printf('%.3f', (foreground_mean_afu - background_mean_afu) / background_sd_afu),
    'F532 CV': floor(100 * foreground_sd_afu / foreground_mean_afu)::integer::varchar,
    'F532 Total Intensity': (foreground_mean_afu * n_foreground_pixels)::bigint::varchar,
    'Ratio of Medians (635/532)': '2.000', 'Log Ratio (635/532)': '1.000'
})::varchar as extras_json from raw.spots where channel_nm = 532"""
#: The same as raw.spot_extras holds them: one row a column.
PACKED = """delete from raw.spot_extras;
insert into raw.spot_extras
select c.study_id, c.file_sha256, f.print_id,
    row_number() over (partition by c.study_id, c.file_sha256 order by title), title, null,
    string_agg(json_extract_string(extras_json, '$."' || title || '"'), chr(10)
        order by p.spot_number)
from (select *, unnest(json_keys(extras_json)) as title from spot_json) as c
inner join file_prints as f on c.study_id = f.study_id and c.file_sha256 = f.file_sha256
inner join raw.printed_spots as p
    on f.study_id = p.study_id and f.print_id = p.print_id and c.source_line = p.source_line
group by c.study_id, c.file_sha256, f.print_id, title"""
ONE_ROW = "source_line = (select max(source_line) from raw.spots)"


def edited(title, text):
    """Statements that give one row of every file another text in a computed column."""
    return [COMPUTED, "update spot_json set extras_json = json_merge_patch(extras_json, "
            f"'{{\"{title}\": \"{text}\"}}')::varchar where {ONE_ROW}", PACKED]  # fmt: skip


FAULTS = {
    "net_as_computed": edited("F532 Median - B532", "-9999"),
    "snr_as_computed": edited("SNR 532", "4711.000"),
    "cv_as_computed": edited("F532 CV", "4711"),
    "total_as_computed": edited("F532 Total Intensity", "1"),
    "log_ratio_as_computed": edited("Log Ratio (635/532)", "1.030"),
    "slides_delivered": [
        "delete from raw.spots where slide_id = 'SYN-S02'",
        "delete from raw.files where slide_id = 'SYN-S02'",
    ],
    "slide_in_one_batch": [
        "update raw.samples set batch_id = 'OTHER' where sample_id = (select min(sample_id) "
        "from raw.samples where group_code = 'C')",
    ],
    "spot_columns": ["alter table raw.spots drop column diameter_um"],
    "spots_per_array": [f"delete from raw.spots where {ONE_NEG} and spot_row = 11"],
    "targets_as_listed": [
        f"update raw.spots set target_name = 'Lepton', target_id = 'LEPTON' where {ONE_NEG} "
        "and spot_row = 11"
    ],
    "replicates_per_target": [
        "update raw.spots set target_name = 'IL-8', target_id = 'IL_8' "
        f"where {ARRAY} and target_id = 'IL_6' and spot_column % 2 = 0"
    ],
    "intensities_filled": [
        f"update raw.spots set foreground_median_afu = null where {ONE_NEG} and spot_row = 11"
    ],
    "intensities_in_range": [
        f"update raw.spots set background_mean_afu = 65536 where {ONE_NEG} and spot_row = 11"
    ],
    "array_has_sample": [
        "delete from raw.samples where sample_id = (select min(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "array_has_one_sample": [
        "insert into raw.samples by name select * replace ('twin' as sample_id, "
        "'empty' as group_code, null as patient_id, null as visit) from raw.samples "
        "where sample_id = (select min(sample_id) from raw.samples where group_code = 'C')"
    ],
    "flagged_spots": [
        f"update raw.spots set flag = -50 where {ARRAY} and {KIND} = 'analyte' and spot_row < 6"
    ],
    "saturated_spots": [
        f"update raw.spots set foreground_median_afu = 65535 where {ARRAY} and "
        f"{KIND} = 'analyte' and spot_row = 5"
    ],
    "background_level": [
        "update raw.spots set foreground_median_afu = foreground_median_afu + 2000, "
        f"background_median_afu = background_median_afu + 2000 where {ARRAY}"
    ],
    "background_gradient": [
        "update raw.spots set foreground_median_afu = foreground_median_afu + 15 * spot_row, "
        f"background_median_afu = background_median_afu + 15 * spot_row where {ARRAY}"
    ],
    "array_signal": [
        f"update raw.spots set foreground_median_afu = background_median_afu - 5 where {ARRAY} "
        f"and {KIND} = 'analyte' and spot_row < 8"
    ],
    "duplicate_cv": [
        "update raw.spots set foreground_median_afu = background_median_afu + "
        f"(foreground_median_afu - background_median_afu) / 2 where {ARRAY} and "
        f"{KIND} = 'analyte' and spot_column % 2 = 0"
    ],
    "positive_above_negative": [
        "update raw.spots set foreground_median_afu = background_median_afu "
        f"where {ARRAY} and target_id = 'POS3'"
    ],
    "positive_in_order": [
        "update raw.spots set foreground_median_afu = background_median_afu + "
        "(foreground_median_afu - background_median_afu) / 20 "
        f"where {ARRAY} and target_id = 'POS1'"
    ],
    "spots_as_laid_out": [
        "update raw.spots set target_name = if(target_id = 'IL_6', 'IL-8', 'IL-6'), "
        "target_id = if(target_id = 'IL_6', 'IL_8', 'IL_6') "
        f"where {ARRAY} and target_id in ('IL_6', 'IL_8')"
    ],
    "negative_level": [
        f"update raw.spots set foreground_median_afu = background_median_afu + 1000 where {ARRAY} "
        "and target_id = 'NEG'"
    ],
    "empty_blocks_dark": [
        "update raw.samples set group_code = 'empty', patient_id = null, visit = null "
        "where sample_id = (select min(sample_id) from raw.samples where group_code = 'C')"
    ],
    "sample_ids_unique": [
        "update raw.samples set sample_id = (select min(sample_id) from raw.samples "
        "where group_code = 'C') where sample_id = (select max(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "one_sample_per_visit": [
        "update raw.samples set patient_id = (select min(patient_id) from raw.samples "
        "where group_code = 'C') where sample_id = (select max(sample_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "patient_known": [
        "delete from raw.patients where patient_id = (select min(patient_id) from raw.samples "
        "where group_code = 'C')"
    ],
    "group_as_declared": [
        "update raw.samples set group_code = 'B' where sample_id = (select min(sample_id) "
        "from raw.samples where group_code = 'C')"
    ],
    "age_in_range": [
        "update raw.patients set age_years = 150 where patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "baseline_assessed": [
        "delete from raw.assessments where visit = 'baseline' and patient_id = "
        "(select min(patient_id) from raw.samples where group_code = 'A')"
    ],
    "instruments_known": [
        "update raw.assessments set instrument_id = 'unheard_of' where visit = 'follow_up' "
        "and instrument_id = 'qol_unnamed' and patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "scores_in_range": [
        "update raw.assessments set score = 14 where visit = 'follow_up' "
        "and instrument_id = 'vas_pain_0_10' and patient_id = (select min(patient_id) "
        "from raw.samples where group_code = 'A')"
    ],
    "rows_set_aside": [
        "insert into quality.quarantine select 'founding', 'f', 'assessments', 900 + i, 'score', "
        "null, 'SYN-01', 'score_range', 'out of range', 'load', true, 'Q', 'open', false, '' from range(6) as r (i)"
    ],
    "groups_share_slides": [
        "insert into raw.study_groups values ('founding', 'D', 'D', 'patient', 'baseline', 4)",
        "update raw.samples set group_code = 'D' where group_code = 'A' and slide_id = 'SYN-S01'",
        "update raw.plan set numerator_group = 'D' where analysis_id = 'b_vs_a'",
        "delete from raw.plan where analysis_id <> 'b_vs_a'",
    ],
    "own_thresholds_valid": [
        "insert into raw.study_thresholds values ('founding', 'spots_per_array', 9, 'we like it')"
    ],
}  # fmt: skip


def spoil(con, statements):
    for statement in statements:
        before = con.execute("select 1").fetchone()
        n = con.execute(statement).fetchone()
        assert before
        assert statement.startswith("alter") or (n and n[0] > 0), f"nothing was spoilt: {statement}"
