"""Arrow schemas of every table that Python writes: the single truth of names, types and units."""

from contracts.conform import conform, from_columns, from_rows
from contracts.errors import CytomartError, Problem, failure
from contracts.identity import IDENTITY
from contracts.quality import QUALITY
from contracts.raw import RAW
from contracts.relation import Column, Relation
from contracts.signal import SIGNAL
from contracts.stats import STATS

#: Relations that exist, empty, before anything is loaded.
STANDING = (*RAW, *QUALITY, *IDENTITY)

__all__ = [
    "IDENTITY",
    "QUALITY",
    "RAW",
    "SIGNAL",
    "STANDING",
    "STATS",
    "Column",
    "CytomartError",
    "Problem",
    "Relation",
    "conform",
    "failure",
    "from_columns",
    "from_rows",
]
