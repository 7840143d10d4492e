"""The demo, end to end: what a new user gets must be what the study folder's truth says."""

from __future__ import annotations

import csv
import json
import re
import stat
import subprocess
import sys
from collections import Counter

import duckdb
import pytest

from contracts import IDENTITY, RAW
from contracts.paths import REPO_ROOT

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def con(demo):
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def one(con, query):
    return con.execute(query).fetchone()[0]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("select count(*) from marts.fct_measurements", 5600),
        ("select count(*) from marts.fct_fold_changes", 240),
        ("select count(*) from reporting.rpt_differential", 240),
        ("select count(*) from marts.dim_analytes", 80),
        ("select count(*) from marts.dim_analyte_genes", 83),
        ("select count(distinct gene_symbol) from marts.dim_analyte_genes", 82),
        ("select count(*) from marts.dim_samples", 70),
        ("select count(*) from marts.dim_patients", 40),
        ("select count(*) from marts.dim_arrays", 72),
        ("select count(*) from raw.spots", 72 * 176),
        ("select count(*) from marts.dim_batches where gate_status = 'released'", 3),
        ("select count(*) from marts.fct_patient_fold_changes", 30 * 80),
        ("select count(*) from quality.quarantine", 0),
    ],
)
def test_counts(con, query, count):
    assert one(con, query) == count


def test_the_gates_shown_are_the_latest_ones_the_releases_too(con):
    latest = "select gate, scope_id, max(ran_at) from {} group by all order by all"
    shown = con.execute(latest.format("reporting.rpt_gates")).fetchall()
    assert [scope for _, scope, _ in shown] == ["SYN-01", "SYN-02", "SYN-03", "release"]
    assert shown == con.execute(latest.format("quality.gate_runs")).fetchall()


def test_every_method_stands_for_every_contrast_it_applies_to(con):
    have = set(con.execute(
        "select distinct contrast_id, mode, method from stats.fct_test_results").fetchall())  # fmt: skip
    expected = {
        *((c, "correct", m) for c in ("A_vs_C", "B_vs_C")
          for m in ("welch_t", "student_t", "levene", "shapiro_wilk")),
        ("B_vs_A", "correct", "paired_t"), ("B_vs_A", "correct", "shapiro_wilk"),
        *((c, "paper", "student_t") for c in ("A_vs_C", "B_vs_C", "B_vs_A")),
        ("all", "paper", "anova_oneway"), ("all", "paper", "levene"),
        ("all", "correct", "pearson"),
    }  # fmt: skip
    assert expected <= have


def test_the_key_of_the_results_is_unique_and_every_missing_number_has_a_reason(con):
    key = "study_id, analysis_id, contrast_id, analyte_id, method, stratum, variant_id, mode"
    assert one(con, f"select count(*) - count(distinct ({key})) from stats.fct_test_results") == 0
    assert one(con, "select count(*) from stats.fct_test_results "
                    "where (p_value is null or isnan(p_value)) and reason = ''") == 0  # fmt: skip


def test_outcomes_reproduce_the_calibration(con):
    rows = con.execute(
        """
        select instrument_id, visit, n, n_missing,
            printf('%.2f', mean_score), printf('%.2f', sd_score)
        from reporting.rpt_outcomes
        order by instrument_id, visit_order
        """
    ).fetchall()
    assert rows == [
        ("qol_unnamed", "baseline", 30, 0, "27.00", "5.70"),
        ("qol_unnamed", "follow_up", 30, 0, "47.87", "9.17"),
        ("vas_pain_0_10", "baseline", 30, 0, "5.56", "1.34"),
        ("vas_pain_0_10", "follow_up", 30, 0, "3.90", "2.31"),
    ]


#: Table 1 as the founding paper prints it: number and constituent ratio of every row. What it
#: calls the spinal cone is the spine here.
PRINTED = [
    ("Age", "<60", 25, "83.33"), ("Age", "≥60", 5, "16.67"),
    ("ER", "Positive", 27, "90.00"), ("ER", "Negative", 3, "10.00"),
    ("PR", "Positive", 22, "73.33"), ("PR", "Negative", 8, "26.67"),
    ("HER-2", "Positive", 23, "76.67"), ("HER-2", "Negative", 7, "23.33"),
    ("T", "T1", 14, "46.67"), ("T", "T2", 10, "33.33"), ("T", "T3 and T4", 6, "20.00"),
    ("Site of bone metastasis", "Skull", 0, "0.00"),
    ("Site of bone metastasis", "Chest bones", 22, "32.84"),
    ("Site of bone metastasis", "Spine", 25, "37.31"),
    ("Site of bone metastasis", "Pelvis", 14, "20.90"),
    ("Site of bone metastasis", "Limb bones", 6, "8.96"),
]  # fmt: skip


def test_table_1_equals_the_paper(con):
    rows = con.execute(
        "select characteristic, level, n, percent_text, printf('%.2f', 100 * constituent_frac) "
        "from reporting.rpt_table1 order by row_order"
    ).fetchall()
    assert [r[:4] for r in rows] == PRINTED
    assert [r[4] for r in rows] == [r[3] for r in PRINTED]
    # Sites are shared out over sites, everything else over patients.
    assert con.execute(
        "select distinct counted_over, denominator from reporting.rpt_table1 order by all"
    ).fetchall() == [("patients", 30), ("sites", 67)]


@pytest.mark.shared
def test_table_1_is_written_as_the_paper_prints_it(shared):
    text = (shared / "study" / "founding_paper.txt").read_text(encoding="utf-8")
    table = text[text.index("Table 1 Baseline Characteristics") :]
    table = table[: table.index("Notes:")]
    printed = re.findall(r"^(.+?) (\d+) (\d+\.\d\d)$", table, re.M)
    assert [(level.replace("Spinal cone", "Spine"), int(n), share) for level, n, share in printed] \
        == [row[1:] for row in PRINTED]  # fmt: skip


def test_cohorts_stand_beside_each_other_with_their_standardised_difference(con):
    found = con.execute(
        "select cohort, printf('%.2f', mean_value), printf('%.2f', sd_value), n, "
        "printf('%.2f', standardised_difference) from reporting.rpt_table1_cohorts "
        "where characteristic_id = 'age_years' order by cohort desc"
    ).fetchall()
    assert found == [
        ("patient", "48.07", "11.94", 30, None),
        ("control", "40.50", "11.15", 10, "0.66"),
    ]
    compared = con.execute(
        "select distinct characteristic_id from reporting.rpt_table1_cohorts "
        "where cohort = 'control' order by all"
    ).fetchall()
    assert compared == [("age_class",), ("age_years",), ("sex",)]


def test_pain_responses_of_the_demo_are_early_and_add_up(con):
    rows = con.execute(
        "select definition, timing, n, n_evaluable, n_responders, n_complete + n_partial, "
        "n_complete + n_partial + n_progression + n_indeterminate + n_gap "
        "from reporting.rpt_pain_responses order by definition"
    ).fetchall()
    assert [r[0] for r in rows] == ["consensus", "literal", "pain_only"]
    for _, timing, n, n_evaluable, n_responders, n_good, n_all in rows:
        assert (timing, n, n_evaluable, n_all) == ("early", 30, 30, 30)
        assert 5 < n_responders == n_good < 25
    assert one(con, "select count(*) from marts.fct_pain_responses where reason = ''") == 0


def _truth(demo):
    with (demo.home / "demo-study" / "truth" / "truth.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_the_paired_test_finds_the_true_targets(demo, con):
    truth = {r["target_id"]: float(r["true_log2fc"]) for r in _truth(demo)
             if r["contrast_id"] == "B_vs_A"}  # fmt: skip
    true = {t for t, v in truth.items() if abs(v) >= 0.5849625007211562}
    null = {t for t, v in truth.items() if v == 0}
    hits = {r[0] for r in con.execute(
        "select analyte_id from stats.fct_test_results where contrast_id = 'B_vs_A' "
        "and method = 'paired_t' and p_adjusted < 0.05").fetchall()}  # fmt: skip
    assert len(true) == 25
    assert len(hits & true) >= 22
    assert len(hits & null) <= 3
    estimates = con.execute("select analyte_id, estimate from stats.fct_test_results "
                            "where contrast_id = 'B_vs_A' and method = 'paired_t'").fetchall()  # fmt: skip
    errors = sorted(abs(e - truth[a]) for a, e in estimates)
    assert errors[len(errors) // 2] <= 0.15


def test_true_targets_per_contrast(demo):
    counts = Counter(r["contrast_id"] for r in _truth(demo)
                     if abs(float(r["true_log2fc"])) >= 0.5849625007211562)  # fmt: skip
    assert counts == {"B_vs_A": 25, "A_vs_C": 21, "B_vs_C": 2}


def test_the_published_file_is_read_only_and_holds_nothing_of_the_vault(demo, con):
    path = demo.home / "warehouse.duckdb"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    tables = {f"{s}.{t}" for s, t in con.execute(
        "select schema_name, table_name from duckdb_tables()").fetchall()}  # fmt: skip
    hidden = {r.full_name for r in (*RAW, *IDENTITY) if not r.published}
    assert not tables & hidden
    assert not {t for t in tables if t.startswith(("staging.", "intermediate.", "identity."))}
    identifying = {(r.name, c.name) for r in RAW for c in r.columns if c.identifying}
    columns = set(con.execute("select table_name, column_name from duckdb_columns()").fetchall())
    assert not identifying & columns
    dates = con.execute(
        "select table_name, column_name from duckdb_columns() where data_type = 'DATE'"
    )
    assert dates.fetchall() == []


def test_every_published_column_of_marts_explains_itself(con):
    bare = con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal "
        "and schema_name in ('marts', 'stats', 'reporting', 'quality', 'raw') "
        "and (comment is null or length(comment) < 8 or "
        "lower(rtrim(comment, '.')) = replace(column_name, '_', ' '))"
    ).fetchall()
    assert bare == []


def test_the_first_run_says_what_it_did(demo):
    out = demo.first_run.out
    assert "SYNTHETIC" in out
    assert "warehouse.duckdb" in out
    assert "latest.html" in out
    assert re.search(r"released\D+3", out) or re.search(r"3\D+released", out)
    assert "Traceback" not in demo.first_run.err


@pytest.mark.parametrize("word", ["dbt", "jinja", "arrow"])
def test_no_message_speaks_of_the_machinery(demo, word):
    assert not re.search(rf"\b{word}\b", demo.first_run.out + demo.first_run.err, re.I)


def test_the_whole_road_needs_no_network(demo):
    if not demo.is_offline:
        pytest.skip("network namespaces cannot be made here")
    assert demo.first_run.code == 0


def test_a_second_demo_adds_no_rows_and_says_so(demo, cytomart):
    before = (demo.home / "warehouse.duckdb").read_bytes()
    done = cytomart(demo.home, "demo")
    assert done.code == 0, done.out + done.err
    assert "0 rows added" in done.out
    assert (demo.home / "warehouse.duckdb").read_bytes() == before


def test_sql_gives_tables_csv_and_json(demo, cytomart):
    query = "select count(*) as n from marts.fct_measurements"
    assert "5600" in cytomart(demo.home, "sql", query).out
    assert cytomart(demo.home, "sql", query, "--format", "csv").out == "n\n5600\n"
    assert json.loads(cytomart(demo.home, "sql", query, "--format", "json").out) == [{"n": 5600}]


@pytest.mark.parametrize(
    "query",
    [
        "create table marts.x as select 1",
        "copy (select 1) to 'out.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
        "delete from marts.fct_measurements",
    ],
)
def test_sql_is_a_sandbox(demo, cytomart, query):
    done = cytomart(demo.home, "sql", query)
    assert done.code == 2
    assert "the query failed" in done.err or "not a single query" in done.err
    assert "Traceback" not in done.err


def test_verify_finds_all_as_it_was_written(demo, cytomart):
    done = cytomart(demo.home, "verify")
    assert done.code == 0, done.out + done.err


def test_status_names_the_generation_and_the_batches(demo, cytomart):
    facts = json.loads(cytomart(demo.home, "--json", "status").out)
    assert facts["generation"] >= 1
    assert {b[1]: b[2] for b in facts["batches"]} == dict.fromkeys(
        ["SYN-01", "SYN-02", "SYN-03"], "released")  # fmt: skip


@pytest.mark.parametrize(
    "selected",
    [
        ("--select", "+fct_measurements", "--exclude-resource-type", "unit_test"),
        pytest.param((), id="all", marks=pytest.mark.slow),
    ],
)
def test_a_plain_dbt_build_passes_after_the_demo(demo, selected):
    """The quick form builds what needs files, seeds, kept batches and Python; the full one all.

    In CI a plain build of everything, unit tests too, is that of tests/sql/test_empty_home.py.
    """
    env = {"CYTOMART_HOME": str(demo.home), "PATH": "/usr/bin:/bin",
           "DBT_TARGET_PATH": str(demo.home / "vault" / "target-plain"),
           "DBT_LOG_PATH": str(demo.home / "vault" / "logs"), "HOME": str(demo.home)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "build", *selected], cwd=REPO_ROOT, env=env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "ERROR=0" in done.stdout
