"""A plug-in of a shop: SQLite as an engine, a sensor, two rules and the check types that use them."""

from __future__ import annotations

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.connectors.factory import ConnectorFactory
from shop_plugin.checks import CHECKS
from shop_plugin.rules import AT_MOST, round_prices
from shop_plugin.sensors import ABOVE_COUNT
from shop_plugin.sqlite import SQLiteConnector


def register() -> None:
    """Add all of it, parts before the check types that name them."""
    ConnectorFactory.register_connector("sqlite", SQLiteConnector)
    SENSOR_REGISTRY.register(ABOVE_COUNT)
    RULE_REGISTRY.register(AT_MOST)
    RULE_REGISTRY.register(round_prices)
    for check in CHECKS:
        CHECK_REGISTRY.register(check)
