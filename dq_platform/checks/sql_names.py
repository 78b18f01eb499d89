"""What the names in a user's SQL stand for: columns of the checked table, or what the query itself defines."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlglot import exp

from dq_platform.checks.params import CHECKED_ROWS
from dq_platform.checks.user_sql import SqlRefused
from dq_platform.spelling import did_you_mean

_Node = TypeVar("_Node", bound=exp.Expr)
_SHOWN_NAMES = 50
_FOLDS = {"postgres": str.lower, "redshift": str.lower, "snowflake": str.upper, "oracle": str.upper}
"""What the grammars make of a name that is not quoted; others keep it."""
_CALLS_BY_NAME = ("oracle",)
"""Grammars in which a name that is nothing else calls a function, quoted or not."""


def with_own_columns(tree: exp.Expr, columns: Collection[str], dialect_name: str) -> exp.Expr:
    """The tree with every column quoted as the table spells it. Raises SqlRefused for all other names."""
    for column in list(tree.find_all(exp.Column)):
        if column.table:
            raise SqlRefused(f"Write the column {column.name!r} without {column.table!r} before it.")
        found = _match(column.this, columns, dialect_name)
        if found is None:
            raise _no_column(column.name, columns)
        column.set("this", exp.to_identifier(found, quoted=True))
    return tree


def claim_tables(tree: exp.Expr, schema: str, table: str) -> None:
    """Let the query read its own common table expressions, and the checked rows as the checked table."""
    for node in list(tree.find_all(exp.Table)):
        _claim_table(node, schema, table)


def _claim_table(node: exp.Table, schema: str, table: str) -> None:
    named = isinstance(node.this, exp.Identifier) and not node.args.get("catalog")
    if named and not node.db and cte_of(node) is not None:
        return
    if not named or node.name.lower() != table.lower() or node.db.lower() not in ("", schema.lower()):
        raise SqlRefused(f"The query may read only the checked table {table!r}, not {node.name!r}.")
    node.set("db", None)
    node.set("this", exp.to_identifier(CHECKED_ROWS, quoted=True))
    if not node.alias:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(table, quoted=True)))


def cte_of(node: exp.Table) -> exp.CTE | None:
    """The common table expression that the table's name stands for."""
    named = (node.name, bool(node.this.quoted))
    found = (cte for cte in _visible_ctes(node) if (cte.alias, bool(cte.args["alias"].this.quoted)) == named)
    return next(found, None)


def _visible_ctes(node: exp.Expr) -> Iterator[exp.CTE]:
    """The common table expressions that are defined where the node stands, nearest first."""
    child, parent = node, node.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            yield from _before(child, parent.expressions)
        elif isinstance(parent, exp.Query) and not isinstance(child, exp.With):
            yield from parent.ctes
        child, parent = parent, parent.parent


def _before(node: exp.Expr, nodes: Iterable[_Node]) -> Iterator[_Node]:
    return itertools.takewhile(lambda other: other is not node, nodes)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a query reads from: the names of its columns, and its own name, None if it has none."""

    alias: exp.Identifier | None
    names: tuple[str, ...]


class QueryNames:
    """Quotes the columns of a query whose tables are claimed, as whatever defines them spells them.

    A name is looked for where the engine looks for it, so that none is left for the engine to find elsewhere: it could
    be a function or a value of the session.
    """

    def __init__(self, columns: Collection[str], dialect_name: str) -> None:
        self._columns = tuple(columns)
        self._dialect_name = dialect_name

    def resolve(self, query: exp.Query) -> None:
        """Raises SqlRefused for a name that nothing in the query or the table defines."""
        if isinstance(query, exp.Subquery) and not isinstance(query.this, exp.Query):
            raise SqlRefused("Write joins without parentheses around them.")
        parts = list(query.walk(prune=lambda node: node is not query and isinstance(node, exp.Query)))[1:]
        inner = [part for part in parts if isinstance(part, exp.Query)]
        defining = [one for one in inner if _defines(one)]
        for one in sorted(defining, key=lambda one: not isinstance(one.parent, exp.CTE)):
            self.resolve(one)
        for part in parts:
            if isinstance(part, exp.Column):
                self._resolve_column(part)
            elif isinstance(part, exp.Join):
                self._resolve_using(part)
        for one in inner:
            if not _defines(one):
                self.resolve(one)

    def returned(self, query: exp.Expr) -> tuple[str, ...]:
        """The names of the columns that a query returns, in order; those without a name are not among them."""
        if not isinstance(query, exp.Select):
            return self.returned(query.this)
        names: list[str] = []
        for one in query.expressions:
            if one.is_star:
                sources = self._sources(query)
                chosen = _called(sources, one.table) if isinstance(one, exp.Column) else sources
                names += [name for source in chosen for name in source.names]
            elif isinstance(one, exp.Alias):
                names.append(self._folded(one.args["alias"]))
            elif isinstance(one, exp.Column):
                names.append(self._folded(one.this))
        return tuple(names)

    def _folded(self, name: exp.Identifier) -> str:
        fold = _FOLDS.get(self._dialect_name, str)
        return name.name if name.quoted else fold(name.name)

    def _resolve_column(self, column: exp.Column) -> None:
        if column.args.get("db"):
            raise SqlRefused(f"Write the column {column.name!r} without a schema before it.")
        nearest: tuple[str, ...] = ()
        for place, sources in self._scopes(column):
            called = _called(sources, column.table) if column.table else sources
            if column.table and called and called[0].alias is not None:
                column.set("table", called[0].alias.copy())
            if isinstance(column.this, exp.Star) and called:
                return
            known = tuple(name for source in called for name in source.names)
            nearest = nearest or known
            for names in self._looked_up(column, place, known):
                found = _match(column.this, names, self._dialect_name)
                if found is not None:
                    column.set("this", exp.to_identifier(found, quoted=True))
                    return
            if column.table and called:
                break
        if column.table and not nearest:
            raise SqlRefused(f"The query reads nothing that is called {column.table!r}.")
        raise _no_column(column.name, nearest)

    def _looked_up(self, column: exp.Column, place: exp.Expr, known: Sequence[str]) -> Iterator[Sequence[str]]:
        """The names to look through, first those that come first for the engine."""
        if column.table:
            yield known
            return
        order = column.parent.parent if isinstance(column.parent, exp.Ordered) else None
        sorted_by = order is not None and order.parent is place
        aliases = self._aliases(column, place)
        if sorted_by:
            yield aliases
        yield known
        if not sorted_by and self._dialect_name not in _CALLS_BY_NAME:
            yield aliases

    def _aliases(self, column: exp.Column, place: exp.Expr) -> list[str]:
        """The names that a SELECT itself gives before the column."""
        if not isinstance(place, exp.Select):
            return []
        child: exp.Expr = column
        while child.parent is not None and child.parent is not place:
            child = child.parent
        given = _before(child, place.expressions)
        return [self._folded(one.args["alias"]) for one in given if isinstance(one, exp.Alias)]

    def _scopes(self, column: exp.Column) -> Iterator[tuple[exp.Expr, list[_Source]]]:
        """The queries in which the column can be defined, nearest first, with what they read."""
        child: exp.Expr = column
        parent = column.parent
        while parent is not None and not _stands_alone(child):
            if isinstance(parent, exp.Select):
                yield parent, self._sources(parent, child)
            elif isinstance(parent, exp.Query) and isinstance(child, exp.Order):
                yield parent, [_Source(None, self.returned(parent))]
            child, parent = parent, parent.parent

    def _sources(self, select: exp.Select, seen_from: exp.Expr | None = None) -> list[_Source]:
        """What a SELECT reads; seen from the condition of a join, only what is joined up to there."""
        start = select.args.get("from_")
        joins = select.args.get("joins") or []
        if isinstance(seen_from, exp.Join):
            joins = [*_before(seen_from, joins), seen_from]
        return [self._source(one.this) for one in ([start] if start else []) + joins]

    def _source(self, node: exp.Expr) -> _Source:
        alias = node.args.get("alias")
        own = alias.this if alias else None
        if isinstance(node, exp.Subquery):
            return _Source(own, self._renamed(alias, self.returned(node)))
        cte = cte_of(node) if isinstance(node, exp.Table) else None
        names = self._columns if cte is None else self._renamed(cte.args["alias"], self.returned(cte.this))
        return _Source(own or node.this, self._renamed(alias, names))

    def _renamed(self, alias: exp.TableAlias | None, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names of a table's columns under an alias, which may give the first of them others."""
        given = tuple(map(self._folded, alias.columns)) if alias else ()
        return given + names[len(given) :]

    def _resolve_using(self, join: exp.Join) -> None:
        using = join.args.get("using") or []
        select = join.parent
        if not using or not isinstance(select, exp.Select):
            return
        names = [name for source in self._sources(select, join) for name in source.names]
        found = [_match(one, names, self._dialect_name) for one in using]
        if None in found:
            raise _no_column(using[found.index(None)].name, names)
        join.set("using", [exp.to_identifier(name, quoted=True) for name in found])


def _defines(query: exp.Expr) -> bool:
    """Whether the columns that the query returns have a meaning for the query around it."""
    return isinstance(query.parent, exp.Subquery | exp.SetOperation) or _stands_alone(query)


def _stands_alone(node: exp.Expr) -> bool:
    """Whether what is in the node sees nothing of the query around it."""
    parent = node.parent
    return isinstance(parent, exp.From | exp.CTE) or (isinstance(parent, exp.Join) and parent.this is node)


def _called(sources: Sequence[_Source], name: str) -> list[_Source]:
    """The sources of this name; where letters may differ, those that are spelled the same come first."""
    same = [one for one in sources if one.alias is not None and one.alias.name.lower() == name.lower()]
    exact = [one for one in same if one.alias is not None and one.alias.name == name]
    return exact or same


def _match(name: exp.Identifier, names: Collection[str], dialect_name: str) -> str | None:
    """The one of the names that the engine would take, or the only one whose letters are the same."""
    folded = name.name.lower() if dialect_name == "postgres" and not name.quoted else name.name
    if folded in names or name.name in names:
        return folded if folded in names else name.name
    same = {known for known in names if known.lower() == name.name.lower()}
    return same.pop() if len(same) == 1 else None


def _no_column(name: str, names: Collection[str]) -> SqlRefused:
    listed = list(dict.fromkeys(names))
    hint = did_you_mean(name, listed)
    if not hint:
        more = ", …" if len(listed) > _SHOWN_NAMES else ""
        hint = f"; its columns are {', '.join(map(repr, listed[:_SHOWN_NAMES]))}{more}." if listed else "."
    return SqlRefused(f"The table has no column {name!r}{hint}")
