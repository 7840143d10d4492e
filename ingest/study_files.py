"""The files of a study folder that are scans or values, as the study's platform has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from pathlib import Path

from ingest import standing
from ingest.delivery import Delivery, for_platform
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.loading import Loading
from ingest.platforms import by_id, is_foreign_file


def of_platform(delivery: Delivery, platform_id: str) -> Delivery:
    """Return a delivery whose slides are the files of a platform, and those of others by mistake.

    Files of another platform are among them so that they are refused by name.
    """
    platform = by_id(platform_id)
    endings = platform.endings if platform else ()
    is_foreign = partial(is_foreign_file, platform_id=platform_id)
    return for_platform(delivery, endings, is_foreign)


def scan_days(loading: Loading, delivery: Delivery) -> Callable[[str], date | None]:
    """Return what tells the day of a slide's scan: of the loaded one, else of the one delivered.

    A sheet that names every batch never asks, so nothing is looked up before the first question.
    """
    platform = by_id(loading.study.platform_id)

    @cache
    def known() -> tuple[dict[str, date], dict[str, Path]]:
        delivered = {p.stem: p for p in reversed(delivery.slides)}
        return standing.scan_days(loading.con, loading.study.study_id), delivered

    def scan_day(slide_id: str) -> date | None:
        loaded, delivered = known()
        path = delivered.get(slide_id)
        if slide_id in loaded or path is None or platform is None:
            return loaded.get(slide_id)
        try:
            return platform.scanned_on(SourceFile.from_path(path))
        except RefusedError:
            return None

    return scan_day
