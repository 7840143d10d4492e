"""Logistic regression with a ridge penalty, many fits at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from stats.methods.arrays import Flags, Floats

#: Newton steps at most, and the gradient per person at which a fit is done.
_MAX_STEPS, _GRADIENT = 100, 1e-10
#: Halvings of one step at most.
_MAX_HALVINGS = 30


@dataclass(frozen=True)
class RidgeFits:
    """Fits of every penalty (the first axis, in the order given) and every data set.

    Parameters
    ----------
    intercepts : (n_penalties, n_fits), log odds
    coefficients : (n_penalties, n_fits, n_columns), log odds per unit of the column
    """

    intercepts: Floats
    coefficients: Floats


def ridge_logistic(
    columns: Floats, is_event: Flags, weights: Floats, *, penalties: Sequence[float]
) -> RidgeFits:
    """Fit the log odds of the event on the columns, the coefficients held small.

    Parameters
    ----------
    columns : (n_fits, n_persons, n_columns), standardised, none missing
    is_event : (n_fits, n_persons)
    weights : (n_fits, n_persons), 0 or more: how often a person counts; 0 leaves it out
        Every fit has weight in both classes.
    penalties : above 0, each per person: Σ w log likelihood − Σ w · penalty / 2 · Σ β² is
        maximised. A person tells at most 0.25 of a standardised column, so a penalty of 0.25
        about halves a lone coefficient. The intercept is not penalised.

    Raises
    ------
    ValueError
        A penalty is not above 0, a fit has one class only, or Newton's steps do not settle.

    Notes
    -----
    With more columns than persons the fit runs in the space of the persons (singular vectors of
    the columns), which gives the same coefficients: those of directions without data are 0.
    Deterministic: Newton's steps from 0, halved where the penalised likelihood would fall, until
    the gradient is 1e-10 per person; stronger penalties first, each the start of the next.

    References
    ----------
    le Cessie & van Houwelingen (1992), Applied Statistics 41:191–201, doi:10.2307/2347628; more
    columns than rows: Hastie & Tibshirani (2004), Biostatistics 5:329–340,
    doi:10.1093/biostatistics/kxh010.
    Checked against the penalised likelihood maximised by R `optim` at 1e-6.
    """
    _check(is_event, weights, penalties)
    n_fits, n_persons, n_columns = columns.shape
    turn = None
    if n_columns > n_persons:
        u, s, turn = np.linalg.svd(columns, full_matrices=False)
        columns = u * s[:, None, :]
    x = np.concatenate([np.ones((n_fits, n_persons, 1)), columns], axis=2)
    found = np.empty((len(penalties), n_fits, x.shape[2]))
    start = np.zeros((n_fits, x.shape[2]))
    start[:, 0] = special.logit(np.sum(weights * is_event, axis=1) / np.sum(weights, axis=1))
    for place in np.argsort(penalties)[::-1].tolist():
        start = _maximised(x, is_event, weights, penalties[place], start)
        found[place] = start
    coefficients = found[:, :, 1:]
    if turn is not None:
        coefficients = np.einsum("lbr,brk->lbk", coefficients, turn)
    return RidgeFits(found[:, :, 0], coefficients)


def _check(is_event: Flags, weights: Floats, penalties: Sequence[float]) -> None:
    if not all(0 < p < np.inf for p in penalties):
        raise ValueError(f"penalties are {list(penalties)}; each is above 0")
    of_events, of_all = np.sum(weights * is_event, axis=1), np.sum(weights, axis=1)
    if np.any((of_events <= 0) | (of_events >= of_all)):
        raise ValueError("a fit has persons of one class only")


def _maximised(
    x: Floats, is_event: Flags, weights: Floats, penalty: float, start: Floats
) -> Floats:
    """Return the coefficients at the maximum, from a start (n_fits, 1 + n_columns)."""
    total = weights.sum(axis=1)
    ridge = np.full(x.shape[2], penalty)
    ridge[0] = 0.0
    found = start.copy()
    place = np.arange(len(x))
    own = _Climb(
        x, is_event, weights, total[:, None] * ridge, start, np.matmul(x, start[..., None])[..., 0]
    )
    for _ in range(_MAX_STEPS):
        gradient, step = own.newton()
        is_done = np.max(np.abs(gradient), axis=1) <= _GRADIENT * total[place]
        if is_done.any():
            found[place[is_done]] = own.beta[is_done]
            place, own, step = place[~is_done], own.take(~is_done), step[~is_done]
        if not len(place):
            return found
        own = own.climbed(step)
    raise ValueError(f"a ridge fit did not settle within {_MAX_STEPS} steps")


@dataclass(frozen=True)
class _Climb:
    """Where some fits stand: their data, penalties, coefficients and log odds."""

    x: Floats
    is_event: Flags
    weights: Floats
    ridge: Floats
    beta: Floats
    linear: Floats

    def take(self, chosen: Flags) -> _Climb:
        return _Climb(*(values[chosen] for values in vars(self).values()))

    def newton(self) -> tuple[Floats, Floats]:
        """Return the gradient and Newton's step, each (n_fits, n_coefficients)."""
        p = special.expit(self.linear)
        turned = self.x.transpose(0, 2, 1)
        residual = self.weights * (self.is_event - p)
        gradient = np.matmul(turned, residual[:, :, None])[:, :, 0] - self.ridge * self.beta
        curvature = np.matmul(turned, self.x * (self.weights * p * (1 - p))[:, :, None])
        place = np.arange(self.beta.shape[1])
        curvature[:, place, place] += self.ridge
        return gradient, np.linalg.solve(curvature, gradient[:, :, None])[:, :, 0]

    def penalised(self, beta: Floats, linear: Floats) -> Floats:
        """Return the penalised log likelihood."""
        likelihood = self.is_event * linear - np.logaddexp(0.0, linear)
        own = np.einsum("bn,bn->b", self.weights, likelihood)
        value: Floats = own - 0.5 * np.einsum("bk,bk->b", self.ridge, beta**2)
        return value

    def climbed(self, step: Floats) -> _Climb:
        """Return where a step leads, halved until the penalised likelihood does not fall."""
        along = np.matmul(self.x, step[:, :, None])[:, :, 0]
        before = self.penalised(self.beta, self.linear)
        slack = 1e-12 * (1 + np.abs(before))
        size = np.ones((len(step), 1))
        for _ in range(_MAX_HALVINGS):
            beta, linear = self.beta + size * step, self.linear + size * along
            fell = self.penalised(beta, linear) < before - slack
            if not fell.any():
                break
            size[fell] /= 2
        return replace(self, beta=beta, linear=linear)
