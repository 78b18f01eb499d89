"""What relations are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Double,
    ForeignKey,
    MetaData,
    Text,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = Uuid(as_uuid=False)
TIME = DateTime(timezone=True)


def identifier() -> Column[Any]:
    return Column("id", ID, primary_key=True)


def owned_by(table: str, column: str, *, primary_key: bool = False) -> Column[Any]:
    """A reference to the row that this one dies with."""
    return Column(column, ID, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key)


def texts(*names: str) -> Sequence[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def times(*names: str, nullable: bool = False) -> Sequence[Column[Any]]:
    return [Column(name, TIME, nullable=nullable) for name in names]


def counts(*names: str) -> Sequence[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def table_sample() -> Sequence[Column[Any]]:
    """What is measured of the table; both NULL for all rows."""
    return [Column("sample_method", Text), Column("sample_percent", Double)]


OUTCOME_COUNTS = ("passed", "warning", "error", "fatal", "inconclusive", "execution_error")
