from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.session import Session
from dq_platform.errors import Invalid


async def test_copy_outside_a_transaction_is_refused_because_it_could_not_be_rolled_back(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(RuntimeError, match="begins the transaction"):
            await Session(connection).copy("workspaces", ["name"], [("x",)])


@pytest.mark.parametrize("value", ['{"a": "\\u0000"}', '{"\\u0000": 1}'])
async def test_a_nul_byte_inside_json_is_invalid(engine: AsyncEngine, value: str) -> None:
    async with engine.connect() as connection:
        with pytest.raises(Invalid):
            await Session(connection).execute(text("SELECT CAST(:value AS text)::jsonb"), {"value": value})


async def test_a_nul_byte_in_a_copied_row_is_invalid(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        session = Session(connection)
        await session.execute(text("CREATE TEMPORARY TABLE copied (name text)"))
        with pytest.raises(Invalid):
            await session.copy("copied", ["name"], [("a\x00b",)])
