"""The nine dialects by the name of their engine."""

from __future__ import annotations

from collections.abc import Mapping

from dq_platform.connectors.bigquery_dialect import BigQueryDialect
from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.oracle_dialect import OracleDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.redshift_dialect import RedshiftDialect
from dq_platform.connectors.snowflake_dialect import SnowflakeDialect
from dq_platform.connectors.sqlserver_dialect import SQLServerDialect

DIALECTS: Mapping[str, Dialect] = {
    "postgresql": PostgreSQLDialect(),
    "mysql": MySQLDialect(),
    "sqlserver": SQLServerDialect(),
    "bigquery": BigQueryDialect(),
    "snowflake": SnowflakeDialect(),
    "redshift": RedshiftDialect(),
    "databricks": DatabricksDialect(),
    "duckdb": DuckDBDialect(),
    "oracle": OracleDialect(),
}
