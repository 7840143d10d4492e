"""The three per-array optimisations of the signal path: normexp, cyclic loess, VSN."""
