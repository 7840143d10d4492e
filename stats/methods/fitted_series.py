"""A smooth function as a polynomial on [-1, 1]: fixed at Chebyshev nodes, checked between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from stats.methods.arrays import Floats

#: Terms of the series below this change nothing.
_NOTHING = 3e-15
#: So many values at a time: their powers stay in the processor's cache.
_BLOCK = 2**11


@dataclass(frozen=True)
class Rule:
    """Where a polynomial of one degree is fixed, and how it is made of the values there.

    Parameters
    ----------
    points : (n + m,), the n nodes, then m points between them where it is checked
    n : number of nodes
    to_series : (n, n), values at the nodes → coefficients (a discrete cosine transform)
    at_checks : (m, n), coefficients → values at the points between
    to_powers : (n, n), Chebyshev → power coefficients, all whole numbers
    """

    points: Floats
    n: int
    to_series: Floats
    at_checks: Floats
    to_powers: Floats

    def fitted(self, told: Floats, *, close: float) -> Floats | None:
        """Return the coefficients of the powers, None where the polynomial misses a check.

        Parameters
        ----------
        told : (n + m,), the function at the points
        close : how far it may be off at the checks

        Notes
        -----
        Terms of the functions that are worth a series fall faster than the coefficients of the
        powers in each term grow (2.4 times a degree): their sums lose no digit.
        """
        series = self.to_series @ told[: self.n]
        off = self.at_checks @ series
        off -= told[self.n :]
        if not np.maximum.reduce(np.abs(off)) <= close:
            return None
        telling = np.flatnonzero(np.abs(series) > _NOTHING)
        n = int(telling[-1]) + 1 if len(telling) else 1
        return self.to_powers[:n, :n] @ series[:n]


def chebyshev_rule(degree: int) -> Rule:
    """Return the rule of polynomials of a degree, checked at one point for three nodes."""
    n = degree + 1
    nodes = np.cos(np.pi * (np.arange(n) + 0.5) / n)
    checks = np.cos(np.pi * np.arange(1, n, 3) / n)
    to_series = np.asarray(chebyshev.chebvander(nodes, degree).T * (2 / n), dtype=np.float64)
    to_series[0] /= 2
    at_checks = np.asarray(chebyshev.chebvander(checks, degree), dtype=np.float64)
    to_powers = np.zeros((n, n))
    for k, unit in enumerate(np.eye(n)):
        to_powers[: k + 1, k] = chebyshev.cheb2poly(unit[: k + 1])
    return Rule(np.concatenate([nodes, checks]), n, to_series, at_checks, to_powers)


def polynomial(coefficients: Floats, x: Floats) -> Floats:
    """Return the value of a polynomial at x (n,), from all powers of x at once."""
    n, width = len(coefficients), min(len(x), _BLOCK)
    out, shelf = np.empty(len(x)), np.empty((n, width))
    for start in range(0, len(x), _BLOCK):
        own = x[start : start + _BLOCK]
        powers = shelf[:, : len(own)]
        powers[0], powers[1:2] = 1.0, own
        k = 1
        while k < n - 1:
            m = min(k, n - 1 - k)
            np.multiply(powers[1 : m + 1], powers[k], out=powers[k + 1 : k + 1 + m])
            k += m
        np.matmul(coefficients, powers, out=out[start : start + _BLOCK])
    return out
