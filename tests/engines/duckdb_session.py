"""One DuckDB session per line of JSON on standard input, answered by a line each; for a Python with another DuckDB.

A question is `{"settings": …, "statements": […]}`; the answer tells the tables, and per statement its rows or the
problem, or the problem that kept the session from opening.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dq_platform.connectors.base import Guards
from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import SourceError

GUARDS = Guards(connect_timeout=timedelta(seconds=5), statement_timeout=timedelta(seconds=20))


def failed(error: SourceError) -> dict[str, str]:
    return {"problem": error.problem.value, "message": error.message}


def executed(connector: DuckDBConnector, sql: str) -> object:
    try:
        return {"rows": list(connector.execute(sql).rows)}
    except SourceError as error:
        return failed(error)


def answer(question: Mapping[str, Any]) -> object:
    connector = DuckDBConnector(validate_settings(DuckDBConnector, question["settings"]), GUARDS)
    try:
        connector.connect()
        return {
            "version": connector.version().version,
            "tables": {table.table_name: table.kind for table in connector.get_tables("main")},
            "columns": {table: len(columns) for table, columns in connector.get_all_columns("main").items()},
            "statements": [executed(connector, sql) for sql in question["statements"]],
        }
    except SourceError as error:
        return failed(error)
    finally:
        connector.close()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=str), flush=True)
