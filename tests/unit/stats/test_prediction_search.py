"""The search for a model against plain loops over explicit training parts, and what it must not see."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from stats.prediction.folds import OUT, balanced, deal, held_in
from stats.prediction.nested import cross_validate, permutation_p, permuted_auc
from stats.prediction.optimism import final_model
from stats.prediction.settings import Settings
from stats.prediction.standardised import Predictors, candidates

SMALL = Settings(
    n_folds=3, n_repeats=2, n_bootstraps=3, n_permutations=9, n_permutation_repeats=1,
    n_selected=(1, 2), penalties=(1.0, 0.1),
)  # fmt: skip


def made(n=18, p=6, seed=0, gaps=True):
    """Levels with a predictor, missing levels, and levels below the limit of detection."""
    rng = np.random.default_rng(seed)
    is_event = rng.permutation(np.arange(n) % 5 < 2)
    levels = rng.normal(9, 1, (n, p))
    levels[is_event, 0] += 1.5
    is_low = np.zeros(levels.shape, dtype=bool)
    if gaps:
        levels[rng.random(levels.shape) < 0.1] = np.nan
        is_low[:, 1] = levels[:, 1] < 8.3
        levels[is_low] = np.nan
        levels[: 2 * n // 3, 4] = np.nan
        levels[:, 5] = 7.0
    return Predictors(levels, is_low), is_event


def plain_model(predictors, is_event, train, event_share, n_selected, penalty):
    """Fit the training rows (a row may stand twice) and return predictions for everyone."""
    y = is_event[train]
    weight = np.where(y, event_share / y.mean(), (1 - event_share) / (1 - y.mean()))
    scaled, t = [], []
    for j in range(predictors.levels.shape[1]):
        own = predictors.levels[:, j].copy()
        seen = own[train]
        if np.sum(weight[~np.isnan(seen)]) < 0.5 * len(train):
            scaled.append(np.zeros(len(own)))
            t.append(-1.0)
            continue
        own[predictors.is_low[:, j]] = np.nanmin(seen)
        seen = own[train]
        has = ~np.isnan(seen)
        w, v, e = weight[has], seen[has], y[has]
        mean = np.average(v, weights=w)
        sd = np.sqrt(np.average((v - mean) ** 2, weights=w))
        if sd < 1e-9:
            scaled.append(np.zeros(len(own)))
            t.append(-1.0)
            continue
        scaled.append(np.nan_to_num((own - mean) / sd))
        one, none = (np.average(v[k], weights=w[k]) for k in (e, ~e))
        within = np.sum(w * (v - np.where(e, one, none)) ** 2) / (w.sum() - 2)
        t.append(abs(one - none) / np.sqrt(within * (1 / w[e].sum() + 1 / w[~e].sum())))
    order = [j for j in np.argsort(-np.array(t), kind="stable")[:n_selected] if t[j] >= 0]
    x = np.array(scaled)[order].T

    def loss(beta):
        linear = beta[0] + x[train] @ beta[1:]
        own = np.sum(weight * (y * linear - np.logaddexp(0, linear)))
        return -own + len(train) * penalty / 2 * np.sum(beta[1:] ** 2)

    beta = optimize.minimize(loss, np.zeros(1 + len(order)), options={"gtol": 1e-10}).x
    log_odds = beta[0] + x @ beta[1:]
    centre = np.average(log_odds[train], weights=weight)
    spread = np.sqrt(np.average((log_odds[train] - centre) ** 2, weights=weight))
    return log_odds, (log_odds - centre) / spread, order


def plain_search(predictors, is_event, train, inner, settings):
    """Choose by inner folds and fit all training rows."""
    share = is_event.mean()
    deviance = []
    for n_selected, penalty in settings.grid:
        total = 0.0
        for fold in range(settings.n_folds):
            kept = train[inner[train] != fold]
            out = train[inner[train] == fold]
            log_odds, _, _ = plain_model(predictors, is_event, kept, share, n_selected, penalty)
            total += np.sum(np.logaddexp(0, np.where(is_event[out], -1, 1) * log_odds[out]))
        deviance.append(total)
    best = settings.grid[int(np.argmin(deviance))]
    return plain_model(predictors, is_event, train, share, *best)


@pytest.mark.parametrize("seed", range(4))
def test_nested_predictions_equal_plain_loops(seed):
    predictors, is_event = made(seed=seed)
    n, repeats = len(is_event), SMALL.n_repeats
    found = cross_validate(
        predictors, np.tile(is_event, (repeats, 1)), SMALL, np.random.default_rng(seed)
    )
    # The same deals, drawn in the same order.
    rng = np.random.default_rng(seed)
    outcome = np.tile(is_event, (repeats, 1))
    outer = deal(outcome, np.ones_like(outcome), SMALL.n_folds, rng)
    kept = held_in(outer, SMALL.n_folds).reshape(-1, n)
    inner = deal(np.repeat(outcome, SMALL.n_folds, axis=0), kept, SMALL.n_folds, rng)
    counts = np.zeros(predictors.levels.shape[1])
    for row in range(len(kept)):
        train = np.flatnonzero(kept[row])
        log_odds, score, order = plain_search(predictors, is_event, train, inner[row], SMALL)
        out = ~kept[row]
        repeat = row // SMALL.n_folds
        np.testing.assert_allclose(found.log_odds[repeat, out], log_odds[out], atol=1e-5)
        np.testing.assert_allclose(found.scores[repeat, out], score[out], atol=1e-5)
        counts[order] += 1
    np.testing.assert_allclose(found.selected, counts / len(kept))


def test_optimism_equals_plain_loops():
    predictors, is_event = made(seed=5)
    found = final_model(predictors, is_event, SMALL, np.random.default_rng(6))
    rng = np.random.default_rng(6)
    own, others = np.flatnonzero(is_event), np.flatnonzero(~is_event)
    shape = SMALL.n_bootstraps
    drawn = np.concatenate(
        [c[rng.integers(0, len(c), (shape, len(c)))] for c in (own, others)], axis=1
    )
    everyone = np.arange(len(is_event))
    trains = [everyone, *drawn]
    takes_part = np.array([np.isin(everyone, t) for t in trains])
    inner = deal(np.tile(is_event, (len(trains), 1)), takes_part, SMALL.n_folds, rng)
    optimism = []
    for train, folds in zip(trains, inner, strict=True):
        log_odds, _, _ = plain_search(predictors, is_event, train, folds, SMALL)
        optimism.append(plain_auc(log_odds[train], is_event[train]) - plain_auc(log_odds, is_event))
        if train is everyone:
            assert found.apparent_auc == pytest.approx(plain_auc(log_odds, is_event))
    assert found.optimism == pytest.approx(np.mean(optimism[1:]))
    assert found.corrected_auc == pytest.approx(found.apparent_auc - found.optimism)


def plain_auc(scores, is_event):
    above = scores[is_event][:, None] - scores[~is_event][None, :]
    return np.mean((above > 1e-9) + 0.5 * (np.abs(above) <= 1e-9))


def test_a_model_never_sees_who_is_held_out():
    """Whatever the held-out persons' levels are, the models that predict them stay the same."""
    predictors, is_event = made(seed=7)
    outcome, rng = is_event[None, :], np.random.default_rng(8)
    folds = deal(outcome, np.ones_like(outcome), SMALL.n_folds, np.random.default_rng(9))[0]
    plain = cross_validate(predictors, outcome, SMALL, np.random.default_rng(9))
    for fold in range(SMALL.n_folds):
        out = np.flatnonzero(folds == fold)
        one, changed = out[0], predictors.levels.copy()
        changed[out[1:]] = rng.normal(30, 9, changed[out[1:]].shape)
        other = Predictors(changed, predictors.is_low & np.isnan(changed))
        again = cross_validate(other, outcome, SMALL, np.random.default_rng(9))
        assert again.log_odds[0, one] == pytest.approx(plain.log_odds[0, one], abs=1e-9)
        # The same change does move models that were trained on those persons.
        others = np.setdiff1d(np.arange(len(is_event)), out)
        assert np.abs(again.log_odds[0, others] - plain.log_odds[0, others]).max() > 0.01


def test_folds_share_both_classes_evenly():
    rng = np.random.default_rng(10)
    is_event = np.arange(33) < 12
    takes_part = rng.random((50, 33)) < 0.8
    folds = deal(np.tile(is_event, (50, 1)), takes_part, 5, rng)
    assert (folds[~takes_part] == OUT).all()
    for row in folds:
        for members in (is_event, ~is_event, np.ones(33, dtype=bool)):
            counts = np.bincount(row[members & (row != OUT)], minlength=5)
            assert np.ptp(counts) <= 1
    assert len({tuple(row) for row in folds}) == 50


def test_weights_give_every_training_part_the_studys_share():
    rng = np.random.default_rng(11)
    is_event = np.tile(np.arange(13) < 5, (8, 1))
    weights = rng.integers(0, 3, is_event.shape) + np.eye(8, 13) + np.eye(8, 13, 5)
    out = balanced(weights, is_event, np.full(8, 5 / 13))
    np.testing.assert_allclose(out.sum(axis=1), weights.sum(axis=1))
    np.testing.assert_allclose(np.sum(out * is_event, axis=1) / out.sum(axis=1), 5 / 13)


def test_the_order_of_persons_and_the_unit_of_levels_do_not_matter_for_what_is_found():
    predictors, is_event = made(n=40, seed=12)
    settings = Settings(n_repeats=20, n_selected=(1,), penalties=(0.25,))
    order = np.random.default_rng(13).permutation(40)
    moved = Predictors(3 * predictors.levels[order] - 7, predictors.is_low[order])
    outcome = np.tile(is_event, (20, 1))
    one = cross_validate(predictors, outcome, settings, np.random.default_rng(14))
    two = cross_validate(moved, outcome[:, order], settings, np.random.default_rng(15))
    assert one.aucs.mean() == pytest.approx(two.aucs.mean(), abs=0.03)
    assert one.selected.argmax() == two.selected.argmax() == 0


def test_the_same_seed_gives_the_same_numbers_whatever_the_blocks(monkeypatch):
    predictors, is_event = made(n=40, seed=16)
    outcome = np.tile(is_event, (4, 1))
    plain = cross_validate(predictors, outcome, Settings(), np.random.default_rng(1))
    monkeypatch.setattr("stats.prediction.model._BLOCK_CELLS", 9000)
    again = cross_validate(predictors, outcome, Settings(), np.random.default_rng(1))
    np.testing.assert_allclose(plain.log_odds, again.log_odds, atol=1e-9)


def test_p_counts_the_outcome_among_the_permuted():
    assert permutation_p(np.array([0.7, 0.5, 0.6, 0.7])) == 2 / 4
    assert permutation_p(np.array([0.9, *[0.5] * 199])) == 1 / 200


def test_permuted_outcomes_keep_the_number_of_events_and_lose_the_rest():
    rng = np.random.default_rng(17)
    is_event = np.arange(40) < 18
    levels = rng.normal(size=(40, 5))
    levels[is_event, 2] += 3
    predictors = Predictors(levels, np.zeros(levels.shape, dtype=bool))
    settings = Settings(n_permutations=40, n_permutation_repeats=1)
    aucs = permuted_auc(predictors, is_event, settings, rng)
    assert len(aucs) == 41
    assert aucs[0] > 0.9
    assert abs(aucs[1:].mean() - 0.5) < 0.08
    assert permutation_p(aucs) == 1 / 41


def test_candidates_are_measured_in_half_of_the_persons_and_vary():
    predictors, _ = made(seed=18)
    measured = (~np.isnan(predictors.levels)).mean(axis=0)
    assert candidates(predictors).tolist() == [j for j in range(5) if measured[j] >= 0.5]
    assert 4 not in candidates(predictors)
    empty = Predictors(np.empty((0, 3)), np.empty((0, 3), dtype=bool))
    assert not len(candidates(empty))


def test_a_target_of_two_constants_that_part_the_classes_is_found():
    is_event = np.arange(24) < 12
    levels = np.where(is_event[:, None], [[3.0, 0.1]], [[1.0, 0.1]])
    levels[:, 1] += np.random.default_rng(3).normal(size=24)
    predictors = Predictors(levels, np.zeros(levels.shape, dtype=bool))
    settings = Settings(n_repeats=2, n_selected=(1,))
    nested = cross_validate(
        predictors, np.tile(is_event, (2, 1)), settings, np.random.default_rng(1)
    )
    assert nested.aucs.tolist() == [1.0, 1.0]
    assert nested.selected.tolist() == [1.0, 0.0]
