"""A small study, published once a worker; every test gets a copy of its home."""

from __future__ import annotations

import shutil

import pytest

from simulate.design import Design
from simulate.study import write_study


@pytest.fixture(scope="session")
def published(tmp_path_factory, cytomart):
    """A small study with pseudonyms, published; tests that use it share the group "exclusions"."""
    folder = tmp_path_factory.mktemp("exclusions")
    study = folder / "study"
    write_study(study, Design(patients=6, controls=4, study_id="small"))
    toml = study / "study.toml"
    text = toml.read_text(encoding="utf-8")
    assert "ids_are_codes = true" in text
    # Two variants beside the primary one: what tests ask of, and quick to build.
    text += '\n[robustness]\nvariants = ["subtract_quantile", "none_none"]\n'
    toml.write_text(text.replace("ids_are_codes = true", "ids_are_codes = false"), "utf-8")
    done = cytomart(folder / "home", "run", str(study))
    assert done.code == 0, done.out + done.err
    return folder / "home"


@pytest.fixture
def home(published, tmp_path):
    """A copy of the published small study's home."""
    shutil.copytree(published, tmp_path / "home")
    return tmp_path / "home"
