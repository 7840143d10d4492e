"""catalog.csv of a study folder: a panel of the study's own."""

from __future__ import annotations

from collections import Counter

from ingest.catalog import TARGET_KINDS, UNIPROT, Gene, Panel, Target, fold, target_id_of
from ingest.clinical import level_fault
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.mangled import AS_TEXT, day_of_gene
from ingest.mapped import MappedTable, map_table
from ingest.study import Study
from ingest.tables import Sheet, SheetRow

OPTIONAL = ("panel_id", "target_id", "target_order", "target_kind", "protein_name",
            "gene_symbols", "uniprot_ids")  # fmt: skip


def read_catalog(sheet: Sheet, study: Study) -> Panel:
    """Return the panel that a catalog lists; how many spots an array has, its layout says.

    Raises
    ------
    RefusedError
        Names or ids that stand twice, unknown kinds, accessions that are none, genes and
        accessions that do not pair up.
    """
    table = map_table(sheet, "catalog", {}, required=("target_name",), optional=OPTIONAL)
    faults: list[Fault] = []
    targets: list[Target] = []
    genes: list[Gene] = []
    for number, row in enumerate(table.rows, start=1):
        name = table.text(row, "target_name")
        target_id = table.text(row, "target_id") or target_id_of(name)
        targets.append(
            Target(target_id, name, number, table.text(row, "target_kind") or "analyte",
                   table.text(row, "protein_name"))
        )  # fmt: skip
        faults += _row_faults(table, row, study)
        found, wrong = _genes(table, row, target_id)
        genes += found
        faults += wrong
    faults += _doubled(table, "target_name", [fold(t.target_name) for t in targets])
    faults += _doubled(table, "target_id", [t.target_id for t in targets])
    if not targets:
        faults.append(fault("missing_column", "the catalog lists no target",
                            where=sheet.where(None), remedy="list the panel's targets",
                            record="no target"))  # fmt: skip
    if faults:
        raise RefusedError(faults, n_rows_in=len(table.rows))
    return Panel(study.panel_id, study.platform_id, study.panel_id, None, tuple(targets),
                 tuple(genes), ())  # fmt: skip


def _row_faults(table: MappedTable, row: SheetRow, study: Study) -> list[Fault]:
    found = []
    if not table.text(row, "target_name"):
        found.append(table.fault("missing_id", row, "target_name", "`target_name` is blank",
                                 record="target_name is blank", allowed="a name",
                                 remedy="fill the cell"))  # fmt: skip
    found += [
        table.fault("mangled_id", row, column, f"`{text}` is a day: Excel makes days of names such "
                    f"as `{word}`", record=f"{column} was probably changed by a spreadsheet",
                    allowed="the name as the panel has it", remedy=AS_TEXT)
        for column in ("target_name", "target_id", "gene_symbols")
        for text in table.text(row, column).split("|")
        if (word := day_of_gene(text.strip()))
    ]  # fmt: skip
    panel = table.text(row, "panel_id")
    if panel and panel != study.panel_id:
        found.append(table.fault("undeclared_value", row, "panel_id",
                                 f"`{panel}` is not the study's panel",
                                 record="another panel", allowed=study.panel_id,
                                 remedy="correct the cell or study.toml"))  # fmt: skip
    kind = level_fault(table, row, "target_kind", TARGET_KINDS, required=False)
    return [*found, *([kind] if kind else [])]


def _genes(table: MappedTable, row: SheetRow, target_id: str) -> tuple[list[Gene], list[Fault]]:
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
    if accessions and len(accessions) != len(symbols):
        given = f"{len(symbols)} genes and {len(accessions)} accessions"
        faults.append(table.fault("undeclared_value", row, "uniprot_ids", given, record=given,
                                  allowed="one accession a gene, in the same order",
                                  remedy="correct the row"))  # fmt: skip
    if faults:
        return [], faults
    pairs = zip(symbols, accessions or [""] * len(symbols), strict=True)
    return [Gene(target_id, symbol, accession) for symbol, accession in pairs], []


def _doubled(table: MappedTable, column: str, keys: list[str]) -> list[Fault]:
    twice = [k for k, n in Counter(keys).items() if n > 1 and k]
    if not twice:
        return []
    rows = [r for r, k in zip(table.rows, keys, strict=True) if k in twice]
    places = listed(table.where(r, column) for r in rows)
    return [
        table.fault("duplicate_id", rows[0], column, f"{listed(twice)} stand more than once: "
                    f"{places}", record=f"{len(twice)} doubled targets",
                    allowed="every target once", remedy="correct the doubled rows")
    ]  # fmt: skip
