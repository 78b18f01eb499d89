"""T-SQL for DuckDB: sqlglot writes it anew, and what then would mean something else is changed before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import sqlglot
from sqlglot import exp

# What has no counterpart, and no effect here.
_IGNORED = re.compile(r"\s*(?:SET|USE|IF\s+@@TRANCOUNT)\b", re.IGNORECASE)

_DESCRIPTION = re.compile(
    r"\s*EXEC\s+sys\.sp_addextendedproperty\s+N'MS_Description',\s*(N'(?:[^']|'')*')"
    r",\s*N'SCHEMA',\s*N'(\w+)',\s*N'TABLE',\s*N'(\w+)'(?:,\s*N'COLUMN',\s*N'(\w+)')?\s*",
    re.IGNORECASE,
)


def for_duckdb(batch: str) -> Iterator[tuple[str, bool]]:
    """The statements of a batch, and whether they are queries. Raises sqlglot's SqlglotError for what is no T-SQL."""
    described = _DESCRIPTION.fullmatch(batch)
    if described:
        text, schema, table, column = described.groups()
        kind, name = ("COLUMN", f"{schema}.{table}.{column}") if column else ("TABLE", f"{schema}.{table}")
        yield f"COMMENT ON {kind} {name} IS {text[1:]}", False
    elif not _IGNORED.match(batch):
        for tree in sqlglot.parse(batch, read="tsql"):
            if tree is not None:
                yield _changed(tree).sql("duckdb"), isinstance(tree, exp.Query)


def _changed(tree: exp.Expression) -> exp.Expression:
    for node in reversed(list(tree.walk())):
        change = _CHANGES.get(type(node))
        if change and (changed := change(node)) is not node:
            node.replace(changed)
    return tree


def _type(node: exp.Expression) -> exp.Expression:
    if node.is_type(*_TEXTS):
        return exp.DataType.build("VARCHAR", dialect="duckdb")
    if node.is_type("varbinary", "binary"):
        return exp.DataType.build("BLOB", dialect="duckdb")
    if node.is_type("bit"):
        return exp.DataType.build("BOOLEAN", dialect="duckdb")
    if node.is_type("float"):
        return exp.DataType.build("DOUBLE", dialect="duckdb")
    return exp.DataType.build("DECIMAL(19, 4)", dialect="duckdb") if node.this is exp.DataType.Type.MONEY else node


_TEXTS = ("nvarchar", "varchar", "nchar", "char", "text")


def _plus(node: exp.Expression) -> exp.Expression:
    """Texts are joined with a plus sign; a literal tells that they are texts."""
    joins = node.expression.is_string or isinstance(node.expression, exp.National)
    return exp.DPipe(this=node.this, expression=node.expression) if joins else node


def _cast(node: exp.Expression) -> exp.Expression:
    """DuckDB wants no blank before an offset."""
    if node.this.is_string and node.args["to"].is_type("timestamptz"):
        node.this.replace(exp.Literal.string(node.this.name.replace(" +", "+")))
    return node


def _added(node: exp.Expression) -> exp.Expression:
    """The day after the last of a month is a date, as that is."""
    return exp.cast(node.copy(), "DATE") if isinstance(node.this, exp.LastDay) else node


_CHANGES: Mapping[type[exp.Expression], Callable[[exp.Expression], exp.Expression]] = {
    exp.Add: _plus,
    exp.Cast: _cast,
    exp.Collate: lambda node: node.this,
    exp.DataType: _type,
    exp.DateAdd: _added,
    exp.National: lambda node: exp.Literal.string(node.this),
    # Of a key's columns, which DuckDB does not order.
    exp.Ordered: lambda node: node.this if isinstance(node.parent, exp.PrimaryKey) else node,
}
"""Innermost first."""
