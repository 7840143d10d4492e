"""Pain in study.toml: which scales ask for pain, and how its response is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.declared.study import Attribute, Instrument, PainResponse
from ingest.declared.toml_reader import Section, TomlReader

#: Which pain a scale asks for, as `[[instruments]] pain` says it.
PAIN_KINDS = ("worst", "average", "least", "current", "unspecified")
#: Ends of the scales whose points the consensus definition of response knows: points and mm.
_ENDS = (10.0, 100.0)


def read_pain_kind(section: Section, instrument: Instrument, shipped: Instrument | None) -> str:
    """Return which pain a scale asks for, '' for none.

    Where the key is absent a scale under a shipped name and with its range keeps what is shipped.
    """
    is_same = shipped is not None and (shipped.low, shipped.high, shipped.better) == (
        instrument.low, instrument.high, instrument.better)  # fmt: skip
    kept = shipped.pain_kind if shipped is not None and is_same else ""
    kind = section.text("pain", default=kept, allowed=PAIN_KINDS)
    is_readable = instrument.low == 0 and instrument.high in _ENDS and instrument.better == "lower"
    if kind and not is_readable:
        section.complain(
            "pain",
            f"`pain` stands at a scale of {instrument.low:g} to {instrument.high:g} on which "
            f"{instrument.better} is better",
            allowed="scales of 0-10 points or 0-100 mm on which lower is better",
            remedy="leave `pain` out: the scale's changes are still reported",
        )
    return kind


def read_pain_response(
    toml: TomlReader, instruments: Mapping[str, Instrument], attributes: Sequence[Attribute]
) -> PainResponse:
    """Return what `[pain_response]` says; all of it may be absent."""
    section = toml.table("pain_response")
    scales = [i.instrument_id for i in instruments.values() if i.pain_kind]
    of_one_value = [a.attribute_id for a in attributes if not a.is_multiple]
    found = PainResponse(
        _declared(section, "instrument", scales, "scales that say which `pain` they ask for"),
        _declared(section, "index_site", of_one_value, "[[attributes]] with one value a person"),
        _declared(section, "reirradiated", [a.attribute_id for a in attributes], "[[attributes]]"),
    )
    section.refuse_unknown()
    return found


def _declared(section: Section, key: str, names: Sequence[str], what: str) -> str:
    name = section.text(key, default="")
    if name and name not in names:
        section.complain(key, f"`{key}` is {name!r}",
                         allowed=f"{what}: {', '.join(names) or 'none is declared'}")  # fmt: skip
        return ""
    return name
