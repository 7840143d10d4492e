"""Tables of spots and nets become tables of fits, signals and levels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from contracts.signal import FITTED_LEVELS, NORMEXP_FITS, NORMEXP_SIGNALS
from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.normexp import fit_normexp, normexp_signal
from stats.signal.run import fitted_levels, normexp_fits, normexp_signals
from stats.signal.vsn import vsn

ARRAYS = ("X/B1", "X/B2", "X/B3")


def shuffled(table: pa.Table, seed: int = 1) -> pa.Table:
    return table.take(np.random.default_rng(seed).permutation(len(table)))


@pytest.fixture
def spots() -> pa.Table:
    rng = np.random.default_rng(5)
    rows = []
    for block, array_id in enumerate(ARRAYS, start=1):
        noise = 40 if block != 2 else 0.01
        net = rng.normal(0, noise, 200) + rng.exponential(200, 200)
        rows += [
            {"study_id": "s", "slide_id": "X", "block": block, "spot_row": 1, "spot_column": i,
             "array_id": array_id, "batch_id": "b", "batch_state": "as_now",
             "net_afu": None if (block, i) == (1, 7) else value}
            for i, value in enumerate(net.tolist())
        ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def net_of(spots: pa.Table, array_id: str) -> np.ndarray:
    found = [r["net_afu"] for r in spots.to_pylist() if r["array_id"] == array_id]
    return np.array([np.nan if v is None else v for v in found])


def test_every_array_has_a_fit_and_every_spot_a_signal_or_a_gap(spots):
    fits = normexp_fits(spots)
    assert fits.column_names == NORMEXP_FITS.column_names
    by_array = {f["array_id"]: f for f in fits.to_pylist()}
    assert by_array["X/B2"]["fit_reason"].startswith("normexp_degenerate")
    assert by_array["X/B2"]["sigma_afu"] < 1
    assert by_array["X/B1"]["n_spots"] == 199
    wanted = fit_normexp(net_of(spots, "X/B3"))
    assert by_array["X/B3"]["mu_afu"] == wanted.mu_afu
    signals = normexp_signals(spots, fits)
    assert signals.column_names == NORMEXP_SIGNALS.column_names
    found = [r["signal_afu"] for r in signals.to_pylist() if r["array_id"] == "X/B3"]
    parameters = (wanted.mu_afu, wanted.sigma_afu, wanted.alpha_afu)
    assert found == normexp_signal(net_of(spots, "X/B3"), *parameters, offset_afu=50).tolist()
    gaps = {
        (r["array_id"], r["spot_column"]) for r in signals.to_pylist() if r["signal_afu"] is None
    }
    assert gaps == {("X/B1", 7)} | {("X/B2", i) for i in range(200)}


def test_the_order_of_spots_does_not_change_a_digit(spots):
    mixed = shuffled(spots)
    assert normexp_fits(mixed) == normexp_fits(spots)
    fits = normexp_fits(spots)
    assert normexp_signals(mixed, shuffled(fits)) == normexp_signals(spots, fits)


@pytest.fixture
def nets() -> pa.Table:
    rng = np.random.default_rng(3)
    level = 2.0 ** rng.normal(7, 2, 30)
    return pa.Table.from_pylist([
        {"study_id": study, "batch_id": batch, "batch_state": "as_now",
         "array_id": f"{batch}/{array_id}",
         "target_id": f"T{i:02d}", "background_method": "subtract", "replicate_rule": "mean",
         "normalisation_method": method,
         "net_afu": None if (array_id, i) == ("X/B1", 3) else value}
        for study in ("s", "t")
        for batch in (("b", "c") if study == "s" else ("b",))
        for array_id in (ARRAYS if batch == "b" else ARRAYS[:1])
        for i, value in enumerate((level * rng.lognormal(0, 0.2, 30) + rng.normal(0, 20, 30)).tolist())
        for method in ("cyclic_loess", "vsn")
    ])  # fmt: skip


def batch_of(nets: pa.Table, study: str, method: str) -> np.ndarray:
    own = [r for r in nets.to_pylist()
           if (r["study_id"], r["batch_id"], r["normalisation_method"]) == (study, "b", method)]  # fmt: skip
    values = [np.nan if r["net_afu"] is None else r["net_afu"] for r in own]
    return np.array(values).reshape(len(ARRAYS), 30)


def test_batches_and_studies_are_fitted_apart(nets):
    found = fitted_levels(nets)
    assert found.column_names == FITTED_LEVELS.column_names
    assert len(found) == len(nets)
    for study in ("s", "t"):
        for method in ("cyclic_loess", "vsn"):
            net = batch_of(nets, study, method)
            own = [r for r in found.to_pylist()
                   if (r["study_id"], r["normalisation_method"]) == (study, method)
                   and r["array_id"].startswith("b/")]  # fmt: skip
            levels = np.array([np.nan if r["level_log2"] is None else r["level_log2"]
                               for r in own]).reshape(net.shape)  # fmt: skip
            logs = np.log2(np.where(net > 0, net, np.nan))
            wanted = vsn(net) if method == "vsn" else cyclic_loess(logs)
            np.testing.assert_array_equal(levels, wanted.level_log2)
            assert (np.isnan(levels) == (np.isnan(net) if method == "vsn" else ~(net > 0))).all()
            assert {r["map_reason"] for r in own} == {""}


def test_an_array_alone_in_its_batch_says_so(nets):
    alone = [r for r in fitted_levels(nets).to_pylist() if r["array_id"].startswith("c/")]
    assert len(alone) == 60
    assert all(r["level_log2"] is None for r in alone)
    assert all(r["map_reason"].startswith("one array alone in its batch") for r in alone)


def test_the_order_of_nets_does_not_change_a_digit(nets):
    assert fitted_levels(shuffled(nets)) == fitted_levels(nets)


def test_nothing_asked_for_gives_empty_tables(spots, nets):
    assert normexp_fits(spots.slice(0, 0)).num_rows == 0
    assert normexp_signals(spots.slice(0, 0), normexp_fits(spots.slice(0, 0))).num_rows == 0
    assert fitted_levels(nets.slice(0, 0)).schema.names == FITTED_LEVELS.column_names
