"""Sources are guarded: read only, limited in time and rows, and their errors tell no secrets."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from dq_platform.connectors.base import BaseConnector
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine, short
from tests.contract.needs import needs


def problem(session: BaseConnector, sql: str, tag: str = "") -> SourceError:
    with pytest.raises(SourceError) as caught:
        session.execute(sql, tag=tag)
    return caught.value


class GuardContract:
    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO {table} VALUES (2)",
            "DELETE FROM {table}",
            "UPDATE {table} SET v = 2",
            "DROP TABLE {table}",
            "CREATE TABLE {table}_copy AS SELECT 1 AS v",
            "SET SESSION TRANSACTION READ WRITE",
            "/*! SET SESSION TRANSACTION READ WRITE */",
            "WITH x AS (SELECT 1) DELETE FROM {table}",
            "SELECT 1; DROP TABLE {table}",
            "SELECT 1) AS q; DROP TABLE {table}; SELECT 1 FROM (SELECT 1",
            "SELECT 1) AS q; COMMIT; DROP TABLE {table}; SET statement_timeout=0; SELECT * FROM (SELECT 1 AS v",
        ],
    )
    def test_nothing_but_reading_is_possible(self, engine: Engine, statement: str) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(1,)])
        with engine.session() as session:
            error = problem(session, statement.format(table=table))
            assert error.problem in (SourceProblem.PERMISSION, SourceProblem.BAD_SQL)
            assert list(session.execute(f"SELECT v FROM {table}").rows) == [(1,)]

    @needs("statement_timeout")
    def test_a_slow_statement_ends_at_the_timeout(self, engine: Engine) -> None:
        with engine.session(short(statement_timeout=timedelta(seconds=1))) as session:
            error = problem(session, engine.slow)
            assert error.problem is SourceProblem.TIMEOUT
            assert not error.may_heal
            assert session.execute("SELECT 1 AS one").rows[0] == (1,)

    @needs("cancel")
    def test_a_cancelled_statement_ends_on_the_server(self, engine: Engine) -> None:
        caught: list[SourceError] = []
        with engine.session() as session:

            def run() -> None:
                try:
                    session.execute(engine.slow, tag="cancelled-by-hand")
                except SourceError as error:
                    caught.append(error)

            thread = threading.Thread(target=run)
            thread.start()
            while thread.is_alive():
                session.cancel()
                thread.join(0.05)
            assert [error.problem for error in caught] == [SourceProblem.CANCELLED]
            if engine.running:
                assert engine.running("cancelled-by-hand") == 0

    def test_cancelling_nothing_harms_nothing(self, engine: Engine) -> None:
        with engine.session() as session:
            session.cancel()
            assert session.execute("SELECT 1 AS one").rows[0] == (1,)

    def test_a_result_may_have_the_limit_of_rows_and_not_one_more(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(n,) for n in range(11)])
        with engine.session(short(max_rows=10)) as session:
            assert len(session.execute(f"SELECT v FROM {table} WHERE v > 0").rows) == 10
            for select in (f"SELECT v FROM {table}", engine.dialect.limited(f"SELECT v FROM {table}", 11)):
                error = problem(session, select)
                assert "10 rows" in error.message
                assert error.problem is SourceProblem.TOO_MANY_ROWS
                assert (error.may_heal, error.concerns_whole_source) == (False, False)
            assert session.execute("SELECT 1 AS one").rows[0] == (1,)

    def test_the_order_of_rows_survives_the_limit(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(n * 7919 % 101,) for n in range(100)])
        with engine.session(short(max_rows=100)) as session:
            rows = session.execute(f"SELECT v FROM {table} ORDER BY v DESC").rows
        assert list(rows) == sorted(rows, reverse=True)

    def test_two_columns_may_have_one_name(self, engine: Engine) -> None:
        if engine.unique_columns:
            pytest.skip("the engine allows no two columns of one name")
        answer = engine.select("SELECT 1 AS v, 2 AS v")
        assert answer.columns == (engine.fold("v"),) * 2
        assert list(answer.rows) == [(1, 2)]

    @pytest.mark.parametrize("sql", ["SELECT 1 AS v -- the end", "/* a */ -- b\n (SELECT 1 AS v)", "\tselect 1 as v"])
    def test_comments_and_brackets_are_no_harm(self, engine: Engine, sql: str) -> None:
        assert list(engine.select(sql).rows) == [(1,)]

    def test_a_tag_cannot_leave_its_comment(self, engine: Engine) -> None:
        with engine.session() as session:
            answer = session.execute("SELECT 1 AS v", tag="job=1 */ SELECT 2 AS v /* \n'\"`;!")
        assert list(answer.rows) == [(1,)]

    def test_an_unknown_table_is_not_found(self, engine: Engine) -> None:
        with engine.session() as session:
            error = problem(session, f"SELECT 1 FROM {engine.dialect.table(engine.schema, 'no_such_table')}")
        assert error.problem is SourceProblem.NOT_FOUND
        assert not error.concerns_whole_source

    def test_an_unknown_schema_is_not_found(self, engine: Engine) -> None:
        with engine.session() as session:
            error = problem(session, f"SELECT 1 FROM {engine.dialect.table('no_such_schema', 't')}")
        assert error.problem is SourceProblem.NOT_FOUND

    @pytest.mark.parametrize(
        "sql",
        [
            "SELEC 'secret'",
            "SELECT 'secret' 'it''s' FROM FROM",
            "SELECT no_such_function('secret')",
            "SELECT no_such_column, 'secret' AS x",
            "SELECT 'secret\nsecret' FROM nothing WHERE",
        ],
    )
    def test_bad_sql_is_told_without_its_literals(self, engine: Engine, sql: str) -> None:
        with engine.session() as session:
            error = problem(session, sql)
            assert error.problem in (SourceProblem.BAD_SQL, SourceProblem.PERMISSION, SourceProblem.NOT_FOUND)
            assert "secret" not in error.message
            assert session.execute("SELECT 1 AS one").rows[0] == (1,)

    @pytest.mark.parametrize("value", ["secret", "4111111111111111 secret"])
    def test_a_failed_conversion_tells_no_value(self, engine: Engine, value: str) -> None:
        if engine.converts_anything:
            pytest.skip("the engine makes a number of every text")
        table = engine.table({"v": DataType.TEXT}, [(value,)])
        with engine.session() as session:
            error = problem(session, f"SELECT {engine.dialect.as_float('v')} AS v FROM {table}")
        assert error.problem is SourceProblem.BAD_SQL
        assert "secret" not in error.message
        assert "4111" not in error.message

    def test_a_number_that_is_too_big_for_a_type_is_not_told(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(4111111111111111,)])
        with engine.session() as session:
            try:
                session.execute(f"SELECT CAST(v AS SMALLINT) AS v FROM {table}")
                pytest.skip("the engine's SMALLINT is as big as any")
            except SourceError as caught:
                error = caught
        assert error.problem is SourceProblem.BAD_SQL
        assert "4111" not in error.message

    def test_a_wrong_password_is_refused_and_not_repeated(self, engine: Engine) -> None:
        if not engine.wrong_password:
            pytest.skip("the engine knows no users")
        with pytest.raises(SourceError) as caught, engine.session(**engine.wrong_password):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        told = [*engine.wrong_password.values(), engine.settings.get("user", "no user")]
        assert not [value for value in told if str(value) in caught.value.message]

    def test_a_source_that_is_not_there_is_an_error(self, engine: Engine) -> None:
        with pytest.raises(SourceError) as caught, engine.session(**engine.unreachable):
            pass
        assert caught.value.problem in (SourceProblem.UNREACHABLE, SourceProblem.NOT_FOUND)
        told = [str(value) for value in engine.unreachable.values() if str(value) in caught.value.message]
        assert not any(told)  # an empty value is in every message

    def test_a_closed_session_is_unreachable(self, engine: Engine) -> None:
        with engine.session() as session:
            session.close()
            session.close()
            assert problem(session, "SELECT 1").problem is SourceProblem.UNREACHABLE
            session.cancel()
