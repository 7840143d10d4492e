"""`[[opioids]]` of study.toml: factors from a dose to the oral morphine equivalent."""

from __future__ import annotations

from contracts.pain import DOSE_UNITS
from ingest.declared.study import Opioid
from ingest.declared.toml_reader import TomlReader


def read_opioids(toml: TomlReader) -> tuple[Opioid, ...]:
    """Return the study's own factors; they win over the shipped ones of a drug, route and unit."""
    found: list[Opioid] = []
    for section in toml.tables("opioids"):
        factor = section.number("factor")
        if factor is not None and not 0 <= factor <= 1000:
            section.complain("factor", f"`factor` is {factor:g}", allowed="a number, 0 to 1000")
        one = Opioid(
            section.text("drug").strip().lower(),
            section.text("route").strip().lower(),
            section.text("unit", default=DOSE_UNITS[0], allowed=DOSE_UNITS),
            factor or 0.0,
            section.text("source"),
        )
        if one.key in [o.key for o in found]:
            section.complain("drug", f"`{one.drug}` by `{one.route}` in {one.dose_unit} stands "
                             "twice", allowed="every one once")  # fmt: skip
        found.append(one)
        section.refuse_unknown()
    return tuple(found)
