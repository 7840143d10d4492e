"""catalog.csv of a study folder: a panel of the study's own, or what each lot of one prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.clinic.clinical import level_fault
from ingest.clinic.mangled import AS_TEXT, day_of_gene
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow
from ingest.panel.catalog import (
    TARGET_KINDS,
    Alias,
    Gene,
    Panel,
    Target,
    fold,
    shipped_panels,
    target_id_of,
)
from ingest.panel.catalog_genes import Entry, row_genes, shared_accessions

OPTIONAL = ("panel_id", "target_id", "target_order", "target_kind", "protein_name",
            "gene_symbols", "uniprot_ids", "aliases", "lot", "note")  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """One row of the catalog, read."""

    row: SheetRow
    target: Target
    genes: tuple[Gene, ...]
    aliases: tuple[str, ...]
    note: str


def read_catalog(sheet: Sheet, study: Study) -> Panel:
    """Return the panel that a catalog lists; how many spots an array has, its layout says.

    A target may stand in several rows, each for other lots; a row without a lot is for every lot.

    Raises
    ------
    RefusedError
        Names or ids that stand twice, unknown kinds, symbols and accessions that are none, do not
        pair up or belong to several targets, aliases that are another target's name.
    """
    table = map_table(sheet, "catalog", {}, required=("target_name",), optional=OPTIONAL)
    faults: list[Fault] = []
    lines: list[_Line] = []
    for number, row in enumerate(table.rows, start=1):
        line, wrong = _line(table, row, number)
        lines.append(line)
        faults += [*_row_faults(table, row, study), *wrong]
    faults += _repeated(table, lines)
    faults += _alias_faults(table, lines)
    entries = [Entry(li.row, li.target.target_id, li.genes, li.note) for li in lines]
    faults += shared_accessions(table, entries)
    if not lines:
        faults.append(fault("missing_column", "the catalog lists no target",
                            where=sheet.where(None), remedy="list the panel's targets",
                            record="no target"))  # fmt: skip
    if faults:
        raise RefusedError(faults, n_rows_in=len(table.rows))
    return _panel(study, lines)


def _line(table: MappedTable, row: SheetRow, number: int) -> tuple[_Line, list[Fault]]:
    name = table.text(row, "target_name")
    target_id = table.text(row, "target_id") or target_id_of(name)
    kind = table.text(row, "target_kind") or "analyte"
    lots = frozenset(_parts(table, row, "lot"))
    target = Target(target_id, name, number, kind, table.text(row, "protein_name"), lots)
    genes, faults = row_genes(table, row, target_id)
    aliases = _parts(table, row, "aliases")
    return _Line(row, target, genes, aliases, table.text(row, "note")), faults


def _parts(table: MappedTable, row: SheetRow, column: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in table.text(row, column).split("|") if p.strip())


def _panel(study: Study, lines: Sequence[_Line]) -> Panel:
    targets: dict[str, Target] = {}
    for line in lines:
        first = targets.setdefault(line.target.target_id, line.target)
        targets[first.target_id] = replace(first, lots=first.lots | line.target.lots)
    ordered = tuple(replace(t, target_order=i) for i, t in enumerate(targets.values(), start=1))
    genes = tuple(dict.fromkeys(g for line in lines for g in line.genes))
    own = dict.fromkeys((a, line.target.target_id) for line in lines for a in line.aliases)
    spelt: dict[str, set[str]] = defaultdict(set)
    for alias, target_id in own:
        spelt[fold(alias)].add(target_id)
    aliases = [Alias(a, t, len(spelt[fold(a)]) > 1, "") for a, t in own]
    shipped = next((p for p in shipped_panels() if p.panel_id == study.panel_id), None)
    if shipped is not None:
        aliases += [a for a in shipped.aliases if not a.target_id or a.target_id in targets]
    return Panel(study.panel_id, study.platform_id, study.panel_id, None, ordered, genes,
                 tuple(aliases))  # fmt: skip


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


def _repeated(table: MappedTable, lines: Sequence[_Line]) -> list[Fault]:
    """Return faults of targets that stand twice, other than once for each lot."""
    by_key: dict[tuple[str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        if line.target.target_name:
            by_key["target_name", fold(line.target.target_name)].append(line)
            by_key["target_id", line.target.target_id].append(line)
    faults = []
    for (column, key), same in by_key.items():
        if len(same) < 2:
            continue
        places = listed(table.where(li.row, column) for li in same)
        lots = [lot for li in same for lot in li.target.lots]
        if len(lots) == len(set(lots)) and all(li.target.lots for li in same):
            if len({_facts(li) for li in same}) > 1:
                faults.append(
                    table.fault("duplicate_id", same[0].row, column, f"the rows of {key} differ in "
                                f"more than their lots: {places}",
                                record="rows of one target differ",
                                allowed="the same name, id, kind and genes in every lot",
                                remedy="correct the rows")
                )  # fmt: skip
            continue
        faults.append(
            table.fault("duplicate_id", same[0].row, column, f"{key} stand more than once: "
                        f"{places}", record="a doubled target",
                        allowed="every target once, or once for each lot",
                        remedy="correct the doubled rows, or fill the column lot")
        )  # fmt: skip
    return faults


def _facts(line: _Line) -> tuple[object, ...]:
    target = line.target
    return (target.target_id, target.target_name, target.target_kind, line.genes)


def _alias_faults(table: MappedTable, lines: Sequence[_Line]) -> list[Fault]:
    names = {fold(line.target.target_name): line.target for line in lines}
    return [
        table.fault("duplicate_id", line.row, "aliases", f"the alias `{alias}` is the name of "
                    f"another target", record="an alias is another target's name",
                    allowed="spellings that no target has as its name",
                    remedy="take the alias away")
        for line in lines
        for alias in line.aliases
        if fold(alias) in names and names[fold(alias)].target_id != line.target.target_id
    ]  # fmt: skip
