"""A build from the kept project does what a build from freshly parsed files does."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from cytomart import kept_parse

pytestmark = pytest.mark.xdist_group("dbt")

PARTS = ("nodes", "macros", "docs", "unit_tests", "sources")
#: What a build writes into its manifest, and when the files were parsed.
OF_A_BUILD = {"compiled", "compiled_code", "compiled_path", "extra_ctes", "extra_ctes_injected",
              "build_path", "created_at"}  # fmt: skip


def said(manifest):
    return {
        key: {name: value for name, value in entry.items() if name not in OF_A_BUILD}
        for part in PARTS
        for key, entry in manifest[part].items()
    }


def macros_taken_out(entries):
    """Return the macros that each entry names: a build adds those that it met when it ran."""
    return {
        key: set(entry["depends_on"].pop("macros"))
        for key, entry in entries.items()
        if "macros" in entry.get("depends_on", {})
    }


@pytest.fixture(scope="module")
def kept(small_studies, tmp_path_factory):
    """What `small_studies` was built from, read again."""
    assert small_studies.returncode == 0, small_studies.log
    path = tmp_path_factory.mktemp("kept") / "manifest.json"
    kept = kept_parse.read(kept_parse.of_now())
    with pytest.MonkeyPatch.context() as patch:
        # A process in which dbt ran nothing yet has no flags.
        patch.setattr("dbt.contracts.graph.manifest.get_flags", lambda: SimpleNamespace(
            SEND_ANONYMOUS_USAGE_STATS=False))  # fmt: skip
        kept.writable_manifest().write(str(path))
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_kept_project_is_the_parsed_one(empty_home, kept):
    parsed, found = said(empty_home.manifest), said(kept)
    assert found.keys() == parsed.keys()
    named, met = macros_taken_out(found), macros_taken_out(parsed)
    assert {key for key in named if not named[key] <= met[key]} == set()
    assert {key for key in found if found[key] != parsed[key]} == set()
    for name in ("parent_map", "child_map"):
        assert ordered(kept[name]) == ordered(empty_home.manifest[name])


def ordered(neighbours):
    return {node: sorted(others) for node, others in neighbours.items()}
