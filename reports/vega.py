"""Vega without a network: the program once per page, specifications as inert JSON."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from reports import theme

_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def specification(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """Return the chart as Vega-Lite with the theme, without touching Altair's global state."""
    with alt.data_transformers.enable("default", max_rows=None):
        spec: dict[str, Any] = chart.to_dict()
    spec["config"] = theme.CONFIG
    # Room on the right: viewers measure text with their own fonts.
    spec["padding"] = {"left": 5, "top": 5, "bottom": 5, "right": 28}
    return spec


def inert_json(spec: dict[str, Any]) -> Markup:
    """Return JSON that no name inside it can break out of, whatever the name holds."""
    text = json.dumps(spec, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for unsafe, escaped in _UNSAFE.items():
        text = text.replace(unsafe, escaped)
    return Markup(text)  # every character that could end the element is escaped


def static_svg(spec: dict[str, Any]) -> Markup:
    """Return the drawing as SVG, for readers whose viewer runs no scripts."""
    return Markup(vl_convert.vegalite_to_svg(spec))  # Vega escapes its text


def script_hash(script: str) -> str:
    """Return the source expression by which a content security policy allows a script."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def bundle(cache_dir: Path | None = None) -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script.

    Bundling takes seconds, so the script is kept in `cache_dir` under its version; a cached
    file whose bytes do not fit their hash is made again.
    """
    if cache_dir is None:
        return _bundled()
    asked = hashlib.sha256(_SNIPPET.encode()).hexdigest()[:8]
    path = cache_dir / f"vega-{metadata.version('vl-convert-python')}-{asked}.js"
    if path.is_file():
        head, _, body = path.read_text(encoding="utf-8").partition("\n")
        if head == _seal(body):
            return body
    body = _bundled()
    cache_dir.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{_seal(body)}\n{body}")
    return body


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the whole new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _seal(body: str) -> str:
    return f"// sha256 {hashlib.sha256(body.encode()).hexdigest()}"


@functools.cache
def _bundled() -> str:
    script: str = vl_convert.javascript_bundle(_SNIPPET).replace("\r", "")
    if "</script" in script.lower() or "<!--" in script:
        raise AssertionError("the Vega bundle cannot stand inside a script element")
    return script
