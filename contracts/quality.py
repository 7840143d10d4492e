"""Quality relations: gates, quarantine, acceptances and the ledger as data. No patient values."""

from __future__ import annotations

from contracts.batch_content import BATCH_CONTENTS
from contracts.plan_changes import PLAN_CHANGES
from contracts.provenance import FILE_SHA256, STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INSTANT, INT, REAL, TEXT

GATE_RUNS = Relation(
    "quality", "gate_runs", "run of a gate over one batch or one release", ("gate_run_id",),
    (
        STUDY_ID,
        Column("gate_run_id", TEXT, "Hash of study, gate, scope, content and time.",
               nullable=False),
        Column("gate", TEXT, "batch or release.", nullable=False),
        Column("scope_id", TEXT, "Batch that was judged, or `release`.", nullable=False),
        Column("content_hash", TEXT, "Hash of what was judged; a later change makes the verdict "
               "stale.", nullable=False),
        Column("n_rules", INT, "Rules in the suite.", "rules", nullable=False),
        Column("n_rules_evaluated", INT, "Rules that gave an answer.", "rules", nullable=False),
        Column("n_rules_failed", INT, "Rules that failed or raised.", "rules", nullable=False),
        Column("verdict", TEXT, "released or held.", nullable=False),
        Column("ran_at", INSTANT, "When the gate ran.", "UTC", nullable=False),
    ),
)  # fmt: skip

GATE_RESULTS = Relation(
    "quality", "gate_results", "gate run × rule", ("gate_run_id", "rule_id"),
    (
        STUDY_ID,
        Column("gate_run_id", TEXT, "Run that the result belongs to.", nullable=False),
        Column("gate", TEXT, "batch or release.", nullable=False),
        Column("scope_id", TEXT, "Batch that was judged, or `release`.", nullable=False),
        Column("rule_id", TEXT, "Rule (seed gate_thresholds).", nullable=False),
        Column("rule_label", TEXT, "The rule as a sentence.", nullable=False),
        Column("severity", TEXT, "integrity (cannot be accepted), critical or warning.",
               nullable=False),
        Column("outcome", TEXT, "pass, fail or error (the rule raised an exception).",
               nullable=False),
        Column("observed", REAL, "What was measured."),
        Column("threshold", REAL, "What was allowed."),
        Column("threshold_source", TEXT, "Where the threshold comes from.", nullable=False),
        Column("n_checked", INT, "Rows looked at.", "rows", nullable=False),
        Column("n_failed", INT, "Rows that broke the rule.", "rows", nullable=False),
        Column("message", TEXT, "The result in words, without any patient's value.",
               nullable=False),
    ),
)  # fmt: skip

ACCEPTANCES = Relation(
    "quality", "acceptances", "batch × rule × acceptance", ("study_id", "batch_id", "rule_id",
                                                           "accepted_at"),
    (
        STUDY_ID,
        Column("batch_id", TEXT, "Batch that is let through.", nullable=False),
        Column("rule_id", TEXT, "Rule whose failure is accepted.", nullable=False),
        Column("content_hash", TEXT, "Content that the acceptance was given for.",
               nullable=False),
        Column("reason", TEXT, "Why, in the words of the person.", nullable=False),
        Column("accepted_by", TEXT, "Operating-system user.", nullable=False),
        Column("accepted_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip

QUARANTINE = Relation(
    "quality", "quarantine", "row set aside", ("study_id", "role", "file_sha256", "source_line",
                                              "column_name"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("role", TEXT, "Role of the file: slide, patients, samples, assessments, analgesics.",
               nullable=False),
        Column("source_line", INT, "Line or sheet row.", nullable=False),
        Column("column_name", TEXT, "Column at fault.", nullable=False),
        Column("slide_id", TEXT, "Slide, for rows of scanner files."),
        Column("batch_id", TEXT, "Batch, where it is known."),
        Column("rule_id", TEXT, "What was broken: score_range, age_range, intensity, "
               "date_order, conflict …", nullable=False),
        Column("reason", TEXT, "Why, without the value itself.", nullable=False),
        Column("load_id", TEXT, "Load that set the row aside.", nullable=False),
        Column("is_open", FLAG, "True while the row waits for a corrected row or a decision.",
               nullable=False),
        Column("row_id", TEXT, "Short name of the row for `cytomart quarantine`: hash of study, "
               "role, file and line.", nullable=False),
        Column("state", TEXT, "open; mended (the table came without the fault); released (let in "
               "as delivered); withdrawn (given up).", nullable=False),
        Column("is_releasable", FLAG, "True where the cell holds a value that could be let in as "
               "delivered.", nullable=False),
        Column("row_digest", TEXT, "Keyed hash of the row's cells: a decision holds as long as "
               "they are the same.", nullable=False, identifying=True),
    ),
)  # fmt: skip

QUARANTINE_DECISIONS = Relation(
    "quality", "quarantine_decisions", "decision on one cell of a row set aside",
    ("study_id", "row_id", "column_name", "decided_at"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("row_id", TEXT, "Row of quality.quarantine that was decided on.", nullable=False),
        Column("role", TEXT, "Role of the file.", nullable=False),
        Column("source_line", INT, "Line or sheet row.", nullable=False),
        Column("column_name", TEXT, "Column at fault.", nullable=False),
        Column("rule_id", TEXT, "What was broken.", nullable=False),
        Column("decision", TEXT, "released (the row is let in as delivered) or withdrawn (it is "
               "given up).", nullable=False),
        Column("reason", TEXT, "Why, in the words of the person.", nullable=False),
        Column("decided_by", TEXT, "Operating-system user.", nullable=False),
        Column("decided_at", INSTANT, "When.", "UTC", nullable=False),
        Column("row_digest", TEXT, "Keyed hash of the row's cells.", nullable=False,
               identifying=True),
    ),
)  # fmt: skip

FILE_LOADS = Relation(
    "quality", "file_loads", "load × file that was news", ("study_id", "load_id", "file_number"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("load_id", TEXT, "Load that met the file.", nullable=False),
        Column("file_number", INT, "Place of the file in the load, from 1.", nullable=False),
        Column("role", TEXT, "Role of the file.", nullable=False),
        Column("slide_id", TEXT, "Slide, for scanner files."),
        Column("status", TEXT, "loaded, refused, waiting (for another file) or removed (a slide "
               "that was taken away).", nullable=False),
        Column("n_rows_in", INT, "Data rows in the file: the sum of the next four.", "rows",
               nullable=False),
        Column("n_rows_loaded", INT, "Rows that entered a raw table.", "rows", nullable=False),
        Column("n_rows_unchanged", INT, "Rows that stood there already.", "rows",
               nullable=False),
        Column("n_rows_quarantined", INT, "Rows set aside.", "rows", nullable=False),
        Column("n_rows_refused", INT, "Rows left out with their file.", "rows", nullable=False),
        Column("n_rows_removed", INT, "Rows of earlier files that were taken away with --remove.",
               "rows", nullable=False),
        Column("superseded_sha256", TEXT, "Scan whose place the file took."),
        Column("loaded_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip

REFUSALS = Relation(
    "quality", "refusals", "load × refused file × problem",
    ("study_id", "load_id", "file_sha256", "problem_number"),
    (
        STUDY_ID,
        FILE_SHA256,
        Column("role", TEXT, "Role of the file.", nullable=False),
        Column("slide_id", TEXT, "Slide, for scanner files."),
        Column("problem_number", INT, "Place in the file's list of problems, from 1.",
               nullable=False),
        Column("rule_id", TEXT, "What was broken: unreadable, truncated, layout, duplicate_id, "
               "missing_column, no_sample_row …", nullable=False),
        Column("reason", TEXT, "The message, without identifying values.", nullable=False),
        Column("n_rows_in", INT, "Data rows of the file that were therefore not loaded.",
               "rows", nullable=False),
        Column("load_id", TEXT, "Load that refused the file.", nullable=False),
        Column("refused_at", INSTANT, "When.", "UTC", nullable=False),
        Column("is_open", FLAG, "True until a file of the same role (and slide) is loaded.",
               nullable=False),
    ),
)  # fmt: skip

EXCLUSIONS = Relation(
    "quality", "exclusions", "exclusion event", ("study_id", "scope", "scope_key", "recorded_at"),
    (
        STUDY_ID,
        Column("scope", TEXT, "spot, target, array, sample or patient.", nullable=False),
        Column("scope_key", TEXT, "Which one, by its natural key.", nullable=False),
        Column("is_excluded", FLAG, "True excludes, false includes again.", nullable=False),
        Column("reason_code", TEXT, "Reason from the fixed list (seed exclusion_reasons).",
               nullable=False),
        Column("note", TEXT, "Reason in words, without anything that identifies a person.",
               nullable=False),
        Column("recorded_by", TEXT, "Operating-system user.", nullable=False),
        Column("recorded_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip

FROZEN_REFERENCES = Relation(
    "quality", "frozen_references", "decision on what a study is normalised to",
    ("study_id", "reference_id"),
    (
        STUDY_ID,
        Column("reference_id", TEXT, "R1, R2 … in the order of the decisions; the last one is in "
               "force.", nullable=False),
        Column("batch_ids", TEXT, "Batches whose arrays define it, comma-separated.",
               nullable=False),
        Column("reason", TEXT, "Why: chosen by study.toml, first released batch, or the words of "
               "the person who superseded the one before.", nullable=False),
        Column("is_automatic", FLAG, "True where the first publication froze what study.toml "
               "names, or the first released batch.", nullable=False),
        Column("recorded_by", TEXT, "Operating-system user.", nullable=False),
        Column("recorded_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip

FROZEN_REFERENCE_VALUES = Relation(
    "quality", "frozen_reference_values",
    "reference × background method × replicate rule × normalisation method × quantile rank",
    ("study_id", "reference_id", "background_method", "replicate_rule", "normalisation_method",
     "quantile_rank"),
    (
        STUDY_ID,
        Column("reference_id", TEXT, "Reference that the value belongs to.", nullable=False),
        Column("background_method", TEXT, "Background method of the variant.", nullable=False),
        Column("replicate_rule", TEXT, "Replicate rule of the variant.", nullable=False),
        Column("normalisation_method", TEXT, "Method that scales to the value.", nullable=False),
        Column("quantile_rank", INT, "Rank of a mean quantile from 0; 0 where the method has one "
               "number.", nullable=False),
        Column("reference_value", REAL, "Frozen value: geometric mean of the reference arrays' "
               "scales, or their mean quantile.", nullable=False),
        Column("reference_value_unit", TEXT, "afu or mg/ml.", nullable=False),
        Column("n_reference_arrays", INT, "Arrays behind it when it was frozen.", "arrays",
               nullable=False),
        Column("recorded_at", INSTANT, "When it was frozen.", "UTC", nullable=False),
    ),
)  # fmt: skip

REANALYSES = Relation(
    "quality", "reanalyses", "event of a named analysis", ("study_id", "analysis_name",
                                                           "recorded_at"),
    (
        STUDY_ID,
        Column("analysis_name", TEXT, "Name of the analysis, such as reviewer-2.",
               nullable=False),
        Column("variant_id", TEXT, "Signal variant that it is computed with.", nullable=False),
        Column("is_active", FLAG, "True asks for it, false withdraws it.", nullable=False),
        Column("note", TEXT, "Why, without anything that identifies a person.", nullable=False),
        Column("recorded_by", TEXT, "Operating-system user.", nullable=False),
        Column("recorded_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip

LEDGER = Relation(
    "quality", "ledger", "event of the warehouse, in order", ("sequence_number",),
    (
        Column("sequence_number", INT, "Place in the order of events, from 1.", nullable=False),
        Column("event", TEXT, "What happened: load, refuse, gate, accept, publish …",
               nullable=False),
        Column("study_id", TEXT, "Study, where the event concerns one."),
        Column("details_json", TEXT, "Facts of the event: counts and hashes, no values.",
               nullable=False),
        Column("recorded_at", INSTANT, "Clock of the machine; the order is the sequence's.",
               "UTC", nullable=False),
        Column("line_hash", TEXT, "SHA-256 over the previous line's hash and this line.",
               nullable=False),
    ),
)  # fmt: skip

#: Exists in the published file alone: which generation a reader has in hand.
GENERATION = Relation(
    "quality", "generation", "the one published generation", ("generation_number",),
    (
        Column("generation_number", INT, "Number of the generation, from 1.", nullable=False),
        Column("study_ids", TEXT, "Studies in it, comma-separated.", nullable=False),
        Column("published_at", INSTANT, "When it was made.", "UTC", nullable=False),
        Column("cytomart_version", TEXT, "Version of cytomart that made it.", nullable=False),
        Column("duckdb_version", TEXT, "Version of DuckDB that wrote the file.", nullable=False),
        Column("storage_version", TEXT, "Oldest version of DuckDB whose file format it has.",
               nullable=False),
        Column("library_versions", TEXT, "Versions of Python and of every package that a number "
               "passed through.", nullable=False),
    ),
)  # fmt: skip

QUALITY = (
    GATE_RUNS, GATE_RESULTS, ACCEPTANCES, QUARANTINE, QUARANTINE_DECISIONS, FILE_LOADS, REFUSALS,
    EXCLUSIONS, FROZEN_REFERENCES, FROZEN_REFERENCE_VALUES, REANALYSES, PLAN_CHANGES, LEDGER,
    BATCH_CONTENTS,
)  # fmt: skip
