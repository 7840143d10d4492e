"""Tests that share a home run on one worker, so that it is built once: xdist's groups must hold."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("shown")
def test_a_group_reaches_the_scheduler(request):
    is_grouping = getattr(request.config.option, "loadgroup", False)
    assert request.node.nodeid.endswith("@shown") == is_grouping
