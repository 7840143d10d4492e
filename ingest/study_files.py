"""The files of a study folder that are scans or values, as the study's platform has them."""

from __future__ import annotations

from datetime import date
from functools import partial

from ingest import standing
from ingest.delivery import Delivery, for_platform
from ingest.faults import RefusedError
from ingest.loading import Loading
from ingest.platforms import by_id, is_foreign_file
from ingest.source_file import SourceFile


def of_platform(delivery: Delivery, platform_id: str) -> Delivery:
    """Return a delivery whose slides are the files of a platform, and those of others by mistake.

    Files of another platform are among them so that they are refused by name.
    """
    platform = by_id(platform_id)
    endings = platform.endings if platform else ()
    is_foreign = partial(is_foreign_file, platform_id=platform_id)
    return for_platform(delivery, endings, is_foreign)


def scan_day(loading: Loading, delivery: Delivery, slide_id: str) -> date | None:
    """Return the day of a slide's scan: of the loaded one, else of the one delivered."""
    if day := standing.scan_day(loading.con, loading.study.study_id, slide_id):
        return day
    path = next((p for p in delivery.slides if p.stem == slide_id), None)
    platform = by_id(loading.study.platform_id)
    if path is None or platform is None:
        return None
    try:
        return platform.scanned_on(SourceFile.from_path(path))
    except RefusedError:
        return None
