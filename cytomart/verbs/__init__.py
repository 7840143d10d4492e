"""One verb per file; each module's `command` is a click command."""
