"""The study and the panel of a study folder, without a warehouse."""

from __future__ import annotations

from pathlib import Path

from ingest.declared.study import Study
from ingest.declared.study_toml import read_study
from ingest.delivery import inside, open_folder
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.panel.catalog import Panel, load_panel
from ingest.panel.catalog_table import read_catalog


def study_panel(folder: Path) -> tuple[Study, Panel]:
    """Return what study.toml says, and the panel: of catalog.csv, else the shipped one.

    Raises
    ------
    CytomartError
        No study folder, or a study.toml or catalog that cannot be used; every problem at once.
    """
    delivery = open_folder(folder)
    try:
        study = read_study(SourceFile.from_path(delivery.study_toml))
        if "catalog" in delivery.faults:
            raise RefusedError([delivery.faults["catalog"]])
        if "catalog" not in delivery.tables:
            return study, load_panel(study.panel_id)
        source = SourceFile.from_path(inside(delivery, delivery.tables["catalog"].name))
        return study, read_catalog(read_sheet(source, "catalog"), study)
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
