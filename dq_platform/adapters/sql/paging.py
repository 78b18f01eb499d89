"""Lists in pages by keyset: a page starts after the sort key of the last item of the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, Row, Select, Text, literal, tuple_
from sqlalchemy.sql.elements import KeyedColumnElement

from dq_platform.adapters.sql.ids import parse_id
from dq_platform.adapters.sql.session import Session
from dq_platform.errors import Invalid
from dq_platform.models.page import Page, PageRequest

T = TypeVar("T")

_NUMBER = re.compile("[0-9]{1,9}")
_BIG_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Keyset:
    """The columns that a list is ordered by; together they are unique, and selected under their own names."""

    columns: Sequence[KeyedColumnElement[Any]]
    descending: bool = False

    def apply(self, statement: Select[Any], page: PageRequest) -> Select[Any]:
        """Order the statement, start after `page.after` and fetch one row more than the page holds."""
        if page.after:
            key = tuple_(*self.columns)
            after = tuple_(*self._parse(page.after))
            statement = statement.where(key < after if self.descending else key > after)
        order = [column.desc() if self.descending else column.asc() for column in self.columns]
        return statement.order_by(*order).limit(page.size + 1)

    def of(self, row: Row[Any]) -> tuple[str, ...]:
        """The row's sort key as text."""
        return tuple(_as_text(getattr(row, column.key)) for column in self.columns)

    def _parse(self, after: tuple[str, ...]) -> list[ColumnElement[Any]]:
        if len(after) != len(self.columns):
            raise _bad_token()
        return [_parse_one(column, text) for column, text in zip(self.columns, after, strict=True)]


async def fetch_page(
    session: Session, statement: Select[Any], keyset: Keyset, page: PageRequest, to_model: Callable[[Row[Any]], T]
) -> Page[T]:
    """Run the statement for one page. Raises Invalid for an `after` that is no sort key of this list."""
    rows = (await session.execute(keyset.apply(statement, page))).all()
    kept = rows[: page.size]
    return Page([to_model(row) for row in kept], keyset.of(kept[-1]) if len(rows) > page.size else ())


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _parse_one(column: KeyedColumnElement[Any], text: str) -> ColumnElement[Any]:
    if isinstance(column.type, Text):
        return literal(text, column.type)
    if isinstance(column.type, Integer):
        number = _BIG_NUMBER if isinstance(column.type, BigInteger) else _NUMBER
        if not number.fullmatch(text):
            raise _bad_token()
        return literal(int(text), column.type)
    if not isinstance(column.type, DateTime):
        canonical = parse_id(text)
        if canonical is None:
            raise _bad_token()
        return literal(canonical, column.type)
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_token() from error
    if time.tzinfo is None:
        raise _bad_token()
    return literal(time, column.type)


def _bad_token() -> Invalid:
    return Invalid.one("page_token", "is not one that this list gave; start again without it", "INVALID_PAGE_TOKEN")
