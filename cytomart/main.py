"""`cytomart`: the command line. Verbs stand in `cytomart/verbs/`, one file each."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import click

from contracts import CytomartError
from cytomart import __version__, verbs
from cytomart.front import Front
from store.home import Home

#: Telemetry of every dependency is off; nothing is looked up on a network at run time.
QUIET = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}


class VerbGroup(click.Group):
    """Finds verbs by file name, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in alphabetical order."""
        return sorted(m.name for m in pkgutil.iter_modules(verbs.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb's command, or None where there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"cytomart.verbs.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; keep an unexpected error's traceback in the home it concerns."""
        try:
            return super().invoke(ctx)
        except (
            click.ClickException, click.Abort, click.exceptions.Exit, CytomartError, BrokenPipeError
        ):  # fmt: skip
            raise
        except Exception as error:
            _keep_traceback(ctx.obj.home if isinstance(ctx.obj, Front) else None, error)
            ctx.exit(4)


@click.group(cls=VerbGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    metavar="DIR",
    help="Home of the warehouse. Default: $CYTOMART_HOME, else data/ in the current folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.version_option(__version__, prog_name="cytomart")
@click.pass_context
def cli(ctx: click.Context, home: str | None, as_json: bool) -> None:
    """A data warehouse for serum cytokine array studies.

    Raw scanner files, the cytokine catalog and patients' scores go in; queryable tables, test
    results, quality gates and a report come out. Start with: cytomart demo
    """
    ctx.obj = Front(Home.from_env(home), as_json)


def main() -> None:
    """Run the command line and leave with the exit code that the outcome has."""
    os.environ.update(QUIET)
    try:
        code: Any = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.Abort:
        click.echo("Interrupted: nothing was published.", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except CytomartError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        _keep_traceback(None, error)
        sys.exit(4)


def _keep_traceback(home: Home | None, error: Exception) -> None:
    """Write an unexpected error to the vault's log, and say where; a user meets no traceback."""
    text = traceback.format_exc()
    try:
        home = home or Home.from_env(None)
        home.ensure()
        log = home.logs_dir / "errors.log"
        with log.open("a", encoding="utf-8") as handle:
            handle.write(f"{datetime.now(UTC).isoformat()}\n{text}\n")
        log.chmod(0o600)
    except (OSError, CytomartError):
        click.echo(text, err=True)
        return
    said = "".join(str(error).splitlines()[:1])
    click.echo(
        f"Internal error: {type(error).__name__}: {said}. Details: {log}. "
        "Do: report it with that file; look through it for patients' data before you send it.",
        err=True,
    )
