"""The catalogue lists what is there, as it is spelled."""

from __future__ import annotations

from dq_platform.models.metadata import ColumnInfo, DataType, TableKind
from tests.contract.engine import Engine
from tests.contract.needs import needs


def columns_of(engine: Engine, table: str) -> list[ColumnInfo]:
    with engine.session() as session:
        return session.get_columns(engine.schema, table)


class CatalogueContract:
    def test_schemas_hold_users_tables_only(self, engine: Engine) -> None:
        with engine.session() as session:
            schemas = session.get_schemas()
        assert engine.schema in schemas
        assert schemas == sorted(schemas)
        assert not {"information_schema", "pg_catalog", "mysql", "sys", "performance_schema"} & set(schemas)

    @needs("views")
    def test_tables_and_views_are_listed_by_name(self, engine: Engine) -> None:
        view = engine.dialect.table(engine.schema, "listed_view")
        table = engine.named_table("Listed", {"a": DataType.INTEGER})
        engine.write([f"CREATE VIEW {view} AS SELECT a FROM {engine.dialect.table(engine.schema, table)}"])
        with engine.session() as session:
            tables = session.get_tables(engine.schema)
        assert [t.table_name for t in tables] == sorted(t.table_name for t in tables)
        kinds = {t.table_name: t.kind for t in tables}
        assert kinds[engine.fold_table("Listed")] is TableKind.TABLE
        assert kinds["listed_view"] is TableKind.VIEW
        assert {t.schema_name for t in tables} == {engine.schema}
        assert [c.name for c in columns_of(engine, "listed_view")] == [engine.fold("a")]

    @needs("views")
    def test_a_view_has_no_estimated_rows(self, engine: Engine) -> None:
        view = engine.dialect.table(engine.schema, "unestimated")
        engine.write([f"CREATE VIEW {view} AS SELECT 1 AS a"])
        with engine.session() as session:
            [found] = [t for t in session.get_tables(engine.schema) if t.table_name == "unestimated"]
        assert found.estimated_rows is None

    def test_an_unknown_schema_has_no_tables(self, engine: Engine) -> None:
        with engine.session() as session:
            assert session.get_tables("no_such_schema") == []

    def test_an_unknown_table_has_no_columns(self, engine: Engine) -> None:
        assert columns_of(engine, "no_such_table") == []

    def test_columns_have_positions_and_normalised_types(self, engine: Engine) -> None:
        wanted = {f"c{number}": kind for number, kind in enumerate(engine.types)}
        engine.named_table("all_types", wanted)
        found = columns_of(engine, "all_types")
        assert {column.name: column.data_type for column in found} == {
            engine.fold(name): kind for name, kind in wanted.items()
        }
        assert [column.position for column in found] == list(range(1, len(wanted) + 1))
        assert all(column.engine_type for column in found)

    def test_the_engines_other_types_are_normalised(self, engine: Engine) -> None:
        definition = ", ".join(f"c{number} {kind}" for number, kind in enumerate(engine.other_types))
        engine.write([f"CREATE TABLE {engine.dialect.table(engine.schema, 'other_types')} ({definition})"])
        found = columns_of(engine, "other_types")
        assert dict(zip(engine.other_types, (c.data_type for c in found), strict=True)) == engine.other_types

    @needs("keys")
    def test_keys_and_nullability_are_told(self, engine: Engine) -> None:
        kind = engine.types[DataType.INTEGER]
        table = engine.dialect.table(engine.schema, "keyed")
        definition = f"b {kind} NOT NULL, Aa {kind} NOT NULL, c {kind}, PRIMARY KEY (Aa, b){engine.key_suffix}"
        engine.write([f"CREATE TABLE {table} ({definition.replace('Aa', engine.dialect.ident('Aa'))})"])
        found = columns_of(engine, "keyed")
        assert [(c.name, c.primary_key, c.nullable) for c in found] == [
            (engine.fold("b"), True, False),
            ("Aa", True, False),
            (engine.fold("c"), False, True),
        ]

    def test_the_columns_of_all_tables_are_told_at_once(self, engine: Engine) -> None:
        for name in ("Several", "several_2"):
            engine.named_table(name, {"b": DataType.INTEGER, "A": DataType.TEXT})
        with engine.session() as session:
            found = session.get_all_columns(engine.schema)
            tables = [table.table_name for table in session.get_tables(engine.schema)]
            assert {name: session.get_columns(engine.schema, name) for name in tables} == found
            assert session.get_all_columns("no_such_schema") == {}
            some = [tables[0], engine.fold_table("Several"), "no_such_table"]
            assert session.get_columns_of(engine.schema, some) == {name: found[name] for name in some[:2]}
        several = found[engine.fold_table("Several")]
        assert [(c.name, c.position) for c in several] == [(engine.fold("b"), 1), (engine.fold("A"), 2)]

    def test_sizes_and_times_are_what_the_engine_noted_or_nothing(self, engine: Engine) -> None:
        engine.named_table("some_size", {"a": DataType.INTEGER}, [(n,) for n in range(10)])
        with engine.session() as session:
            tables = session.get_tables(engine.schema)
        assert all(table.size_bytes is None or table.size_bytes >= 0 for table in tables)
        assert all(table.last_change_time is None or table.last_change_time.tzinfo for table in tables)
        assert all(table.size_bytes is None for table in tables if table.kind is TableKind.VIEW)

    @needs("drop_column")
    def test_positions_close_up_after_a_dropped_column(self, engine: Engine) -> None:
        engine.named_table("dropped", {"a": DataType.INTEGER, "b": DataType.INTEGER, "c": DataType.INTEGER})
        engine.write([f"ALTER TABLE {engine.dialect.table(engine.schema, 'dropped')} DROP COLUMN b"])
        assert [(c.name, c.position) for c in columns_of(engine, "dropped")] == [
            (engine.fold("a"), 1),
            (engine.fold("c"), 2),
        ]

    @needs("comments")
    def test_comments_are_told(self, engine: Engine) -> None:
        table = engine.dialect.table(engine.schema, engine.named_table("commented", {"a": DataType.INTEGER}))
        engine.write([engine.column_comment.format(table=table, comment="it''s the key")])
        assert columns_of(engine, "commented")[0].comment == "it's the key"

    def test_the_version_names_the_product(self, engine: Engine) -> None:
        with engine.session() as session:
            version = session.version()
        assert version.product
        assert any(character.isdigit() for character in version.version)
