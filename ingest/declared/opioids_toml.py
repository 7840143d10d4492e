"""`[[opioids]]` of study.toml: factors from a dose to the oral morphine equivalent."""

from __future__ import annotations

from decimal import Decimal

from contracts.pain import DOSE_UNITS
from ingest.declared.study import Opioid
from ingest.declared.toml_reader import Section, TomlReader

#: Largest factor, and its decimals: what the warehouse multiplies by is a DECIMAL(8,4).
_MOST = 1000
_STEP = Decimal("0.0001")


def read_opioids(toml: TomlReader) -> tuple[Opioid, ...]:
    """Return the study's own factors; they win over the shipped ones of a drug, route and unit."""
    found: list[Opioid] = []
    for section in toml.tables("opioids"):
        one = Opioid(
            section.text("drug").strip().lower(),
            section.text("route").strip().lower(),
            section.text("unit", default=DOSE_UNITS[0], allowed=DOSE_UNITS),
            _factor(section),
            section.text("source"),
        )
        if one.key in [o.key for o in found]:
            section.complain("drug", f"`{one.drug}` by `{one.route}` in {one.dose_unit} stands "
                             "twice", allowed="every one once")  # fmt: skip
        found.append(one)
        section.refuse_unknown()
    return tuple(found)


def _factor(section: Section) -> float:
    factor = section.number("factor")
    if factor is None:
        return 0.0
    if not 0 <= factor <= _MOST or Decimal(str(factor)) % _STEP:
        section.complain(
            "factor", f"`factor` is {factor!r}",
            allowed=f"a number from 0 to {_MOST} with at most four decimals",
            remedy="state it per mg a day or per mcg an hour, whichever the dose is given in",
        )  # fmt: skip
    return factor
