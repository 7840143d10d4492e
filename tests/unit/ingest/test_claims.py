"""claims.csv of a study folder: rows as the warehouse keeps them, every bad cell at once."""

from __future__ import annotations

import pytest

from ingest.claims import read_claims
from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError
from ingest.files.tables import read_sheet

HEAD = "publication_id,claim_id,claim_order,source_place,statement,check_id,figures,severity,note\n"
GOOD = (
    "smith,age,1,Results,mean age 48.06 of 30,grim,mean=48.06; n=30; step=1,minor,\n"
    "smith,words,2,Discussion,the first of its kind,recorded,,,\n"
)


def claims(source, text):
    return read_claims(read_sheet(source(text, "claims.csv"), "claims"))


def test_claims_are_typed_and_keep_what_is_printed(source):
    first, second = claims(source, HEAD + GOOD)
    assert (first["claim_order"], first["source_line"]) == (1, 2)
    assert first["figures"] == "mean=48.06; n=30; step=1"
    assert (first["severity"], second["severity"]) == ("minor", "none")
    assert (second["figures"], second["related_claim_ids"], second["topic"]) == ("", "", "")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((",grim,", ",grimm,"), "column check_id (cell F2): there is no check `grimm`. Allowed:"),
        (("n=30", "n=thirty"), "column figures (cell G2): figure n is `thirty`"),
        (("; step=1", ""), "figure step is missing"),
        (("smith,words,2", "smith,age,2"), "claim_id `age` stands more than once"),
        (("words,2", "words,two"), "column claim_order (cell C3): claim_order is `two`"),
        (("minor", "grave"), "severity is `grave`. Allowed: none, minor, moderate, major"),
        (("Discussion,", ","), "source_place is empty"),
    ],
)
def test_a_bad_cell_is_named(source, change, words):
    assert change[0] in GOOD
    with pytest.raises(RefusedError) as caught:
        claims(source, HEAD + GOOD.replace(*change, 1))
    assert words in str(caught.value)
    assert "claims.csv, line " in str(caught.value)


def test_all_faults_are_told_at_once_and_none_with_what_is_stated(source):
    text = HEAD + GOOD.replace("n=30", "n=x").replace("words,2", "words,two")
    with pytest.raises(RefusedError) as caught:
        claims(source, text)
    assert len(caught.value.faults) == 2
    assert not any("48.06" in f.record for f in caught.value.faults)


def test_missing_and_unknown_columns_are_named(source):
    with pytest.raises(RefusedError, match="check_id"):
        claims(source, HEAD.replace("check_id,", "") + GOOD.replace("grim,", ""))
    with pytest.raises(RefusedError, match="unknown column `notes`"):
        claims(source, HEAD.replace("note\n", "notes\n") + GOOD)


def test_a_study_names_shipped_claims(source, toml_text):
    named = toml_text + '\n[claims]\npublications = ["founding_paper"]\n'
    assert read_study(source(named, "study.toml")).publications == ("founding_paper",)
    assert read_study(source(toml_text, "study.toml")).publications == ()


def test_claims_that_are_not_shipped_are_refused(source, toml_text):
    named = toml_text + '\n[claims]\npublications = ["smith"]\n'
    with pytest.raises(RefusedError) as caught:
        read_study(source(named, "study.toml"))
    assert "`publications` names 'smith', of which no claims are shipped" in str(caught.value)
    assert "Allowed: founding_paper" in str(caught.value)
