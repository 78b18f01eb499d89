"""Where fakesnow's SQL says something else than Snowflake's, as far as the contract of connectors looks."""

from string import Template

from fakesnow import cursor, info_schema, transforms
from fakesnow.transforms import transforms as rewriting
from sqlglot import exp

# Snowflake shows keys and comments; fakesnow forgets them, though its DuckDB has them.
DESCRIBE_TABLE = Template(
    rewriting.SQL_DESCRIBE_TABLE.template.replace(
        "'N' AS \"primary key\"",
        "CASE WHEN EXISTS (SELECT 1 FROM duckdb_constraints() k WHERE k.constraint_type = 'PRIMARY KEY' "
        "AND k.database_name = '${catalog}' AND k.schema_name = '${schema}' AND k.table_name = '${table}' "
        "AND list_contains(k.constraint_column_names, column_name)) THEN 'Y' ELSE 'N' END AS \"primary key\"",
    ).replace(
        'NULL::VARCHAR AS "comment"',
        "(SELECT d.comment FROM duckdb_columns() d WHERE d.database_name = '${catalog}' "
        "AND d.schema_name = '${schema}' AND d.table_name = '${table}' AND d.column_name = _fs_columns.column_name) "
        'AS "comment"',
    )
)

# Snowflake's list of tables has the views in it, without a number of rows.
VIEWS_AS_TABLES = """
UNION ALL BY NAME
SELECT database_name AS "TABLE_CATALOG", schema_name AS "TABLE_SCHEMA", view_name AS "TABLE_NAME",
       'VIEW' AS "TABLE_TYPE"
FROM duckdb_views WHERE NOT internal AND database_name = '${catalog}' AND schema_name != '_fs_information_schema'
"""


def correct() -> None:
    """Change fakesnow, before it has made a database."""
    rewriting.SQL_DESCRIBE_TABLE = DESCRIBE_TABLE
    tables = info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW
    info_schema.SQL_CREATE_INFORMATION_SCHEMA_TABLES_VIEW = Template(tables.template + VIEWS_AS_TABLES)
    # It would add floats in place of numbers and decimals, to be kind to texts.
    transforms.numeric_agg_implicit_cast = lambda expression: expression
    transforms.trim_cast_varchar = trim
    # It executes comments, and asks DuckDB then which columns they return.
    cursor.FakeSnowflakeCursor._describe_last_sql = describe_last(cursor.FakeSnowflakeCursor._describe_last_sql)


def trim(expression):
    """A text of what is to be trimmed; fakesnow would lose which characters."""
    if isinstance(expression, exp.Trim) and not isinstance(expression.this, exp.Cast):
        expression.set("this", exp.cast(expression.this, "VARCHAR"))
    return expression


def describe_last(plainly):
    def describe(self):
        if self._last_sql.startswith("COMMENT"):
            self._last_sql = "SELECT 'Statement executed successfully.' AS status"
        return plainly(self)

    return describe
