"""What `exclude` and `include` are asked with: the same arguments, other reasons."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from cytomart.exclusions import Wish
from cytomart.reason_codes import codes
from cytomart.things import SCOPES


def wish_options(decision: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a verb the arguments of a decision, and hand them over as one `wish`."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.argument("scope", type=click.Choice(SCOPES))
        @click.argument("ident", metavar="ID")
        @click.option("--study", "study_id", default="", help="Study, where several have it.")
        @click.option(
            "--reason-code", required=True, type=click.Choice(list(codes(decision))),
            help="Why, from the fixed list (vocabulary.exclusion_reasons).",
        )  # fmt: skip
        @click.option(
            "--note", default="",
            help="Why, in words; it is published, so nothing in it may identify a person.",
        )  # fmt: skip
        @click.option("--preview", "is_preview", is_flag=True,
                      help="Say which hits would change, and change nothing.")  # fmt: skip
        @click.option(
            "--wait", "wait_s", type=float, default=0.0, help="Seconds to wait for the lock."
        )
        @wraps(command)
        def given(
            *args: Any,
            scope: str,
            ident: str,
            study_id: str,
            reason_code: str,
            note: str,
            **rest: Any,
        ) -> Any:
            wish = Wish(decision, scope, ident, reason_code, note, study_id)
            return command(*args, wish=wish, **rest)

        return given

    return decorate
