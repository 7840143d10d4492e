"""Spellings: an exact name always wins, what could mean two targets is refused."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from ingest.faults import RefusedError
from ingest.files.tables import read_sheet
from ingest.panel.catalog import explain, load_panel, resolve
from ingest.panel.catalog_table import read_catalog


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


def test_genes_of_a_catalog_have_the_shape_of_symbols_and_belong_together(source, study):
    with pytest.raises(RefusedError) as caught:
        catalog(source, study, "target_name,gene_symbols,uniprot_ids\n"
                "IL-6,IL 6,P05231\nIL-6R,IL6R|IL6R,P08887|P08887\nTNF,TNF,P01375\n"
                "TNFa,TNFA,P01375\nVEGF,VEGFA,P15692\nVEGF-D,VEGFA,P15692\n")  # fmt: skip
    said = str(caught.value)
    for words in ("`IL 6` is no gene symbol", "IL6R, P08887 stand twice in the row",
                  "P01375 stands under the genes TNF, TNFA",
                  "P15692 is all that targets VEGF, VEGF_D read"):  # fmt: skip
        assert words in said, words


def test_targets_may_share_a_gene_where_they_read_others_too_or_say_why(source, study):
    found = catalog(source, study, "target_name,gene_symbols,uniprot_ids,note\n"
                    "GRO alpha,CXCL1,P09341,\nGRO a/b/g,CXCL1|CXCL2|CXCL3,P09341|P19875|P19876,\n"
                    "free PSA,KLK3,P07288,unbound\ntotal PSA,KLK3,P07288,bound and unbound\n"
                    "HLA,HLA-A,P04439,\n")  # fmt: skip
    assert len(found.genes) == 7
    assert [g.target_id for g in found.genes if g.gene_symbol == "CXCL1"] == [
        "GRO_ALPHA", "GRO_A_B_G",
    ]  # fmt: skip


def test_a_catalog_may_list_other_targets_for_other_lots(source, study):
    found = catalog(source, study, "target_name,lot,gene_symbols\nIL-6,,IL6\nIL-7,L1,IL7\n"
                    "IL-8,L1|L2,CXCL8\nIL-9,L1,IL9\nIL-9,L2,IL9\n")  # fmt: skip
    assert [(t.target_name, t.target_order) for t in found.targets] == [
        ("IL-6", 1), ("IL-7", 2), ("IL-8", 3), ("IL-9", 4),
    ]  # fmt: skip
    assert found.of_lot("L1").names == {"IL-6", "IL-7", "IL-8", "IL-9"}
    assert found.of_lot("L2").names == {"IL-6", "IL-8", "IL-9"}
    assert found.of_lot("L3").names == {"IL-6"}
    assert found.of_lot("L2").of_every_lot().names == found.names
    assert len(found.genes) == 4


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("IL-9,L1,IL9\nIL-9,L1,IL9\n", "stand more than once"),
        ("IL-9,,IL9\nIL-9,L1,IL9\n", "stand more than once"),
        ("IL-9,L1,IL9\nIL-9,L2,IL8\n", "differ in more than their lots"),
    ],
)
def test_a_target_stands_once_for_each_lot(source, study, rows, words):
    with pytest.raises(RefusedError, match=words):
        catalog(source, study, "target_name,lot,gene_symbols\n" + rows)


def test_a_catalog_may_bring_aliases(source, study):
    found = catalog(source, study, "target_name,aliases\nIL-6,Interleukin-6|IFNb2\n"
                    "IL-8,CXCL8|CXC\nIL-9,CXC\n")  # fmt: skip
    assert resolve("interleukin-6", found) == "IL_6"
    assert resolve("NAP-1", found) == "IL_8"  # the panel is shipped: its spellings still hold
    with pytest.raises(CytomartError, match="could mean IL-8 or IL-9"):
        resolve("CXC", found)
    with pytest.raises(RefusedError, match="is the name of another target"):
        catalog(source, study, "target_name,aliases\nIL-6,IL-8\nIL-8,\n")
