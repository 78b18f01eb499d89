"""Which connector serves which connection type."""

from __future__ import annotations

import importlib
import inspect
from typing import ClassVar

from dq_platform.connectors.base import BaseConnector
from dq_platform.errors import Invalid
from dq_platform.models.connection import ConnectionType
from dq_platform.spelling import suggestion

ConnectorClass = type[BaseConnector]

_BUILT_IN = {
    ConnectionType.DATABRICKS: "dq_platform.connectors.databricks:DatabricksConnector",
    ConnectionType.DUCKDB: "dq_platform.connectors.duckdb:DuckDBConnector",
    ConnectionType.MYSQL: "dq_platform.connectors.mysql:MySQLConnector",
    ConnectionType.ORACLE: "dq_platform.connectors.oracle:OracleConnector",
    ConnectionType.POSTGRESQL: "dq_platform.connectors.postgresql:PostgreSQLConnector",
    ConnectionType.REDSHIFT: "dq_platform.connectors.redshift:RedshiftConnector",
    ConnectionType.SQLSERVER: "dq_platform.connectors.sqlserver:SQLServerConnector",
}

_ATTRIBUTES = ("type", "display_name", "dialect", "settings_schema")


class ConnectorFactory:
    """The connectors by type: those that come with the product and those that plug-ins register at start."""

    _registered: ClassVar[dict[str, type[BaseConnector]]] = {}

    @classmethod
    def register_connector(cls, type: str, connector: type[BaseConnector]) -> None:
        """Serve connections of the type by the class. Raises ValueError if it is taken, or the class no connector.

        A connector is a subclass of BaseConnector that leaves out none of its methods and attributes.
        """
        if type in cls.types():
            message = f"the connection type {type!r} exists already"
            raise ValueError(message)
        if not (inspect.isclass(connector) and issubclass(connector, BaseConnector)):
            message = f"the connection type {type!r}: {connector!r} is no subclass of BaseConnector"
            raise ValueError(message)
        lacking = sorted(connector.__abstractmethods__)
        lacking += [name for name in _ATTRIBUTES if not hasattr(connector, name)]
        if lacking:
            message = f"the connection type {type!r}: {connector.__name__} lacks {', '.join(lacking)}"
            raise ValueError(message)
        cls._registered[type] = connector

    @classmethod
    def get(cls, type: str) -> type[BaseConnector]:
        """The class of the type. Raises Invalid, with the nearest name, if there is none."""
        if type in cls._registered:
            return cls._registered[type]
        if type not in _BUILT_IN:
            description = f"There is no connection type {type!r}{suggestion(type, cls.types())}"
            raise Invalid.one("connection.type", description, "UNKNOWN_CONNECTION_TYPE")
        module, _, name = _BUILT_IN[type].partition(":")
        found: ConnectorClass = getattr(importlib.import_module(module), name)
        return found

    @classmethod
    def types(cls) -> list[str]:
        """Every type there is, sorted."""
        return sorted(_BUILT_IN.keys() | cls._registered.keys())
