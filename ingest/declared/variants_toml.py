"""Signal variants in study.toml: the study's own, and those that results are compared over."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from ingest.declared.study import Variant
from ingest.declared.toml_reader import Section, TomlReader

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,63}")
#: Key of study.toml to the seed's column; what a variant may say is what the seed says somewhere.
_KEYS = {
    "background": "background_method",
    "normalisation": "normalisation_method",
    "replicates": "replicate_rule",
    "lod": "lod_rule",
    "below_lod": "below_lod_policy",
}
#: Methods without a factor per array: a limit of detection cannot be carried through them.
WITHOUT_FACTOR = ("quantile", "cyclic_loess", "vsn")
#: Methods that fit the arrays of a batch together: a new array moves its batch, no reference holds.
BATCH_LOCAL = ("cyclic_loess", "vsn")
ALL = "all"


def shipped_variants(seeds: Path) -> dict[str, Variant]:
    """Return the variants of the seed, by id."""
    path = seeds / "signal_variants.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {r["variant_id"]: Variant(**r) for r in csv.DictReader(stream)}


def read_variants(
    toml: TomlReader, shipped: dict[str, Variant], *, has_values: bool
) -> tuple[Variant, ...]:
    """Return the study's own variants, each a table `[[variants]]`."""
    if has_values and toml.tables("variants"):
        toml.complain("[[variants]]", 1, "", "finished values have no signal variants",
                      allowed="[[variants]] in studies of scans")  # fmt: skip
        return ()
    own = tuple(_variant(section, shipped) for section in toml.tables("variants"))
    for number, variant in enumerate(own, start=1):
        if variant.variant_id in {v.variant_id for v in own[: number - 1]}:
            toml.complain("[[variants]]", number, "id", f"`{variant.variant_id}` stands twice",
                          allowed="one table a variant")  # fmt: skip
    return own


def read_robustness(
    section: Section, known: dict[str, Variant], reference: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the variants that results are compared over; `all` where study.toml is silent."""
    if "variants" not in section.values:
        return (ALL,)
    named = section.texts("variants")
    allowed = (ALL, *(name for name, v in known.items() if not _clashes(v, reference)))
    for name in named:
        if name not in allowed:
            section.complain("variants", f"`variants` names {name!r}", allowed=", ".join(allowed))
    return (ALL,) if ALL in named else named


def check_primary(section: Section, variant: Variant | None, reference: tuple[str, ...]) -> None:
    """Complain of a primary variant that results must not rest on."""
    if variant is None:
        return
    if variant.background_method == "normexp":
        section.complain(
            "primary_variant", f"`primary_variant` is {variant.variant_id!r}, whose background is "
            "normexp: its fit is too uncertain on an array of this size to carry the results",
            allowed="a variant of another background; compare normexp under [robustness]",
        )  # fmt: skip
    if _clashes(variant, reference):
        section.complain(
            "primary_variant", f"`primary_variant` is {variant.variant_id!r}, which fits the "
            "arrays of each batch together, but [normalisation] names reference batches",
            allowed="a variant that is scaled to a reference, or no `reference_batches`",
        )  # fmt: skip


def _clashes(variant: Variant, reference: tuple[str, ...]) -> bool:
    """Return whether a variant is fitted batch by batch although a reference is named."""
    return bool(reference) and variant.normalisation_method in BATCH_LOCAL


def _variant(section: Section, shipped: dict[str, Variant]) -> Variant:
    variant_id = section.text("id")
    if variant_id and not _ID.fullmatch(variant_id):
        section.complain("id", f"`id` is {variant_id!r}",
                         allowed="letters, digits, underscore; up to 64")  # fmt: skip
    label = section.text("label")
    told = {
        column: section.text(key, allowed=_allowed(column, shipped))
        for key, column in _KEYS.items()
    }
    if told["normalisation_method"] in WITHOUT_FACTOR and told["below_lod_policy"] == "lod_sqrt2":
        section.complain(
            "below_lod", "`below_lod` is 'lod_sqrt2' with a normalisation that has no factor",
            allowed=f"as_measured with {', '.join(WITHOUT_FACTOR)}",
        )  # fmt: skip
    section.refuse_unknown()
    return Variant(variant_id=variant_id, variant_label=label, **told)


def _allowed(column: str, shipped: dict[str, Variant]) -> list[str]:
    found = {str(getattr(v, column)) for v in shipped.values()}
    return sorted(found - {"not_applicable"})
