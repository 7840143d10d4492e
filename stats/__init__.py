"""Statistics: pure functions from tables and matrices to results; no database, no files."""
