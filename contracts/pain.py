"""Classes of persons by their pain response: what a plan may name, and their values."""

from __future__ import annotations

from collections.abc import Iterable

#: By pain and dose of analgesics, and by pain alone; each stands for every follow-up visit.
RESPONSE_CLASSES = ("pain_responder", "pain_only_responder")
#: Their values, the event first.
RESPONSES = ("responder", "non_responder")
_AT = "@"


def response_columns(visits: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the classes at some follow-up visits."""
    return tuple(f"{name}{_AT}{visit}" for name in RESPONSE_CLASSES for visit in visits)


def is_response_column(name: str) -> bool:
    """Return whether a column holds a pain response at some visit."""
    return name.partition(_AT)[0] in RESPONSE_CLASSES and _AT in name
