"""The command line's own promises: verbs by file, exit codes, no traceback, quiet dependencies."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from types import SimpleNamespace

import click
import pytest
from rich.console import Console

from contracts import Problem
from contracts.paths import REPO_ROOT
from cytomart import dbt, fingerprint, pipeline, summary
from cytomart.front import Front
from cytomart.main import QUIET, cli, main
from cytomart.verbs.publish import command as publish
from ingest.load_report import LOADED, REFUSED, WAITING, FileReport, LoadReport
from store.build import open_build
from store.home import Home
from store.publish import Generation

VERBS = sorted(
    p.stem for p in (REPO_ROOT / "cytomart" / "verbs").glob("*.py") if p.stem != "__init__"
)


def test_every_file_in_verbs_is_a_verb_of_its_own_name():
    context = click.Context(cli)
    assert cli.list_commands(context) == VERBS
    for name in VERBS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help


def report(*statuses: str) -> LoadReport:
    problem = (Problem("wrong"),)
    files = tuple(
        FileReport("slide", f"{i}.gpr", "0" * 64, None, None, s, 1,
                   problems=problem if s == REFUSED else ())
        for i, s in enumerate(statuses)
    )  # fmt: skip
    return LoadReport("s", "l", files)


def outcome(load=None, problems=(), problem_code=4):
    return pipeline.RunOutcome(load, (), None, False, None, problems, problem_code)


@pytest.mark.parametrize(
    ("given", "n_held", "code"),
    [
        (outcome(), 0, 0),
        (outcome(report(LOADED)), 0, 0),
        (outcome(report(LOADED)), 1, 1),
        (outcome(report(LOADED, REFUSED)), 0, 1),
        (outcome(report(REFUSED, WAITING)), 0, 2),
        (outcome(report(LOADED), (Problem("a table failed"),), 4), 0, 4),
        (outcome(report(LOADED), (Problem("held"),), 1), 0, 1),
        (outcome(report(LOADED), (Problem("plan"),), 2), 0, 2),
    ],
)
def test_exit_codes(given, n_held, code):
    assert pipeline.exit_code(given, n_held) == code


def result(unique_id: str, status: str, message: str = "") -> dict:
    return {"unique_id": unique_id, "status": status, "message": message}


def test_a_failed_model_is_named_and_an_error_of_ours_is_given_as_it_is(tmp_path):
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": [
        result("model.cytomart.dim_patients", "success"),
        result("model.cytomart.fct_x", "error", "Binder Error: no column"),
        result("model.cytomart.stat_a", "error", "Traceback … contracts.errors.CytomartError: plan, line 2: bad."),
        result("model.cytomart.stat_b", "error", "Traceback … contracts.errors.CytomartError: plan, line 2: bad."),
        result("test.cytomart.finite_x.abc", "fail", "Got 3 results"),
        result("model.cytomart.rpt_x", "skipped"),
    ]}), encoding="utf-8")  # fmt: skip
    found = dbt._outcome(path, tmp_path / "build.log")
    assert found.n_models == 1
    texts = [str(p) for p in found.failures]
    assert len(texts) == 3
    assert "table fct_x failed: Binder Error: no column" in texts[0]
    assert texts[1] == "plan, line 2: bad."
    assert "check finite_x failed: Got 3 results" in texts[2]


def test_a_build_without_any_table_is_no_success(tmp_path):
    path = tmp_path / "run_results.json"
    path.write_text('{"results": []}', encoding="utf-8")
    with pytest.raises(Exception, match="no table at all"):
        dbt._outcome(path, tmp_path / "build.log")


def test_a_build_that_never_started_is_no_success(tmp_path):
    with pytest.raises(Exception, match="stopped before its first table"):
        dbt._outcome(tmp_path / "absent.json", tmp_path / "build.log")


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (["frobnicate"], 2, "No such command"),
        (["run", "no-such-folder"], 2, "no-such-folder"),
        (["run", "x", "--supersede"], 2, "--reason"),
        (["sql", "select 1"], 2, "nothing is published"),
        (["report"], 2, "nothing is published"),
        (["accept", "B1", "rule"], 2, "--reason"),
        (["--help"], 0, "accept"),
        (["--version"], 0, "cytomart"),
    ],
)
def test_wrong_usage_says_what_and_never_shows_a_traceback(cytomart, tmp_path, args, code, word):
    done = cytomart(tmp_path / "home", *args)
    text = done.out + done.err
    assert done.code == code, text
    assert word.lower() in text.lower()
    assert "Traceback" not in text


def test_status_of_an_empty_home_is_valid_json(cytomart, tmp_path):
    done = cytomart(tmp_path / "home", "--json", "status")
    assert json.loads(done.out) == {
        "generation": None, "lots": [], "batches": [], "set_aside": [],
    }  # fmt: skip


def test_an_internal_error_leaves_exit_code_4_and_its_trace_in_the_vault(
    cytomart, tmp_path, monkeypatch
):
    home = tmp_path / "home"
    monkeypatch.setenv("CYTOMART_HOME", str(home))
    (home / "published").mkdir(parents=True)
    (home / "published" / "current.json").mkdir()
    done = cytomart(home, "status")
    assert done.code in (2, 4)
    assert "Traceback" not in done.out + done.err


def test_telemetry_of_every_dependency_is_off():
    assert QUIET["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert QUIET["GX_ANALYTICS_ENABLED"] == "false"
    project = (REPO_ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    assert "send_anonymous_usage_stats: false" in project
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_an_internal_error_is_kept_in_the_home_that_was_named(tmp_path, monkeypatch, capsys):
    home, other = tmp_path / "named", tmp_path / "default"
    monkeypatch.setenv("CYTOMART_HOME", str(other))
    monkeypatch.setattr("sys.argv", ["cytomart", "--home", str(home), "verify"])

    def fail(*_: object) -> None:
        raise RuntimeError("unheard of\nline two")

    monkeypatch.setattr("cytomart.verbs.verify.verify", fail)
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr().err
    assert left.value.code == 4
    assert "RuntimeError: unheard of. Details" in said
    assert "Traceback" not in said
    assert "line two" in (home / "vault" / "logs" / "errors.log").read_text(encoding="utf-8")
    assert not other.exists()


@pytest.fixture
def steps(monkeypatch):
    """The steps of `publish`, counted and not done."""
    done: list[str] = []
    monkeypatch.setattr(dbt, "build", lambda *_: done.append("build") or dbt.BuildOutcome(1, 1, ()))
    monkeypatch.setattr(pipeline, "gate_step", lambda _: done.append("gate") or ())
    monkeypatch.setattr(pipeline, "release_step", lambda _: done.append("release") or ((), ()))
    monkeypatch.setattr(
        pipeline, "publish_step",
        lambda front, _: done.append("publish") or Generation(1, "0", front.home.root, {}, "", {}),
    )  # fmt: skip
    return done


def test_publish_builds_first_where_something_came_after_the_last_build(tmp_path, steps):
    front = Front(Home.from_env(str(tmp_path / "home")))
    with pytest.raises(SystemExit):
        publish.callback.__wrapped__(front, 0.0)
    assert steps == ["gate", "build", "release", "publish"]
    steps.clear()
    with pytest.raises(SystemExit):
        publish.callback.__wrapped__(front, 0.0)
    assert steps == ["gate", "release", "publish"]
    steps.clear()
    con = open_build(front.home)
    con.execute(
        "insert into quality.acceptances values ('s', 'B', 'rule', 'hash', 'why', 'who', now())"
    )
    con.close()
    with pytest.raises(SystemExit):
        publish.callback.__wrapped__(front, 0.0)
    assert steps == ["gate", "build", "release", "publish"]


def test_a_failed_build_is_not_taken_for_built(tmp_path, steps, monkeypatch):
    front = Front(Home.from_env(str(tmp_path / "home")))
    assert not pipeline.build_step(front)
    inputs = fingerprint.of(front.home)
    assert fingerprint.is_built(front.home, inputs)
    bad = dbt.BuildOutcome(0, 0, (Problem("a table failed"),))
    monkeypatch.setattr(dbt, "build", lambda *_: bad)
    assert pipeline.build_step(front)
    assert not fingerprint.is_built(front.home, inputs)


def test_a_release_without_any_batch_names_the_cause_and_not_its_consequences():
    def failed(rule_id: str) -> SimpleNamespace:
        return SimpleNamespace(rule_id=rule_id, outcome="fail", severity="integrity", message="no")

    rules = [failed("levels_finite"), failed("some_batch_released"), failed("tests_finite")]
    run = SimpleNamespace(study_id="s", results=rules)
    (problem,) = pipeline._release_problems(run)
    assert "no batch is released" in str(problem)
    run.results.pop(1)
    assert [str(p).count("is held by rule") for p in pipeline._release_problems(run)] == [1, 1]


def test_rows_that_left_are_no_negative_addition(tmp_path, capsys):
    front = Front(Home.from_env(str(tmp_path)), console=Console(width=200))
    load = replace(report(LOADED), rows_added={"raw.assessments": -1, "raw.files": 1})
    summary.load_lines(front, load)
    assert "; 1 rows fewer than before." in capsys.readouterr().out


def test_a_file_that_waits_is_not_called_refused(tmp_path, capsys):
    load = report(LOADED, REFUSED, WAITING)
    waits = replace(load.files[2], problems=(Problem("for its table"),))
    front = Front(Home.from_env(str(tmp_path)), console=Console(width=200))
    summary.load_lines(front, replace(load, files=(*load.files[:2], waits)))
    said = capsys.readouterr().out
    assert "! refused: wrong" in said
    assert "! waiting: for its table" in said
    assert "1 loaded, 0 already loaded, 1 refused, 1 waiting; 0 slides waiting" in said
