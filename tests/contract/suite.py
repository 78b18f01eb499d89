"""The contract of connectors: a new engine's test file is a fixture `engine` and one class that inherits this one."""

from __future__ import annotations

from tests.contract.aggregates import AggregateContract
from tests.contract.catalogue import CatalogueContract
from tests.contract.guards import GuardContract
from tests.contract.pooling import PoolingContract
from tests.contract.texts import TextContract
from tests.contract.times import TimeContract
from tests.contract.values import ValueContract


class ConnectorContract(
    ValueContract,
    TextContract,
    TimeContract,
    AggregateContract,
    CatalogueContract,
    GuardContract,
    PoolingContract,
):
    """Everything that holds for every engine."""
