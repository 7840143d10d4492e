"""The synthetic twin of the founding study: the sizes and printed figures of the paper."""

from __future__ import annotations

from pathlib import Path

from simulate.design import Design, Study
from simulate.study import write_study


def write_founding_study(folder: Path, seed: int = 7) -> Study:
    """Write 30 patients before and after radiotherapy and 10 controls on 80 targets.

    Parameters
    ----------
    folder : Path
        New, empty, or holding an earlier synthetic study, which is replaced.
    seed : int
        Another seed gives other people with the same calibration.
    """
    return write_study(folder, Design(seed=seed))
