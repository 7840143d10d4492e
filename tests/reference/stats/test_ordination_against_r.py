"""Trees and principal components against R's hclust and prcomp."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from stats.ordination.components import principal_components
from stats.ordination.distances import squared_distances
from stats.ordination.scaled import scale
from stats.ordination.tree import average_linkage, cophenetic_correlation
from tests.reference.stats.studies import HERE, Study, committed, khan, number, rows_of

KHAN = pytest.param("khan", marks=pytest.mark.shared)


def expected(kind):
    """Return {study: {axis or component: rows}} of the committed files."""
    out: dict[str, dict[str, list[dict[str, str]]]] = {}
    for name in ("ordination", "ordination_khan"):
        for row in rows_of(HERE / f"{name}_{kind}_expected.csv"):
            key = row["axis"] if kind == "trees" else (row["component"], row["axis"])
            out.setdefault(row["study"], {}).setdefault(key, []).append(row)
    return out


TREES, COMPONENTS = expected("trees"), expected("components")


@cache
def scaled(name: str):
    """Return z-scores of what is kept with the names of samples and targets."""
    study = khan() if name == "khan" else committed()[name]
    if study is None:
        pytest.skip("../shared is absent")
    levels, names = arms_of(study, name)
    found = scale(levels)
    samples = [n for n, kept in zip(names, found.samples, strict=True) if kept]
    targets = [t for t, kept in zip(study.targets, found.targets, strict=True) if kept]
    return found.kept, samples, targets


def arms_of(study: Study, name: str):
    arms = {"x": study.before, "y": study.after}
    if name != "khan":
        arms["z"] = study.groups[2]
    names = [f"{a}{i:03d}" for a, arm in arms.items() for i in range(1, len(arm) + 1)]
    return np.concatenate(list(arms.values())), names


def in_r(index: int, n: int) -> int:
    """Return a leaf or a merge as R numbers them: leaves −1 … −n, merges 1 …"""
    return -index - 1 if index < n else index - n + 1


@pytest.mark.parametrize("axis", ["targets", "samples"])
@pytest.mark.parametrize("name", [*sorted(set(TREES) - {"khan"}), KHAN])
def test_trees_equal_hclust(name, axis):
    z, samples, targets = scaled(name)
    items, labels = (z.T, targets) if axis == "targets" else (z, samples)
    distances = squared_distances(items)
    tree = average_linkage(distances)
    n = len(items)
    for row in TREES[name][axis]:
        k = int(row["step"]) - 1
        assert (in_r(tree.left[k], n), in_r(tree.right[k], n)) == (
            int(row["left"]),
            int(row["right"]),
        )
        assert tree.heights[k] == pytest.approx(float(row["height"]), rel=1e-10)
        assert labels[tree.order[k]] == row["leaf"]
    fit = number(TREES[name][axis][0]["cophenetic"])
    assert cophenetic_correlation(tree, distances) == pytest.approx(fit, rel=1e-9, nan_ok=True)
    assert name == "panel" or len(TREES[name][axis]) == n - 1


@pytest.mark.parametrize("name", [*sorted(set(COMPONENTS) - {"khan"}), KHAN])
def test_components_equal_prcomp(name):
    z, samples, targets = scaled(name)
    found = principal_components(z, most=5)
    n_components = max(int(k) for k, _ in COMPONENTS[name])
    assert len(found.sd) == n_components
    for k in range(n_components):
        for axis, labels, values in (
            ("targets", targets, found.loadings),
            ("samples", samples, found.scores),
        ):
            rows = COMPONENTS[name][str(k + 1), axis]
            ours = values[[labels.index(r["item"]) for r in rows], k]
            theirs = [float(r["value"]) for r in rows]
            scale_of = np.abs(values[:, k]).max()
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8 * scale_of)
            assert found.explained[k] == pytest.approx(float(rows[0]["explained"]), rel=1e-8)


def test_every_study_is_compared():
    assert set(TREES) == set(COMPONENTS) == {*committed(), "khan"}
