"""Raw relations of what study.toml says: visits, groups, scales, thresholds, signal variants."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INT, REAL, TEXT

STUDIES = Relation(
    "raw", "studies", "study", ("study_id",),
    (
        STUDY_ID,
        Column("title", TEXT, "Title of the study as its study.toml states it.", nullable=False),
        Column("is_synthetic", FLAG, "True where the data were simulated, not measured.",
               nullable=False),
        Column("platform_id", TEXT, "Measurement platform of the arrays (seed platforms).",
               nullable=False),
        Column("panel_id", TEXT, "Panel of targets printed on the arrays (seed panels).",
               nullable=False),
        Column("channel_nm", INT, "Scanner wavelength that carries the signal.", "nm"),
        Column("array_unit", TEXT, "What one sample occupies: block, slide or well.",
               nullable=False),
        Column("primary_variant_id", TEXT, "Signal variant that the study's results rest on.",
               nullable=False),
        Column("baseline_visit", TEXT, "Code of the visit that changes are measured from.",
               nullable=False),
        Column("normalisation_reference", TEXT,
               "Batches that define the normalisation reference, comma-separated; empty means "
               "the first released batch.", nullable=False),
        Column("robustness_variants", TEXT,
               "Signal variants that results are compared over, comma-separated: `all` those "
               "offered to the study, empty for none but the primary one.", nullable=False),
        Column("has_study_codes", FLAG,
               "True where patient and sample ids are study codes and need no pseudonym.",
               nullable=False),
        Column("pain_instrument_id", TEXT, "Instrument whose scores make the classes of pain "
               "response; null where study.toml names none."),
        Column("index_site_attribute_id", TEXT, "Clinical attribute that holds a person's index "
               "site; null where study.toml names none."),
        Column("reirradiated_attribute_id", TEXT, "Clinical attribute that holds the sites that "
               "were irradiated before; null where study.toml names none."),
    ),
)  # fmt: skip

STUDY_VARIANTS = Relation(
    "raw", "study_variants", "study × signal variant of its own", ("study_id", "variant_id"),
    (
        STUDY_ID,
        Column("variant_id", TEXT, "Name of the variant; a name of the seed replaces that one.",
               nullable=False),
        Column("variant_label", TEXT, "The recipe in words.", nullable=False),
        Column("background_method", TEXT, "As in the seed signal_variants.", nullable=False),
        Column("normalisation_method", TEXT, "As in the seed signal_variants.", nullable=False),
        Column("replicate_rule", TEXT, "As in the seed signal_variants.", nullable=False),
        Column("lod_rule", TEXT, "As in the seed signal_variants.", nullable=False),
        Column("below_lod_policy", TEXT, "As in the seed signal_variants.", nullable=False),
    ),
)  # fmt: skip

STUDY_PUBLICATIONS = Relation(
    "raw", "study_publications", "study × publication whose shipped claims it is compared with",
    ("study_id", "publication_id"),
    (
        STUDY_ID,
        Column("publication_id", TEXT, "Set of the seed publication_claims.", nullable=False),
    ),
)  # fmt: skip

STUDY_VISITS = Relation(
    "raw", "study_visits", "study × visit", ("study_id", "visit"),
    (
        STUDY_ID,
        Column("visit", TEXT, "Code of the visit.", nullable=False),
        Column("visit_label", TEXT, "Visit in words.", nullable=False),
        Column("visit_order", INT, "Place in the order of visits, from 1.", nullable=False),
        Column("is_baseline", FLAG, "True for the visit that changes are measured from.",
               nullable=False),
        Column("window_first_day", INT, "First day of the visit's window.", "study day"),
        Column("window_last_day", INT, "Last day of the visit's window.", "study day"),
        Column("days_after_treatment", INT, "Days from the end of treatment to the visit; null "
               "where study.toml does not say.", "days"),
    ),
)  # fmt: skip

STUDY_GROUPS = Relation(
    "raw", "study_groups", "study × group", ("study_id", "group_code"),
    (
        STUDY_ID,
        Column("group_code", TEXT, "Code of the group of samples.", nullable=False),
        Column("group_label", TEXT, "Group in words.", nullable=False),
        Column("cohort", TEXT, "Cohort whose patients the group's samples come from.",
               nullable=False),
        Column("visit", TEXT, "Visit at which the group's samples were drawn.", nullable=False),
        Column("group_order", INT, "Place in tables and figures, from 1.", nullable=False),
    ),
)  # fmt: skip

STUDY_INSTRUMENTS = Relation(
    "raw", "study_instruments", "study × instrument (overrides the shipped seed)",
    ("study_id", "instrument_id"),
    (
        STUDY_ID,
        Column("instrument_id", TEXT, "Code of the questionnaire or scale.", nullable=False),
        Column("instrument_label", TEXT, "Instrument in words.", nullable=False),
        Column("score_min", REAL, "Lowest possible score.", nullable=False),
        Column("score_max", REAL, "Highest possible score.", nullable=False),
        Column("score_step", REAL, "Smallest step between two scores."),
        Column("better_direction", TEXT, "Whether lower or higher scores are better.",
               nullable=False),
        Column("mid_score", REAL, "Minimal important difference in score points; null where it "
               "is derived as half a baseline standard deviation."),
        Column("mid_frac", REAL, "Minimal important difference as a share of the baseline score.",
               "fraction 0-1"),
        Column("mid_source", TEXT, "Where the minimal important difference comes from.",
               nullable=False),
        Column("pain_kind", TEXT, "Which pain it asks for: worst, average, least, current or "
               "unspecified; null where it is no pain scale of 0-10 or 0-100."),
    ),
)  # fmt: skip

STUDY_OPIOIDS = Relation(
    "raw", "study_opioids", "study × drug × route × unit (overrides the shipped seed)",
    ("study_id", "drug", "route", "dose_unit"),
    (
        STUDY_ID,
        Column("drug", TEXT, "Analgesic, in lower case.", nullable=False),
        Column("route", TEXT, "How it is given, in lower case.", nullable=False),
        Column("dose_unit", TEXT, "Unit of the dose: mg/day or mcg/hour.", nullable=False),
        Column("factor", REAL, "Oral morphine equivalent in mg a day per unit of the dose.",
               nullable=False),
        Column("factor_source", TEXT, "Where the factor comes from.", nullable=False),
    ),
)  # fmt: skip

STUDY_ATTRIBUTES = Relation(
    "raw", "study_attributes", "study × clinical attribute × level",
    ("study_id", "attribute_id", "level"),
    (
        STUDY_ID,
        Column("attribute_id", TEXT, "Code of the clinical attribute (a column of patients).",
               nullable=False),
        Column("attribute_label", TEXT, "Attribute in words.", nullable=False),
        Column("attribute_order", INT, "Place in Table 1, from 1.", nullable=False),
        Column("is_multiple", FLAG, "True where one patient can have several values "
               "(separated by | in the file).", nullable=False),
        Column("level", TEXT, "Value as it stands in the file.", nullable=False),
        Column("level_label", TEXT, "Value in words.", nullable=False),
        Column("level_order", INT, "Place of the value in Table 1, from 1.", nullable=False),
    ),
)  # fmt: skip

STUDY_THRESHOLDS = Relation(
    "raw", "study_thresholds", "study × gate rule (overrides the shipped seed)",
    ("study_id", "rule_id"),
    (
        STUDY_ID,
        Column("rule_id", TEXT, "Gate rule whose threshold is overridden.", nullable=False),
        Column("threshold", REAL, "The study's own threshold.", nullable=False),
        Column("reason", TEXT, "Why the study deviates from the shipped threshold.",
               nullable=False),
    ),
)  # fmt: skip
