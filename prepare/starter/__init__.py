"""A study folder to begin with: from bare scans, or empty with examples."""

from prepare.starter.starting import Started, start

__all__ = ["Started", "start"]
