"""A build from the kept project does what a build from freshly parsed files does."""

from __future__ import annotations

import pytest

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


def test_the_kept_project_is_the_parsed_one(empty_home, small_studies):
    parsed, kept = said(empty_home.manifest), said(small_studies.manifest)
    assert kept.keys() == parsed.keys()
    assert {key for key in kept if kept[key] != parsed[key]} == set()
    for name in ("parent_map", "child_map"):
        kept_map, parsed_map = small_studies.manifest[name], empty_home.manifest[name]
        assert {k: sorted(v) for k, v in kept_map.items()} == {
            k: sorted(v) for k, v in parsed_map.items()
        }
