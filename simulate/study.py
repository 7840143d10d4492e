"""Write a synthetic study folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

from contracts import failure
from simulate.arrays import scan_slide
from simulate.design import Design, Study
from simulate.genepix_files import LAYOUT_NAME, gal_text, gpr_text
from simulate.model import Model, draw_model
from simulate.olink_files import (
    explore_csv,
    explore_ht_parquet,
    file_stem,
    npx_catalog_csv,
    npx_samples_csv,
)
from simulate.plan import plan_csv
from simulate.study_toml import README_OPENING, readme_text, study_toml
from simulate.tables import assessments_csv, catalog_csv, patients_csv, samples_csv, truth_csv

_CATALOG = "catalog.csv"
_DESCRIPTION = "study.toml"
_README = "README.md"


#: What the study's serum can be measured on; `olink_ht` writes Explore HT's Parquet files.
PLATFORMS = ("genepix", "olink", "olink_ht")


def write_study(folder: Path, design: Design, platform: str = "genepix") -> Study:
    """Write the synthetic study that belongs to sizes and seed into a folder.

    Parameters
    ----------
    folder : Path
        New, empty, or holding an earlier synthetic study (complete or cut short), which is
        replaced.
    design : Design
    platform : str
        One of `PLATFORMS`.

    Returns
    -------
    Study

    Raises
    ------
    CytomartError
        Where the folder holds anything but a synthetic study.
    """
    _make_room(folder)
    model = draw_model(design)
    arrays = folder / "arrays"
    arrays.mkdir(parents=True, exist_ok=True)
    _write(folder / _README, readme_text(model))
    is_array = platform == "genepix"
    for name, text in (_tables(model) if is_array else _npx_tables(model)).items():
        _write(folder / name, text)
    if is_array:
        for slide in range(model.seating.n_slides):
            text = gpr_text(model, slide, scan_slide(model, slide))
            _write(arrays / f"{model.seating.slide_id(slide)}.gpr", text)
    else:
        _write_npx(arrays, model, platform)
    truth = folder / "truth" / "truth.csv"
    truth.parent.mkdir(exist_ok=True)
    _write(truth, truth_csv(model))
    _write(
        folder / _DESCRIPTION, study_toml(model, platform)
    )  # last: with it the folder is complete
    n_empty = sum(seat.is_empty for seat in model.seating.seats)
    return Study(
        folder=folder,
        truth_path=truth,
        study_id=design.name,
        slide_ids=tuple(model.seating.slide_id(k) for k in range(model.seating.n_slides)),
        n_samples=len(model.seating.seats) - n_empty,
        n_empty_blocks=n_empty,
    )


def _tables(model: Model) -> dict[str, str]:
    tables = {
        "plan.csv": plan_csv(model.design),
        "patients.csv": patients_csv(model),
        "samples.csv": samples_csv(model),
        "assessments.csv": assessments_csv(model),
        LAYOUT_NAME: gal_text(model.panel),
    }
    if not model.panel.is_shipped:
        tables[_CATALOG] = catalog_csv(model.panel)
    return tables


def _npx_tables(model: Model) -> dict[str, str]:
    return {
        "plan.csv": plan_csv(model.design),
        "patients.csv": patients_csv(model),
        "samples.csv": npx_samples_csv(model),
        "assessments.csv": assessments_csv(model),
        _CATALOG: npx_catalog_csv(model),
    }


def _write_npx(arrays: Path, model: Model, platform: str) -> None:
    for batch, batch_id in enumerate(model.seating.batch_ids):
        stem = file_stem(batch_id)
        if platform == "olink":
            _write(arrays / f"{stem}.csv", explore_csv(model, batch))
        else:
            (arrays / f"{stem}.parquet").write_bytes(explore_ht_parquet(model, batch))


def _make_room(folder: Path) -> None:
    """Take away what an earlier synthetic study of other sizes left; refuse anything else."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not _is_synthetic(folder):
        raise failure(
            f"{folder} is not empty and holds no synthetic study",
            where="folder for the synthetic study",
            allowed="a new or empty folder, or one that holds a synthetic study",
            remedy="name another folder",
        )
    arrays = folder / "arrays"
    left_over = [*arrays.glob("SYN-S*.gpr"), *arrays.glob("SYN-*-NPX.*")]
    for path in (folder / _DESCRIPTION, folder / _CATALOG, folder / LAYOUT_NAME, *left_over):
        path.unlink(missing_ok=True)


def _is_synthetic(folder: Path) -> bool:
    """Whether study.toml says so, or, where writing was cut short before it, the README."""
    try:
        if not (folder / _DESCRIPTION).exists():
            readme = (folder / _README).read_text(encoding="utf-8")
            return readme.startswith(README_OPENING)
        described = tomllib.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    study = described.get("study")
    return isinstance(study, dict) and study.get("synthetic") is True


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
