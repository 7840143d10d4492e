"""A plan that changes: freely before the data, seen and with a reason once they are loaded."""

from __future__ import annotations

import pytest

from ingest import accounts
from ingest.plan_history import recorded_facts


def of_plan(report):
    return next(f for f in report.files if f.role == "plan")


def change_one(rows):
    rows[0].update(alpha="0.01", primary_method="moderated_t")


CHANGES = (
    "select analysis_id, change, changed_columns, change_text, is_after_data, "
    "published_generation, reason from quality.plan_changes order by analysis_id"
)


@pytest.fixture
def standing(loaded):
    """The plan as it was loaded with the data."""
    return loaded.rows("select * from raw.plan order by analysis_id")


@pytest.fixture
def first(loaded):
    """The first analysis of the plan."""
    return loaded.read("plan")[1][0]


def test_a_changed_analysis_is_shown_before_and_after_and_refused(
    loaded, standing, first, balanced
):
    def change(rows):
        rows.append({**rows[1], "analysis_id": "late"})
        change_one(rows)

    loaded.edit("plan", change)
    report = loaded.load()
    file = of_plan(report)
    assert (file.status, report.exit_code, report.corrections_accepted) == ("refused", 1, False)
    assert {(c.role, c.key, c.column, c.before, c.after) for c in report.changes} == {
        ("plan", first["analysis_id"], "alpha", "0.05", "0.01"),
        ("plan", first["analysis_id"], "primary_method", first["primary_method"], "moderated_t"),
    }
    assert all(c.where.startswith("plan.csv, line 2, column ") for c in report.changes)
    (problem,) = file.problems
    assert "2 cells in 1 row changed against what is loaded" in str(problem)
    assert "--accept-corrections --reason" in str(problem)
    assert loaded.rows("select * from raw.plan order by analysis_id") == standing
    assert loaded.count("identity.cell_history") == 0
    assert loaded.count("quality.plan_changes") == 0
    details = loaded.events()[-1].details
    assert details["plan_hash"] is None
    assert "plan_changes" not in details
    assert details["plan_hash_before"] == details["plan_hash_after"] == standing[0][-1]
    balanced(report)
    events = len(loaded.events())
    assert of_plan(loaded.load()).status == "refused"
    assert len(loaded.events()) == events


def test_an_accepted_change_keeps_the_old_cells_and_both_hashes(loaded, standing, first, balanced):
    loaded.edit("plan", change_one)
    report = loaded.load(accept_corrections="alpha was mistyped")
    assert (report.exit_code, report.corrections_accepted) == (0, True)
    now = loaded.rows("select alpha, primary_method, plan_hash, file_sha256 from raw.plan "
                      f"where analysis_id = '{first['analysis_id']}'")[0]  # fmt: skip
    assert now[:2] == (0.01, "moderated_t")
    old, new = standing[0][-1], now[2]
    assert loaded.rows("select distinct plan_hash from raw.plan") == [(new,)]
    assert of_plan(report).notes == (
        f"the plan changed after data were loaded: analyses {first['analysis_id']}; "
        f"old plan hash {old[:12]}, new {new[:12]}",
    )
    history = loaded.rows("select relation_name, row_key, column_name, old_text, new_text, "
                          "old_file_sha256, new_file_sha256, reason from identity.cell_history "
                          "order by column_name")  # fmt: skip
    key = f'{{"analysis_id": "{first["analysis_id"]}"}}'
    files = (standing[0][1], now[3], "alpha was mistyped")
    assert history == [
        ("raw.plan", key, "alpha", "0.05", "0.01", *files),
        ("raw.plan", key, "primary_method", first["primary_method"], "moderated_t", *files),
    ]
    details = loaded.events()[-1].details
    assert (details["plan_hash_before"], details["plan_hash_after"]) == (old, new)
    assert (details["n_corrected_cells"], details["correction_reason"]) == (2, files[2])
    assert details["plan_changes"] == {
        "added": [], "changed": {first["analysis_id"]: ["alpha", "primary_method"]},
        "removed": [], "is_after_data": True,
    }  # fmt: skip
    assert loaded.rows(CHANGES) == [
        (first["analysis_id"], "changed", "alpha,primary_method",
         f"alpha: 0.05 → 0.01; primary_method: {first['primary_method']} → moderated_t",
         True, None, "alpha was mistyped")
    ]  # fmt: skip
    assert loaded.rows("select plan_hash_before, plan_hash_after from quality.plan_changes") == [
        (old, new)
    ]
    balanced(report)
    assert loaded.count("raw.files", "role = 'plan'") == 1
    assert loaded.load().is_unchanged


def test_a_removed_analysis_goes_only_with_a_reason(loaded, standing, first):
    loaded.edit("plan", lambda rows: rows.pop(0))
    report = loaded.load()
    assert of_plan(report).status == "refused"
    assert {(c.key, c.after, c.where) for c in report.changes} == {
        (first["analysis_id"], "", "plan.csv")
    }
    assert {"analysis_id", "primary_method", "alpha"} <= {c.column for c in report.changes}
    assert loaded.rows("select * from raw.plan order by analysis_id") == standing
    report = loaded.load(accept_corrections="asked twice")
    assert loaded.count("raw.plan") == len(standing) - 1
    assert f"analyses {first['analysis_id']};" in of_plan(report).notes[0]
    assert loaded.count("identity.cell_history", "new_text is null") == len(report.changes) > 0
    assert report.missing_keys == ()
    ((name, change, columns, text, *rest),) = loaded.rows(CHANGES)
    assert (name, change, columns) == (first["analysis_id"], "removed", "")
    assert f"primary_method: {first['primary_method']}" in text
    assert rest == [True, None, "asked twice"]


def test_a_new_analysis_is_added_and_said(loaded, standing):
    loaded.edit("plan", lambda rows: rows.append({**rows[1], "analysis_id": "late"}))
    report = loaded.load()
    assert (report.exit_code, report.changes) == (0, ())
    assert loaded.count("raw.plan") == len(standing) + 1
    assert "added to the plan after data were loaded: analyses late;" in of_plan(report).notes[0]
    details = loaded.events()[-1].details
    assert details["plan_hash_before"] == standing[0][-1] != details["plan_hash_after"]
    assert loaded.count("identity.cell_history") == 0
    assert details["plan_changes"]["added"] == ["late"]
    ((name, change, columns, text, *rest),) = loaded.rows(CHANGES)
    assert (name, change, columns) == ("late", "added", "")
    assert "kind: contrast" in text
    assert rest == [True, None, ""]


def test_nothing_is_a_change_of_the_first_plan_or_of_its_order(loaded):
    assert loaded.count("quality.plan_changes") == 0
    loaded.edit("plan", lambda rows: rows.reverse())
    report = loaded.load()
    assert report.exit_code == 0
    assert loaded.count("quality.plan_changes") == 0
    assert "plan_changes" not in loaded.events()[-1].details


def test_a_comment_changes_nothing(loaded, standing):
    names, rows = loaded.read("plan")
    loaded.write("plan", [*names, "comment"], [{**r, "comment": "why"} for r in rows])
    assert loaded.load().exit_code == 0
    assert loaded.rows("select distinct plan_hash from raw.plan") == [(standing[0][-1],)]
    assert loaded.count("quality.plan_changes") == 0


def test_a_ledger_line_written_later_tells_the_same(loaded, first):
    loaded.edit("plan", change_one)
    loaded.load(accept_corrections="alpha was mistyped")
    details = loaded.events()[-1].details
    found = recorded_facts(loaded.con, "small", details["load_id"])
    assert found == details["plan_changes"]
    assert recorded_facts(loaded.con, "small", "another") == {}
    ledger = loaded.home.ledger_path
    kept = ledger.read_bytes()
    assert kept.count(b"plan_changes") == 1
    accounts.acknowledge(loaded.home, loaded.con, "small")
    assert ledger.read_bytes() == kept


@pytest.mark.parametrize("kind", ["scans", "assessments"])
def test_scans_or_assessments_alone_fix_the_plan(site, kind):
    if kind == "scans":
        (site.folder / "assessments.csv").unlink()
    else:
        site.slide(1).unlink()
        site.slide(2).unlink()
    site.load()
    site.edit("plan", change_one)
    assert of_plan(site.load()).status == "refused"


def test_before_the_data_the_plan_changes_freely(site):
    scores = (site.folder / "assessments.csv").read_bytes()
    (site.folder / "assessments.csv").unlink()
    scans = {n: site.slide(n).read_bytes() for n in (1, 2)}
    for n in scans:
        site.slide(n).unlink()
    site.load()
    site.edit("plan", change_one)
    for n, data in scans.items():
        site.slide(n).write_bytes(data)
    (site.folder / "assessments.csv").write_bytes(scores)
    report = site.load()
    assert (report.exit_code, of_plan(report).status, report.changes) == (0, "loaded", ())
    assert of_plan(report).notes == ()
    assert site.count("raw.plan", "alpha = 0.01") == 1
    assert site.count("identity.cell_history") == 0
    assert [r[1:3] + r[4:] for r in site.rows(CHANGES)] == [
        ("changed", "alpha,primary_method", False, None, "")
    ]
