"""Laws of clustering and principal components that hold for every input."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.ordination.components import principal_components
from stats.ordination.distances import squared_distances
from stats.ordination.scaled import scale
from stats.ordination.tree import average_linkage

SHORT = settings(deadline=None, max_examples=50)


@st.composite
def studies(draw):
    """Return levels (samples × targets), some of them missing."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(2, 14)), draw(st.integers(2, 14)))
    levels = np.round(rng.normal(9, 1, shape) * 1024) / 1024
    return np.where(rng.random(shape) < draw(st.sampled_from([0.0, 0.15])), np.nan, levels)


def clusters(levels, names):
    """Return the clusters of targets as sets of names, with their heights."""
    found = scale(levels)
    kept = [n for n, k in zip(names, found.targets, strict=True) if k]
    tree = average_linkage(squared_distances(found.kept.T))
    sets = [frozenset(n for i, n in enumerate(kept) if bits >> i & 1) for bits in tree.members()]
    return dict(zip(sets, tree.heights.tolist(), strict=True))


def assert_same(left, right):
    assert left.keys() == right.keys()
    for members, height in left.items():
        np.testing.assert_allclose(height, right[members], rtol=1e-9)


@SHORT
@given(levels=studies(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_samples_and_targets_does_not_matter(levels, seed):
    rng = np.random.default_rng(seed)
    names = list(range(levels.shape[1]))
    rows, columns = rng.permutation(levels.shape[0]), rng.permutation(levels.shape[1])
    kept = scale(levels).kept.T
    apart = squared_distances(kept)[np.triu_indices(len(kept), 1)]
    if len(np.unique(apart.round(6))) < len(apart):
        return  # tied distances: the order of the items may decide
    mixed = clusters(levels[rows][:, columns], [names[i] for i in columns])
    assert_same(clusters(levels, names), mixed)


@SHORT
@given(levels=studies(), shift=st.integers(-64, 64), factor=st.sampled_from([0.5, 2.0, 8.0]))
def test_units_do_not_matter(levels, shift, factor):
    names = list(range(levels.shape[1]))
    assert_same(clusters(levels, names), clusters(factor * levels + shift, names))


@SHORT
@given(levels=studies())
def test_heights_rise_and_leaves_of_a_cluster_stand_together(levels):
    for items in (scale(levels).kept, scale(levels).kept.T):
        tree = average_linkage(squared_distances(items))
        assert (np.diff(tree.heights) >= -1e-12).all()
        assert sorted(tree.order.tolist()) == list(range(len(items)))
        first, last = tree.spans()
        np.testing.assert_array_equal(last - first + 1, tree.sizes)
        for k, bits in enumerate(tree.members()):
            inside = {tree.order[i] for i in range(first[k], last[k] + 1)}
            assert inside == {i for i in range(len(items)) if bits >> i & 1}


@SHORT
@given(levels=studies())
def test_components_are_orthogonal_and_rebuild_the_z_scores(levels):
    z = scale(levels).kept
    found = principal_components(z, most=20)
    filled = np.where(np.isnan(z), 0.0, z)
    np.testing.assert_allclose(found.scores @ found.loadings.T, filled, atol=1e-8)
    gram = found.loadings.T @ found.loadings
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-10)
    assert (np.diff(found.explained) <= 1e-12).all()
    assert not len(gram) or abs(found.explained.sum() - 1) < 1e-9


@SHORT
@given(levels=studies(), seed=st.integers(0, 2**32 - 1))
def test_the_sign_of_a_component_does_not_depend_on_the_order_of_samples(levels, seed):
    z = scale(levels).kept
    order = np.random.default_rng(seed).permutation(len(z))
    plain, mixed = principal_components(z, most=1), principal_components(z[order], most=1)
    if len(plain.sd) and (len(z) < 3 or plain.explained[0] > 0.5):
        np.testing.assert_allclose(plain.loadings, mixed.loadings, atol=1e-7)
