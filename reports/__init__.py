"""The report: published relations in, one self-contained HTML file out. Computes nothing."""

from reports.build import build_report
from reports.provenance import Provenance

__all__ = ["Provenance", "build_report"]
