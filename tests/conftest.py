from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
# Servers are started by fork. With its handlers for that, gRPC's threads wake in the child and abort it.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

pytest_plugins = ["tests.contract.report", "tests.engines.shared"]

ROOT = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together on one worker what shares servers: the tests of a stand-in, or else of a file.

    It must come before xdist's own hook, which reads the groups.
    """
    for item in items:
        stand_in = item.get_closest_marker("engines")
        shared = stand_in.args[0] if stand_in and stand_in.args else str(item.path.relative_to(ROOT))
        item.add_marker(pytest.mark.xdist_group(shared))
