"""dbt's reading of the project is kept, and never taken for that of other files."""

from __future__ import annotations

import shutil

import pytest

from contracts.paths import REPO_ROOT
from cytomart import kept_parse


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the project's files that a test may change, with nothing kept."""
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(REPO_ROOT / name, tmp_path / name)
    shutil.copytree(REPO_ROOT / "warehouse", tmp_path / "warehouse")
    monkeypatch.setattr(kept_parse, "REPO_ROOT", tmp_path)
    monkeypatch.setattr(kept_parse, "FOLDER", tmp_path / "target" / "parsed")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    ["dbt_project.yml", "profiles.yml", "warehouse/models/_columns.md",
     "warehouse/seeds/platforms.csv", "warehouse/models/marts/fct_measurements.sql"],
)  # fmt: skip
def test_a_change_of_any_file_is_another_project(project, name):
    before = kept_parse.of_now()
    assert kept_parse.of_now() == before
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert kept_parse.of_now() != before


def test_a_file_more_or_moved_is_another_project(project):
    before = kept_parse.of_now()
    added = project / "warehouse" / "macros" / "added.sql"
    added.write_text("", encoding="utf-8")
    after = kept_parse.of_now()
    added.rename(added.with_name("moved.sql"))
    assert len({before, after, kept_parse.of_now()}) == 3


def test_settings_of_dbt_count_and_the_home_does_not(project, monkeypatch):
    before = kept_parse.of_now()
    monkeypatch.setenv("DBT_TARGET_PATH", "elsewhere")
    monkeypatch.setenv("CYTOMART_HOME", "elsewhere")
    assert kept_parse.of_now() == before
    monkeypatch.setenv("DBT_TARGET", "ci")
    assert kept_parse.of_now() != before


class Parsed:
    """Stands in for a manifest: 14 s to make a real one, which the demo's tests do."""

    def to_msgpack(self, _encoder):
        return b"\x80"


def test_one_is_kept_and_a_damaged_or_missing_one_is_none(project):
    kept_parse.keep("old", Parsed())
    kept_parse.keep("new", Parsed())
    assert [p.name for p in kept_parse.FOLDER.iterdir()] == ["new.msgpack"]
    (kept_parse.FOLDER / "new.msgpack").write_bytes(b"half of")
    assert kept_parse.read("new") is None
    assert kept_parse.read("old") is None


def test_a_checkout_that_cannot_be_written_keeps_nothing(project):
    (project / "target").write_text("a file stands where the folder would", encoding="utf-8")
    kept_parse.keep("new", Parsed())
    assert kept_parse.read("new") is None
