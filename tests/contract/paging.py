"""For engines that tell the columns of many tables with few statements."""

from __future__ import annotations

from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine, short


class PagedColumns:
    def test_all_columns_are_read_in_pages_that_the_limit_of_rows_allows(self, engine: Engine) -> None:
        for name in ("paged_1", "paged_2", "paged_3"):
            engine.named_table(name, {"a": DataType.INTEGER, "b": DataType.TEXT})
        with engine.session() as session:
            whole = session.get_all_columns(engine.schema)
        longest = max(map(len, whole.values()))
        assert sum(map(len, whole.values())) > longest + 1
        with engine.session(short(max_rows=longest + 1)) as session:
            assert {name: session.get_columns(engine.schema, name) for name in whole} == whole
            assert session.get_all_columns(engine.schema) == whole
