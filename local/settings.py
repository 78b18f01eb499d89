"""What a local stack generates on its first start and keeps: secrets and ports, in a file only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Self

from cryptography.fernet import Fernet

from local.errors import LocalError
from local.ports import any_free

FILE_NAME = "settings.json"


@dataclass(frozen=True, slots=True)
class Ports:
    """The port of each process. The two stores leave their usual ports to servers that may already be there."""

    postgres: int = 5433
    redis: int = 6380
    connection: int = 50051
    check: int = 50052
    results: int = 50053
    gateway: int = 8000
    metrics: int = 9464
    """The first of one for each process that is not the gateway; 0: they serve no metrics."""

    @classmethod
    def free(cls) -> Self:
        """Return ports of the system's choice, for tests; without metrics."""
        return replace(cls(*(any_free() for _ in range(6))), metrics=0)


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Secrets and ports of one state directory. Secrets do not show in its repr."""

    ports: Ports
    database_password: str = field(repr=False)
    encryption_key: str = field(repr=False)

    @classmethod
    def generate(cls, ports: Ports) -> Self:
        return cls(ports, secrets.token_urlsafe(24), Fernet.generate_key().decode())

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Return the settings kept in the state directory. Raises LocalError if there are none or they are damaged."""
        path = directory / FILE_NAME
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(Ports(**stored["ports"]), stored["database_password"], stored["encryption_key"])
        except FileNotFoundError as error:
            raise LocalError(f"There is no stack in {directory}: {path} does not exist.") from error
        except (ValueError, KeyError, TypeError) as error:
            message = f"{path} is damaged: {error!r}. Restore it: without its encryption key stored secrets are lost."
            raise LocalError(message) from error

    def save(self, directory: Path) -> None:
        """Write them to the state directory, whole or not at all, readable by their owner only."""
        unfinished = directory / f"{FILE_NAME}.new"
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=2)
        unfinished.replace(directory / FILE_NAME)

    def with_ports(self, ports: Ports) -> Self:
        return replace(self, ports=ports)


def load_or_generate(directory: Path, ports: Ports) -> StackSettings:
    """Return the settings of the state directory, generated with `ports` and saved if it has none yet."""
    if (directory / FILE_NAME).exists():
        return StackSettings.load(directory)
    settings = StackSettings.generate(ports)
    settings.save(directory)
    return settings
