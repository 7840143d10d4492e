"""The demo's own levels, through the whole plan: every number of the result table equals R's."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from contracts import from_rows
from contracts.raw import PLAN
from stats import run

INSTRUMENTS = {"pain": "vas_pain_0_10", "qol": "qol_unnamed"}
SAMPLE = ("sample_id", "patient_id", "visit", "group_code")
STUDY = "founding-synthetic"
QUANTITIES = (
    "estimate", "ci_low", "ci_high", "statistic", "df", "df_denominator", "p_value", "p_adjusted",
)  # fmt: skip

#: Methods whose numbers on the demo's levels are in files of their own: file, its rows, where they
#: stand in the result table (analysis, contrast, method), quantities, relative tolerance.
FULL = ("estimate", "statistic", "p_value", "p_adjusted")
RANKS = ("statistic", "p_value", "p_adjusted")
TEST = ("statistic", "df", "p_value")
ELSEWHERE = [
    ("ranks", "arms mann_whitney", "a_vs_c A_vs_C mann_whitney", RANKS, 1e-10),
    ("ranks", "pairs wilcoxon_signed_rank", "b_vs_a B_vs_A wilcoxon_signed_rank", RANKS, 1e-10),
    ("equivalence", "arms tost", "equal_a_c A_vs_C tost", FULL, 1e-10),
    ("correlations", "score spearman", "corr_pain_baseline all spearman", FULL, 1e-10),
    ("correlations", "change change_on_change", "change all change_on_change", FULL, 1e-10),
    ("groups", "groups kruskal", "abc all kruskal", RANKS, 1e-10),
    ("groups", "groups brown_forsythe", "abc all brown_forsythe", RANKS, 1e-10),
    ("groups", "arms bartlett", "a_vs_c A_vs_C bartlett", RANKS, 1e-10),
    ("moderated_demo", "x_vs_z plain", "a_vs_c A_vs_C moderated_t", TEST, 1e-8),
    ("moderated_demo", "x_vs_z trend", "a_vs_c A_vs_C moderated_t_trend", TEST, 1e-8),
    ("moderated_demo", "x_vs_z robust", "a_vs_c A_vs_C moderated_t_robust", TEST, 1e-6),
    ("moderated_demo", "y_vs_x plain", "b_vs_a B_vs_A moderated_t", TEST, 1e-8),
    ("moderated_demo", "y_vs_x trend", "b_vs_a B_vs_A moderated_t_trend", TEST, 1e-8),
    ("moderated_demo", "y_vs_x robust", "b_vs_a B_vs_A moderated_t_robust", TEST, 1e-6),
    ("treat", "x_vs_z plain", "a_vs_c A_vs_C treat", TEST, 1e-8),
    ("treat", "y_vs_x plain", "b_vs_a B_vs_A treat", TEST, 1e-8),
    ("block", "y_vs_x", "abc B_vs_A block_moderated_t", ("estimate", *TEST), 1e-5),
    ("mixed", "omnibus", "abc all mixed_model", ("statistic", "df_denominator", "p_value"), 1e-4),
    ("mixed", "y_vs_x", "abc B_vs_A mixed_model", ("estimate", *TEST), 1e-4),
]
#: Columns by which the rows of those files are told apart, and the mark of the demo.
MARKS = {
    "moderated_demo": ("set", "demo", ("analysis", "option")),
    "treat": ("set", "demo", ("analysis", "option")),
    "mixed": ("design", "demo", ("contrast",)),
    "block": ("study", "demo", ("contrast",)),
}


def number(text):
    return None if text == "NA" else float(text)


@pytest.fixture(scope="module")
def samples(read):
    return read("demo_input.csv")


def plan_table():
    common = {
        "study_id": STUDY, "file_sha256": "", "source_line": 1, "grouping": "group_code",
        "subset": "", "covariates": "", "status": "exploratory", "alpha": 0.05,
        "min_abs_fold_change": 1.0, "plan_hash": "", "mode": "correct", "pairing": "independent",
        "family": "all", "contrast_id": "all",
    }  # fmt: skip

    def contrast(analysis_id, above, below, **more):
        arms = {"numerator_group": above, "denominator_group": below,
                "contrast_id": f"{above}_vs_{below}"}  # fmt: skip
        return {**common, "analysis_id": analysis_id, "kind": "contrast", **arms, **more}

    paper = {"primary_method": "student_t", "mode": "paper"}
    rows = [
        contrast("a_vs_c", "A", "C", primary_method="welch_t"),
        contrast("b_vs_c", "B", "C", primary_method="welch_t"),
        contrast("b_vs_a", "B", "A", primary_method="paired_t", pairing="patient"),
        *(contrast(f"paper_{x}_vs_{y}".lower(), x, y, **paper) for x, y in ("AC", "BC", "BA")),
        {**common, "analysis_id": "groups_abc", "kind": "omnibus", "mode": "paper",
         "primary_method": "anova_oneway"},
    ]  # fmt: skip
    rows += [
        contrast("equal_a_c", "A", "C", kind="equivalence", primary_method="tost",
                 contrast_id="A_vs_C", min_abs_fold_change=1.5),
        {**common, "analysis_id": "change", "kind": "change_correlation", "visit": "follow_up",
         "outcome": INSTRUMENTS["pain"], "primary_method": "change_on_change"},
        {**common, "analysis_id": "abc", "kind": "omnibus", "pairing": "patient",
         "primary_method": "mixed_model"},
    ]  # fmt: skip
    for name, instrument in INSTRUMENTS.items():
        rows += [
            {**common, "analysis_id": f"corr_{name}_{visit}", "kind": "correlation",
             "visit": visit, "outcome": instrument, "subset": f"group_code={group}",
             "primary_method": "pearson"}
            for visit, group in (("baseline", "A"), ("follow_up", "B"))
        ]  # fmt: skip
        rows.append({**common, "analysis_id": f"{name}_change", "kind": "outcome", "visit": "follow_up",
                     "outcome": instrument, "pairing": "patient",
                     "primary_method": "paired_t"})  # fmt: skip
    return from_rows(rows, PLAN)


@pytest.fixture(scope="module")
def results(samples):
    targets = [t for t in samples[0] if t not in (*SAMPLE, *INSTRUMENTS.values())]
    measurements = [
        {"study_id": STUDY, "sample_id": s["sample_id"], "analyte_id": t, "variant_id": "primary",
         "level_log2": number(s[t]), "is_primary_variant": True}
        for s in samples for t in targets
    ]  # fmt: skip
    baseline = {s["patient_id"]: s for s in samples if s["visit"] == "baseline"}
    outcomes = [
        {"study_id": STUDY, "patient_id": s["patient_id"], "visit": s["visit"], "site_id": "",
         "cohort": "patient", "instrument_id": i, "score": number(s[i]),
         "baseline_score": number(baseline[s["patient_id"]][i])}
        for s in samples for i in INSTRUMENTS.values() if s["group_code"] != "C"
    ]  # fmt: skip
    sheet = [
        {"study_id": STUDY, **{name: s[name] for name in SAMPLE},
         "is_baseline": s["visit"] == "baseline"}
        for s in samples
    ]  # fmt: skip
    return run.run_plan(
        *(pa.Table.from_pylist(rows) for rows in (measurements, sheet, outcomes)),
        plan_table(),
        n_permutations=1,
    )


@pytest.fixture(scope="module")
def expected(read):
    return {
        (r["analysis"], r["method"], r["stratum"], r["target"]): r
        for r in read("demo_expected.csv")
    }


@pytest.fixture(scope="module")
def all_agree(expected, agree):
    """Check rows of the result table, by key, against every number of R."""

    def check(tests):
        blocks = {key[:3] for key in expected}
        ours = {
            (r["analysis_id"], r["method"], r["stratum"], r["analyte_id"]): r
            for r in tests
            if (r["analysis_id"], r["method"], r["stratum"]) in blocks
        }
        assert ours.keys() == expected.keys()
        for method in sorted({key[1] for key in expected}):
            keys = [key for key in expected if key[1] == method]
            for quantity in QUANTITIES:
                agree(
                    method,
                    "p_value" if quantity == "p_adjusted" else quantity,
                    [ours[k][quantity] for k in keys],
                    [number(expected[k][quantity]) for k in keys],
                )

    return check


def test_every_number_of_the_result_table_equals_r(results, all_agree):
    all_agree(results.tests.to_pylist())


@pytest.mark.parametrize(("file", "rows", "place", "quantities", "tolerance"), ELSEWHERE)
def test_methods_of_other_files_stand_in_the_table_as_r_has_them(
    read, results, file, rows, place, quantities, tolerance
):
    column, mark, names = MARKS.get(file, ("study", "demo", ("analysis", "method")))
    theirs = {
        r["target"]: r
        for r in read(f"{file}_expected.csv")
        if r[column] == mark
        and [r[n] for n in names] == rows.split()
        and r.get("stratum", "") == ""
    }
    analysis, contrast, method = place.split()
    ours = {
        r["analyte_id"]: r
        for r in results.tests.to_pylist()
        if (r["analysis_id"], r["contrast_id"], r["method"]) == (analysis, contrast, method)
    }
    assert ours.keys() == theirs.keys() != set()
    for quantity in quantities:
        np.testing.assert_allclose(
            [ours[t][quantity] for t in theirs],
            [number(r[quantity]) for r in theirs.values()],
            rtol=tolerance, atol=1e-12, err_msg=quantity,
        )  # fmt: skip


def test_the_change_of_scores_equals_r(read, results, agree):
    ours = {
        r["analysis_id"]: r for r in results.outcome_tests.to_pylist() if r["method"] == "paired_t"
    }
    names = {"estimate": "mean_change", "ci_low": "ci_low", "ci_high": "ci_high",
             "statistic": "statistic", "df": "df", "p_value": "p_value"}  # fmt: skip
    rows = read("demo_outcomes_expected.csv")
    assert {r["analysis"] for r in rows} == ours.keys()
    for row in rows:
        for theirs, mine in names.items():
            agree("paired_t", theirs, ours[row["analysis"]][mine], number(row[theirs]))


@pytest.mark.xdist_group("demo")
def test_the_published_result_table_equals_r(demo, all_agree):
    """Fails too where the demo's levels have changed: then make_demo_input.py, make reference."""
    columns = ", ".join(("analysis_id", "method", "stratum", "analyte_id", *QUANTITIES))
    query = f"select {columns} from stats.fct_test_results where study_id = ?"
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        all_agree(con.execute(query, [STUDY]).to_arrow_table().to_pylist())
