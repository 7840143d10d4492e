"""Relation of odds ratios: counts, what counts as the event, and the ratio of each method."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INT, REAL, TEXT

_PERSONS = "persons"

ODDS_RATIOS = Relation(
    "stats", "stat_odds_ratios", "analysis × method", ("study_id", "analysis_id", "method"),
    (
        STUDY_ID,
        Column("analysis_id", TEXT, "Analysis of the plan that asked for it.", nullable=False),
        Column("method", TEXT, "Statistical method (one file in stats/methods).", nullable=False),
        Column("pairing", TEXT, "patient: the visit against baseline of the same persons; "
               "independent: two groups of persons.", nullable=False),
        Column("outcome", TEXT, "Instrument, or column of persons that forms classes.",
               nullable=False),
        Column("visit", TEXT, "Visit of the score; empty for a class of persons.",
               nullable=False),
        Column("event", TEXT, "The cut-off on the score that is the event, or the value of the "
               "class.", nullable=False),
        Column("event_text", TEXT, "The event in words.", nullable=False),
        Column("numerator_group", TEXT, "Group above the line; for pairs the visit.",
               nullable=False),
        Column("denominator_group", TEXT, "Group below the line; for pairs the baseline visit.",
               nullable=False),
        Column("odds_ratio", REAL, "Odds of the event in the numerator over those in the "
               "denominator; null where it is infinite or cannot be computed.", "ratio"),
        Column("ci_low", REAL, "Lower bound of the 95 % confidence interval.", "ratio"),
        Column("ci_high", REAL, "Upper bound of the 95 % confidence interval; null where there is "
               "none.", "ratio"),
        Column("p_value", REAL, "Two-sided p-value of the test that the interval inverts.",
               "probability"),
        Column("p_fisher", REAL, "Two-sided p of Fisher's exact test, beside the exact method.",
               "probability"),
        Column("n_persons", INT, "Everyone who could have entered, missing ones included.",
               _PERSONS, nullable=False),
        Column("n_missing", INT, "Of them without an answer: no score, no class.", _PERSONS,
               nullable=False),
        Column("n_numerator", INT, "Persons of the numerator; for pairs everyone with both "
               "scores.", _PERSONS, nullable=False),
        Column("n_numerator_events", INT, "Of them with the event.", _PERSONS, nullable=False),
        Column("n_denominator", INT, "Persons of the denominator; for pairs the same ones.",
               _PERSONS, nullable=False),
        Column("n_denominator_events", INT, "Of them with the event.", _PERSONS, nullable=False),
        Column("n_gained", INT, "Pairs with the event at the visit only; null without pairs.",
               _PERSONS),
        Column("n_lost", INT, "Pairs with the event at baseline only; null without pairs.",
               _PERSONS),
        Column("zero_cell_rule", TEXT, "What the method does with an empty cell.",
               nullable=False),
        Column("is_interval_consistent", FLAG, "False where the interval excludes 1 and p is not "
               "below 5 %, or the other way round.", nullable=False),
        Column("is_primary", FLAG, "True where the plan names this method as the primary one.",
               nullable=False),
        Column("reason", TEXT, "Why there is no number, or what the reader must know; empty when "
               "nothing.", nullable=False),
        Column("plan_hash", TEXT, "SHA-256 of the plan in force.", nullable=False),
    ),
)  # fmt: skip
