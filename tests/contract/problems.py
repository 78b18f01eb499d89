"""Every problem of the small set comes out of an engine as what it is, in words that tell no secrets."""

from __future__ import annotations

import sys
import threading
from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine, short


def credentials(engine: Engine) -> None:
    with engine.session(**engine.wrong_password):
        pass


def not_found(engine: Engine) -> None:
    engine.select(f"SELECT 1 FROM {engine.dialect.table(engine.schema, 'no_such_table')}")


def timeout(engine: Engine) -> None:
    with engine.session(short(statement_timeout=timedelta(seconds=0.3))) as session:
        session.execute(engine.slow)


def cancelled(engine: Engine) -> None:
    with engine.session() as session:
        ended = threading.Event()

        def cancel() -> None:
            while not ended.wait(0.05):
                session.cancel()

        thread = threading.Thread(target=cancel)
        thread.start()
        try:
            session.execute(engine.slow)
        finally:
            ended.set()
            thread.join()


def bad_sql(engine: Engine) -> None:
    engine.select("SELECT FROM WHERE 'secret'")


def too_many_rows(engine: Engine) -> None:
    table = engine.table({"v": DataType.INTEGER}, [(1,), (2,)])
    with engine.session(short(max_rows=1)) as session:
        session.execute(f"SELECT v FROM {table}")


class ProblemContract:
    """`driver` is the module that the connector imports; the methods do what this engine forbids and runs out of."""

    driver: ClassVar[str]

    def unreachable(self, engine: Engine) -> None:
        with engine.session(**engine.unreachable):
            pass

    @abstractmethod
    def forbidden(self, engine: Engine) -> None: ...

    @abstractmethod
    def exhausted(self, engine: Engine) -> None: ...

    @pytest.mark.parametrize("problem", [one for one in SourceProblem if one is not SourceProblem.DRIVER_MISSING])
    def test_every_problem_comes_out_as_what_it_is(self, engine: Engine, problem: SourceProblem) -> None:
        if problem is SourceProblem.CREDENTIALS and not engine.wrong_password:
            pytest.skip("the engine knows no users")
        with pytest.raises(SourceError) as caught:
            self._provocations()[problem](engine)
        assert caught.value.problem is problem
        assert caught.value.reason == f"SOURCE_{problem}"
        told = caught.value.message
        assert not [secret for secret in self._secrets(engine) if secret in told]
        assert told.endswith(".") or "It says:" in told

    def test_a_driver_that_is_not_installed_is_named(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, self.driver, None)
        with pytest.raises(SourceError, match=rf"pip install '{self.driver}") as caught, engine.session():
            pass
        assert caught.value.problem is SourceProblem.DRIVER_MISSING

    def _provocations(self) -> dict[SourceProblem, Callable[[Engine], None]]:
        return {
            SourceProblem.UNREACHABLE: self.unreachable,
            SourceProblem.CREDENTIALS: credentials,
            SourceProblem.PERMISSION: self.forbidden,
            SourceProblem.NOT_FOUND: not_found,
            SourceProblem.TIMEOUT: timeout,
            SourceProblem.CANCELLED: cancelled,
            SourceProblem.BAD_SQL: bad_sql,
            SourceProblem.RESOURCE: self.exhausted,
            SourceProblem.TOO_MANY_ROWS: too_many_rows,
        }

    @staticmethod
    def _secrets(engine: Engine) -> list[str]:
        """What no message may tell, the literals of a statement among it."""
        names = ("host", "user", "password", "database")
        settings = [str(engine.settings[name]) for name in names if name in engine.settings]
        return ["'secret'", "wr0ng-secret", *(value for value in settings if value != "postgres")]
