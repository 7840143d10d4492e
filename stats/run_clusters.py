"""From the marts, the plan and the tests to trees, z-scores and principal components."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pyarrow as pa

from contracts import conform, failure, from_rows
from contracts.ordination import (
    CLUSTER_LEAVES,
    CLUSTERINGS,
    CLUSTERS,
    PRINCIPAL_COMPONENTS,
    Z_SCORES,
)
from contracts.relation import Relation
from stats.cluster_rows import (
    Drawn,
    Same,
    clustering_row,
    component_rows,
    leaf_rows,
    merge_rows,
    same_everywhere,
    z_score_rows,
)
from stats.clustered import SAMPLES, TARGETS, Chosen, choose, cluster, stability
from stats.design import read_levels, read_sheet
from stats.permute import generator
from stats.plan import read_plan
from stats.rows import sorted_by_key
from stats.selections import selections
from stats.tables import of_study

#: Trees behind the stability of each merge, and their seed.
DEFAULT_BOOTSTRAPS = 200
DEFAULT_SEED = 20170101


def clusterings(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, tests: pa.Table
) -> pa.Table:
    """Return what each tree was made of as rows of `stats.stat_clusterings`.

    Parameters
    ----------
    measurements, samples, plan : columns of `marts.fct_measurements`, `marts.dim_samples` and
        `raw.plan`; of one or several studies. The primary variant is clustered
    tests : rows of `stats.stat_test_results`

    Raises
    ------
    CytomartError
        The plan has rows that cannot be carried out, or a key stands twice.
    """
    found = [
        clustering_row(chosen, axis, cluster(chosen, axis), same)
        for chosen, same in _chosen(measurements, samples, plan, tests)
        for axis in (TARGETS, SAMPLES)
    ]
    return sorted_by_key(from_rows(found, CLUSTERINGS), CLUSTERINGS)


def clusters(
    measurements: pa.Table,
    samples: pa.Table,
    plan: pa.Table,
    tests: pa.Table,
    *,
    n_bootstraps: int = DEFAULT_BOOTSTRAPS,
    seed: int = DEFAULT_SEED,
) -> pa.Table:
    """Return the merges of every tree as rows of `stats.stat_clusters`.

    Parameters
    ----------
    measurements, samples, plan, tests : as for `clusterings`
    n_bootstraps : resampled trees behind each stability
    seed : each selection and axis derives its own from it and its names

    Raises
    ------
    CytomartError
        As for `clusterings`.
    """
    if n_bootstraps < 0:
        raise failure(f"n_bootstraps is {n_bootstraps}", allowed="0 or more")
    found = []
    for chosen, same in _chosen(measurements, samples, plan, tests):
        for axis in (TARGETS, SAMPLES):
            tree = cluster(chosen, axis)
            rng = generator(seed, same["study_id"], chosen.selection.name, axis)
            shares, n_trees = stability(chosen, axis, tree, n_bootstraps=n_bootstraps, rng=rng)
            drawn = Drawn(shares, n_trees, seed)
            found.append(merge_rows(chosen, axis, tree, same, drawn))
    return _whole(found, CLUSTERS)


def cluster_leaves(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, tests: pa.Table
) -> pa.Table:
    """Return every target and sample with its place, as rows of `stat_cluster_leaves`."""
    found = [
        leaf_rows(chosen, axis, cluster(chosen, axis), same)
        for chosen, same in _chosen(measurements, samples, plan, tests)
        for axis in (TARGETS, SAMPLES)
    ]
    return _whole(found, CLUSTER_LEAVES)


def z_scores(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, tests: pa.Table
) -> pa.Table:
    """Return what was clustered as rows of `stat_z_scores`."""
    chosen = _chosen(measurements, samples, plan, tests)
    return _whole([z_score_rows(c, same) for c, same in chosen], Z_SCORES)


def principal_components(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, tests: pa.Table
) -> pa.Table:
    """Return scores and loadings as rows of `stat_principal_components`."""
    chosen = _chosen(measurements, samples, plan, tests)
    return _whole([component_rows(c, same) for c, same in chosen], PRINCIPAL_COMPONENTS)


def _chosen(
    measurements: pa.Table, samples: pa.Table, plan: pa.Table, tests: pa.Table
) -> Iterator[tuple[Chosen, Same]]:
    """Return each selection of each study with the cells that its rows share."""
    for study_id, group in groupby(read_plan(plan), key=lambda a: a.study_id):
        analyses = tuple(group)
        sheet = read_sheet(of_study(samples, study_id))
        own_tests = of_study(tests, study_id)
        for levels in read_levels(of_study(measurements, study_id), sheet):
            if not levels.is_primary_variant:
                continue
            for selection in selections(analyses, sheet, levels, own_tests):
                chosen = choose(selection, sheet, levels)
                yield chosen, same_everywhere(chosen, study_id, analyses[0].plan_hash)


def _whole(tables: list[pa.Table], relation: Relation) -> pa.Table:
    whole = pa.concat_tables([from_rows([], relation), *tables])
    return conform(sorted_by_key(whole, relation), relation)
