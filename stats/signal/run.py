"""From tables to the fits and signals of normexp, and to levels that batches were fitted to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import conform, from_columns, from_rows
from contracts.signal import FITTED_LEVELS, NORMEXP_FITS, NORMEXP_SIGNALS
from stats.methods.arrays import Floats, Ints
from stats.rows import sorted_by_key
from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.normalised import NormalisedLevels
from stats.signal.normexp import OFFSET_AFU, fit_normexp, normexp_signal
from stats.signal.vsn import vsn
from stats.tables import rows

_BATCH = ["study_id", "batch_id", "background_method", "replicate_rule", "normalisation_method"]


def normexp_fits(spots: pa.Table) -> pa.Table:
    """Return the convolution fitted to every array, as rows of `intermediate.int_normexp_fitted`.

    Parameters
    ----------
    spots : columns study_id, array_id, batch_id, batch_state, net_afu (foreground − background,
        null where there is none)
    """
    net = _floats(spots, "net_afu")
    found = []
    of_array = ["study_id", "array_id", "batch_id", "batch_state"]
    for array, places in _groups(spots, of_array):
        fit = fit_normexp(net[places])
        own: dict[str, Any] = dict(zip(of_array, array, strict=True))
        found.append(own | {
            "mu_afu": _known(fit.mu_afu), "sigma_afu": _known(fit.sigma_afu),
            "alpha_afu": _known(fit.alpha_afu),
            "minus_two_log_likelihood": _known(fit.minus_two_log_likelihood),
            "n_spots": fit.n_spots, "fit_reason": fit.reason,
        })  # fmt: skip
    return sorted_by_key(from_rows(found, NORMEXP_FITS), NORMEXP_FITS)


def normexp_signals(spots: pa.Table, fits: pa.Table) -> pa.Table:
    """Return the signal of every spot, as rows of `intermediate.int_normexp_expected`.

    Parameters
    ----------
    spots : as for `normexp_fits`, with slide_id, block, spot_row, spot_column
    fits : what `normexp_fits` returned for them
        An array whose fit has a reason has null signals.
    """
    fit_of: dict[tuple[str, ...], dict[str, Any]] = {
        (f["study_id"], f["array_id"]): f for f in rows(fits) if not f["fit_reason"]
    }
    net = _floats(spots, "net_afu")
    signal = np.full(len(net), np.nan)
    for array, places in _groups(spots, ["study_id", "array_id"]):
        fit = fit_of.get(array)
        if fit:
            signal[places] = normexp_signal(
                net[places], fit["mu_afu"], fit["sigma_afu"], fit["alpha_afu"],
                offset_afu=OFFSET_AFU,
            )  # fmt: skip
    column = pa.array(signal, pa.float64(), mask=np.isnan(signal))
    whole = spots.append_column("signal_afu", column).select(NORMEXP_SIGNALS.column_names)
    return sorted_by_key(conform(whole, NORMEXP_SIGNALS), NORMEXP_SIGNALS)


def fitted_levels(nets: pa.Table) -> pa.Table:
    """Return levels after a joint fit of each batch, as rows of `intermediate.int_levels_fitted`.

    Parameters
    ----------
    nets : columns study_id, batch_id, batch_state, array_id, target_id, background_method,
        replicate_rule, normalisation_method (`cyclic_loess` or `vsn`), net_afu (null where no
        spot was kept)
        Batches, backgrounds and replicate rules are fitted apart.

    Returns
    -------
    pyarrow.Table
        A row of every row of `nets`; level_log2 is null where the net is missing (by loess also
        where it is not positive) or the array has a reason.
    """
    net = _floats(nets, "net_afu")
    reasons = np.full(len(net), "", dtype=object)
    level = np.full(len(net), np.nan)
    arrays, targets = (np.array(nets.column(c).to_pylist()) for c in ("array_id", "target_id"))
    for (*_, method), places in _groups(nets, _BATCH):
        names, row = np.unique(arrays[places], return_inverse=True)
        wide, column = np.unique(targets[places], return_inverse=True)
        batch = np.full((len(names), len(wide)), np.nan)
        batch[row, column] = net[places]
        found = _FITS[method](batch)
        level[places] = found.level_log2[row, column]
        reasons[places] = np.array(found.reason, dtype=object)[row]
    own = (*FITTED_LEVELS.key, "batch_id", "batch_state")
    keys = {name: nets.column(name) for name in own}
    whole = from_columns(
        keys | {"level_log2": pa.array(level, pa.float64(), mask=np.isnan(level)),
                "map_reason": pa.array(reasons, pa.string())},
        FITTED_LEVELS,
    )  # fmt: skip
    return sorted_by_key(whole, FITTED_LEVELS)


def _loess_of_nets(net: Floats) -> NormalisedLevels:
    return cyclic_loess(np.log2(np.where(net > 0, net, np.nan)))


_FITS: dict[str, Callable[[Floats], NormalisedLevels]] = {
    "cyclic_loess": _loess_of_nets,
    "vsn": vsn,
}


def _groups(table: pa.Table, keys: list[str]) -> list[tuple[tuple[str, ...], Ints]]:
    """Return each combination of keys with the places of its rows, in order."""
    numbered = table.select(keys).append_column("place", pa.array(range(len(table)), pa.int64()))
    grouped = numbered.group_by(keys).aggregate([("place", "list")]).sort_by(
        [(key, "ascending") for key in keys]
    )  # fmt: skip
    return [
        (tuple(row[key] for key in keys), np.array(row["place_list"], dtype=np.int64))
        for row in grouped.to_pylist()
    ]


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
