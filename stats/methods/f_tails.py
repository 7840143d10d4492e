"""Tails of scaled F distributions whose second df may be infinite, down to p = 1e-300."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from stats.methods.arrays import Floats


@dataclass(frozen=True)
class FDistribution:
    """F with `df` and `df_denominator` degrees of freedom; infinite: chi-squared over its df.

    Parameters
    ----------
    df : (n,) or a number
    df_denominator : a number, may be infinite
    """

    df: Floats | float
    df_denominator: float

    def upper(self, x: Floats) -> Floats:
        """Return P(F > x)."""
        if np.isinf(self.df_denominator):
            return np.asarray(special.gammaincc(np.divide(self.df, 2), self.df * x / 2))
        d1, d2 = self.df, self.df_denominator
        return np.asarray(special.betainc(d2 / 2, np.divide(d1, 2), d2 / (d2 + d1 * x)))

    def lower(self, x: Floats) -> Floats:
        """Return P(F < x)."""
        if np.isinf(self.df_denominator):
            return np.asarray(special.gammainc(np.divide(self.df, 2), self.df * x / 2))
        d1, d2 = self.df, self.df_denominator
        return np.asarray(special.betainc(np.divide(d1, 2), d2 / 2, d1 * x / (d2 + d1 * x)))

    def from_upper(self, p: Floats | float) -> Floats:
        """Return the x that P(F > x) = p."""
        if np.isinf(self.df_denominator):
            return np.asarray(2 * special.gammainccinv(np.divide(self.df, 2), p) / self.df)
        d1, d2 = self.df, self.df_denominator
        share = special.betaincinv(d2 / 2, np.divide(d1, 2), p)
        return np.asarray(d2 * (1 - share) / (d1 * share))

    def from_lower(self, p: Floats | float) -> Floats:
        """Return the x that P(F < x) = p."""
        if np.isinf(self.df_denominator):
            return np.asarray(2 * special.gammaincinv(np.divide(self.df, 2), p) / self.df)
        d1, d2 = self.df, self.df_denominator
        share = special.betaincinv(np.divide(d1, 2), d2 / 2, p)
        return np.asarray(d2 * share / (d1 * (1 - share)))

    def log_density(self, z: Floats) -> Floats:
        """Return the log of the density of log F at z."""
        half = np.divide(self.df, 2)
        if np.isinf(self.df_denominator):
            return half * (np.log(half) + z - np.exp(z)) - special.gammaln(half)
        d1, other = self.df, self.df_denominator / 2
        ratio = np.log(d1 / self.df_denominator) + z
        return half * ratio - (half + other) * np.logaddexp(0, ratio) - special.betaln(half, other)
