"""A dbt that stays loaded: builds the home that each line of standard input names.

A process of its own, so that no test meets dbt's state; starting dbt and reading the project cost
more than a build. A line is {"home": …, "args": […]}; the answer is {"ok": …, "log": …}.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from cytomart import kept_parse


def main() -> None:
    manifest = None
    for line in sys.stdin:
        request = json.loads(line)
        os.environ["CYTOMART_HOME"] = request["home"]
        if manifest is None:
            manifest = project()
        done = dbtRunner(manifest=manifest).invoke(
            ["--log-level", "none", "build", *request["args"]]
        )
        # Else the file stays open, and nobody else may write.
        DuckDBConnectionManager.close_all_connections()
        reset_adapters()
        print(json.dumps({"ok": done.success, "log": said(done)}), flush=True)


def project() -> Manifest:
    key = kept_parse.of_now()
    kept = kept_parse.read(key)
    if kept is None:
        kept = dbtRunner().invoke(["--quiet", "parse"]).result
        kept_parse.keep(key, kept)
    return kept


def said(done: Any) -> str:
    if done.exception is not None or done.success:
        return str(done.exception or "")
    return "\n".join(f"{r.node.name}: {r.message}" for r in done.result if r.status == "error")


if __name__ == "__main__":
    main()
