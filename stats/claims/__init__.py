"""What a publication states, computed anew from its own figures."""

from stats.claims.judging import judge
from stats.claims.measured import claim_figures
from stats.claims.published import published_hits

__all__ = ["claim_figures", "judge", "published_hits"]
