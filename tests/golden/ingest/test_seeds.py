"""The shipped catalog says what the collected facts say."""

from __future__ import annotations

import csv

import pytest

from contracts.paths import REPO_ROOT, SEEDS
from ingest.declared.study_toml import shipped_instruments
from ingest.panel.catalog import UNIPROT, load_panel, target_id_of

CATALOG = REPO_ROOT.parent / "shared" / "catalog"


def read(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def panel():
    return load_panel("raybiotech_g5")


@pytest.fixture(scope="module")
def facts():
    if not CATALOG.exists():
        pytest.skip("../shared is absent")
    return read(CATALOG / "raybiotech_g5_targets.csv")


def test_80_targets_and_4_controls(panel):
    assert len(panel.analytes) == 80
    kinds = {t.target_name: t.target_kind for t in panel.targets if t.target_kind != "analyte"}
    assert kinds == {"POS1": "positive_control", "POS2": "positive_control",
                     "POS3": "positive_control", "NEG": "negative_control"}  # fmt: skip
    assert [t.target_order for t in panel.targets] == list(range(1, 85))


def test_the_bridge_has_83_rows_and_82_genes(panel):
    assert len(panel.genes) == 83
    assert len({g.gene_symbol for g in panel.genes}) == 82
    assert {g.target_id for g in panel.genes if g.gene_symbol == "CXCL1"} == {
        "GRO_ALPHA", "GRO_A_B_G",
    }  # fmt: skip
    assert {g.target_id for g in panel.genes} == {t.target_id for t in panel.analytes}
    assert all(UNIPROT.fullmatch(g.uniprot_id) for g in panel.genes)


def test_ids_are_made_from_names_and_unique(panel):
    assert all(t.target_id == target_id_of(t.target_name) for t in panel.targets)
    assert len({t.target_id for t in panel.targets}) == 84


@pytest.mark.shared
def test_targets_and_genes_equal_the_facts(panel, facts):
    assert [(t.target_name, t.protein_name, str(t.target_order)) for t in panel.analytes] == [
        (f["array_name"], f["protein_name"], f["list_order"]) for f in facts
    ]
    bridge = {(g.target_id, g.gene_symbol, g.uniprot_id) for g in panel.genes}
    assert bridge == {
        (target_id_of(f["array_name"]), symbol, accession)
        for f in facts
        for symbol, accession in zip(
            f["hgnc_symbol"].split("|"), f["uniprot"].split("|"), strict=True
        )
    }


@pytest.mark.shared
def test_the_715_spellings_equal_the_facts(facts):
    ours = read(SEEDS / "panel_target_aliases.csv")
    theirs = read(CATALOG / "aliases.csv")
    assert len(ours) == len(theirs) == 715
    assert [(r["alias"], r["target_id"], r["is_ambiguous"] == "true", r["note"]) for r in ours] == [
        (t["alias"], target_id_of(t["array_name"]), t["ambiguous"] == "yes", t["note"])
        for t in theirs
    ]


def test_the_panel_has_room_for_its_spots():
    (row,) = read(SEEDS / "panels.csv")
    assert int(row["n_spots_per_array"]) == 88 * int(row["n_replicates"])
    assert int(row["n_targets"]) == 80


def test_instruments_say_what_their_difference_rests_on():
    scales = {k: i for k, i in shipped_instruments().items() if not i.is_measure}
    for name, found in scales.items():
        kind = found.mid_source.partition(":")[0]
        is_fixed = found.mid_score is not None
        allowed = ("anchor-based", "anchor- and distribution-based") if is_fixed else (
            "distribution-based",)  # fmt: skip
        assert kind in allowed, name
    # Eton 2004: 5 to 6 points of FACT-G in metastatic breast cancer.
    assert scales["fact_g"].mid_score == 6
    for name in ("painful_sites", "pain_characteristics", "functional_interference"):
        assert "anchor-based by performance status" in scales[f"eortc_qlq_bm22_{name}"].mid_source


def test_instruments_have_ranges_and_sources():
    for found in shipped_instruments().values():
        assert found.low < found.high
        assert len(found.mid_source) > 20
    vas = shipped_instruments()["vas_pain_0_10"]
    assert (vas.low, vas.high, vas.step, vas.better) == (0, 10, 0.1, "lower")
    assert (vas.mid_score, vas.mid_frac) == (2, 0.3)
