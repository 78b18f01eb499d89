from __future__ import annotations

import os

from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
# Servers are started by fork. With its handlers for that, gRPC's threads wake in the child and abort it.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"

pytest_plugins = ["tests.contract.report", "tests.engines.shared"]
