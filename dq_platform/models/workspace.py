"""Who may do what, where."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class Role(IntEnum):
    """What a key allows; each role includes the ones below it."""

    VIEWER = 1
    OPERATOR = 2
    EDITOR = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything else belongs to exactly one of these.

    Results are deleted that many days in UTC after they were measured; None: never.
    """

    id: str
    name: str
    display_name: str
    create_time: datetime
    result_retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret; `secret_hash` is bcrypt's."""

    id: str
    workspace_id: str
    display_name: str
    role: Role
    secret_hash: bytes = field(repr=False)
    create_time: datetime
    expire_time: datetime | None = None
    revoke_time: datetime | None = None
    last_used_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of a request, once its key is verified."""

    workspace_id: str
    key_id: str
    key_name: str
    role: Role
