"""What a publication states, computed anew from its own figures."""

from stats.claims.judging import judge

__all__ = ["judge"]
