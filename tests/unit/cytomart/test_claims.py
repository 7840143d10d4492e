"""cytomart claims: a file of claims is judged on its own, no warehouse needed."""

from __future__ import annotations

import csv
import json
import shutil

import openpyxl
import pytest
from click.testing import CliRunner

from contracts.paths import REPO_ROOT
from cytomart.main import cli

ANOTHER = REPO_ROOT / "tests" / "unit" / "stats" / "claims" / "another_paper.csv"
SHIPPED = REPO_ROOT / "warehouse" / "seeds" / "publication_claims.csv"
HEAD = "publication_id,claim_id,claim_order,source_place,statement,check_id,figures\n"


@pytest.fixture
def run(tmp_path):
    def of(*args, as_json=False):
        head = ["--home", str(tmp_path / "home"), *(["--json"] if as_json else [])]
        return CliRunner().invoke(cli, [*head, "claims", *(str(a) for a in args)])

    return of


@pytest.fixture
def write(tmp_path):
    def of(text: str, name: str = "claims.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return of


def test_the_shipped_set_is_judged_with_its_arithmetic(run):
    done = run(SHIPPED, "--verdict", "inconsistent")
    assert done.exit_code == 1, done.output
    said = " ".join(done.output.split())
    assert "142 claims: " in said
    assert "58 inconsistent" in said
    assert "1442/30 = 48.0667" in said
    assert "Nothing was stored." in said
    assert "control_age_mean" not in said


def test_no_warehouse_is_made(run, tmp_path):
    run(ANOTHER)
    assert not (tmp_path / "home").exists()


def test_json_has_every_claim_with_its_numbers(run):
    told = json.loads(run(ANOTHER, as_json=True).output)
    assert told["n_claims"] == len(told["claims"]) == 47
    assert told["exit_code"] == 1
    assert sum(told["n_by_verdict"].values()) == 47
    of = {c["claim_id"]: c for c in told["claims"]}
    assert of["response_or"]["recomputed"]["events_1"] == 14
    assert of["response_or"]["verdict"] == "consistent"


def test_without_a_contradiction_the_exit_code_is_0(run, write):
    path = write(HEAD + "p,a,1,Table 1,33 and 27,total,parts=33|27; total=60\n")
    done = run(path)
    assert (done.exit_code, "1 claim: 1 reproduced." in done.output) == (0, True), done.output


@pytest.mark.parametrize("ending", ["tsv", "xlsx"])
def test_tab_separated_tables_and_workbooks_say_the_same(run, tmp_path, csv_of_another, ending):
    path = tmp_path / f"claims.{ending}"
    if ending == "tsv":
        path.write_text("\n".join("\t".join(r) for r in csv_of_another) + "\n", encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in csv_of_another:
            book.active.append(row)
        book.save(path)
    theirs = json.loads(run(ANOTHER, as_json=True).output)["claims"]
    assert json.loads(run(path, as_json=True).output)["claims"] == theirs


@pytest.fixture
def csv_of_another():
    with ANOTHER.open(encoding="utf-8", newline="") as stream:
        return [[*r] for r in csv.reader(stream)]


def test_every_bad_cell_is_named_with_its_place(run, write):
    path = write(
        HEAD
        + "p,a,1,T,s,grim,mean=x; n=3; step=1\np,b,2,T,s,grime,mean=1\np,c,x,T,,total,parts=1; total=1\n"
    )
    done = run(path)
    assert done.exception.exit_code == 2
    told = str(done.exception)
    assert "claims.csv, line 2, column figures (cell G2): figure mean is `x`" in told
    assert "claims.csv, line 3, column check_id (cell F3): there is no check `grime`" in told
    assert "claims.csv, line 4, column statement (cell E4): statement is empty" in told
    assert "claim_order is `x`" in told


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        (HEAD, "claims.csv", "no claim"),
        ("claim_id,figures\na,b\n", "claims.csv", "publication_id"),
        (HEAD.strip() + ",colour\np,a,1,T,s,total,parts=1; total=1,red\n", "claims.csv", "colour"),
        ("{}", "claims.json", "is no table"),
    ],
)
def test_what_is_no_file_of_claims_is_refused(run, write, text, name, words):
    done = run(write(text, name))
    assert done.exception.exit_code == 2
    assert words in str(done.exception)


def test_a_file_that_is_not_there_is_refused(run, tmp_path):
    done = run(tmp_path / "none.csv")
    assert done.exception.exit_code == 2
    assert "none.csv" in str(done.exception)


def test_a_study_folder_is_no_file(run, tmp_path):
    shutil.copytree(ANOTHER.parent, tmp_path / "study")
    assert run(tmp_path / "study").exit_code == 2
