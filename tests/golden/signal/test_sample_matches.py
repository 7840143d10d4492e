"""Exchanged samples are found by their signal, and 20 studies without an exchange raise nothing.

The model's own SQL runs over levels drawn by `simulate/`: spots of scanned slides, background
subtracted, duplicates averaged, log2. The pair that is exchanged is the same in every study.
"""

from __future__ import annotations

import csv
import io

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest

from contracts.paths import REPO_ROOT
from simulate.arrays import scan_slide
from simulate.design import Design
from simulate.model import draw_model
from simulate.tables import samples_csv

WAREHOUSE = REPO_ROOT / "warehouse"
CLEAN_SEEDS = range(100, 120)
#: Targets on the panel → how many of five exchanges are found with all four samples, at least.
PANELS = {80: 5, 40: 5, 20: 1}


def model_sql() -> str:
    """The model as dbt would run it, over tables that bear the names of its references."""
    macros = [
        WAREHOUSE / "macros" / folder / f"{name}.sql"
        for folder, name in (
            ("dialect", "ordered_mean"), ("dialect", "ordered_sd"), ("measures", "correlation"),
        )
    ]  # fmt: skip
    text = "".join(p.read_text("utf-8") for p in macros)
    text += (WAREHOUSE / "models" / "marts" / "fct_sample_matches.sql").read_text("utf-8")
    # What dbt would look up: the DuckDB form of a dialect macro.
    text = text.replace("adapter.dispatch('ordered_mean', 'cytomart')", "duckdb__ordered_mean")
    text = text.replace("adapter.dispatch('ordered_sd', 'cytomart')", "duckdb__ordered_sd")
    return jinja2.Environment().from_string(text).render(ref=lambda name: name)


SQL = model_sql()


def study(seed: int, targets: int = 80) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Samples and levels of a synthetic study, as the warehouse would hold them."""
    model = draw_model(Design(seed=seed, targets=targets))
    rows = [r for r in csv.DictReader(io.StringIO(samples_csv(model))) if r["patient_id"]]
    samples = pd.DataFrame(rows).rename(columns={"batch": "batch_id"})
    samples["study_id"], samples["is_excluded"] = "s", False
    scans = {}
    panel = model.panel
    levels = []
    for seat in rows:
        slide = int(seat["slide_id"].removeprefix(rows[0]["slide_id"].rstrip("0123456789"))) - 1
        if slide not in scans:
            scans[slide] = scan_slide(model, slide)
        scan, block = scans[slide], int(seat["block"]) - 1
        net = (scan.foreground_median - scan.background_median)[block]
        for k, target in enumerate(panel.analytes):
            mean = net[panel.spot_targets == k].mean()
            if mean > 0:
                levels.append(("s", seat["sample_id"], target.target_id, float(np.log2(mean))))
    frame = pd.DataFrame(levels, columns=["study_id", "sample_id", "analyte_id", "level_log2"])
    return samples, frame.assign(is_primary_variant=True)


def matches(samples: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as con:
        con.register("dim_samples", samples)
        con.register("fct_measurements", levels)
        return con.execute(SQL).df()


def exchanged(samples: pd.DataFrame) -> tuple[pd.DataFrame, set[str]]:
    """The sheet with two persons' follow-up samples under each other's name."""
    one, two = samples[samples["group_code"] == "B"].index[[2, 5]]
    spoilt = samples.copy()
    spoilt.loc[[one, two], "patient_id"] = samples.loc[[two, one], "patient_id"].to_numpy()
    persons = set(samples.loc[[one, two], "patient_id"])
    return spoilt, set(samples[samples["patient_id"].isin(persons)]["sample_id"])


def test_twenty_studies_without_an_exchange_raise_nothing():
    for seed in CLEAN_SEEDS:
        found = matches(*study(seed))
        assert found["exchanged_sample_id"].notna().sum() == 0, seed
        assert found["own_similarity"].notna().all(), seed


@pytest.mark.parametrize(("targets", "at_least"), PANELS.items())
def test_an_exchanged_pair_is_found(targets, at_least):
    """Forty targets are enough for each exchange; with twenty some go unseen."""
    n_found = 0
    for seed in range(200, 205):
        samples, levels = study(seed, targets)
        spoilt, wanted = exchanged(samples)
        found = matches(spoilt, levels)
        named = set(found.loc[found["exchanged_sample_id"].notna(), "sample_id"])
        n_found += wanted <= named
    assert n_found >= at_least
