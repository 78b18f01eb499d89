from __future__ import annotations

import subprocess
import sys

import pytest

from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Invalid


def test_every_built_in_type_has_a_connector_of_that_type() -> None:
    assert ConnectorFactory.types() == [
        *("databricks", "duckdb", "mysql", "oracle", "postgresql", "redshift", "sqlserver")
    ]
    assert [ConnectorFactory.get(name).type for name in ConnectorFactory.types()] == ConnectorFactory.types()


def test_an_unknown_type_is_answered_with_the_nearest() -> None:
    with pytest.raises(Invalid, match="did you mean 'postgresql'") as caught:
        ConnectorFactory.get("postgres")
    assert caught.value.violations[0].reason == "UNKNOWN_CONNECTION_TYPE"


def test_a_registered_connector_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectorFactory, "_registered", {})
    ConnectorFactory.register_connector("mydb", DuckDBConnector)
    assert ConnectorFactory.get("mydb") is DuckDBConnector
    assert "mydb" in ConnectorFactory.types()


def test_no_driver_is_imported_before_a_connection_opens() -> None:
    code = (
        "import sys; from dq_platform.connectors.factory import ConnectorFactory as F; "
        "import dq_platform.connectors.sources; [F.get(t) for t in F.types()]; "
        "print(sorted({'psycopg2', 'pymysql', 'duckdb', 'oracledb', 'databricks.sql'} & set(sys.modules)))"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
