"""What a reader of a test must know of the levels behind it: not detected, or lost, and why."""

from __future__ import annotations

import numpy as np

from stats.design import ABSENT, Levels, Rows
from stats.methods.arrays import Flags, Ints

BELOW_LOD = "below_lod"
_WORDS = {
    BELOW_LOD: "below the limit of detection",
    "saturated": "saturated",
    "flagged": "flagged",
    "missing": "not usable",
    "quantified": "without a log2 level",
}


def detection_notes(levels: Levels, chosen: Rows) -> list[str]:
    """Return for each target what must be known of its levels in these samples, '' for nothing.

    Parameters
    ----------
    chosen : rows of the samples that an analysis uses

    Returns
    -------
    list of str
        That a target is below the limit of detection in every measured sample (it is noise then,
        whatever p says); else, where most levels are missing, what they were lost to.
    """
    n_targets = len(levels.analyte_ids)
    rows = np.unique(chosen[chosen != ABSENT])
    if not levels.class_names or not len(rows):
        return [""] * n_targets
    codes, lost = levels.classes[rows], np.isnan(levels.matrix[rows])
    measured = codes >= 0
    below = _is_class(codes, levels.class_names, BELOW_LOD)
    undetected = np.asarray(np.all(below | ~measured, axis=0) & np.any(measured, axis=0))
    mostly_lost = 2 * lost.sum(axis=0) > len(rows)
    notes = [""] * n_targets
    for j in np.flatnonzero(undetected | mostly_lost).tolist():
        if undetected[j]:
            n_measured = int(measured[:, j].sum())
            notes[j] = f"below the limit of detection in all {n_measured} samples"
        else:
            notes[j] = _lost_to(codes[lost[:, j], j], levels.class_names, len(rows))
    return notes


def _is_class(codes: Ints, names: tuple[str, ...], name: str) -> Flags:
    return np.asarray(codes == (names.index(name) if name in names else -2), dtype=np.bool_)


def _lost_to(codes: Ints, names: tuple[str, ...], n_samples: int) -> str:
    counts = [(int(np.sum(codes == k)), names[k]) for k in range(len(names))]
    parts = [f"{n} {_WORDS.get(name, name)}" for n, name in counts if n]
    unmeasured = int(np.sum(codes < 0))
    if unmeasured:
        parts.append(f"{unmeasured} not measured")
    return f"{len(codes)} of {n_samples} levels are missing: {', '.join(parts)}"
