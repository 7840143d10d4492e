"""One figure per file: a frame in, a chart out, no files and no database."""
