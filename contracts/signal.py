"""Relations of the signal path that Python returns: what SQL cannot optimise."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import INT, REAL, TEXT

_ARRAY = Column("array_id", TEXT, "Slide, or slide and Block, that one sample occupies.",
                nullable=False)  # fmt: skip
_BATCH = (
    Column("batch_id", TEXT, "Batch.", nullable=False),
    Column("batch_state", TEXT, "Hash of what the batch's rows were made from.", nullable=False),
)
_SPOT = (
    Column("slide_id", TEXT, "Slide.", nullable=False),
    Column("block", INT, "Block of the slide, from 1.", nullable=False),
    Column("spot_row", INT, "Row within the Block.", nullable=False),
    Column("spot_column", INT, "Column within the Block.", nullable=False),
)

NORMEXP_FITS = Relation(
    "intermediate", "int_normexp_fitted", "array", ("study_id", "array_id"),
    (
        STUDY_ID, _ARRAY,
        Column("mu_afu", REAL, "Mean of the normal part, what the background left.", "afu"),
        Column("sigma_afu", REAL, "SD of the normal part.", "afu"),
        Column("alpha_afu", REAL, "Mean of the exponential part, the signal.", "afu"),
        Column("minus_two_log_likelihood", REAL, "-2 log-likelihood at these parameters."),
        Column("n_spots", INT, "Spots that entered.", "spots", nullable=False),
        Column("fit_reason", TEXT, "Why no signal is computed from the fit; empty where one is.",
               nullable=False),
        *_BATCH,
    ),
    published=False,
)  # fmt: skip

NORMEXP_SIGNALS = Relation(
    "intermediate", "int_normexp_expected", "spot",
    ("study_id", "slide_id", "block", "spot_row", "spot_column"),
    (
        STUDY_ID, *_SPOT, _ARRAY,
        Column("signal_afu", REAL, "Expected signal plus the offset; null without a sound fit.",
               "afu"),
        *_BATCH,
    ),
    published=False,
)  # fmt: skip

FITTED_LEVELS = Relation(
    "intermediate", "int_levels_fitted",
    "array × target × background method × replicate rule × normalisation method",
    ("study_id", "array_id", "target_id", "background_method", "replicate_rule",
     "normalisation_method"),
    (
        STUDY_ID, _ARRAY,
        Column("target_id", TEXT, "Reportable target.", nullable=False),
        Column("background_method", TEXT, "What was taken from the foreground.", nullable=False),
        Column("replicate_rule", TEXT, "How spots became one number.", nullable=False),
        Column("normalisation_method", TEXT, "cyclic_loess or vsn.", nullable=False),
        Column("level_log2", REAL, "Level after the joint fit of the batch.",
               "log2, glog2 by vsn"),
        Column("map_reason", TEXT, "Why the array has no levels; empty where it has.",
               nullable=False),
        *_BATCH,
    ),
    published=False,
)  # fmt: skip

SIGNAL = (NORMEXP_FITS, NORMEXP_SIGNALS, FITTED_LEVELS)
