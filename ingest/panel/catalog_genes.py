"""Genes and accessions of a catalog: their shape, and whether they can belong together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.faults import Fault, listed
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow
from ingest.panel.catalog import UNIPROT, Gene

#: Symbols of any species' nomenclature: letters and digits, parts joined by a dash or a dot.
SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*")


@dataclass(frozen=True)
class Entry:
    """A row of the catalog with the genes that it lists, and its note."""

    row: SheetRow
    target_id: str
    genes: tuple[Gene, ...]
    note: str


def row_genes(
    table: MappedTable, row: SheetRow, target_id: str
) -> tuple[tuple[Gene, ...], list[Fault]]:
    """Return the genes of a row, or the faults of its symbols and accessions."""
    symbols, accessions = (
        [p.strip() for p in table.text(row, c).split("|") if p.strip()]
        for c in ("gene_symbols", "uniprot_ids")
    )
    faults = [
        table.fault("undeclared_value", row, "uniprot_ids", f"`{a}` is no UniProt accession",
                    record="no UniProt accession", allowed="such as P05231",
                    remedy="correct the cell")
        for a in accessions
        if not UNIPROT.fullmatch(a)
    ]  # fmt: skip
    faults += [
        table.fault("undeclared_value", row, "gene_symbols", f"`{s}` is no gene symbol",
                    record="no gene symbol", allowed="an HGNC symbol such as IL6 or HLA-A",
                    remedy="correct the cell; several genes are separated by `|`")
        for s in symbols
        if not SYMBOL.fullmatch(s)
    ]  # fmt: skip
    if doubled := sorted(
        {s for s in (*symbols, *accessions) if [*symbols, *accessions].count(s) > 1}
    ):
        faults.append(table.fault("undeclared_value", row, "gene_symbols",
                                  f"{listed(doubled)} stand twice in the row",
                                  record="a gene twice in a row", allowed="every gene once",
                                  remedy="correct the row"))  # fmt: skip
    if accessions and len(accessions) != len(symbols):
        given = f"{len(symbols)} genes and {len(accessions)} accessions"
        faults.append(table.fault("undeclared_value", row, "uniprot_ids", given, record=given,
                                  allowed="one accession a gene, in the same order",
                                  remedy="correct the row"))  # fmt: skip
    if faults:
        return (), faults
    pairs = zip(symbols, accessions or [""] * len(symbols), strict=True)
    return tuple(Gene(target_id, symbol, accession) for symbol, accession in pairs), []


def shared_accessions(table: MappedTable, entries: Sequence[Entry]) -> list[Fault]:
    """Return faults of accessions that stand under several genes or several targets.

    Targets may share a gene where they read different sets of genes (GRO alpha and the pan-GRO
    feature). Two targets of exactly the same accessions are told apart by nothing in the catalog:
    that is a slip of copying, unless both rows say in `note` what tells them apart.
    """
    faults = []
    symbols: dict[str, set[str]] = defaultdict(set)
    alike: dict[frozenset[str], dict[str, Entry]] = defaultdict(dict)
    for entry in entries:
        for gene in entry.genes:
            if gene.uniprot_id:
                symbols[gene.uniprot_id].add(gene.gene_symbol)
        accessions = frozenset(g.uniprot_id for g in entry.genes if g.uniprot_id)
        if accessions:
            alike[accessions].setdefault(entry.target_id, entry)
    for accession, names in sorted(symbols.items()):
        if len(names) > 1:
            row = next(e.row for e in entries if accession in {g.uniprot_id for g in e.genes})
            given = f"{accession} stands under the genes {listed(sorted(names))}"
            faults.append(table.fault("duplicate_id", row, "uniprot_ids", given, record=given,
                                      allowed="one gene an accession",
                                      remedy="correct the rows"))  # fmt: skip
    for accessions, same in alike.items():
        if len(same) > 1 and not all(e.note for e in same.values()):
            given = f"{listed(sorted(accessions))} is all that targets {listed(sorted(same))} read"
            row = list(same.values())[-1].row
            faults.append(table.fault("duplicate_id", row, "uniprot_ids", given, record=given,
                                      allowed="other genes for every target",
                                      remedy="correct the accession, or say in `note` of both rows "
                                      "what tells them apart"))  # fmt: skip
    return faults
