"""Pain response: the classes of persons that a plan may name, and the rates of responders."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import INT, REAL, TEXT

#: By pain and dose of analgesics, and by pain alone; each stands for every follow-up visit.
BY_DOSE, BY_PAIN = "pain_responder", "pain_only_responder"
RESPONSE_CLASSES = (BY_DOSE, BY_PAIN)
#: Their values, the event first.
RESPONSES = ("responder", "non_responder")
_AT = "@"


def response_columns(visits: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the classes at some follow-up visits."""
    return tuple(f"{name}{_AT}{visit}" for name in RESPONSE_CLASSES for visit in visits)


def is_response_column(name: str) -> bool:
    """Return whether a column holds a pain response at some visit."""
    return name.partition(_AT)[0] in RESPONSE_CLASSES and _AT in name


#: Units of a daily dose of analgesics; patches are known by what they give in an hour.
DOSE_UNITS = ("mg/day", "mcg/hour")

#: Whose definition counts: pain and doses, the letter of the publication, pain alone.
DEFINITIONS = ("consensus", "literal", "pain_only")
#: Over whom a rate is taken: everybody, a missed visit being no response; who can be judged.
INTENTION_TO_TREAT, EVALUABLE = "intention_to_treat", "evaluable"

RESPONSE_RATES = Relation(
    "stats", "stat_response_rates",
    "pain scale × visit × what is counted × definition × denominator",
    ("study_id", "instrument_id", "visit", "counted_over", "definition", "denominator"),
    (
        STUDY_ID,
        Column("instrument_id", TEXT, "Pain scale.", nullable=False),
        Column("visit", TEXT, "Follow-up visit.", nullable=False),
        Column("counted_over", TEXT, "persons by their index site, or all their sites.",
               nullable=False),
        Column("definition", TEXT, "consensus, literal (the publication's wording) or pain_only.",
               nullable=False),
        Column("denominator", TEXT, "intention_to_treat: everybody, a missed visit being no "
               "response; evaluable: who can be judged by the definition.", nullable=False),
        Column("n", INT, "Persons or sites in the denominator.", nullable=False),
        Column("n_responders", INT, "Complete and partial responses among them.", nullable=False),
        Column("responder_frac", REAL, "Responders over n.", "fraction 0-1"),
        Column("ci_low_frac", REAL, "Lower bound of its exact 95 % interval (Clopper–Pearson).",
               "fraction 0-1"),
        Column("ci_high_frac", REAL, "Upper bound of that interval.", "fraction 0-1"),
        Column("reason", TEXT, "Why there is no rate, or no interval; empty where there is.",
               nullable=False),
    ),
)  # fmt: skip
