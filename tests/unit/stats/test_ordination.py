"""Scaling, trees, stability and components by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stats.ordination.components import principal_components
from stats.ordination.distances import squared_distances, weighted_distances
from stats.ordination.scaled import CONSTANT, FEW, scale
from stats.ordination.stability import (
    stability_of_samples,
    stability_of_targets,
    weighted_scores,
)
from stats.ordination.tree import average_linkage, cophenetic_correlation

pytestmark = pytest.mark.filterwarnings("error")
NAN = float("nan")


def blocks(seed=1, n_samples=24, size=4, noise=0.3):
    """Return levels of three blocks of targets that rise and fall together."""
    rng = np.random.default_rng(seed)
    drivers = rng.normal(size=(n_samples, 3))
    levels = np.repeat(drivers, size, axis=1) + noise * rng.normal(size=(n_samples, 3 * size))
    return 9 + levels


def test_z_scores_have_mean_0_and_sd_1():
    levels = blocks()
    levels[0, 0] = NAN
    z = scale(levels).z
    np.testing.assert_allclose(np.nanmean(z, axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(np.nanstd(z, axis=0, ddof=1), 1)
    assert np.isnan(z[0, 0])


def test_what_is_hardly_measured_is_left_out_with_a_reason():
    levels = blocks()
    levels[:12, 1] = NAN  # half of its levels: too few
    levels[:11, 2] = NAN  # one more than half is kept
    levels[3, 3:10] = NAN  # 7 of 11 targets of a sample
    levels[:, 5] = 8.1
    found = scale(levels)
    assert [i for i, r in enumerate(found.target_reasons) if r == FEW] == [1]
    assert [i for i, r in enumerate(found.target_reasons) if r == CONSTANT] == [5]
    assert [i for i, r in enumerate(found.sample_reasons) if r] == [3]
    assert found.kept.shape == (23, 10)
    assert np.isnan(found.z[3]).all()
    assert np.isnan(found.z[:, [1, 5]]).all()


def test_any_two_that_are_kept_have_something_in_common():
    rng = np.random.default_rng(7)
    for _ in range(50):
        levels = np.where(rng.random((9, 8)) < 0.45, NAN, rng.normal(size=(9, 8)))
        kept = scale(levels).kept
        assert not np.isnan(squared_distances(kept)).any()
        assert not np.isnan(squared_distances(kept.T)).any()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 3), (3, 1)])
def test_nothing_to_scale_is_no_error(shape):
    found = scale(np.ones(shape))
    assert found.z.shape == shape
    assert len(found.sample_reasons) == shape[0]


def test_distances_are_scaled_up_for_gaps():
    items = np.array([[0.0, 0, 0, 0], [1, 2, NAN, 2], [NAN, NAN, NAN, 1]])
    found = squared_distances(items)
    assert found[0, 1] == pytest.approx(9 * 4 / 3)
    assert found[0, 2] == pytest.approx(1 * 4)
    assert found[1, 2] == pytest.approx(1 * 4)
    assert (found == found.T).all()
    apart = squared_distances(np.array([[1.0, NAN], [NAN, 1.0]]))
    assert np.isnan(apart[0, 1])


def test_weights_are_repetitions():
    rng = np.random.default_rng(3)
    items = np.where(rng.random((6, 9)) < 0.2, NAN, rng.normal(size=(6, 9)))
    weights = rng.integers(0, 3, 9)
    repeated = squared_distances(np.repeat(items, weights, axis=1))
    np.testing.assert_allclose(
        weighted_distances(items, weights.astype(float)), repeated, atol=1e-12
    )
    levels = items.T + 9
    again = scale(np.repeat(levels, weights, axis=0))
    ours = np.repeat(weighted_scores(levels, weights.astype(float)), weights, axis=1).T
    np.testing.assert_allclose(ours[:, again.targets], again.kept, atol=1e-10)


def test_a_tree_by_hand():
    points = np.array([[0.0], [10.0], [1.0], [14.0], [30.0]])
    tree = average_linkage(squared_distances(points))
    # 0 + 2 at 1; 1 + 3 at 16; the four at (100 + 196 + 81 + 169) / 4; the last at the mean of four
    assert list(zip(tree.left.tolist(), tree.right.tolist(), strict=True)) == [
        (0, 2),
        (1, 3),
        (5, 6),
        (4, 7),
    ]
    assert tree.heights.tolist() == [1, 16, 136.5, (900 + 400 + 841 + 256) / 4]
    assert tree.sizes.tolist() == [2, 2, 4, 5]
    # A leaf stands left of a merge, the tighter merge left of the other.
    assert tree.order.tolist() == [4, 0, 2, 1, 3]
    first, last = tree.spans()
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(1, 2), (3, 4), (1, 4), (0, 4)]
    assert tree.members() == [0b101, 0b1010, 0b1111, 0b11111]


def test_equal_items_join_at_0():
    levels = blocks()
    levels[:, 7] = levels[:, 2]
    tree = average_linkage(squared_distances(scale(levels).kept.T))
    assert (tree.left[0], tree.right[0], tree.heights[0]) == (2, 7, 0.0)


@pytest.mark.parametrize("n", [0, 1])
def test_one_item_is_a_leaf(n):
    tree = average_linkage(np.zeros((n, n)))
    assert tree.order.tolist() == list(range(n))
    assert len(tree.heights) == len(tree.members()) == len(tree.spans()[0]) == 0
    assert np.isnan(cophenetic_correlation(tree, np.zeros((n, n))))


def test_true_blocks_are_stable_and_noise_is_not():
    rng = np.random.default_rng(11)
    patients = np.arange(24)
    for levels, least, most in ((blocks(), 0.95, 1.0), (rng.normal(size=(24, 12)), 0.0, 0.5)):
        tree = average_linkage(squared_distances(scale(levels).kept.T))
        shares, n_trees = stability_of_targets(
            tree, levels, patients, n_bootstraps=200, rng=np.random.default_rng(1)
        )
        assert n_trees == 200
        assert shares[-1] == 1  # all targets together are in every tree
        of_blocks = shares[:-1][tree.sizes[:-1] == 4]
        assert ((of_blocks >= least) & (of_blocks <= most)).all()
        assert len(of_blocks) == 3 or most < 1


def test_the_seed_decides():
    levels = blocks(noise=2.0)
    tree = average_linkage(squared_distances(scale(levels).kept.T))

    def shares(seed):
        return stability_of_targets(
            tree, levels, np.arange(24), n_bootstraps=50, rng=np.random.default_rng(seed)
        )[0]

    np.testing.assert_array_equal(shares(1), shares(1))
    assert (shares(1) != shares(2)).any()


def test_patients_are_drawn_with_all_their_samples():
    # Two samples of each patient are one and the same: half as many independent samples.
    once = blocks(n_samples=12, noise=1.0)
    twice, patients = np.repeat(once, 2, axis=0), np.repeat(np.arange(12), 2)
    tree = average_linkage(squared_distances(scale(twice).kept.T))
    rng = np.random.default_rng
    whole = stability_of_targets(tree, twice, patients, n_bootstraps=300, rng=rng(1))[0]
    single = stability_of_targets(tree, once, np.arange(12), n_bootstraps=300, rng=rng(1))[0]
    apart = stability_of_targets(tree, twice, np.arange(24), n_bootstraps=300, rng=rng(1))[0]
    np.testing.assert_array_equal(whole, single)
    assert apart.mean() > whole.mean()


def test_resamples_without_variance_give_no_tree():
    levels = np.array([[1.0, 2, 3], [2, 4, 1], [2, 4, 2]])
    tree = average_linkage(squared_distances(scale(levels).kept.T))
    shares, n_trees = stability_of_targets(
        tree, levels, np.arange(3), n_bootstraps=200, rng=np.random.default_rng(1)
    )
    assert 0 < n_trees < 200
    assert shares[-1] == 1
    none, n_trees = stability_of_targets(
        tree, levels, np.zeros(3, dtype=int), n_bootstraps=0, rng=np.random.default_rng(1)
    )
    assert n_trees == 0
    assert np.isnan(none).all()


def test_samples_of_two_groups_are_stable_over_targets():
    rng = np.random.default_rng(5)
    levels = rng.normal(size=(10, 30)) + 2 * (np.arange(10) < 5)[:, None]
    z = scale(levels).kept
    tree = average_linkage(squared_distances(z))
    shares, _ = stability_of_samples(tree, z, n_bootstraps=100, rng=rng)
    first_five = tree.members().index(0b11111)
    assert shares[first_five] == 1


def test_components_by_hand():
    # Two equal targets and one that is unrelated to them.
    a, b = np.array([1.0, 1, -1, -1]), np.array([1.0, -1, 1, -1])
    found = principal_components(np.column_stack([-a, -a, b]), most=5)
    np.testing.assert_allclose(found.explained, [2 / 3, 1 / 3])
    np.testing.assert_allclose(found.loadings[:, 0], [np.sqrt(0.5), np.sqrt(0.5), 0], atol=1e-15)
    np.testing.assert_allclose(found.loadings[:, 1], [0, 0, 1], atol=1e-15)
    np.testing.assert_allclose(found.scores, np.column_stack([-a * np.sqrt(2), b]), atol=1e-14)
    np.testing.assert_allclose(found.sd, found.scores.std(axis=0, ddof=1))


def test_a_missing_z_score_counts_as_the_mean():
    z = scale(blocks()).kept
    gap = z.copy()
    gap[3, 2] = NAN
    filled = np.where(np.isnan(gap), 0.0, gap)
    left, right = principal_components(gap, most=3), principal_components(filled, most=3)
    np.testing.assert_array_equal(left.scores, right.scores)


@pytest.mark.parametrize("shape", [(0, 0), (1, 3), (3, 0)])
def test_too_little_has_no_components(shape):
    found = principal_components(np.zeros(shape), most=5)
    assert found.scores.shape == (shape[0], 0)
    assert found.loadings.shape == (shape[1], 0)
