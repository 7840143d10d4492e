"""`cytomart map redcap` on the terminal: a proposal, a file, a comparison."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cytomart.main import cli

DICTIONARY = """\
"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels","Text Validation Type OR Show Slider Number","Text Validation Min","Text Validation Max",Identifier?
record_id,base,text,Study ID,,,,,
surname,base,text,Family name,,,,,y
sex,base,radio,Sex,"1, Female | 2, Male",,,,
age,base,text,Age,,integer,18,110,
er,base,radio,ER status,"1, Positive | 2, Negative",,,,
seen_on,scores,text,Date of visit,,date_ymd,,,
vas,scores,slider,"Pain, visual analogue scale 0-10 cm",,number,0,10,
"""
EXPORT = """\
record_id,redcap_event_name,surname,sex,age,er,seen_on,vas
P1,baseline_arm_1,Berg,1,51,1,2021-01-02,7
P1,month_6_arm_1,,,,,2021-07-02,3
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    export, dictionary = tmp_path / "export.csv", tmp_path / "dictionary.csv"
    export.write_text(EXPORT, "utf-8")
    dictionary.write_text(DICTIONARY, "utf-8")
    return export, dictionary


def call(tmp_path, *words):
    return CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *map(str, words)])


def test_without_a_study_the_proposal_is_printed_with_what_is_left_to_decide(tmp_path, files):
    export, dictionary = files
    done = call(tmp_path, "map", "redcap", export, "--dictionary", dictionary)
    assert done.exit_code == 0, done.output
    found = tomllib.loads(done.output)
    assert found["source"]["record_id"] == "record_id"
    assert found["left_out"]["identifiers"] == ["surname"]
    assert found["patients"]["sex"] == {"field": "sex", "levels": {"1": "female", "2": "male"}}
    assert found["patients"]["age_years"] == "age"
    assert found["patients"]["cohort"] == "?"
    assert found["assessments"] == [
        {"instrument_id": "vas_pain_0_10", "score": "vas", "assessed_on": "seen_on"}
    ]
    assert '#   id = "er"' in done.output
    assert not (tmp_path / "home").exists()


def test_a_mapping_is_written_once_and_compared_afterwards(tmp_path, files):
    export, dictionary = files
    out = tmp_path / "redcap-mapping.toml"
    words = ["map", "redcap", export, "--dictionary", dictionary, "--out", out]
    done = call(tmp_path, *words)
    assert f"Wrote {out}: " in done.output
    decided = re.sub(r'^"(\w+)" = "\?"', r'"\1" = "v"', out.read_text("utf-8"), flags=re.M)
    decided = decided.replace('"?"', '{ value = "x" }')
    out.write_text(decided, "utf-8")
    same = call(tmp_path, *words)
    assert same.exit_code == 0, same.output
    assert "fits the export and the dictionary; nothing has changed." in same.output
    dictionary.write_text(DICTIONARY.replace("1, Positive | 2, Neg", "1, Negative | 2, Pos"))
    export.write_text(EXPORT.replace(",vas", ",pain_vas"), "utf-8")
    out.write_text(decided.replace("\n[patients]\n", '\n[patients]\ner = "er"\n'), "utf-8")
    changed = CliRunner().invoke(
        cli, ["--home", str(tmp_path / "home"), "--json", *map(str, words)]
    )
    assert changed.exit_code == 1
    said = "\n".join(json.loads(changed.output)["problems"])
    assert "the field `vas` is mapped and the export does not have it" in said
    assert "the field `er` has changed: code 1 was `Positive` and is `Negative`" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [("a,b\n1,2\n", "this is no REDCap data dictionary: no column `Variable / Field Name`"),
     (DICTIONARY.replace("record_id", "pid"), "the record id `pid` is no column of the export")],
)  # fmt: skip
def test_what_is_no_redcap_file_is_refused_in_words(tmp_path, files, text, words):
    export, dictionary = files
    dictionary.write_text(text, "utf-8")
    done = call(tmp_path, "map", "redcap", export, "--dictionary", dictionary)
    assert done.exit_code != 0
    assert words in str(done.exception)
