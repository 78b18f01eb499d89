"""Cloud warehouses for tests: a stand-in on this machine, or a real account that the environment names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import httpx
from rich.console import Console

from dq_platform.models.connection import SettingValue
from local.child import Command
from local.ports import LOOPBACK, any_free
from local.supervisor import Service, Supervisor
from tests.engines.environments import STAND_INS, python_with
from tests.engines.places import reachable_directory


class Warehouse(ABC):
    """Usable inside a `with` block. `quote` stands around names."""

    quote: ClassVar[str]

    def __init__(self) -> None:
        self._exit = ExitStack()
        self._schemas: list[str] = []

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, SettingValue]:
        """Those of a connection."""

    @abstractmethod
    def write(self, statements: Sequence[str]) -> None:
        """Execute the statements as somebody who may."""

    def create_schema(self, name: str) -> None:
        """The name stays as it is. Raises an error if there is one already: it is not ours."""
        self.write([f"CREATE SCHEMA {self.quote}{name}{self.quote}"])
        self._schemas.append(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()


class RealWarehouse(Warehouse):
    """An account; the schemas that it was asked for go at the end."""

    def __enter__(self) -> Self:
        self._exit.callback(self._drop)
        return self

    def _drop(self) -> None:
        self.write([f"DROP SCHEMA {self.quote}{name}{self.quote} CASCADE" for name in self._schemas])


class StandIn(Warehouse):
    """A server of `stand_ins/` in the environment that its pins describe; everything goes with it."""

    script: ClassVar[str]
    pins: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.port = any_free()
        self.url = f"http://{LOOPBACK}:{self.port}"

    def arguments(self, directory: Path) -> tuple[str, ...]:
        """What the script is given behind the port; files may be put into the directory."""
        del directory
        return ()

    def look(self, what: str) -> Any:
        """What the server tells tests of its inside."""
        return httpx.get(f"{self.url}/stand-in/{what}").raise_for_status().json()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            directory = cleanup.enter_context(reachable_directory())
            script = STAND_INS / f"{self.script}.py"
            argv = (str(python_with(self.pins)), str(script), str(self.port), *self.arguments(directory))
            supervisor = cleanup.enter_context(Supervisor(Console(quiet=True)))
            supervisor.start([Service(Command(self.script, argv, directory / "server.log"), self._answers)])
            self._exit = cleanup.pop_all()
        return self

    def _answers(self) -> bool:
        try:
            httpx.get(self.url)
        except httpx.TransportError:
            return False
        return True
