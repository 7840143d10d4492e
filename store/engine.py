"""Settings that every connection of ours shares, whatever file it opens."""

from __future__ import annotations

#: No extension is fetched or loaded behind the user's back: a run needs no network.
OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

#: In memory and nowhere else: nothing is spilled to a folder that happens to be current.
IN_MEMORY = {**OFFLINE, "temp_directory": ""}

#: First words on a connection. DuckDB draws a bar on standard output where a query takes longer
#: than two seconds, in the middle of what `--json` prints.
SESSION = "set TimeZone = 'UTC'; set enable_progress_bar = false"
