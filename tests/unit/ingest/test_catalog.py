"""Spellings: an exact name always wins, what could mean two targets is refused."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from ingest.catalog import explain, load_panel, resolve
from ingest.catalog_table import read_catalog
from ingest.faults import RefusedError
from ingest.tables import read_sheet


def test_every_exact_name_resolves_to_itself(panel):
    for target in panel.targets:
        assert resolve(target.target_name, panel) == target.target_id


@pytest.mark.parametrize(
    ("spelling", "target_id"),
    [
        ("PIGF", "PIGF"), ("CXCL5", "ENA_78"), ("il-6", "IL_6"), (" IL-6 ", "IL_6"),
        ("ＩＬ-6", "IL_6"), ("LEPTIN", "LEPTIN"), ("IGPBP1", "IGFBP_1"), ("P09919", "GCSF"),
        ("GRO a,b,g", "GRO_A_B_G"), ("TNF-β", "TNF_BETA"),
    ],
)  # fmt: skip
def test_spellings_resolve(panel, spelling, target_id):
    assert resolve(spelling, panel) == target_id


@pytest.mark.parametrize(
    ("spelling", "trap"),
    [("TPO", "thyroid peroxidase"), ("PIGF", "another gene"), ("ANG", "angiopoietins"),
     ("VEGF", "family name")],
)  # fmt: skip
def test_traps_that_mean_something_elsewhere_are_noted(panel, spelling, trap):
    assert trap in explain(spelling, panel).note


@pytest.mark.parametrize(
    ("spelling", "candidates"),
    [
        ("MIP", ("MIP-1 beta", "MIP-1 delta", "MIP-3 alpha", "MIF")),
        ("GRO", ("GRO a/b/g", "GRO alpha")),
        ("MIP-3", ("Ck beta 8-1", "MIP-3 alpha")),
    ],
)
def test_what_could_mean_two_targets_is_refused_with_them(panel, spelling, candidates):
    with pytest.raises(CytomartError) as caught:
        resolve(spelling, panel)
    assert all(name in str(caught.value) for name in candidates)


@pytest.mark.parametrize("spelling", ["PDGF", "RANKL", "TGF-β"])
def test_a_family_or_a_thing_that_is_not_printed_is_refused(panel, spelling):
    with pytest.raises(CytomartError, match="family's name, or something"):
        resolve(spelling, panel)


def test_an_unknown_name_is_refused_with_the_nearest(panel):
    with pytest.raises(CytomartError, match="did you mean Leptin"):
        resolve("Lepton", panel)


def test_an_unambiguous_spelling_always_resolves(panel):
    for alias in panel.aliases:
        if alias.target_id and not alias.is_ambiguous:
            assert resolve(alias.alias, panel) == alias.target_id


def test_an_unknown_panel_is_refused_with_those_there_are():
    with pytest.raises(CytomartError, match=r"no panel `g6`.*raybiotech_g5"):
        load_panel("g6")


def catalog(source, study, text):
    return read_catalog(read_sheet(source(text, "catalog.csv"), "catalog"), study)


def test_a_catalog_of_the_study(source, study):
    found = catalog(source, study, "target_name,target_kind,gene_symbols,uniprot_ids\n"
                    "IL-6,,IL6,P05231\nIL-12,analyte,IL12A|IL12B,P29459|P29460\n"
                    "NEG,negative_control,,\n")  # fmt: skip
    assert [(t.target_id, t.target_kind, t.target_order) for t in found.targets] == [
        ("IL_6", "analyte", 1), ("IL_12", "analyte", 2), ("NEG", "negative_control", 3),
    ]  # fmt: skip
    assert [g.gene_symbol for g in found.genes] == ["IL6", "IL12A", "IL12B"]
    assert found.n_spots_per_array is None


def test_every_fault_of_a_catalog_is_named(source, study):
    with pytest.raises(RefusedError) as caught:
        catalog(source, study, "target_name,target_kind,gene_symbols,uniprot_ids,panel_id\n"
                "IL-6,analyt,IL6,X,\nil-6,,A|B,P05231,\n,,,,\nIL-7,,,,other\n")  # fmt: skip
    said = str(caught.value)
    for words in ("`analyt` is not declared", "`X` is no UniProt accession", "2 genes and 1 access",
                  "stand more than once", "`other` is not the study's panel"):  # fmt: skip
        assert words in said, words
