"""Relations that the statistics return."""

from __future__ import annotations

from contracts.claims import CLAIM_FIGURES, CLAIM_VERDICTS, PUBLISHED_HITS
from contracts.odds_ratios import ODDS_RATIOS
from contracts.ordination import ORDINATION
from contracts.pain import RESPONSE_RATES
from contracts.predictions import PREDICTION
from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INT, REAL, REALS, TEXT, TEXTS

_ANALYSIS = Column("analysis_id", TEXT, "Analysis of the plan that asked for it.", nullable=False)
_CONTRAST = Column("contrast_id", TEXT, "Contrast tested; `all` for several groups at once.",
                   nullable=False)  # fmt: skip
_METHOD = Column("method", TEXT, "Statistical method (one file in stats/methods).",
                 nullable=False)  # fmt: skip
_MODE = Column("mode", TEXT, "correct, or paper for the founding paper's recipe.",
               nullable=False)  # fmt: skip
_VARIANT = Column("variant_id", TEXT, "Signal variant that the levels come from.",
                  nullable=False)  # fmt: skip
_PLAN_HASH = Column("plan_hash", TEXT, "SHA-256 of the plan in force.", nullable=False)

#: Where p-values are adjusted together: within one test of the plan, and over its family.
_WITHIN = "the reportable targets of the same analysis, contrast, method, variant and stratum"
_OVER = "all analyses of the plan's family with the same method, mode and variant; descriptive"
_ADJUSTED = tuple(
    Column(f"{scope}{ending}", REAL, f"{rule} p over {over}.", "probability")
    for scope, over in (("p_adjusted", _WITHIN), ("p_adjusted_global", _OVER))
    for ending, rule in (
        ("", "Benjamini–Hochberg"),
        ("_by", "Benjamini–Yekutieli"),
        ("_holm", "Holm"),
        ("_bonferroni", "Bonferroni"),
    )
)

TEST_RESULTS = Relation(
    "stats", "stat_test_results",
    "analysis × contrast × analyte × method × stratum × variant × mode",
    ("study_id", "analysis_id", "contrast_id", "analyte_id", "method", "stratum", "variant_id",
     "mode"),
    (
        STUDY_ID, _ANALYSIS, _CONTRAST,
        Column("analyte_id", TEXT, "Target that was tested.", nullable=False),
        _METHOD,
        Column("stratum", TEXT, "Group, visit or outcome within which the test was made, else "
               "empty.", nullable=False),
        _VARIANT, _MODE,
        Column("estimate", REAL, "Estimated effect: a difference of mean log2 levels, or r.",
               "log2 units unless the method says otherwise"),
        Column("ci_low", REAL, "Lower bound of the 95 % confidence interval of the estimate."),
        Column("ci_high", REAL, "Upper bound of the 95 % confidence interval of the estimate."),
        Column("statistic", REAL, "Test statistic (t, F, W …)."),
        Column("df", REAL, "Degrees of freedom (of the numerator for F)."),
        Column("df_denominator", REAL, "Denominator degrees of freedom of an F test."),
        Column("p_value", REAL, "Two-sided p-value.", "probability"),
        *_ADJUSTED,
        Column("effect_size", REAL, "Standardised effect; effect_size_kind says which."),
        Column("effect_size_kind", TEXT, "cohen_d, cohen_dz, eta_squared, r or empty.",
               nullable=False),
        Column("detectable_effect", REAL, "Smallest true effect that this test finds with 80 % "
               "power at the plan's level, at the spread that was seen; in the unit of the "
               "estimate."),
        Column("detectable_effect_adjusted", REAL, "The same at the level that the "
               "Benjamini–Hochberg rule came to: alpha × hits / targets, at least one hit."),
        Column("verdict", TEXT, "Answer of an equivalence test: different, equivalent, both, "
               "undetermined; else empty.", nullable=False),
        Column("n_numerator", INT, "Samples of the numerator group that entered; all samples for a "
               "method without arms.", "samples", nullable=False),
        Column("n_denominator", INT, "Samples of the denominator group that entered; 0 for a "
               "method without arms.", "samples", nullable=False),
        Column("n_pairs", INT, "Complete pairs that entered; null for unpaired methods.",
               "pairs"),
        Column("n_dropped", INT, "Samples or pairs left out because a value is missing.",
               "samples", nullable=False),
        Column("is_primary", FLAG, "True where the plan names this method as the primary one.",
               nullable=False),
        Column("reason", TEXT, "Why there is no number, or what the reader must know; empty when "
               "nothing.", nullable=False),
        Column("detail_names", TEXTS, "Names of further quantities of the method.",
               nullable=False),
        Column("detail_values", REALS, "Their values, in the same order.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

OUTCOME_TESTS = Relation(
    "stats", "stat_outcome_tests", "analysis × instrument × visit × method",
    ("study_id", "analysis_id", "instrument_id", "visit", "method"),
    (
        STUDY_ID, _ANALYSIS,
        Column("instrument_id", TEXT, "Questionnaire or scale.", nullable=False),
        Column("visit", TEXT, "Visit compared with the baseline visit.", nullable=False),
        _METHOD,
        Column("n_patients", INT, "Patients of the cohort, missing follow-up included.",
               "patients", nullable=False),
        Column("n_pairs", INT, "Patients with both scores.", "patients", nullable=False),
        Column("n_missing", INT, "Patients without one of the scores.", "patients",
               nullable=False),
        Column("mean_change", REAL, "Mean of follow-up minus baseline.", "points"),
        Column("sd_change", REAL, "Standard deviation of the change.", "points"),
        Column("estimate", REAL, "What the method estimates: the mean change, or the median of "
               "all averages of two changes (Hodges–Lehmann) for the signed rank test.",
               "points"),
        Column("ci_low", REAL, "Lower bound of the 95 % confidence interval of the estimate.",
               "points"),
        Column("ci_high", REAL, "Upper bound of the 95 % confidence interval of the estimate.",
               "points"),
        Column("statistic", REAL, "Test statistic."),
        Column("df", REAL, "Degrees of freedom."),
        Column("p_value", REAL, "Two-sided p-value.", "probability"),
        Column("effect_size_dz", REAL, "Mean change divided by its standard deviation."),
        Column("is_primary", FLAG, "True where the plan names this method as the primary one.",
               nullable=False),
        Column("reason", TEXT, "Why there is no number; empty when there is.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

HIT_COUNTS = Relation(
    "stats", "stat_hit_counts", "analysis × contrast × mode",
    ("study_id", "analysis_id", "contrast_id", "mode"),
    (
        STUDY_ID, _ANALYSIS, _CONTRAST, _METHOD, _VARIANT, _MODE,
        Column("rule_text", TEXT, "The hit rule in words.", nullable=False),
        Column("n_tested", INT, "Targets with a p-value.", "targets", nullable=False),
        Column("n_hits", INT, "Targets that satisfy the rule.", "targets", nullable=False),
        Column("n_hits_up", INT, "Hits that are higher in the numerator group.", "targets",
               nullable=False),
        Column("n_hits_down", INT, "Hits that are lower in the numerator group.", "targets",
               nullable=False),
        Column("n_chance_upper", REAL, "Upper bound of false hits by p alone: targets × alpha.",
               "targets", nullable=False),
        Column("n_chance_permuted", REAL, "Mean number of hits of the whole rule when labels are "
               "permuted within the design.", "targets"),
        Column("family", TEXT, "Analyses of the plan that are adjusted together.",
               nullable=False),
        Column("n_tested_family", INT, "p-values of the primary methods of all the family's "
               "contrasts in this mode.", "tests", nullable=False),
        Column("n_hits_family", INT, "Targets of this contrast that satisfy the rule with p "
               "adjusted over all of them.", "targets", nullable=False),
        Column("n_chance_upper_family", REAL, "Upper bound of the family's false hits by p alone: "
               "tests × alpha.", "tests", nullable=False),
        Column("n_permutations", INT, "Permutations behind that mean.", nullable=False),
        Column("seed", INT, "Seed of the permutations.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

VARIANT_TESTS = Relation(
    "stats", "stat_variant_tests", "contrast × analyte × variant that results are compared over",
    ("study_id", "contrast_id", "analyte_id", "variant_id"),
    (
        STUDY_ID, _ANALYSIS, _CONTRAST,
        Column("analyte_id", TEXT, "Target that was tested.", nullable=False),
        _VARIANT,
        Column("method", TEXT, "The plan's primary method of the contrast.", nullable=False),
        Column("is_primary_variant", FLAG, "True where the study's results rest on this variant.",
               nullable=False),
        Column("change_log2fc", REAL, "Difference of mean log2 levels under this variant.",
               "log2 units"),
        Column("p_value", REAL, "Two-sided p-value.", "probability"),
        Column("p_adjusted", REAL, "Benjamini–Hochberg p over the reportable targets of the same "
               "contrast and variant.", "probability"),
        Column("n_numerator", INT, "Samples of the numerator group that entered.", "samples",
               nullable=False),
        Column("n_denominator", INT, "Samples of the denominator group that entered.", "samples",
               nullable=False),
        Column("is_hit", FLAG, "True where the target satisfies the plan's hit rule.",
               nullable=False),
        Column("reason", TEXT, "Why there is no number; empty where there is one.",
               nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

COHORT_DIFFERENCES = Relation(
    "stats", "stat_cohort_differences", "characteristic × level × pair of cohorts",
    ("study_id", "characteristic_id", "level", "numerator_cohort", "denominator_cohort"),
    (
        STUDY_ID,
        Column("characteristic_id", TEXT, "age_years, sex, a clinical attribute or a number of "
               "patients that study.toml declares.", nullable=False),
        Column("level", TEXT, "Its value, where persons can have several of it; empty for the "
               "characteristic as a whole.", nullable=False),
        Column("numerator_cohort", TEXT, "Cohort whose mean or share stands first.",
               nullable=False),
        Column("denominator_cohort", TEXT, "Cohort that it is compared with.", nullable=False),
        Column("standardised_difference", REAL, "Difference in standard deviations: of means, of "
               "shares of two classes with the first one's sign, of more classes their distance."),
        Column("n_numerator", INT, "Persons of the first cohort with a value.", "persons",
               nullable=False),
        Column("n_denominator", INT, "Persons of the second cohort with a value.", "persons",
               nullable=False),
        Column("reason", TEXT, "Why there is no number; empty when there is.", nullable=False),
    ),
)  # fmt: skip

STATS = (
    TEST_RESULTS, OUTCOME_TESTS, RESPONSE_RATES, COHORT_DIFFERENCES, HIT_COUNTS, VARIANT_TESTS,
    ODDS_RATIOS, CLAIM_VERDICTS, CLAIM_FIGURES, PUBLISHED_HITS, *ORDINATION, *PREDICTION,
)  # fmt: skip
