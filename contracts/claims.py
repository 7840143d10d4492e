"""What a publication states, a row a claim, and what becomes of it when it is computed anew."""

from __future__ import annotations

from contracts.provenance import FILE_SHA256, SOURCE_LINE, STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INT, REAL, REALS, TEXT, TEXTS

#: What a claim can turn out to be.
VERDICTS = ("reproduced", "consistent", "inconsistent", "not_testable", "recorded")
#: How much it matters where a claim does not hold.
SEVERITIES = ("none", "minor", "moderate", "major")

_PUBLICATION = Column("publication_id", TEXT, "Publication that states it: one set of claims.",
                      nullable=False)  # fmt: skip
_CLAIM = Column("claim_id", TEXT, "Name of the claim within its publication.", nullable=False)
_ORDER = Column("claim_order", INT, "Place of the claim in the set, from 1.", nullable=False)
_PLACE = Column("source_place", TEXT, "Where the publication states it: Results, Table 1, Figure "
                "3B legend …", nullable=False)  # fmt: skip
_STATEMENT = Column("statement", TEXT, "What the publication states, verbatim or nearly so.",
                    nullable=False)  # fmt: skip
_CHECK = Column("check_id", TEXT, "Check that recomputes it (docs/claims.md); `recorded` where "
                "wording only is kept.", nullable=False)  # fmt: skip
_FIGURES = Column("figures", TEXT, "Figures that the check reads, as printed: name=value, several "
                  "separated by `;`, values of a list by `|`.", nullable=False)  # fmt: skip
_TOPIC = Column("topic", TEXT, "Topic under which a contradiction is listed; empty for none.",
                nullable=False)  # fmt: skip
_NOTE = Column("note", TEXT, "What a reader of the claim should know; empty for nothing.",
               nullable=False)  # fmt: skip

CLAIMS = Relation(
    "raw", "claims", "study × claim set × claim", ("study_id", "publication_id", "claim_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        _PUBLICATION, _CLAIM, _ORDER, _PLACE, _STATEMENT, _CHECK, _FIGURES,
        Column("related_claim_ids", TEXT, "Claims whose figures the check reads too, `|` between "
               "several; a name that ends with * means all that begin so.", nullable=False),
        _TOPIC,
        Column("severity", TEXT, "How much it matters if the claim does not hold: none, minor, "
               "moderate or major.", nullable=False),
        Column("measured_as", TEXT, "Figures that the study's own data have too: figure=quantity, "
               "several separated by `;`, quantities of a list by `|` (docs/claims.md).",
               nullable=False),
        _NOTE,
    ),
)  # fmt: skip

CLAIM_VERDICTS = Relation(
    "stats", "stat_claims", "study × claim set × claim", ("study_id", "publication_id", "claim_id"),
    (
        STUDY_ID, _PUBLICATION, _CLAIM, _ORDER, _PLACE, _STATEMENT, _CHECK, _FIGURES,
        Column("verdict", TEXT, "reproduced (the figures give what is printed), consistent (they "
               "allow it), inconsistent (they exclude it), not_testable (they cannot tell), "
               "recorded (wording, nothing to compute).", nullable=False),
        Column("explanation", TEXT, "The arithmetic in words, with its numbers.", nullable=False),
        Column("recomputed_names", TEXTS, "Names of the recomputed numbers.", nullable=False),
        Column("recomputed_values", REALS, "Their values, in the same order.", nullable=False),
        Column("is_able_to_fail", FLAG, "False where no figures of this kind could have failed "
               "the check.", nullable=False),
        _TOPIC,
        Column("severity", TEXT, "The claim's severity where it is inconsistent, not testable or "
               "recorded; none where it holds.", nullable=False),
        _NOTE,
    ),
)  # fmt: skip

CLAIM_FIGURES = Relation(
    "stats", "stat_claim_figures", "study × claim set × claim × figure × place in its list",
    ("study_id", "publication_id", "claim_id", "figure_name", "value_place"),
    (
        STUDY_ID, _PUBLICATION, _CLAIM,
        Column("figure_name", TEXT, "Figure of the claim.", nullable=False),
        Column("value_place", INT, "Place within a list of values, from 1; 1 for a single one.",
               nullable=False),
        Column("quantity", TEXT, "Quantity of the study's own data that it is held against.",
               nullable=False),
        Column("printed_text", TEXT, "The figure as printed.", nullable=False),
        Column("printed_value", REAL, "Its value.", "as printed", nullable=False),
        Column("printed_decimals", INT, "Digits behind the point.", nullable=False),
    ),
)  # fmt: skip

PUBLISHED_HITS = Relation(
    "stats", "stat_published_hits", "study × claim set × claim that lists a target",
    ("study_id", "publication_id", "claim_id"),
    (
        STUDY_ID, _PUBLICATION, _CLAIM,
        Column("printed_name", TEXT, "Target as the publication prints it.", nullable=False),
        Column("target_name", TEXT, "The panel's name of the target; the printed one where the "
               "claim gives no other.", nullable=False),
        Column("group_1", TEXT, "Group that the publication names as higher.", nullable=False),
        Column("group_2", TEXT, "Group that it is set against.", nullable=False),
        Column("higher_group", TEXT, "Group in which the publication says the target is higher.",
               nullable=False),
        Column("other_place_higher_group", TEXT, "Group that another place of the publication "
               "says is higher; empty where it says nothing.", nullable=False),
    ),
)  # fmt: skip

#: Columns of a file of claims. Study, file and line come from where it is read.
CLAIM_COLUMNS = tuple(
    n for n in CLAIMS.column_names if n not in ("study_id", "file_sha256", "source_line")
)
#: Of them, those that may be absent or empty.
OPTIONAL_CLAIM_COLUMNS = (
    "figures", "related_claim_ids", "topic", "severity", "measured_as", "note",
)  # fmt: skip
