"""A real study of another platform: 146 patients, 40 cytokines in pg/mL, two visits, whole road.

The study folder holds the published files as they are; only the sample sheet and the plan are
written here. The reference answers were computed with base R (../shared/clinical/SOURCES.md).
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest

from contracts.paths import REPO_ROOT
from ingest.panel.catalog import target_id_of

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("dbt")]

KHAN = REPO_ROOT.parent / "shared" / "clinical" / "khan_2025"
AUC_OF_R = REPO_ROOT / "tests" / "reference" / "stats" / "auc_khan_expected.csv"
TOLERANCE = 1e-9

STUDY = """
[study]
id = "khan_2025"
title = "Serum cytokines of patients on immunotherapy"
primary_variant = "as_reported"
[privacy]
ids_are_codes = true
[panel]
platform = "table"
id = "khan_40"
[table]
orientation = "wide"
label = ["patient_id", "timepoint"]
value_unit = "pg/mL"
[[visits]]
code = "BL"
label = "Baseline"
baseline = true
[[visits]]
code = "W6_8"
label = "6 to 8 weeks"
[[groups]]
code = "before"
label = "Before"
cohort = "patient"
visit = "BL"
[[groups]]
code = "after"
label = "After 6 to 8 weeks"
cohort = "patient"
visit = "W6_8"
[[attributes]]
id = "irae"
label = "Immune-related adverse event"
levels = [["Grade 2+", "Grade 2 or more"], ["Grade 0-1", "Grade 0 or 1"]]
[columns.patients]
sex = "gender"
irae = "iraE_occurrence"
"""
PLAN = """\
analysis_id,kind,contrast_id,numerator_group,denominator_group,grouping,subset,pairing,family,primary_method,visit,outcome,event
visits,contrast,after_vs_before,after,before,group_code,,patient,visits,paired_t,,,
severity,contrast,severe_vs_mild,Grade 2+,Grade 0-1,irae,visit=BL,independent,severity,student_t,,,
adverse,prediction,all,,,,,independent,predictions,ridge_logistic,BL,irae,Grade 2+
"""


def read(name: str) -> list[dict[str, str]]:
    with (KHAN / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_folder(folder: Path) -> None:
    (folder / "arrays").mkdir(parents=True)
    shutil.copy(KHAN / "cytokines_wide.csv", folder / "arrays")
    shutil.copy(KHAN / "patients.csv", folder)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "plan.csv").write_text(PLAN, encoding="utf-8")
    with (folder / "samples.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["sample_id", "patient_id", "visit", "group_code", "slide_id", "batch",
                         "file_label"])  # fmt: skip
        for row in read("cytokines_wide.csv"):
            person, when = row["patient_id"], row["timepoint"]
            visit, group = ("BL", "before") if when == "BL" else ("W6_8", "after")
            writer.writerow([f"{person}-{visit}", person, visit, group, "cytokines_wide", "run",
                             f"{person} {when}"])  # fmt: skip


@pytest.fixture(scope="module")
def khan(tmp_path_factory, cytomart):
    if not KHAN.is_dir():
        pytest.skip("../shared is absent")
    root = tmp_path_factory.mktemp("khan")
    write_folder(root / "study")
    done = cytomart(root / "home", "run", str(root / "study"))
    assert done.code == 0, done.out + done.err
    con = duckdb.connect(str(root / "home" / "warehouse.duckdb"), read_only=True)
    yield con, root, done
    con.close()


def test_every_cell_is_there_with_what_it_says(khan):
    con, _, done = khan
    wide = read("cytokines_wide.csv")
    targets = [c for c in wide[0] if c not in ("patient_id", "timepoint")]
    counts = dict(con.execute('select qualifier, count(*) from raw."values" group by 1').fetchall())
    assert counts == {"ok": 10841, "below": 356, "extrapolated": 483}
    assert sum(counts.values()) == len(wide) * len(targets) == 11680
    stored = con.execute(
        'select sample_id, target_name, value_text from raw."values" order by all'
    ).fetchall()
    visits = {"BL": "BL", "6-8 wks": "W6_8"}
    assert stored == sorted(
        (f"{r['patient_id']}-{visits[r['timepoint']]}", t, r[t]) for r in wide for t in targets
    )
    assert "40 targets" in done.out + done.err


def test_what_a_cell_says_is_the_class_of_its_measurement(khan):
    con, _, _ = khan
    classes = dict(con.execute(
        "select measurement_class, count(*) from marts.fct_measurements group by 1"
    ).fetchall())  # fmt: skip
    assert classes == {"quantified": 10841, "below_lod": 356, "flagged": 483}
    lost = con.execute(
        "select count(*) from marts.fct_measurements where (level_log2 is null) <> "
        "(measurement_class = 'below_lod')"
    ).fetchone()
    assert lost == (0,)
    units = con.execute(
        "select distinct platform_id, value_unit, scale from marts.fct_measurements"
    ).fetchall()
    assert units == [("table", "pg/mL", "linear")]


def results(con, analysis: str, method: str) -> dict[str, dict[str, float]]:
    found = con.execute(
        "select * from stats.fct_test_results where analysis_id = ? and method = ?",
        [analysis, method],
    ).to_arrow_table()
    return {r["analyte_id"]: r for r in found.to_pylist()}


def agree(ours: dict, expected: list[dict[str, str]], columns: dict[str, str]) -> None:
    assert len(ours) == len(expected) == 40
    for row in expected:
        own = ours[target_id_of(row["analyte"])]
        for mine, theirs in columns.items():
            np.testing.assert_allclose(own[mine], float(row[theirs]), rtol=TOLERANCE,
                                       err_msg=f"{row['analyte']} {mine}")  # fmt: skip


def test_paired_t_equals_the_reference(khan):
    con, _, _ = khan
    expected = read("expected_paired_log2_post_minus_baseline.csv")
    ours = results(con, "visits", "paired_t")
    agree(ours, expected, {
        "n_pairs": "n", "estimate": "mean_diff", "statistic": "t", "df": "df", "p_value": "p",
        "ci_low": "ci_lo", "ci_high": "ci_hi", "p_adjusted": "BH",
    })  # fmt: skip
    assert sum(r["p_value"] < 0.05 for r in ours.values()) == 16
    assert sum(r["p_adjusted"] < 0.05 for r in ours.values()) == 13
    shown = con.execute(
        "select count(*) from reporting.rpt_differential "
        "where contrast_id = 'after_vs_before' and p_adjusted < 0.05"
    ).fetchone()
    assert shown == (13,)


def test_two_sample_t_equals_the_reference(khan):
    con, _, _ = khan
    expected = read("expected_two_sample_log2_irae_grade2plus_vs_grade01_at_baseline.csv")
    agree(results(con, "severity", "student_t"), expected, {
        "n_numerator": "n1", "n_denominator": "n2", "statistic": "student_t",
        "p_value": "student_p", "p_adjusted": "BH",
    })  # fmt: skip
    agree(results(con, "severity", "welch_t"), expected,
          {"statistic": "welch_t", "df": "welch_df", "p_value": "welch_p"})  # fmt: skip


def test_baseline_levels_are_asked_for_adverse_events(khan):
    """Grade 2 or more against 0 or 1: every target alone, and a model judged on unseen persons."""
    con, _, _ = khan
    (model,) = con.execute("select * from stats.fct_prediction_models").to_arrow_table().to_pylist()
    counts = {n: model[n] for n in ("n_persons", "n_events", "n_effective", "n_candidates")}
    assert counts == {"n_persons": 146, "n_events": 79, "n_effective": 67, "n_candidates": 40}
    # 16 of the 162 persons of patients.csv have no cytokine sample.
    assert (model["n_without_outcome"], model["n_without_sample"]) == (0, 16)
    assert (model["label"], model["n_needed"]) == ("exploratory", 3003)
    assert (model["n_folds"], model["n_repeats"], model["n_permutations"]) == (5, 20, 199)
    assert model["seed"] == 20170101
    # What cross-validation leaves of the apparent AUC, and of the bootstrap's correction of it.
    assert 0.58 < model["auc_cv"] < 0.68
    assert model["auc_cv"] < model["auc_corrected"] < model["auc_apparent"]
    assert model["permutation_p_value"] <= 0.05
    assert 0 < model["calibration_slope"] < 1
    shown = con.execute("select count(*), count(*) filter (where is_hit) "
                        "from reporting.rpt_predictions").fetchone()  # fmt: skip
    assert shown == (40, 2)
    curves = dict(con.execute("select curve, count(*) from stats.fct_prediction_curves "
                              "group by all").fetchall())  # fmt: skip
    assert curves == {"roc": 68, "calibration": 5, "net_benefit_model": 19,
                      "net_benefit_everyone": 19}  # fmt: skip


def test_their_aucs_equal_those_of_proc(khan):
    con, _, _ = khan
    with AUC_OF_R.open(encoding="utf-8", newline="") as stream:
        expected = [{**r, "analyte": r["target"]} for r in csv.DictReader(stream)]
    ours = {
        r["analyte_id"]: r
        for r in con.execute("select * from stats.fct_predictions").to_arrow_table().to_pylist()
    }
    agree(ours, expected, {
        "auc": "estimate", "auc_ci_low": "ci_low", "auc_ci_high": "ci_high",
        "auc_p_value": "p_value", "auc_p_adjusted": "p_adjusted",
    })  # fmt: skip


def test_the_report_says_what_the_prediction_is_worth(khan):
    _, root, _ = khan
    page = (root / "home" / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "Which baseline levels go with “Grade 2 or more”?" in page
    assert "All of this is internal validation" in page


def test_what_nobody_mapped_is_not_kept(khan):
    """Free text and demographics of the published table stay out of every file of the home."""
    _, root, _ = khan
    unmapped = ("Head and Neck Squamous Cell Cancer", "ipilimumab+nivolumab", "Hypophysitis")
    table = (KHAN / "patients.csv").read_text(encoding="utf-8")
    assert all(word in table for word in unmapped)
    for path in (p for p in (root / "home").rglob("*") if p.is_file()):
        data = path.read_bytes()
        assert not [w for w in unmapped if w.encode() in data], path


def test_a_second_run_changes_nothing(khan, cytomart):
    _, root, _ = khan
    again = cytomart(root / "home", "ingest", str(root / "study"))
    assert again.code == 0, again.out + again.err
    assert "0 loaded" in again.out + again.err


def test_a_check_of_what_is_loaded_finds_nothing_to_add(khan, cytomart):
    _, root, _ = khan
    checked = cytomart(root / "home", "--json", "check", str(root / "study"))
    assert checked.code == 0, checked.out + checked.err
    forecast = json.loads(checked.out)["forecast"]
    assert all(f["add"] == 0 and f["leave"] == f["rows"] for f in forecast), forecast
