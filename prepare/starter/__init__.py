"""A study folder to begin with: from bare scans, or empty with examples."""
