"""The panel of a study of values: listed in catalog.csv, shipped, or learnt from its first file."""

from __future__ import annotations

from collections import Counter

from ingest import standing
from ingest.declared.study import Study
from ingest.faults import RefusedError, fault, listed
from ingest.loading import Loading
from ingest.panel.catalog import UNIPROT, Gene, Panel, Target, target_id_of
from ingest.platforms import ValueReading


def standing_panel(loading: Loading) -> Panel:
    """Return the panel as it was learnt by an earlier load; empty where none was."""
    study = loading.study
    targets = standing.rows(
        loading.con, "select * from raw.panel_targets where study_id = ? and panel_id = ? "
        "order by target_order", study.study_id, study.panel_id,
    )  # fmt: skip
    genes = standing.rows(
        loading.con, "select * from raw.panel_target_genes where study_id = ? and panel_id = ?",
        study.study_id, study.panel_id,
    )  # fmt: skip
    return Panel(
        study.panel_id, study.platform_id, study.panel_id, None,
        tuple(Target(t["target_id"], t["target_name"], int(t["target_order"]), t["target_kind"],
                     t["protein_name"] or "") for t in targets),
        tuple(Gene(g["target_id"], g["gene_symbol"], g["uniprot_id"]) for g in genes),
        (),
    )  # fmt: skip


def learnt_panel(reading: ValueReading, study: Study, file_name: str) -> Panel:
    """Return the panel that a file's targets make.

    A name that several ids of the file have is told apart by the id.

    Raises
    ------
    RefusedError
        Two names make one id: the study then needs a catalog.csv.
    """
    names = Counter(name for name, _, _ in reading.targets)
    targets, genes = [], []
    for order, (name, own_id, accession) in enumerate(reading.targets, 1):
        shown = f"{name} ({own_id})" if names[name] > 1 and own_id else name
        target_id = own_id or target_id_of(name)
        targets.append(Target(target_id, shown, order, "analyte", ""))
        genes += _genes(target_id, name, accession)
    ids = Counter(t.target_id for t in targets)
    if twice := [t.target_name for t in targets if ids[t.target_id] > 1 or not t.target_id]:
        raise RefusedError([
            fault("duplicate_target", f"targets whose names are too much alike: {listed(twice)}",
                  where=file_name, allowed="names that differ in letters or digits",
                  remedy="list the panel in catalog.csv, with a target_id for each",
                  record=f"{len(twice)} targets make the same id")
        ], n_rows_in=reading.n_rows_in)  # fmt: skip
    return Panel(study.panel_id, study.platform_id, study.panel_id, None, tuple(targets),
                 tuple(genes), ())  # fmt: skip


def _genes(target_id: str, name: str, accession: str) -> list[Gene]:
    """Return the genes of an assay whose name is built of gene symbols, as Olink's are."""
    symbols, accessions = name.split("_"), accession.split("_")
    if len(symbols) != len(accessions) or not all(UNIPROT.fullmatch(a) for a in accessions):
        return []
    pairs = dict(zip(symbols, accessions, strict=True))
    return [Gene(target_id, symbol, a) for symbol, a in pairs.items()]
