"""Notification channels in SQL; their settings are stored encrypted."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, insert, select

from dq_platform.adapters.sql.connections import Cipher
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import notification_channels
from dq_platform.adapters.sql.versions import OwnedRows, present
from dq_platform.errors import WrongState
from dq_platform.models.notification import Channel, Templates
from dq_platform.models.page import Page, PageRequest

BY_CREATION = Keyset((notification_channels.c.create_time, notification_channels.c.id))


class SqlChannels:
    def __init__(self, session: Session, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher
        self._rows = OwnedRows(session, notification_channels, "notification channel")

    async def add(self, channel: Channel) -> None:
        values = {
            **self._values(channel),
            "id": channel.id,
            "workspace_id": channel.workspace_id,
            "create_time": channel.create_time,
            "version": channel.version,
        }
        with adding("notification channel", channel.id, parent_kind="workspace", parent_id=channel.workspace_id):
            await self._session.execute(insert(notification_channels).values(values))

    async def get(self, workspace_id: str, id: str, *, lock: bool = False) -> Channel:
        return self._channel(await self._rows.get(workspace_id, id, lock=lock))

    async def list(self, workspace_id: str, page: PageRequest) -> Page[Channel]:
        statement = select(notification_channels).where(notification_channels.c.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, self._channel)

    async def update(self, channel: Channel, expected_version: int) -> None:
        await self._rows.update(channel.workspace_id, channel.id, self._values(channel), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def existing(self, workspace_id: str, ids: Collection[str]) -> Collection[str]:
        owned = notification_channels.c.workspace_id == workspace_id
        return await present(self._session, notification_channels, ids, owned)

    def _values(self, channel: Channel) -> Mapping[str, object]:
        settings = json.dumps(dict(channel.settings), ensure_ascii=False).encode()
        return {
            "display_name": channel.display_name,
            "description": channel.description,
            "type": channel.type,
            "settings": self._cipher.encrypt(settings),
            "templates": asdict(channel.templates),
            "update_time": channel.update_time,
        }

    def _channel(self, row: Row[Any]) -> Channel:
        try:
            settings = json.loads(self._cipher.decrypt(row.settings))
        except WrongState as error:
            raise WrongState(
                "CHANNEL_SETTINGS_UNREADABLE",
                f"The settings of notification channel {row.id} were encrypted with a key that this server does not "
                "have. Add it to ENCRYPTION_KEY, or make the channel anew.",
                id=row.id,
            ) from error
        return Channel(
            id=row.id,
            workspace_id=row.workspace_id,
            display_name=row.display_name,
            type=row.type,
            settings=settings,
            create_time=row.create_time,
            update_time=row.update_time,
            description=row.description,
            templates=Templates(**row.templates),
            version=row.version,
        )
