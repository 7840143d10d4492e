"""The process that dbt runs in: `python -m cytomart.dbt_process build …`.

The project is not parsed again where it is kept (`kept_parse`). What dbt says goes to standard
output as lines of JSON from level info on; dbt's own loggers would put every debug event into
words twice, for nobody, which takes a fifth of a build.
"""

from __future__ import annotations

import gc
import sys

import click
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg
from dbt_common.events.functions import msg_to_json

from cytomart import kept_parse

_SILENT = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors")


def main(args: list[str]) -> int:
    """Run one dbt command; return 0 where all of it succeeded."""
    key = kept_parse.of_now()
    manifest = kept_parse.read(key)
    if manifest is None:
        manifest = _parsed()
        if manifest is None:
            return 2
        kept_parse.keep(key, manifest)
    gc.collect()
    gc.freeze()  # Else each full collection walks through the whole project once more.
    done = dbtRunner(manifest=manifest, callbacks=[_say]).invoke([*_SILENT, *args])
    if done.exception is not None:
        click.echo(done.exception)
    return 0 if done.success else 1


def _parsed() -> Manifest | None:
    done = dbtRunner(callbacks=[_say]).invoke([*_SILENT, "parse"])
    if not isinstance(done.result, Manifest):
        click.echo(done.exception)
        return None
    return done.result


def _say(message: EventMsg) -> None:
    if message.info.level not in ("debug", "test"):
        click.echo(msg_to_json(message))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
