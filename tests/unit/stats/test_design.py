"""Matrices come from keys; a design that the samples do not allow is named."""

from __future__ import annotations

import random

import numpy as np
import pytest

from contracts import CytomartError
from stats.checks import check_designs
from stats.design import (
    ABSENT,
    arm_rows,
    change_rows,
    group_rows,
    pair_rows,
    read_levels,
    read_sheet,
)
from stats.plan import read_plan


@pytest.fixture
def read(as_plan):
    def reader(study, rows=()):
        measurements, samples, _ = study.tables()
        sheet = read_sheet(samples)
        return sheet, read_levels(measurements, sheet), read_plan(as_plan(list(rows)))

    return reader


def test_levels_stand_where_their_keys_say(make_study, read):
    study = make_study()
    random.Random(3).shuffle(study.measurements)
    random.Random(4).shuffle(study.samples)
    sheet, (levels,), _ = read(study)
    for row in study.measurements:
        i = sheet.sample_ids.index(row["sample_id"])
        j = levels.analyte_ids.index(row["analyte_id"])
        assert levels.matrix[i, j] == row["level_log2"]


def test_a_null_and_an_absent_row_are_both_missing(make_study, read):
    study = make_study()
    study.measurements[0]["level_log2"] = None
    gone = study.measurements.pop(1)
    sheet, (levels,), _ = read(study)
    row = levels.matrix[sheet.sample_ids.index(gone["sample_id"])]
    assert np.isnan(row[:2]).all()
    assert np.isfinite(row[2:]).all()


def test_measurements_of_an_excluded_sample_enter_no_row(make_study, make_contrast, read):
    study = make_study()
    for sample in study.samples:
        sample["is_excluded"] = sample["sample_id"] in ("P01-baseline", "C02-baseline")
    sheet, (levels,), (analysis,) = read(study, [make_contrast("A", "C")])
    assert sheet.excluded_ids == ("C02-baseline", "P01-baseline")
    assert levels.matrix.shape == (20, 5)
    assert np.isfinite(levels.matrix).all()
    assert [len(rows) for rows in arm_rows(analysis, sheet)] == [7, 5]


def test_variants_are_kept_apart(make_study, read):
    _, levels, _ = read(make_study(variants=("primary", "other")))
    assert [x.variant_id for x in levels] == ["other", "primary"]
    assert [x.is_primary_variant for x in levels] == [False, True]
    assert not np.array_equal(levels[0].matrix, levels[1].matrix)


def test_a_repeated_measurement_is_refused(make_study, read):
    study = make_study()
    study.measurements.append(dict(study.measurements[7]))
    with pytest.raises(CytomartError, match=r"P01-follow_up × analyte T3 stands more than once"):
        read(study)


def test_a_repeated_sample_is_refused(make_study, read):
    study = make_study()
    study.samples.append(dict(study.samples[0]))
    with pytest.raises(CytomartError, match="sample P01-baseline stands more than once"):
        read(study)


def test_a_measurement_of_an_unknown_sample_is_refused(make_study, read):
    study = make_study()
    study.samples.pop(0)
    with pytest.raises(CytomartError, match=r"unknown samples.*P01-baseline"):
        read(study)


def test_pairs_are_matched_by_patient(make_study, make_contrast, read):
    study = make_study(n_patients=4)
    study.samples = [s for s in study.samples if s["sample_id"] != "P03-baseline"]
    study.measurements = [m for m in study.measurements if m["sample_id"] != "P03-baseline"]
    sheet, (levels,), (analysis,) = read(study, [make_contrast("B", "A")])
    after, before = pair_rows(analysis, sheet)
    assert [sheet.columns["patient_id"][i] for i in after] == ["P01", "P02", "P03", "P04"]
    assert before[2] == ABSENT
    assert np.isnan(levels.take(before)[2]).all()
    assert np.isfinite(levels.take(after)).all()


def test_subset_and_visit_restrict_the_samples(make_study, make_contrast, read):
    sheet, _, (plain, sub, visit) = read(
        make_study(),
        [
            make_contrast("A", "C"),
            make_contrast("A", "C", analysis_id="b_sub", subset="cohort = control"),
            make_contrast("B", "C", analysis_id="c_visit", visit="baseline"),
        ],
    )
    assert [len(rows) for rows in arm_rows(plain, sheet)] == [8, 6]
    assert [len(rows) for rows in arm_rows(sub, sheet)] == [0, 6]
    assert [len(rows) for rows in arm_rows(visit, sheet)] == [0, 6]


def test_a_flag_is_written_true_or_false(make_study, make_contrast, read):
    sheet, _, (analysis,) = read(make_study(), [make_contrast("A", "C", subset="is_baseline=true")])
    assert [len(rows) for rows in arm_rows(analysis, sheet)] == [8, 6]


def test_groups_of_another_column(make_study, make_plan_row, read):
    row = make_plan_row("v", "omnibus", grouping="visit", primary_method="anova_oneway")
    sheet, _, (analysis,) = read(make_study(), [row])
    assert {k: len(v) for k, v in group_rows(analysis, sheet).items()} == {
        "baseline": 14,
        "follow_up": 8,
    }


def refused(read, study, rows):
    sheet, _, analyses = read(study, rows)
    with pytest.raises(CytomartError) as caught:
        check_designs(analyses, sheet)
    return [str(p) for p in caught.value.problems]


def test_arms_that_share_patients_are_not_independent(make_study, make_contrast, read):
    row = make_contrast("B", "A", pairing="independent", primary_method="welch_t")
    (words,) = refused(read, make_study(), [row])
    assert "analysis b_vs_a" in words
    assert "share patients" in words
    assert "write pairing patient, or mode paper" in words


def test_one_shared_patient_is_enough(make_study, make_contrast, read):
    study = make_study()
    study.samples[-1]["patient_id"] = "P01"
    assert "share patients" in refused(read, study, [make_contrast("A", "C")])[0]


def test_groups_that_share_patients_have_no_plain_anova(make_study, make_plan_row, read):
    row = make_plan_row("groups", "omnibus", primary_method="anova_oneway")
    (words,) = refused(read, make_study(), [row])
    assert "share patients" in words
    assert "write pairing patient and primary_method mixed_model, or mode paper" in words


def test_groups_that_share_patients_may_be_modelled(make_study, make_plan_row, read):
    row = make_plan_row("groups", "omnibus", primary_method="mixed_model", pairing="patient")
    sheet, _, analyses = read(make_study(), [row])
    check_designs(analyses, sheet)


def test_arms_that_share_patients_are_not_equivalent(make_study, make_contrast, read):
    row = make_contrast("B", "A", kind="equivalence", pairing="independent",
                        primary_method="tost", min_abs_fold_change=1.5)  # fmt: skip
    (words,) = refused(read, make_study(), [row])
    assert "share patients" in words
    assert "compare groups of different patients" in words
    assert "paper" not in words.split("Do: ")[1]


def test_paper_mode_may_ignore_it(make_study, make_contrast, make_plan_row, read):
    rows = [
        make_contrast("B", "A", paper=True),
        make_plan_row("groups", "omnibus", primary_method="anova_oneway", mode="paper"),
    ]
    sheet, _, analyses = read(make_study(), rows)
    check_designs(analyses, sheet)


@pytest.mark.parametrize("paper", [False, True])
def test_a_patient_twice_in_an_arm_is_refused_in_every_mode(make_study, make_contrast, read, paper):
    study = make_study()
    study.samples[-1]["patient_id"] = "C01"
    (words,) = refused(read, study, [make_contrast("A", "C", paper=paper)])
    assert "1 patients have several samples in 'C'" in words
    assert "no visit or subset tells these samples apart: exclude all but one" in words


def test_the_visit_that_would_leave_one_sample_per_patient_is_named(
    make_study, make_contrast, read
):
    row = make_contrast("patient", "control", grouping="cohort")
    (words,) = refused(read, make_study(), [row])
    assert "8 patients have several samples in 'patient'" in words
    assert words.endswith("Do: write visit baseline or follow_up.")
    sheet, _, analyses = read(make_study(), [{**row, "visit": "follow_up"}])
    check_designs(analyses, sheet)


def test_the_subset_that_would_leave_one_sample_per_patient_is_named(
    make_study, make_contrast, read
):
    study = make_study()
    for sample in study.samples:
        sample["lot"] = "L2" if sample["sample_id"] == "C06-baseline" else "L1"
    study.samples[-1]["patient_id"] = "C01"
    (words,) = refused(read, study, [make_contrast("A", "C")])
    assert words.endswith("Do: restrict the analysis by subset lot=L1 or lot=L2.")


def test_a_covariate_that_cancels_in_every_pair_is_refused(make_study, make_contrast, read):
    study = make_study()
    for k, sample in enumerate(study.samples):
        sample.update(age_years=50 + int(sample["patient_id"][1:]), slide_id=f"S{k % 3}")
    rows = [
        make_contrast("B", "A", primary_method="moderated_t", covariates="age_years,slide_id"),
    ]
    (words,) = refused(read, study, rows)
    assert "covariate age_years is the same in both samples of a person" in words


def test_a_column_of_samples_may_have_been_the_same_in_every_pair_so_far(
    make_study, make_contrast, read
):
    study = make_study()
    for sample in study.samples:
        sample.update(lot=f"L{int(sample['patient_id'][1:]) % 2}", total_protein_mg_ml=None)
    row = make_contrast("B", "A", primary_method="moderated_t",
                        covariates="lot,total_protein_mg_ml")  # fmt: skip
    sheet, _, analyses = read(study, [row])
    check_designs(analyses, sheet)


def test_several_restrictions_hold_together(make_study, make_contrast, read):
    study = make_study()
    for k, sample in enumerate(study.samples):
        sample["lot"] = f"L{k % 2}"
    sheet, _, (analysis,) = read(study, [make_contrast("A", "C", subset="lot=L0 & cohort=control")])
    assert [len(rows) for rows in arm_rows(analysis, sheet)] == [0, 3]


def test_a_cell_of_several_values_holds_each_of_them(make_study, make_contrast, read):
    study = make_study()
    for sample in study.samples:
        sample["bone_sites"] = "chest|spine" if sample["patient_id"] == "P01" else "spine"
    for site, n in (("chest", 1), ("spine", 8), ("pelvis", 0), ("pine", 0)):
        row = make_contrast("A", "C", subset=f"bone_sites={site}")
        sheet, _, (analysis,) = read(study, [row])
        assert len(arm_rows(analysis, sheet)[0]) == n


def test_changes_are_matched_by_patient(make_study, make_plan_row, read):
    study = make_study(n_patients=4)
    gone = {"P03-baseline", "P02-follow_up"}
    study.samples = [s for s in study.samples if s["sample_id"] not in gone]
    study.measurements = [m for m in study.measurements if m["sample_id"] not in gone]
    row = make_plan_row("change", "change_correlation", primary_method="change_on_change",
                        outcome="vas", visit="follow_up", subset="cohort=patient")  # fmt: skip
    sheet, _, (analysis,) = read(study, [row])
    after, before = change_rows(analysis, sheet)
    ids = [[sheet.sample_ids[i] if i >= 0 else None for i in rows] for rows in (after, before)]
    assert ids == [
        ["P01-follow_up", None, "P03-follow_up", "P04-follow_up"],
        ["P01-baseline", "P02-baseline", None, "P04-baseline"],
    ]
    check_designs([analysis], sheet)


def test_a_patient_twice_in_a_correlation_is_refused(make_study, make_plan_row, read):
    study = make_study()
    study.samples[0]["patient_id"] = "P02"
    row = make_plan_row("corr", "correlation", primary_method="pearson", outcome="vas",
                        visit="baseline")  # fmt: skip
    assert "several samples in 'baseline'" in refused(read, study, [row])[0]


def test_unknown_columns_are_named_with_those_that_exist(make_study, make_contrast, read):
    rows = [
        make_contrast("A", "C", subset="er=positive"),
        make_contrast("B", "C", grouping="stage"),
    ]
    first, second = refused(read, make_study(), rows)
    assert "subset names the column 'er'" in first
    assert "cohort" in first
    assert "grouping names the column 'stage'" in second
