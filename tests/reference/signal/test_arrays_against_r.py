"""Normexp, cyclic loess and VSN against R, on a batch of our own and on the real slides."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.normexp import fit_normexp, minus_two_log_likelihood, normexp_signal
from stats.signal.vsn import fit_vsn, vsn

HERE = Path(__file__).parent
BATCHES = pytest.mark.parametrize(
    "batch", ["arrays", pytest.param("protoarray", marks=pytest.mark.shared)]
)

#: log2 units. See the docstrings of the functions for why these and not less.
LOESS_TOLERANCE = 1e-12
VSN_TOLERANCE = 1e-6


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def number(text: str) -> float:
    return float("nan") if text == "NA" else float(text)


def slide(path: Path) -> list[float]:
    """Return the net signals of a scanner file by Block, row and column."""
    lines = path.read_text(encoding="latin-1").splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(("Block\t", '"Block"')))
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[first:])), delimiter="\t"))
    rows.sort(key=lambda s: (int(s["Block"]), int(s["Row"]), int(s["Column"])))
    return [float(s["F635 Median"]) - float(s["B635 Median"]) for s in rows]


@pytest.fixture
def nets(batch, request) -> dict[str, np.ndarray]:
    """Return the net signals of every array of a batch, in the order of its spots."""
    if batch == "protoarray":
        folder = request.getfixturevalue("shared") / "gpr" / "protoarray"
        files = sorted(p for p in folder.glob("*.gpr") if "_no_descr" not in p.stem)
        return {p.stem: np.array(slide(p)) for p in files}
    arrays: dict[str, list[float]] = {}
    for row in read("arrays_input.csv"):
        arrays.setdefault(row["array"], []).append(float(row["net_afu"]))
    return {name: np.array(spots) for name, spots in arrays.items()}


def pair_means(nets: dict[str, np.ndarray]) -> np.ndarray:
    return np.array([spots.reshape(-1, 2).mean(axis=1) for spots in nets.values()])


def expected_levels(name: str, arrays: list[str]) -> np.ndarray:
    rows = read(name)
    assert list(dict.fromkeys(r["array"] for r in rows)) == arrays
    return np.array([number(r["level_log2"]) for r in rows]).reshape(len(arrays), -1)


def fits(batch: str, method: str) -> dict[str, tuple[float, float, float, float]]:
    return {
        r["array"]: (float(r["mu_afu"]), float(np.exp(float(r["log_sigma"]))),
                     float(np.exp(float(r["log_alpha"]))), float(r["m2loglik"]))
        for r in read(f"{batch}_normexp_fits_expected.csv") if r["method"] == method
    }  # fmt: skip


@BATCHES
@pytest.mark.parametrize("method", ["mle", "saddle"])
def test_normexp_signals_at_limmas_parameters_equal_limmas(batch, nets, method):
    signals = [r for r in read(f"{batch}_normexp_signals_expected.csv") if r["method"] == method]
    parameters = fits(batch, method)
    assert parameters.keys() == nets.keys()
    for array, net in nets.items():
        theirs = np.array([float(r["signal_afu"]) for r in signals if r["array"] == array])
        ours = normexp_signal(net, *parameters[array][:3], offset_afu=0)
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=0, err_msg=array)


@BATCHES
def test_our_normexp_likelihood_at_limmas_parameters_equals_limmas(batch, nets):
    for array, (*parameters, theirs) in fits(batch, "mle").items():
        ours = minus_two_log_likelihood(nets[array], *parameters)
        assert ours == pytest.approx(theirs, rel=1e-10), array


@BATCHES
def test_our_normexp_fit_is_no_worse_than_limmas(batch, nets):
    for array, (*parameters, _) in fits(batch, "mle").items():
        ours = fit_normexp(nets[array])
        theirs = minus_two_log_likelihood(nets[array], *parameters)
        assert ours.minus_two_log_likelihood <= theirs + 0.01, array
        # limma's own fit has a sigma of next to nothing on the same arrays.
        assert ("normexp_degenerate" in ours.reason) == (parameters[1] < 1), array


def test_normexp_meets_sound_and_degenerate_arrays():
    sigmas = [sigma for _, sigma, _, _ in fits("arrays", "mle").values()]
    assert sum(s < 1 for s in sigmas) == 4
    assert sum(s >= 1 for s in sigmas) == 4
    assert all(s < 1 for _, s, _, _ in fits("protoarray", "mle").values())


@BATCHES
def test_where_the_fit_is_sound_it_is_limmas(batch, nets):
    for array, (*parameters, _) in fits(batch, "mle").items():
        ours = fit_normexp(nets[array])
        if not ours.reason:
            mine = (ours.mu_afu, ours.sigma_afu, ours.alpha_afu)
            np.testing.assert_allclose(mine, parameters, rtol=1e-5, err_msg=array)


@BATCHES
def test_cyclic_loess_equals_limma(batch, nets):
    means = pair_means(nets)
    levels = np.log2(np.where(means > 0, means, np.nan))
    assert np.isnan(levels).any()
    ours = cyclic_loess(levels)
    theirs = expected_levels(f"{batch}_cyclic_loess_expected.csv", list(nets))
    np.testing.assert_allclose(ours.level_log2, theirs, rtol=0, atol=LOESS_TOLERANCE)
    assert np.nanmax(np.abs(ours.level_log2 - levels)) > 0.1


@BATCHES
def test_vsn_equals_the_formula_written_out_in_r(batch, nets):
    kept = {name: spots for name, spots in nets.items() if name != "7"}
    means = pair_means(kept)
    theirs = expected_levels(f"{batch}_vsn_expected.csv", list(kept))
    np.testing.assert_allclose(vsn(means).level_log2, theirs, rtol=0, atol=VSN_TOLERANCE)
    core = [r["is_core"] == "1" for r in read(f"{batch}_vsn_expected.csv")][: means.shape[1]]
    fit = fit_vsn(means)
    np.testing.assert_array_equal(fit.is_core, core)
    inner = fit.offset[:, None] + fit.scale_per_afu[:, None] * means
    # The own batch needs the arsinh, the real slides end at the logarithm.
    assert (inner.min() > 100) == (batch == "protoarray")
