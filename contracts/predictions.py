"""Relations of predictions that the statistics return."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INT, REAL, REALS, TEXT, TEXTS

_ANALYSIS = Column("analysis_id", TEXT, "Analysis of the plan that asked for it.", nullable=False)
_VARIANT = Column("variant_id", TEXT, "Signal variant that the levels come from.",
                  nullable=False)  # fmt: skip
_OUTCOME = Column("outcome", TEXT, "Column of persons that forms the two classes.",
                  nullable=False)  # fmt: skip
_EVENT = Column("event", TEXT, "Its value that is predicted.", nullable=False)
_PLAN_HASH = Column("plan_hash", TEXT, "SHA-256 of the plan in force.", nullable=False)
_P = "probability"
_AUC = "probability that a person with the event ranks higher"

PREDICTION_MODELS = Relation(
    "stats", "stat_prediction_models", "analysis of kind prediction", ("study_id", "analysis_id"),
    (
        STUDY_ID, _ANALYSIS, _VARIANT, _OUTCOME, _EVENT,
        Column("visit", TEXT, "Baseline visit whose levels predict.", nullable=False),
        Column("status", TEXT, "confirmatory or exploratory, as planned.", nullable=False),
        Column("label", TEXT, "refused, exploratory or adequate_size, by the sample-size guard.",
               nullable=False),
        Column("n_persons", INT, "Persons with a baseline sample and a known outcome.", "persons",
               nullable=False),
        Column("n_events", INT, "Of them, with the event.", "persons", nullable=False),
        Column("n_effective", INT, "Of them, in the smaller class.", "persons", nullable=False),
        Column("n_without_outcome", INT, "Persons with a baseline sample and no known outcome.",
               "persons", nullable=False),
        Column("n_without_sample", INT, "Persons with an outcome and no sample of the "
               "baseline.", "persons", nullable=False),
        Column("n_candidates", INT, "Targets measured in at least half of the persons.",
               "targets", nullable=False),
        Column("n_needed", INT, "Persons that a model of so many candidates needs.", "persons"),
        Column("auc_cv", REAL, "Nested cross-validated AUC, the mean over the repeats.", _AUC),
        Column("auc_cv_sd", REAL, "Standard deviation of it over the repeats: how much the deal "
               "into folds matters, not the error of the study."),
        Column("auc_cv_lowest", REAL, "Least of the repeats.", _AUC),
        Column("auc_cv_highest", REAL, "Greatest of the repeats.", _AUC),
        Column("auc_apparent", REAL, "AUC of the final model on the persons that it was made of.",
               _AUC),
        Column("auc_optimism", REAL, "Mean of what bootstrap models have in their own sample less "
               "what they have on everyone."),
        Column("auc_corrected", REAL, "Apparent AUC less the optimism; still too high where "
               "n_candidates exceed n_persons: auc_cv is the figure to read.", _AUC),
        Column("permutation_p_value", REAL, "Share of permuted outcomes that are predicted as "
               "well, the outcome itself among them.", _P),
        Column("auc_permuted_mean", REAL, "Mean cross-validated AUC of the permuted outcomes.",
               _AUC),
        Column("calibration_slope", REAL, "Of the outcome on the held-out log odds; 1 is right, "
               "below 1 predictions are too extreme."),
        Column("calibration_intercept", REAL, "Log odds to be added to them at a slope of 1; 0 is "
               "right."),
        Column("brier", REAL, "Mean squared error of the held-out probabilities."),
        Column("brier_of_share", REAL, "The same for the share of events as everyone's "
               "prediction."),
        Column("n_selected", INT, "Targets of the final model.", "targets"),
        Column("penalty", REAL, "Ridge penalty of the final model, per person."),
        Column("intercept", REAL, "Log odds of the event at the mean levels in the final model.",
               "log odds"),
        Column("n_folds", INT, "Folds of the outer and of the inner loop.", nullable=False),
        Column("n_repeats", INT, "Times that all persons were dealt into folds.",
               nullable=False),
        Column("n_bootstraps", INT, "Bootstrap samples behind the optimism.", nullable=False),
        Column("n_permutations", INT, "Permuted outcomes behind p.", nullable=False),
        Column("n_permutation_repeats", INT, "Deals into folds of each permuted outcome.",
               nullable=False),
        Column("seed", INT, "Seed of all random numbers.", nullable=False),
        Column("reason", TEXT, "Why there is no model, or what the reader must know; empty when "
               "nothing.", nullable=False),
        Column("analyte_ids", TEXTS, "Targets, in the order of the next two lists; empty where "
               "there is no model.", nullable=False),
        Column("selected_fracs", REALS, "Share of the cross-validation's models that each is in.",
               "fraction 0-1", nullable=False),
        Column("coefficients", REALS, "Its log odds per standard deviation in the final model; "
               "null where it is not in it.", "log odds", nullable=False),
        Column("curve_names", TEXTS, "Curve of each point, in the order of the next three lists.",
               nullable=False),
        Column("curve_x", REALS, "Where the point lies: see x_value of the curves.",
               nullable=False),
        Column("curve_y", REALS, "How high it lies: see y_value of the curves.",
               nullable=False),
        Column("curve_persons", REALS, "Persons whose predictions stand behind it.", "persons",
               nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

PREDICTIONS = Relation(
    "stats", "stat_predictions", "analysis of kind prediction × analyte",
    ("study_id", "analysis_id", "analyte_id"),
    (
        STUDY_ID, _ANALYSIS,
        Column("analyte_id", TEXT, "Target whose baseline level predicts.", nullable=False),
        _VARIANT, _OUTCOME, _EVENT,
        Column("n_events", INT, "Persons with the event and a level.", "persons",
               nullable=False),
        Column("n_non_events", INT, "Persons without it and with a level.", "persons",
               nullable=False),
        Column("n_missing", INT, "Persons of the analysis without a level.", "persons",
               nullable=False),
        Column("sd_log2", REAL, "Standard deviation of the level over these persons: the unit of "
               "the odds ratio.", "log2 units"),
        Column("odds_ratio", REAL, "Odds ratio of the event per standard deviation of the level, "
               "by Firth's penalised likelihood."),
        Column("odds_ratio_ci_low", REAL, "Lower bound of its 95 % profile interval."),
        Column("odds_ratio_ci_high", REAL, "Upper bound of its 95 % profile interval."),
        Column("p_value", REAL, "Penalised likelihood ratio p of the odds ratio.", _P),
        Column("p_adjusted", REAL, "Benjamini–Hochberg p over the targets of the analysis.", _P),
        Column("auc", REAL, "AUC of the level alone, high levels for the event; below 0.5 the "
               "event goes with low levels.", _AUC),
        Column("auc_ci_low", REAL, "Lower bound of its 95 % interval (DeLong, logit scale)."),
        Column("auc_ci_high", REAL, "Upper bound of its 95 % interval (DeLong, logit scale)."),
        Column("auc_p_value", REAL, "p of the AUC against 0.5 on the logit scale.", _P),
        Column("auc_p_adjusted", REAL, "Benjamini–Hochberg p over the targets of the analysis.",
               _P),
        Column("selected_frac", REAL, "Share of the cross-validation's models that it is in; null "
               "where there is no model.", "fraction 0-1"),
        Column("coefficient", REAL, "Its log odds per standard deviation in the final model; null "
               "where it is not in it.", "log odds"),
        Column("is_selected", FLAG, "True where it is in the final model.", nullable=False),
        Column("reason", TEXT, "Why a number is missing, or what the reader must know; empty when "
               "nothing.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

PREDICTION_CURVES = Relation(
    "stats", "stat_prediction_curves", "analysis of kind prediction × curve × point",
    ("study_id", "analysis_id", "curve", "point_number"),
    (
        STUDY_ID, _ANALYSIS,
        Column("curve", TEXT, "roc, calibration, net_benefit_model or net_benefit_everyone.",
               nullable=False),
        Column("point_number", INT, "Place on the curve, from 1.", nullable=False),
        _VARIANT,
        Column("x_value", REAL, "1 − specificity, predicted probability, or threshold.", _P,
               nullable=False),
        Column("y_value", REAL, "Sensitivity, share of events, or net benefit per person.",
               nullable=False),
        Column("n_persons", INT, "Persons whose predictions stand behind the point.", "persons",
               nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

PREDICTION = (PREDICTION_MODELS, PREDICTIONS, PREDICTION_CURVES)
