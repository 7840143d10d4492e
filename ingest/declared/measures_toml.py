"""`[[measures]]` of study.toml: numbers of persons and samples, each with unit and range."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.declared.study import Measure
from ingest.declared.toml_reader import TomlReader

#: Names that a number may not have: columns of either table, and what is derived from them.
_TAKEN = ("patient_id", "cohort", "centre_id", "sex", "age_years", "age_class", "sample_id",
          "visit", "group_code", "slide_id", "block", "batch", "batch_id", "lot", "collected_on",
          "collected_day", "total_protein_mg_ml", "bridge_id", "file_label",
          "site_id")  # fmt: skip
OF_PATIENTS, OF_SAMPLES = "patients", "samples"


def read_measures(toml: TomlReader, attributes: Sequence[str]) -> tuple[Measure, ...]:
    """Return the numbers that a study declares; `attributes` are names that are taken."""
    found: list[Measure] = []
    for section in toml.tables("measures"):
        low, high = section.number("min"), section.number("max")
        name = section.text("id")
        if low is not None and high is not None and low >= high:
            section.complain("max", f"the range is {low:g} to {high:g}", allowed="min below max")
        if name in (*_TAKEN, *attributes):
            section.complain("id", f"`{name}` is a column of its own", allowed="another name")
        elif name and not name.isidentifier():
            section.complain("id", f"`id` is {name!r}", allowed="letters, digits and underscore")
        elif name in [m.measure_id for m in found]:
            section.complain("id", f"`{name}` stands twice", allowed="every one once")
        found.append(
            Measure(
                name,
                section.text("label"),
                section.ordinal,
                section.text("of", default=OF_PATIENTS, allowed=(OF_PATIENTS, OF_SAMPLES)),
                section.text("unit"),
                low or 0.0,
                high or 0.0,
            )
        )
        section.refuse_unknown()
    return tuple(found)
