"""Logistic likelihood with Jeffreys' penalty: its maximum, for many models of one shape at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from stats.methods.arrays import Flags, Floats

#: The search ends where a step would raise log L* by less: it is then 1e-10 standard errors long.
_GAIN = 1e-20
_MAX_STEPS = 400
#: No coefficient moves further in one step: where the likelihood is flat a step would overshoot.
_LONGEST = 5.0
_MAX_HALVINGS = 30
#: A direction that bends less, relative to the most bent one, is taken to bend by so much.
_FLAT = 1e-12
#: By so much, relative, a likelihood may fall through rounding alone.
_ROUNDING = 1e-11


@dataclass(frozen=True)
class Trials:
    """Designs and outcomes of T models of one shape; a row without trials does not count.

    Parameters
    ----------
    design : (T, n, k), finite everywhere
    events, trials : (T, n), of each row
    """

    design: Floats
    events: Floats
    trials: Floats

    def take(self, chosen: Flags) -> Trials:
        """Return the chosen models."""
        if chosen.all():
            return self
        return Trials(self.design[chosen], self.events[chosen], self.trials[chosen])


@dataclass(frozen=True)
class Maximum:
    """Where the penalised likelihood of each model is highest.

    Parameters
    ----------
    coefficients : (T, k), log odds per unit
    log_likelihood : (T,), with the penalty; −∞ where the information is singular
    has_converged : (T,)
    """

    coefficients: Floats
    log_likelihood: Floats
    has_converged: Flags


def maximise(trials: Trials, start: Floats, free: Flags) -> Maximum:
    """Return the maximum of each penalised likelihood over its free coefficients.

    Parameters
    ----------
    start : (T, k), where the search begins; coefficients that are not free stay there
    free : (k,), which coefficients move

    Notes
    -----
    log L* = log L + ½ log det(XᵀWX), the penalty always that of the whole design, also where a
    coefficient is held. Its slope is that of the likelihood of events + h/2 of trials + h, with h
    the diagonal of the hat matrix. A step is Newton's, halved while the likelihood falls.

    References
    ----------
    Firth (1993), Biometrika 80:27–38, doi:10.1093/biomet/80.1.27.
    """
    beta = np.array(start, dtype=np.float64)
    level = _log_likelihood(trials, beta)
    converged: Flags = np.full(len(beta), not free.any())
    active: Flags = np.isfinite(level) & ~converged
    for _ in range(_MAX_STEPS):
        if not active.any():
            break
        some = trials.take(active)
        step, gain = _step(some, beta[active], free)
        beta[active], level[active], moved = _climb(some, beta[active], level[active], step)
        is_near = np.abs(gain) <= _GAIN
        converged[active] = is_near
        active[active] = ~is_near & moved
    return Maximum(beta, level, converged)


def information(trials: Trials, beta: Floats) -> Floats:
    """Return Fisher's information (T, k, k) at each model's coefficients."""
    return _crossed(trials, _weights(trials.trials, _linear(trials, beta)))


def _log_likelihood(trials: Trials, beta: Floats) -> Floats:
    """Return log L + ½ log det of the information at each model's coefficients."""
    score = _linear(trials, beta)
    likelihood = trials.events * special.log_expit(score)
    likelihood += (trials.trials - trials.events) * special.log_expit(-score)
    sign, log_det = np.linalg.slogdet(_crossed(trials, _weights(trials.trials, score)))
    level = likelihood.sum(axis=1) + 0.5 * log_det
    return np.where((sign > 0) & np.isfinite(level), level, -np.inf)


def _step(trials: Trials, beta: Floats, free: Flags) -> tuple[Floats, Floats]:
    """Return the Newton step (T, k), 0 for what is not free, and what it promises to gain (T,)."""
    score = _linear(trials, beta)
    weights = _weights(trials.trials, score)
    inverse = _inverse(_crossed(trials, weights))
    hat = weights * ((trials.design @ inverse) * trials.design).sum(axis=2)
    residual = trials.events + hat / 2 - (trials.trials + hat) * special.expit(score)
    slope = np.einsum("tn,tnk->tk", residual, trials.design)[:, free]
    curvature = _curvature(trials, score, hat, inverse)[:, free][:, :, free]
    step = np.zeros_like(beta)
    step[:, free] = _uphill(curvature, slope)
    gain = (slope * step[:, free]).sum(axis=1)
    longest = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * (_LONGEST / np.maximum(longest, _LONGEST)), dtype=np.float64), gain


def _curvature(trials: Trials, score: Floats, hat: Floats, inverse: Floats) -> Floats:
    """Return minus the second derivatives (T, k, k) of log L*.

    With I = XᵀWX and I_r its derivative by coefficient r, those of ½ log det I are
    ½ tr(I⁻¹ I_rs) − ½ tr(I⁻¹ I_r I⁻¹ I_s).
    """
    x, weights = trials.design, _weights(trials.trials, score)
    rise = weights * -np.tanh(score / 2)
    product = special.expit(score) * special.expit(-score)
    columns = range(x.shape[2])
    scaled = np.stack([inverse @ _crossed(trials, rise * x[:, :, r]) for r in columns], axis=1)
    second = _crossed(trials, hat * (1 - 6 * product))
    penalty = second - np.einsum("trij,tsji->trs", scaled, scaled)
    return np.asarray(_crossed(trials, weights) - penalty / 2, dtype=np.float64)


def _uphill(curvature: Floats, slope: Floats) -> Floats:
    """Return Newton's steps; along a direction that bends the other way they go uphill too."""
    bends, directions = np.linalg.eigh(curvature)
    size = np.abs(bends)
    least = _FLAT * size.max(axis=1, keepdims=True) + np.finfo(np.float64).tiny
    along = np.einsum("tij,ti->tj", directions, slope) / np.maximum(size, least)
    return np.asarray(np.einsum("tij,tj->ti", directions, along), dtype=np.float64)


def _climb(
    trials: Trials, beta: Floats, level: Floats, step: Floats
) -> tuple[Floats, Floats, Flags]:
    """Return coefficients and likelihoods after the step, halved where the likelihood would fall.

    The third tells which moved: a model that no half of the step raises stays.
    """
    found, height = beta.copy(), level.copy()
    waiting: Flags = np.ones(len(beta), dtype=np.bool_)
    share = 1.0
    for _ in range(_MAX_HALVINGS):
        tried = beta[waiting] + share * step[waiting]
        reached = _log_likelihood(trials.take(waiting), tried)
        is_higher = reached >= level[waiting] - _ROUNDING * (1 + np.abs(level[waiting]))
        chosen = np.flatnonzero(waiting)[is_higher]
        found[chosen], height[chosen] = tried[is_higher], reached[is_higher]
        waiting[chosen] = False
        if not waiting.any():
            break
        share /= 2
    return found, height, ~waiting


def _linear(trials: Trials, beta: Floats) -> Floats:
    return np.asarray(np.einsum("tnk,tk->tn", trials.design, beta), dtype=np.float64)


def _weights(trials: Floats, score: Floats) -> Floats:
    return np.asarray(trials * special.expit(score) * special.expit(-score), dtype=np.float64)


def _inverse(matrices: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrices), dtype=np.float64)


def _crossed(trials: Trials, weights: Floats) -> Floats:
    x = trials.design
    return np.asarray(np.swapaxes(x, 1, 2) @ (weights[:, :, None] * x), dtype=np.float64)
