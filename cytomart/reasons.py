"""What a person lets a load change, and why: options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click


@dataclass(frozen=True)
class Reasons:
    """Reason with which a load may change what stands; None where it may not."""

    accept_corrections: str | None = None
    supersede: str | None = None
    remove: str | None = None


NO_REASONS = Reasons()


def reason_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the options that let changes through, and hand them over as `reasons`."""

    @click.option(
        "--accept-corrections", is_flag=True, help="Let changed cells of clinical tables through."
    )
    @click.option("--supersede", is_flag=True, help="Replace slides that were scanned anew.")
    @click.option(
        "--remove", is_flag=True,
        help="Take away rows that a table no longer has, and slides with all their rows.",
    )  # fmt: skip
    @click.option("--reason", default="", help="Why; kept with every changed cell and slide.")
    @wraps(command)
    def given(
        *args: Any,
        accept_corrections: bool,
        supersede: bool,
        remove: bool,
        reason: str,
        **rest: Any,
    ) -> Any:
        if (accept_corrections or supersede or remove) and not reason.strip():
            raise click.UsageError(
                "--accept-corrections, --supersede and --remove need --reason 'why'."
            )
        reasons = Reasons(
            reason if accept_corrections else None,
            reason if supersede else None,
            reason if remove else None,
        )
        return command(*args, reasons=reasons, **rest)

    return given
