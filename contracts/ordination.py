"""Relations of clustering and principal components that the statistics return."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import INT, REAL, TEXT

_SELECTION = Column("selection", TEXT, "Which targets and samples: all, hits (of any contrast in "
                    "correct mode), or hits:<analysis_id> (of one contrast, on its arms).",
                    nullable=False)  # fmt: skip
_AXIS = Column("axis", TEXT, "What is clustered: targets or samples.", nullable=False)
_VARIANT = Column("variant_id", TEXT, "Signal variant that the levels come from.",
                  nullable=False)  # fmt: skip
_PLAN_HASH = Column("plan_hash", TEXT, "SHA-256 of the plan in force.", nullable=False)
_ITEM = Column("item_id", TEXT, "Target (analyte_id) or sample (sample_id), as the axis says.",
               nullable=False)  # fmt: skip

CLUSTERINGS = Relation(
    "stats", "stat_clusterings", "selection × axis", ("study_id", "selection", "axis"),
    (
        STUDY_ID, _SELECTION, _AXIS, _VARIANT,
        Column("analysis_id", TEXT, "Contrast whose hits were selected; empty for all and for the "
               "hits of any.", nullable=False),
        Column("rule_text", TEXT, "How the targets were selected, in words.", nullable=False),
        Column("caution", TEXT, "What the selection does to the picture, in words.",
               nullable=False),
        Column("n_items", INT, "Targets or samples in the tree.", nullable=False),
        Column("n_left_out", INT, "Targets or samples that are in no tree; cluster_leaves says "
               "why.", nullable=False),
        Column("n_features", INT, "Samples or targets that distances run over.", nullable=False),
        Column("cophenetic_correlation", REAL, "How well heights of the tree reproduce the "
               "distances: Pearson's r."),
        Column("reason", TEXT, "Why there is no tree or no stability; empty where there are both.",
               nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

CLUSTERS = Relation(
    "stats", "stat_clusters", "selection × axis × merge",
    ("study_id", "selection", "axis", "merge_number"),
    (
        STUDY_ID, _SELECTION, _AXIS,
        Column("merge_number", INT, "From 1, the nearest two, to the whole tree.",
               nullable=False),
        _VARIANT,
        Column("left_id", TEXT, "Item on the left; null where a cluster stands there."),
        Column("left_merge", INT, "Merge on the left; null where an item stands there."),
        Column("right_id", TEXT, "Item on the right; null where a cluster stands there."),
        Column("right_merge", INT, "Merge on the right; null where an item stands there."),
        Column("merge_height", REAL, "Mean squared distance between the members of the two.",
               "squared z-scores", nullable=False),
        Column("n_members", INT, "Items below.", nullable=False),
        Column("first_leaf", INT, "Position of the leftmost member among the leaves, from 1.",
               nullable=False),
        Column("last_leaf", INT, "Position of the rightmost member: the members are the leaves "
               "from the first to the last.", nullable=False),
        Column("stability_frac", REAL, "Share of resampled trees with exactly these members.",
               "fraction 0-1"),
        Column("n_bootstraps", INT, "Resampled trees behind that share.", nullable=False),
        Column("seed", INT, "Seed of the resampling.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

CLUSTER_LEAVES = Relation(
    "stats", "stat_cluster_leaves", "selection × axis × item",
    ("study_id", "selection", "axis", "item_id"),
    (
        STUDY_ID, _SELECTION, _AXIS, _ITEM, _VARIANT,
        Column("leaf", INT, "Position from left to right, from 1; null where it is in no tree."),
        Column("n_values", INT, "Levels present among the samples (targets) of the selection.",
               nullable=False),
        Column("n_missing", INT, "Levels missing among them.", nullable=False),
        Column("reason", TEXT, "Why it is in no tree; empty where it is.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

Z_SCORES = Relation(
    "stats", "stat_z_scores", "selection × sample × analyte",
    ("study_id", "selection", "sample_id", "analyte_id"),
    (
        STUDY_ID, _SELECTION,
        Column("sample_id", TEXT, "Sample.", nullable=False),
        Column("analyte_id", TEXT, "Target.", nullable=False),
        _VARIANT,
        Column("z_score", REAL, "log2 level minus the target's mean, over its standard deviation, "
               "within the samples of the selection; null where the level is missing.",
               "standard deviations"),
        _PLAN_HASH,
    ),
)  # fmt: skip

PRINCIPAL_COMPONENTS = Relation(
    "stats", "stat_principal_components", "selection × component × axis × item",
    ("study_id", "selection", "component", "axis", "item_id"),
    (
        STUDY_ID, _SELECTION,
        Column("component", INT, "From 1, the largest.", nullable=False),
        _AXIS, _ITEM, _VARIANT,
        Column("item_value", REAL, "Score of a sample, or loading of a target (of length 1; the "
               "largest is positive).", nullable=False),
        Column("explained_frac", REAL, "Share of the total variance of the z-scores.",
               "fraction 0-1", nullable=False),
        Column("n_filled", INT, "Missing z-scores of the item that counted as 0, the target's "
               "mean.", nullable=False),
        _PLAN_HASH,
    ),
)  # fmt: skip

ORDINATION = (CLUSTERINGS, CLUSTERS, CLUSTER_LEAVES, Z_SCORES, PRINCIPAL_COMPONENTS)
