"""Raw relations: what the files said, in their own units, nothing computed."""

from __future__ import annotations

from contracts.claims import CLAIMS
from contracts.measures import PATIENT_MEASURES, SAMPLE_MEASURES, STUDY_MEASURES
from contracts.provenance import FILE_SHA256, SOURCE_LINE, STUDY_ID
from contracts.relation import Column, Relation
from contracts.scans import PRINTED_SPOTS, SCANS, SPOT_EXTRAS, SPOTS
from contracts.spot_cells import SPOT_CELLS
from contracts.studies import (
    STUDIES,
    STUDY_ATTRIBUTES,
    STUDY_GROUPS,
    STUDY_INSTRUMENTS,
    STUDY_OPIOIDS,
    STUDY_PUBLICATIONS,
    STUDY_THRESHOLDS,
    STUDY_VARIANTS,
    STUDY_VISITS,
)
from contracts.types import DATE, INSTANT, INT, OMED, PAIN, REAL, TEXT

FILES = Relation(
    "raw", "files", "study × role × file", ("study_id", "role", "file_sha256"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("role", TEXT, "What the file is to the study: slide, layout, patients, samples, "
               "assessments, analgesics, catalog, claims, plan, mapping, study.", nullable=False),
        Column("slide_id", TEXT, "Slide that the file is the scan of; null for tables."),
        Column("platform_id", TEXT, "Platform whose reader read the file; null for tables."),
        Column("file_name", TEXT, "Name of the file as delivered.", identifying=True),
        Column("file_version", TEXT, "Format and version that the file declares."),
        Column("n_bytes", INT, "Size of the file.", "bytes", nullable=False),
        Column("encoding", TEXT, "Character encoding in which the file was read.",
               nullable=False),
        Column("line_end", TEXT, "Line ends found: LF, CRLF, CR or mixed.", nullable=False),
        Column("n_rows_in", INT, "Data rows in the file.", "rows", nullable=False),
        Column("n_rows_loaded", INT, "Rows that entered a raw table (a spot with two channels is "
               "one row here).", "rows", nullable=False),
        Column("n_rows_quarantined", INT, "Rows set aside, each with a reason in "
               "quality.quarantine.", "rows", nullable=False),
        Column("n_rows_unchanged", INT, "Rows already present with identical values.", "rows",
               nullable=False),
        Column("load_id", TEXT, "Load that brought the file.", nullable=False),
        Column("loaded_at", INSTANT, "When the load committed.", "UTC", nullable=False),
    ),
)  # fmt: skip

SCAN_HEADERS = Relation(
    "raw", "scan_headers", "scanner file × header record",
    ("study_id", "file_sha256", "record_number"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("record_number", INT, "Place of the record in the header, from 1.",
               nullable=False),
        Column("header_key", TEXT, "Key of the header record.", nullable=False),
        Column("header_text", TEXT, "Text of the header record; may hold paths with names.",
               nullable=False, identifying=True),
    ),
    published=False,
)  # fmt: skip

_VALUE_COLUMNS = (
    Column("platform_id", TEXT, "Platform that measured the value.", nullable=False),
    Column("batch_id", TEXT, "Batch that the plate belongs to.", nullable=False),
    Column("slide_id", TEXT, "Plate: name of the value file without its ending.", nullable=False),
    Column("well", TEXT, "Well of the plate; empty where the file names none.", nullable=False),
    Column("target_name", TEXT, "Name that the file gives the target.", nullable=False),
    Column("target_id", TEXT, "Identifier that the file gives the target; empty for none.",
           nullable=False),
    Column("quantity", TEXT, "What was measured: concentration, npx, median_fluorescence, "
           "net_mfi, bead_count and other columns of the platform's own software.",
           nullable=False),
    Column("value_text", TEXT, "The cell exactly as it stood in the file.", nullable=False),
    Column("value", REAL, "The number in the cell; null where there is none.",
           "see value_unit"),
    Column("value_unit", TEXT, "Unit of the value: pg/mL, NPX, afu, count, fraction.",
           nullable=False),
    Column("scale", TEXT, "linear or log2.", nullable=False),
    Column("qualifier", TEXT, "ok, below, above, extrapolated or missing.", nullable=False),
    Column("qc_flag", TEXT, "Quality flag of the platform's own software; empty for none.",
           nullable=False),
    Column("lod", REAL, "Limit of detection that the file states.", "see value_unit"),
)  # fmt: skip

VALUES = Relation(
    "raw", "values", "value of a platform without spots",
    ("study_id", "file_sha256", "source_line", "sample_id", "target_name", "quantity"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("sample_id", TEXT, "Sample that the value was measured in; empty where the sheet "
               "no longer claims its label.", nullable=False),
        Column("sample_label", TEXT, "What the file calls the sample.", nullable=False,
               identifying=True),
        *_VALUE_COLUMNS,
    ),
)  # fmt: skip

CONTROL_VALUES = Relation(
    "raw", "control_values", "value of a standard, blank or control of a platform without spots",
    ("study_id", "file_sha256", "source_line", "target_name", "quantity"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("control_kind", TEXT, "standard, blank, control (a control sample) or "
               "assay_control (a control assay inside a sample).", nullable=False),
        Column("control_label", TEXT, "What the file calls it.", nullable=False,
               identifying=True),
        *_VALUE_COLUMNS,
        Column("expected_value", REAL, "Concentration that the file expects of a standard.",
               "as the file states it"),
    ),
)  # fmt: skip

VALUE_EXTRAS = Relation(
    "raw", "value_extras", "line of a value file", ("study_id", "file_sha256", "source_line"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("line_json", TEXT, "What stands in the line and in no other relation: a JSON "
               "object from title to the text of the cell.", nullable=False, identifying=True),
    ),
    published=False,
)  # fmt: skip

PATIENTS = Relation(
    "raw", "patients", "patient", ("study_id", "patient_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("patient_id", TEXT, "Study code or pseudonym of the person.", nullable=False),
        Column("cohort", TEXT, "patient or control, as the study declares.", nullable=False),
        Column("centre_id", TEXT, "Centre where the person was recruited.", nullable=False),
        Column("sex", TEXT, "female, male, other or unknown.", nullable=False),
        Column("age_years", INT, "Age at enrolment, uncapped.", "years", identifying=True),
    ),
    published=False,
)  # fmt: skip

PATIENT_ATTRIBUTES = Relation(
    "raw", "patient_attributes", "patient × clinical attribute",
    ("study_id", "patient_id", "attribute_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("patient_id", TEXT, "Study code or pseudonym of the person.", nullable=False),
        Column("attribute_id", TEXT, "Clinical column declared in study.toml.",
               nullable=False),
        Column("attribute_text", TEXT, "Cell of the file; several values are separated by |."),
    ),
    published=False,
)  # fmt: skip

SAMPLES = Relation(
    "raw", "samples", "sample (an array's content, empty Blocks included)",
    ("study_id", "sample_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("sample_id", TEXT, "Study code or pseudonym of the serum sample.",
               nullable=False),
        Column("patient_id", TEXT, "Person whose serum it is; null for empty Blocks and bridge "
               "samples."),
        Column("visit", TEXT, "Visit at which it was drawn; null for empty Blocks and bridge "
               "samples."),
        Column("group_code", TEXT, "Group of the study, `empty` for an unused Block, or `bridge` "
               "for a serum measured again to compare batches and lots.", nullable=False),
        Column("bridge_id", TEXT, "Serum that a bridge sample measures: the sample of the study "
               "that it repeats, or a pool; null for every other sample."),
        Column("slide_id", TEXT, "Slide that carries the sample.", nullable=False),
        Column("block", INT, "Block that carries the sample; null where the whole slide does."),
        Column("batch_id", TEXT, "Batch: the sheet's own, else lot and scan date.",
               nullable=False),
        Column("lot", TEXT, "Production lot of the array.", nullable=False),
        Column("collected_on", DATE, "Day on which the blood was drawn.", identifying=True),
        Column("total_protein_mg_ml", REAL, "Total protein of the serum by BCA assay.",
               "mg/mL"),
        Column("file_label", TEXT, "What value files call the sample; null for arrays.",
               identifying=True),
    ),
    published=False,
)  # fmt: skip

ASSESSMENTS = Relation(
    "raw", "assessments", "patient × visit × instrument × site",
    ("study_id", "patient_id", "visit", "instrument_id", "site_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("patient_id", TEXT, "Study code or pseudonym of the person.", nullable=False),
        Column("visit", TEXT, "Visit of the assessment.", nullable=False),
        Column("assessed_on", DATE, "Day of the assessment.", identifying=True),
        Column("instrument_id", TEXT, "Questionnaire or scale.", nullable=False),
        Column("site_id", TEXT, "Treated site that the score is for; empty for the person.",
               nullable=False),
        Column("score", PAIN, "Score in the instrument's own points.", "points"),
        Column("omed_mg", OMED, "Daily oral morphine equivalent dose.", "mg/day"),
    ),
    published=False,
)  # fmt: skip

ANALGESICS = Relation(
    "raw", "analgesics", "patient × visit × drug × route",
    ("study_id", "patient_id", "visit", "drug", "route"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("patient_id", TEXT, "Study code or pseudonym of the person.", nullable=False),
        Column("visit", TEXT, "Visit at which the drug is taken.", nullable=False),
        Column("drug", TEXT, "Analgesic, in lower case; `none` where none is taken.",
               nullable=False),
        Column("route", TEXT, "How it is given, in lower case.", nullable=False),
        Column("dose", OMED, "Dose of the drug.", "as dose_unit says"),
        Column("dose_unit", TEXT, "Unit of the dose: mg/day or mcg/hour.", nullable=False),
    ),
    published=False,
)  # fmt: skip

PANEL_FEATURES = Relation(
    "raw", "panel_features", "panel × lot × block × spot position",
    ("study_id", "panel_id", "lot", "block", "spot_row", "spot_column"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("panel_id", TEXT, "Panel of targets.", nullable=False),
        Column("lot", TEXT, "Production lot whose layout this is.", nullable=False),
        Column("block", INT, "Block of the slide, from 1.", nullable=False),
        Column("spot_row", INT, "Row within the block, from 1.", nullable=False),
        Column("spot_column", INT, "Column within the block, from 1.", nullable=False),
        Column("target_name", TEXT, "What is printed there.", nullable=False),
        Column("target_id", TEXT, "Identifier of what is printed there.", nullable=False),
    ),
)  # fmt: skip

PANEL_TARGETS = Relation(
    "raw", "panel_targets", "panel × target (content list)",
    ("study_id", "panel_id", "target_id"),
    (
        STUDY_ID,
        Column("panel_id", TEXT, "Panel of targets.", nullable=False),
        Column("target_id", TEXT, "The panel's identifier of the target.", nullable=False),
        Column("target_name", TEXT, "The panel's name of the target.", nullable=False),
        Column("target_order", INT, "Place in the panel's list, from 1.", nullable=False),
        Column("target_kind", TEXT, "analyte, positive_control, negative_control or blank.",
               nullable=False),
        Column("protein_name", TEXT, "Protein that the target detects, in words."),
        Column("lots", TEXT, "Lots that print the target, `|` between several; null where every "
               "lot does."),
    ),
)  # fmt: skip

TARGET_SPELLINGS = Relation(
    "raw", "target_spellings", "name and id as files give them, where not a name of the panel",
    ("study_id", "panel_id", "target_name", "scanner_target_id"),
    (
        STUDY_ID,
        Column("panel_id", TEXT, "Panel of targets.", nullable=False),
        Column("target_name", TEXT, "Name as the file gives it.", nullable=False),
        Column("scanner_target_id", TEXT, "Identifier as the file gives it; empty for platforms "
               "without one.", nullable=False),
        Column("target_id", TEXT, "Target of the panel that is meant.", nullable=False),
        Column("matched_by", TEXT, "spelling (case or width differ), id or alias.",
               nullable=False),
        Column("note", TEXT, "What an ambiguous spelling is mistaken for elsewhere."),
    ),
)  # fmt: skip

PANEL_TARGET_GENES = Relation(
    "raw", "panel_target_genes", "panel × target × gene",
    ("study_id", "panel_id", "target_id", "gene_symbol"),
    (
        STUDY_ID,
        Column("panel_id", TEXT, "Panel of targets.", nullable=False),
        Column("target_id", TEXT, "The panel's identifier of the target.", nullable=False),
        Column("gene_symbol", TEXT, "HGNC symbol of a gene whose product the target detects.",
               nullable=False),
        Column("uniprot_id", TEXT, "UniProt accession of that product.", nullable=False),
    ),
)  # fmt: skip

PLAN = Relation(
    "raw", "plan", "analysis of the plan", ("study_id", "analysis_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("analysis_id", TEXT, "Name of the analysis.", nullable=False),
        Column("kind", TEXT, "contrast, omnibus, equivalence, correlation, "
               "change_correlation, outcome, odds_ratio or prediction.", nullable=False),
        Column("contrast_id", TEXT, "Contrast tested, or `all` for several groups.",
               nullable=False),
        Column("numerator_group", TEXT, "Group above the line."),
        Column("denominator_group", TEXT, "Group below the line."),
        Column("grouping", TEXT, "Column that forms the groups.", nullable=False),
        Column("subset", TEXT, "Restriction of the samples as column=value, several joined by &; "
               "empty for none.",
               nullable=False),
        Column("visit", TEXT, "Visit that the analysis is restricted to or taken at."),
        Column("pairing", TEXT, "patient where arms share patients, else independent.",
               nullable=False),
        Column("covariates", TEXT, "Columns that the model adjusts for, comma-separated; empty for "
               "none.",
               nullable=False),
        Column("outcome", TEXT, "Instrument, or column of persons that forms classes."),
        Column("event", TEXT, "What counts as the event of a yes-or-no outcome: a cut-off on the "
               "score such as >=4, or a value of the class."),
        Column("family", TEXT, "Analyses that are adjusted together.", nullable=False),
        Column("primary_method", TEXT, "The one method whose adjusted p decides.",
               nullable=False),
        Column("mode", TEXT, "correct, or paper for the founding paper's recipe.",
               nullable=False),
        Column("status", TEXT, "confirmatory or exploratory.", nullable=False),
        Column("alpha", REAL, "Level of the tests.", "probability", nullable=False),
        Column("min_abs_fold_change", REAL, "Least |signed fold change| that the rule demands; 1 "
               "for none.", "ratio", nullable=False),
        Column("plan_hash", TEXT, "SHA-256 of the plan's rows: one plan, one hash.",
               nullable=False),
    ),
)  # fmt: skip

RAW = (
    STUDIES, STUDY_VISITS, STUDY_GROUPS, STUDY_INSTRUMENTS, STUDY_ATTRIBUTES, STUDY_MEASURES,
    STUDY_THRESHOLDS, STUDY_VARIANTS, STUDY_PUBLICATIONS, FILES, PRINTED_SPOTS,
    SCANS, SPOTS, SPOT_EXTRAS, SPOT_CELLS, SCAN_HEADERS,
    VALUES, CONTROL_VALUES, VALUE_EXTRAS, PATIENTS, PATIENT_ATTRIBUTES, PATIENT_MEASURES,
    SAMPLES, SAMPLE_MEASURES, ASSESSMENTS, ANALGESICS, STUDY_OPIOIDS,
    PANEL_FEATURES, PANEL_TARGETS, PANEL_TARGET_GENES, TARGET_SPELLINGS, PLAN, CLAIMS,
)  # fmt: skip
