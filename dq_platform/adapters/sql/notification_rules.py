"""Notification rules in SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, insert, literal, select

from dq_platform.adapters.sql.ids import existing_id, parse_id
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.session import Session, adding
from dq_platform.adapters.sql.tables import ID, notification_rules
from dq_platform.adapters.sql.versions import OwnedRows
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import NotificationRule, RuleMatch
from dq_platform.models.outcome import Severity
from dq_platform.models.page import Page, PageRequest

KIND = "notification rule"
BY_CREATION = Keyset((notification_rules.c.create_time, notification_rules.c.id))
TEXTS = (
    *("schema_name", "table_pattern", "data_group_pattern"),
    *("dimension_pattern", "category_pattern", "check_type_pattern"),
)


class SqlNotificationRules:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = OwnedRows(session, notification_rules, "notification rule")

    async def add(self, rule: NotificationRule) -> None:
        values = {
            **_values(rule),
            "id": rule.id,
            "workspace_id": rule.workspace_id,
            "create_time": rule.create_time,
            "version": rule.version,
        }
        with adding(KIND, rule.id, parent_kind="workspace", parent_id=rule.workspace_id):
            await self._session.execute(insert(notification_rules).values(values))

    async def get(self, workspace_id: str, id: str) -> NotificationRule:
        return _rule(await self._rows.get(workspace_id, id))

    async def list(self, workspace_id: str, page: PageRequest) -> Page[NotificationRule]:
        statement = select(notification_rules).where(notification_rules.c.workspace_id == workspace_id)
        return await fetch_page(self._session, statement, BY_CREATION, page, _rule)

    async def update(self, rule: NotificationRule, expected_version: int) -> None:
        await self._rows.update(rule.workspace_id, rule.id, _values(rule), expected_version)

    async def delete(self, workspace_id: str, id: str) -> None:
        await self._rows.delete(workspace_id, id)

    async def of_workspaces(self, workspace_ids: Collection[str]) -> Mapping[str, Sequence[NotificationRule]]:
        rows = await self._session.execute(
            select(notification_rules).where(notification_rules.c.workspace_id.in_(workspace_ids))
        )
        found: dict[str, list[NotificationRule]] = {}
        for row in rows:
            found.setdefault(row.workspace_id, []).append(_rule(row))
        return found

    async def using(self, workspace_id: str, channel_id: str) -> Sequence[NotificationRule]:
        statement = select(notification_rules).where(
            notification_rules.c.workspace_id == workspace_id,
            literal(existing_id("notification channel", channel_id), ID) == func.any(notification_rules.c.channel_ids),
        )
        return [_rule(row) for row in await self._session.execute(statement)]


def _values(rule: NotificationRule) -> Mapping[str, object]:
    match = rule.match
    return {
        "display_name": rule.display_name,
        "description": rule.description,
        "priority": rule.priority,
        "connection_id": parse_id(match.connection_id),
        **{name: getattr(match, name) for name in TEXTS},
        "min_severity": None if match.min_severity is None else match.min_severity.value,
        "event_kinds": [kind.value for kind in rule.event_kinds],
        "channel_ids": list(rule.channel_ids),
        "stop": rule.stop,
        "update_time": rule.update_time,
    }


def _rule(row: Row[Any]) -> NotificationRule:
    severity = None if row.min_severity is None else Severity(row.min_severity)
    texts = {name: getattr(row, name) for name in TEXTS}
    return NotificationRule(
        id=row.id,
        workspace_id=row.workspace_id,
        display_name=row.display_name,
        channel_ids=tuple(row.channel_ids),
        create_time=row.create_time,
        update_time=row.update_time,
        description=row.description,
        priority=row.priority,
        match=RuleMatch(connection_id=row.connection_id or "", min_severity=severity, **texts),
        event_kinds=tuple(IncidentEventKind(kind) for kind in row.event_kinds),
        stop=row.stop,
        version=row.version,
    )
