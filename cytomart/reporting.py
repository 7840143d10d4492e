"""Write the report of a published generation to the home."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from cytomart.front import Front
from reports.build import build_report
from reports.provenance import Provenance
from store.publish import Generation
from store.read import open_published


def write(front: Front, generation: Generation) -> Path:
    """Write one report per study of the generation, and `latest.html` beside them.

    Returns
    -------
    Path
        `latest.html`: the study's report, or the first study's where there are several.
    """
    home = front.home
    folder = home.reports_dir / f"{generation.number:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    provenance = Provenance(
        generation.number, generation.sha256, datetime.fromisoformat(generation.published_at)
    )
    con = open_published(home)
    try:
        studies = [
            r[0]
            for r in con.execute(
                "select distinct study_id from marts.dim_batches order by 1"
            ).fetchall()
        ]
        pages = [
            build_report(
                con,
                study_id,
                out=folder / f"{study_id}.html",
                provenance=provenance,
                cache_dir=home.vault / "cache",
            )
            for study_id in studies
        ]
    finally:
        con.close()
    latest = home.reports_dir / "latest.html"
    if pages:
        spare = latest.with_suffix(".tmp")
        shutil.copyfile(pages[0], spare)
        spare.replace(latest)
    return latest
