"""Does a file of values hold the samples of the sheet and the targets of the panel?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import pyarrow as pa
import pyarrow.compute as pc

from ingest.declared.study import Study
from ingest.faults import Fault, fault, listed
from ingest.panel.catalog import Panel, fold
from ingest.panel.spelling import Meaning, value_meaning
from ingest.panel.spelling import notes as spelling_notes
from ingest.platforms import ValuePlatform, ValueReading

_SHOWN = 8
#: Quantities that levels are taken from, the preferred one first.
LEVEL_QUANTITIES = ("concentration", "npx", "median_fluorescence", "net_mfi")


@dataclass(frozen=True)
class ExpectedValues:
    """What a file of values must hold.

    Parameters
    ----------
    claims : dict of str to str
        Label in the file → sample id, for every row of the sheet that names this plate.
    panel : Panel
    units : dict of str to set of tuple
        Target → quantity, unit and scale of its loaded values, from the study's other files.
    """

    file_name: str
    sheet_name: str
    study: Study
    platform: ValuePlatform
    panel: Panel
    claims: Mapping[str, str]
    units: Mapping[str, frozenset[tuple[str, str, str]]]


@dataclass(frozen=True)
class Judged:
    """A reading that fits.

    Parameters
    ----------
    kinds : dict of str to str
        Label → control kind, of every label that is no sample.
    names : dict of tuple to str
        Name and id in the file → the panel's name.
    notes : tuple of str
        Other spellings that were read, and traps that they hide.
    """

    kinds: dict[str, str]
    names: dict[tuple[str, str], str]
    notes: tuple[str, ...]


def judge_values(reading: ValueReading, expected: ExpectedValues) -> tuple[Judged, list[Fault]]:
    """Return what labels and targets mean, and everything that makes a file unfit to load."""
    kinds, faults = _kinds(reading, expected)
    names, notes, unknown = _names(reading, expected)
    faults += unknown
    faults += _absent_targets(names, expected)
    if not unknown:
        faults += _unit_faults(reading, names, expected)
    return Judged(kinds, names, notes), faults


def level_units(
    table: pa.Table, names: Mapping[tuple[str, str], str]
) -> dict[str, tuple[str, str, str]]:
    """Return the quantity, unit and scale that each target's level is taken from."""
    columns = ("target_name", "target_id", "quantity", "value_unit", "scale")
    samples = table.filter(pc.not_equal(table["control_kind"], "assay_control"))
    found: dict[str, tuple[str, str, str]] = {}
    for row in samples.select(columns).group_by(list(columns)).aggregate([]).to_pylist():
        name = names.get((row["target_name"], row["target_id"]))
        if name is None or row["quantity"] not in LEVEL_QUANTITIES:
            continue
        old = found.get(name)
        if old is None or _order(row["quantity"]) < _order(old[0]):
            found[name] = (row["quantity"], row["value_unit"], row["scale"])
    return found


def _order(quantity: str) -> int:
    return LEVEL_QUANTITIES.index(quantity)


def _kinds(reading: ValueReading, expected: ExpectedValues) -> tuple[dict[str, str], list[Fault]]:
    stated = _stated_kinds(reading.table)
    kinds, unclaimed, contradicted = {}, [], []
    for label in reading.labels:
        kind = stated.get(label, "")
        if label in expected.claims:
            if kind:
                contradicted.append(f"`{label}` ({kind})")
            continue
        kind = kind or _kind_by_pattern(label, expected)
        if kind:
            kinds[label] = kind
        else:
            unclaimed.append(label)
    faults = []
    if contradicted:
        faults.append(
            fault("control_claimed", f"{expected.sheet_name} names {len(contradicted)} wells that "
                  f"the file calls controls: {listed(contradicted, _SHOWN)}",
                  where=expected.file_name, allowed="samples only", remedy="correct the sheet",
                  record=f"{len(contradicted)} sample rows name a control")
        )  # fmt: skip
    if unclaimed:
        faults.append(_unclaimed(unclaimed, expected))
    if absent := [c for c in expected.claims if c not in set(reading.labels)]:
        faults.append(
            fault("missing_sample", f"{expected.sheet_name} names {len(absent)} samples that the "
                  f"file does not hold: {listed(f'`{a}`' for a in absent)}",
                  where=expected.file_name, allowed="every sample of the sheet",
                  remedy="correct file_label (or sample_id), or deliver the whole file",
                  record=f"{len(absent)} samples of the sheet are not in the file")
        )  # fmt: skip
    return kinds, faults


def _unclaimed(labels: list[str], expected: ExpectedValues) -> Fault:
    folded = {fold(c): c for c in expected.claims}
    near = [f"`{la}` is `{folded[fold(la)]}` in the sheet" for la in labels if fold(la) in folded]
    hint = f"{listed(near)}; " if near else ""
    return fault(
        "no_sample_row", f"{len(labels)} labels of the file have no row in {expected.sheet_name}: "
        f"{listed((f'`{la}`' for la in labels), 12)}",
        where=expected.file_name, allowed="a row for every sample; controls are named in "
        'study.toml, [values] standards, blanks, controls = ["pattern*"]',
        remedy=f"{hint}add the rows, or declare the controls",
        record=f"{len(labels)} labels have no row in the sample sheet",
    )  # fmt: skip


def _stated_kinds(table: pa.Table) -> dict[str, str]:
    """Return the kind that the file itself states for a label; a control assay states none."""
    own = table.filter(
        pc.and_(pc.not_equal(table["control_kind"], ""),
                pc.not_equal(table["control_kind"], "assay_control"))
    )  # fmt: skip
    rows = own.select(["label", "control_kind"]).group_by(["label", "control_kind"]).aggregate([])
    return {r["label"]: r["control_kind"] for r in rows.to_pylist()}


def _kind_by_pattern(label: str, expected: ExpectedValues) -> str:
    form = expected.study.value_format
    own = form.patterns if form else {}
    for patterns in (own, expected.platform.control_patterns):
        for kind, shapes in patterns.items():
            if any(fnmatchcase(label.casefold(), shape.casefold()) for shape in shapes):
                return kind
    return ""


def _names(
    reading: ValueReading, expected: ExpectedValues
) -> tuple[dict[tuple[str, str], str], tuple[str, ...], list[Fault]]:
    """Return the panel's name of each target that the file names."""
    panel = expected.panel
    names: dict[tuple[str, str], str] = {}
    meanings: list[tuple[str, Meaning]] = []
    faults: list[Fault] = []
    for name, target_id, _ in reading.targets:
        found = value_meaning(name, target_id, panel)
        if found.target_id:
            names[name, target_id] = panel.by_id[found.target_id].target_name
            meanings.append((name, found))
        else:
            faults.append(_unknown(name, found, expected))
    return names, spelling_notes(meanings, panel), [*faults, *_doubled(names, expected)]


def _unknown(name: str, found: Meaning, expected: ExpectedValues) -> Fault:
    panel = expected.panel
    near = panel.nearest(name)
    return fault(
        "unknown_target", f"{found.why_not or f'`{name}` is unknown'} in {panel.panel_id}",
        where=expected.file_name,
        allowed=f"its {len(panel.names)} targets: {listed(sorted(panel.names), 12)}",
        remedy=f"did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else
        "correct the title, or the panel's list", record=f"`{name}` is not in the content list",
    )  # fmt: skip


def _doubled(names: Mapping[tuple[str, str], str], expected: ExpectedValues) -> list[Fault]:
    meant: dict[str, list[str]] = {}
    for (name, target_id), ours in names.items():
        meant.setdefault(ours, []).append(f"`{name}`{f' ({target_id})' if target_id else ''}")
    return [
        fault("duplicate_target", f"{' and '.join(theirs)} both mean `{ours}`",
              where=expected.file_name, allowed="every target once",
              remedy="correct the titles, or give catalog.csv a row for each",
              record="two targets of the file mean one of the panel")
        for ours, theirs in meant.items() if len(theirs) > 1
    ]  # fmt: skip


def _absent_targets(names: Mapping[tuple[str, str], str], expected: ExpectedValues) -> list[Fault]:
    have = set(names.values())
    absent = [t.target_name for t in expected.panel.analytes if t.target_name not in have]
    if not absent:
        return []
    return [
        fault("missing_target", f"{len(absent)} targets of {expected.panel.panel_id} are not in "
              f"the file: {listed(absent, 12)}", where=expected.file_name,
              allowed=f"all {len(expected.panel.analytes)} targets",
              remedy="deliver the whole export; a smaller panel is a panel of its own",
              record=f"{len(absent)} targets are not in the file: {listed(absent, 12)}")
    ]  # fmt: skip


def _unit_faults(
    reading: ValueReading, names: Mapping[tuple[str, str], str], expected: ExpectedValues
) -> list[Fault]:
    """Return a fault where a target's level has another quantity, unit or scale than before."""
    other: dict[str, list[str]] = {}
    bare = set(names.values())
    for name, now in level_units(reading.table, names).items():
        bare.discard(name)
        before = expected.units.get(name, frozenset())
        if before and now not in before:
            text = f"{_in_words(now)}, loaded are {' and '.join(map(_in_words, sorted(before)))}"
            other.setdefault(text, []).append(name)
    faults = [
        fault("wrong_unit", f"the file gives {text}, for {listed(targets, _SHOWN)}",
              where=expected.file_name, allowed="one quantity, unit and scale a target in a study",
              remedy="export the plate as the others were, or load it as a study of its own; "
              "values of different units are not compared",
              record=f"another quantity, unit or scale for {len(targets)} targets")
        for text, targets in other.items()
    ]  # fmt: skip
    return [*faults, *_several_units(reading, names, expected)]


def _several_units(
    reading: ValueReading, names: Mapping[tuple[str, str], str], expected: ExpectedValues
) -> list[Fault]:
    columns = ["target_name", "target_id", "quantity", "value_unit", "scale"]
    units: dict[tuple[str, str], set[str]] = {}
    for row in reading.table.select(columns).group_by(columns).aggregate([]).to_pylist():
        name = names.get((row["target_name"], row["target_id"]))
        if name is not None:
            units.setdefault((name, row["quantity"]), set()).add(row["value_unit"])
    mixed = [f"`{n}` ({', '.join(sorted(u))})" for (n, _), u in sorted(units.items()) if len(u) > 1]
    if not mixed:
        return []
    return [
        fault("wrong_unit", f"targets with several units: {listed(mixed, _SHOWN)}",
              where=expected.file_name, allowed="one unit a target",
              remedy="export the file with one unit a target",
              record=f"{len(mixed)} targets have several units")
    ]  # fmt: skip


def _in_words(unit: Iterable[str]) -> str:
    quantity, value_unit, scale = unit
    return f"{quantity} in {value_unit} ({scale})"
