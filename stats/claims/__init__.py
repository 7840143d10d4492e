"""What a publication states, computed anew from its own figures."""

from stats.claims.judging import judge
from stats.claims.published import published_hits

__all__ = ["judge", "published_hits"]
