"""What use cases of notifications need from the outside world; a part of `dq_platform.ports`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from dq_platform.models.incident import Incident, IncidentEvent
from dq_platform.models.notification import (
    Channel,
    Notification,
    NotificationEnd,
    NotificationFilter,
    NotificationRule,
)
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.result import Result
from dq_platform.notifications.parcel import Parcel


class Outlet(Protocol):
    """Sends parcels to where they may go."""

    async def send(self, parcel: Parcel) -> None:
        """Returns when the receiver has taken it. Raises DeliveryFailed."""

    def objection(self, host: str) -> str:
        """Why nothing can ever be sent to this host, empty if something may."""


class Channels(Protocol):
    async def add(self, channel: Channel) -> None: ...

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Channel:
        """Locked until commit if asked. Raises NotFound, WrongState if none of our keys decrypts its settings."""

    async def list(self, workspace_id: str, page: PageRequest) -> Page[Channel]:
        """By creation."""

    async def update(self, channel: Channel, expected_version: int) -> None:
        """Raises EtagMismatch if the stored version is another."""

    async def delete(self, workspace_id: str, id: str) -> None:
        """The channel and what was sent through it. Raises NotFound."""

    async def existing(self, workspace_id: str, ids: Collection[str]) -> Collection[str]:
        """Those of the ids that a channel of the workspace has, as they were given."""


class NotificationRules(Protocol):
    async def add(self, rule: NotificationRule) -> None: ...

    async def get(self, workspace_id: str, id: str) -> NotificationRule: ...

    async def list(self, workspace_id: str, page: PageRequest) -> Page[NotificationRule]:
        """By creation."""

    async def update(self, rule: NotificationRule, expected_version: int) -> None:
        """Raises EtagMismatch if the stored version is another."""

    async def delete(self, workspace_id: str, id: str) -> None: ...

    async def of_workspaces(self, workspace_ids: Collection[str]) -> Mapping[str, Sequence[NotificationRule]]:
        """All rules of the workspaces, in no order."""

    async def using(self, workspace_id: str, channel_id: str) -> Sequence[NotificationRule]:
        """The rules that name the channel."""


class Notifications(Protocol):
    """The outbox of events, and what is sent for them."""

    async def take_events(self, limit: int) -> Sequence[IncidentEvent]:
        """The oldest events of the outbox, which leave it with the commit; none while another process has some."""

    async def told(self, incident_ids: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """By incident: the channels that were told of it, or will be, with the rule that first said so."""

    async def add(self, several: Sequence[Notification]) -> None:
        """Those whose channel is still there, and for whose event and channel there is none yet."""

    async def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Notification]:
        """What is due, the attempt counted; nobody else takes it before the lease is over.

        Messages of one incident for one channel are due one after the other, in the order of their events.
        """

    async def finish(self, end: NotificationEnd) -> bool:
        """Store what came of the attempt; False, and nothing is stored, if another attempt has begun meanwhile."""

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Notification:
        """Locked until commit if asked. Raises NotFound."""

    async def list(self, workspace_id: str, filter: NotificationFilter, page: PageRequest) -> Page[Notification]:
        """Newest first."""

    async def oldest_unsent(self) -> datetime | None:
        """When the oldest event of the outbox, or notification that is pending, was made."""

    async def revive(self, one: Notification, at: datetime) -> None:
        """Due again at that moment, with all its attempts."""


class IncidentMembers(Protocol):
    async def results(self, incident_id: str, most: int) -> Sequence[Result]:
        """The newest results of the checks that fail in it, or of all if none does any more, the worst first."""

    async def others(self, incident: Incident) -> tuple[int, int]:
        """How many checks, of how many tables of its connection, fail in other unresolved incidents."""

    async def connection_name(self, connection_id: str) -> str:
        """Empty if the connection is gone."""
