"""Reads study.toml: every unknown key, wrong type and contradiction at once, each with its line."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from contracts.paths import SEEDS
from ingest.declared.claims_toml import read_publications
from ingest.declared.ids_toml import read_id, refuse_twice
from ingest.declared.measures_toml import read_measures
from ingest.declared.opioids_toml import read_opioids
from ingest.declared.pain_toml import read_pain_kind, read_pain_response
from ingest.declared.study import Attribute, Group, Instrument, Study, Threshold, Visit
from ingest.declared.toml_reader import Section, TomlReader
from ingest.declared.values_toml import read_value_format
from ingest.declared.variants_toml import (
    check_primary,
    read_robustness,
    read_variants,
    shipped_variants,
)
from ingest.declared.visits_toml import read_visits
from ingest.faults import Fault, RefusedError
from ingest.files.source_file import SourceFile
from ingest.platforms import PLATFORMS

_TABLES = ("study", "privacy", "panel", "normalisation", "visits", "groups", "centres",
           "instruments", "attributes", "measures", "thresholds", "columns", "values", "table",
           "variants", "robustness", "pain_response", "opioids", "claims")  # fmt: skip
_MAPPED = ("patients", "samples", "assessments", "analgesics", "plan")
#: The one variant of platforms whose files hold finished values.
AS_REPORTED = "as_reported"
#: Codes of a sample sheet that no group of a study may have, and what they stand for.
_KEPT_CODES = {"empty": "unused Blocks", "bridge": "serum measured again across batches or lots"}
_FIXED_PATIENT_COLUMNS = ("patient_id", "cohort", "centre_id", "sex", "age_years")


def read_study(source: SourceFile, *, seeds: Path = SEEDS) -> Study:
    """Return the study that a study.toml describes.

    Raises
    ------
    RefusedError
        With every problem of the file.
    """
    study, faults = as_far_as_it_reads(source, seeds=seeds)
    if faults:
        raise RefusedError(faults)
    return study


def as_far_as_it_reads(
    source: SourceFile, *, seeds: Path = SEEDS
) -> tuple[Study, tuple[Fault, ...]]:
    """Return the study as far as study.toml describes one, and every problem of the file.

    With a problem it is fit to judge other files by, not to load them.

    Raises
    ------
    RefusedError
        The file is no TOML.
    """
    toml = TomlReader(source)
    toml.refuse_unknown_tables(_TABLES)
    visits = read_visits(toml)
    shipped = shipped_instruments(seeds)
    own = _instruments(toml, shipped)
    study, privacy, panel = (toml.table(t, required=True) for t in ("study", "privacy", "panel"))
    normalisation, robustness = toml.table("normalisation"), toml.table("robustness")
    claims = toml.table("claims")
    reference = normalisation.texts("reference_batches")
    platform_id = panel.text("platform", allowed=[p.platform_id for p in PLATFORMS])
    value_format = read_value_format(toml, platform_id)
    has_values = value_format is not None
    variants = shipped_variants(seeds)
    own_variants = read_variants(toml, variants, has_values=has_values)
    variants |= {v.variant_id: v for v in own_variants}
    attributes = _attributes(toml)
    instruments = {**shipped, **{i.instrument_id: i for i in own}}
    found = Study(
        study_id=read_id(study, "id"),
        title=study.text("title"),
        is_synthetic=study.flag("synthetic", default=False),
        primary_variant=study.text("primary_variant", allowed=tuple(variants)),
        ids_are_codes=privacy.flag("ids_are_codes"),
        allow_columns=privacy.texts("allow_columns"),
        platform_id=platform_id,
        panel_id=read_id(panel, "id"),
        channel_nm=None if has_values else panel.whole("channel_nm"),
        array_unit="well" if has_values else panel.text("array_unit", allowed=("block", "slide")),
        layouts={} if has_values else _layouts(panel),
        reference_batches=reference,
        visits=visits,
        groups=_groups(toml, visits),
        centres=_centres(toml),
        own_instruments=own,
        instruments=instruments,
        attributes=attributes,
        measures=read_measures(toml, [a.attribute_id for a in attributes]),
        thresholds=_thresholds(toml, seeds),
        columns=_columns(toml),
        value_format=value_format,
        own_variants=own_variants,
        robustness_variants=read_robustness(robustness, variants, reference),
        pain_response=read_pain_response(toml, instruments, attributes),
        opioids=read_opioids(toml),
        publications=read_publications(claims, seeds),
    )
    _variant(study, found, tuple(variants))
    check_primary(study, variants.get(found.primary_variant), found.reference_batches)
    for section in (study, privacy, panel, normalisation, robustness, claims):
        section.refuse_unknown()
    return found, tuple(toml.faults)


def shipped_instruments(seeds: Path = SEEDS) -> dict[str, Instrument]:
    """Return the instruments of the seed, by id."""
    with (seeds / "instruments.csv").open(encoding="utf-8", newline="") as stream:
        return {
            r["instrument_id"]: Instrument(
                r["instrument_id"], r["instrument_label"], float(r["score_min"]),
                float(r["score_max"]), _real(r["score_step"]), r["better_direction"],
                _real(r["mid_score"]), _real(r["mid_frac"]), r["mid_source"],
                r["instrument_kind"] == "measure", r["pain_kind"],
            )
            for r in csv.DictReader(stream)
        }  # fmt: skip


def _variant(section: Section, study: Study, known: tuple[str, ...]) -> None:
    """Complain of a variant of signals where the files hold finished values, or the reverse."""
    wants = AS_REPORTED if study.has_values else ""
    is_reported = study.primary_variant == AS_REPORTED
    if study.primary_variant and is_reported != bool(wants):
        allowed = [v for v in known if (v == AS_REPORTED) == study.has_values]
        section.complain("primary_variant", f"`primary_variant` is {study.primary_variant!r}, "
                         f"which platform {study.platform_id} does not have",
                         allowed=", ".join(allowed))  # fmt: skip


def _real(text: str) -> float | None:
    return float(text) if text else None


def _seed_ids(seeds: Path, name: str, column: str) -> tuple[str, ...]:
    path = seeds / f"{name}.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(r[column] for r in csv.DictReader(stream))


def _layouts(panel: Section) -> dict[str, str]:
    value = panel.raw("layout")
    if value is None:
        return {}
    if isinstance(value, str) and value.strip():
        return {"": value}
    if isinstance(value, dict) and value and all(isinstance(v, str) and v for v in value.values()):
        return dict(value)
    panel.complain("layout", f"`layout` is {value!r}",
                   allowed='a file ("layout.gal") or a table of lot = file')  # fmt: skip
    return {}


def _groups(toml: TomlReader, visits: tuple[Visit, ...]) -> tuple[Group, ...]:
    sections = toml.tables("groups")
    groups = []
    for section in sections:
        groups.append(
            Group(
                read_id(section, "code"),
                section.text("label"),
                read_id(section, "cohort"),
                section.text("visit", allowed=[v.code for v in visits]),
                section.ordinal,
            )
        )
        section.refuse_unknown()
    refuse_twice(sections, [g.code for g in groups], "code")
    for section, group in zip(sections, groups, strict=True):
        if group.code in _KEPT_CODES:
            kept = _KEPT_CODES[group.code]
            section.complain("code", f"`{group.code}` is kept for {kept}", allowed="another code")
    if not groups:
        toml.complain("[[groups]]", 0, "", "no group is declared", allowed="at least one group")
    return tuple(groups)


def _centres(toml: TomlReader) -> tuple[str, ...]:
    sections = toml.tables("centres")
    codes = []
    for section in sections:
        codes.append(read_id(section, "code"))
        section.text("label")
        section.refuse_unknown()
    refuse_twice(sections, codes, "code")
    return tuple(codes)


def _instruments(toml: TomlReader, shipped: dict[str, Instrument]) -> tuple[Instrument, ...]:
    sections = toml.tables("instruments")
    found = []
    for section in sections:
        low, high = section.number("min"), section.number("max")
        step = section.number("step", required=False)
        mid_frac = section.number("mid_frac", required=False)
        if low is not None and high is not None and low >= high:
            section.complain("max", f"the range is {low:g} to {high:g}", allowed="min below max")
        if step is not None and step <= 0:
            section.complain("step", f"`step` is {step:g}", allowed="a number above 0")
        if mid_frac is not None and not 0 < mid_frac <= 1:
            section.complain("mid_frac", f"`mid_frac` is {mid_frac:g}", allowed="a share, 0 to 1")
        name = read_id(section, "id")
        found.append(
            Instrument(
                name,
                section.text("label"),
                low or 0.0,
                high or 0.0,
                step,
                section.text("better", allowed=("lower", "higher", "neither")),
                section.number("mid_score", required=False),
                mid_frac,
                section.text("mid_source", default="distribution-based: half a baseline SD"),
                name in shipped and shipped[name].is_measure,
            )
        )
        kind = read_pain_kind(section, found[-1], shipped.get(name))
        found[-1] = replace(found[-1], pain_kind=kind)
        section.refuse_unknown()
    refuse_twice(sections, [i.instrument_id for i in found], "id")
    return tuple(found)


def _attributes(toml: TomlReader) -> tuple[Attribute, ...]:
    sections = toml.tables("attributes")
    found = []
    for section in sections:
        attribute = Attribute(
            read_id(section, "id"),
            section.text("label"),
            section.ordinal,
            section.flag("multiple", default=False),
            section.pairs("levels"),
        )
        if attribute.attribute_id in _FIXED_PATIENT_COLUMNS:
            section.complain("id", f"`{attribute.attribute_id}` is a column of its own",
                             allowed="another name")  # fmt: skip
        if len(set(attribute.values)) != len(attribute.values):
            section.complain("levels", "a value stands twice", allowed="every value once")
        if any("|" in value for value in attribute.values):
            section.complain("levels", "a value holds `|`", allowed="values without `|`")
        found.append(attribute)
        section.refuse_unknown()
    refuse_twice(sections, [a.attribute_id for a in found], "id")
    return tuple(found)


def _thresholds(toml: TomlReader, seeds: Path) -> tuple[Threshold, ...]:
    sections = toml.tables("thresholds")
    rules = _seed_ids(seeds, "gate_thresholds", "rule_id")
    found = []
    for section in sections:
        rule = section.text("rule", allowed=rules)
        found.append(Threshold(rule, section.number("threshold") or 0.0, section.text("reason")))
        section.refuse_unknown()
    refuse_twice(sections, [t.rule_id for t in found], "rule")
    return tuple(found)


def _columns(toml: TomlReader) -> dict[str, dict[str, str]]:
    outer = toml.table("columns")
    columns = {}
    for role in _MAPPED:
        if isinstance(outer.raw(role), dict):
            section = toml.table(f"columns.{role}")
            columns[role] = {key: section.text(key) for key in section.values}
    outer.refuse_unknown()
    return columns
