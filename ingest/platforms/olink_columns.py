"""Columns of Olink NPX files: names that Olink documents, and what each is to us."""

from __future__ import annotations

import re

#: Column → quantity, unit ("" where a column states it), scale.
QUANTITIES: dict[str, tuple[str, str, str]] = {
    "NPX": ("npx", "NPX", "log2"),
    "PCNormalizedNPX": ("npx_plate_control", "NPX", "log2"),
    "ExtNPX": ("npx_extension", "NPX", "log2"),
    "Count": ("read_count", "count", "linear"),
    "Quantified_value": ("concentration", "", "linear"),
    "Quant_value": ("concentration", "", "linear"),
}
#: Columns whose words other than these are a quality flag.
FLAGS = ("QC_Warning", "Assay_Warning", "SampleQC", "AssayQC")
GOOD = ("", "pass", "na", "n/a", "nan")
#: Columns that have a place of their own in the warehouse.
PLACED = ("SampleID", "OlinkID", "UniProt", "Assay", "LOD", "WellID", "Unit",
          "SampleType", "Sample_Type", "AssayType", *FLAGS, *QUANTITIES)  # fmt: skip
REQUIRED = ("SampleID", "OlinkID", "Assay")
#: Quantities that the column LOD is the limit of.
WITH_LOD = ("npx", "concentration")
_ALL = ("SampleID", "Index", "OlinkID", "UniProt", "Assay", "MissingFreq", "Panel", "PlateID",
        "Panel_Lot_Nr", "Panel_Version", "QC_Warning", "LOD", "NPX", "Normalization",
        "Assay_Warning", "SampleType", "Sample_Type", "WellID", "AssayType", "Block", "Count",
        "ExtNPX", "PCNormalizedNPX", "AssayQC", "SampleQC", "Quantified_value", "Quant_value",
        "Unit", "DataAnalysisRefID", "SoftwareVersion", "SoftwareName")  # fmt: skip
_OURS = {name.casefold(): name for name in _ALL}
_CONTROL_ASSAY = re.compile(
    r"(inc|incubation|amp|amplification|ext|extension|det|detection)[ _.]?(ctrl|control).*", re.I
)


def spelled(title: str) -> str:
    """Return a title as Olink spells it, whatever its case."""
    return _OURS.get(title.strip().casefold(), title.strip())


def sample_kind(text: str) -> str:
    """Return the control kind that a sample type means; empty for a sample."""
    word = text.strip().casefold().replace(" ", "_")
    if "neg" in word:
        return "blank"
    return "control" if "control" in word else ""


def is_control_assay(assay_type: str, assay: str) -> bool:
    """Return whether an assay controls the run instead of measuring a protein."""
    word = assay_type.strip().casefold()
    if word:
        return word != "assay"
    return _CONTROL_ASSAY.fullmatch(assay.strip()) is not None


def product(titles: tuple[str, ...]) -> str:
    """Return which product's columns these are."""
    if {"AssayType", "Block"} <= set(titles):
        return "Olink Explore HT or Reveal"
    if {"Panel_Lot_Nr", "Assay_Warning"} & set(titles):
        return "Olink Explore"
    return "Olink Target"
