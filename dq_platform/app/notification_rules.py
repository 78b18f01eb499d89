"""Rules: which channels are told of which incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.review import MAX_IDENTIFIER, Review
from dq_platform.app.selectors import is_connection
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.ids import new_id
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.notification import NotificationRule, RuleMatch
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.notifications.kinds import untold
from dq_platform.notifications.routing import like
from dq_platform.ports import Tx
from dq_platform.spelling import did_you_mean

MAX_CHANNELS = 20
MAX_PRIORITY = 1_000_000
MAX_PATTERN = 200
CHANGEABLE = frozenset({"display_name", "description", "priority", "match", "event_kinds", "channel_ids", "stop"})


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as a client sent it."""

    display_name: str
    channel_ids: tuple[str, ...]
    description: str = ""
    priority: int = 0
    match: RuleMatch = field(default_factory=RuleMatch)
    event_kinds: tuple[IncidentEventKind, ...] = ()
    stop: bool = False


async def create_rule(deps: Deps, who: Principal, draft: RuleDraft) -> NotificationRule:
    """The new rule, which is asked from the next event on. Raises Invalid."""
    now = deps.clock.now()
    rule = NotificationRule(
        id=new_id(),
        workspace_id=who.workspace_id,
        display_name=draft.display_name,
        channel_ids=draft.channel_ids,
        create_time=now,
        update_time=now,
        description=draft.description,
        priority=draft.priority,
        match=draft.match,
        event_kinds=draft.event_kinds,
        stop=draft.stop,
    )
    async with deps.uow() as tx:
        await _review(tx, rule)
        await tx.notification_rules.add(rule)
        await tx.commit()
    return rule


async def get_rule(deps: Deps, who: Principal, id: str) -> NotificationRule:
    async with deps.uow() as tx:
        return await tx.notification_rules.get(who.workspace_id, id)


async def list_rules(deps: Deps, who: Principal, page: PageRequest) -> Page[NotificationRule]:
    """The workspace's rules by creation."""
    async with deps.uow() as tx:
        return await tx.notification_rules.list(who.workspace_id, page)


async def update_rule(
    deps: Deps, who: Principal, id: str, changes: Mapping[str, object], etag: str = ""
) -> NotificationRule:
    """The changed rule. Raises Invalid, EtagMismatch."""
    async with deps.uow() as tx:
        before = await tx.notification_rules.get(who.workspace_id, id)
        require_etag("notification rule", id, before.version, etag)
        after = replace(changed(before, changes, CHANGEABLE, "rule"), update_time=deps.clock.now())
        await _review(tx, after)
        await tx.notification_rules.update(after, before.version)
        await tx.commit()
    return replace(after, version=before.version + 1)


async def delete_rule(deps: Deps, who: Principal, id: str, etag: str = "") -> None:
    """Those whom it told of an incident still hear of its end."""
    async with deps.uow() as tx:
        rule = await tx.notification_rules.get(who.workspace_id, id)
        require_etag("notification rule", id, rule.version, etag)
        await tx.notification_rules.delete(who.workspace_id, id)
        await tx.commit()


async def _review(tx: Tx, rule: NotificationRule) -> None:
    """Raises Invalid with everything that is wrong with the rule."""
    review = Review("rule")
    review.names(rule.display_name, rule.description)
    if abs(rule.priority) > MAX_PRIORITY:
        review.wrong("priority", f"is {rule.priority}; it takes -{MAX_PRIORITY:,} to {MAX_PRIORITY:,}.")
    for place, kind in enumerate(rule.event_kinds):
        review.add(untold(kind, f"rule.event_kinds[{place}]"))
    _review_match(review, rule.match)
    await _review_channels(review, tx, rule)
    connection_id = rule.match.connection_id
    if connection_id and not await is_connection(tx, rule.workspace_id, connection_id):
        review.wrong("match.connection_id", f"there is no {connection_id[:64]!r}.", "CONNECTION_NOT_FOUND")
    review.done()


def _review_match(review: Review, match: RuleMatch) -> None:
    review.text("match.schema_name", match.schema_name, most=MAX_IDENTIFIER)
    for name in ("table_pattern", "data_group_pattern"):
        review.text(f"match.{name}", getattr(match, name), most=MAX_IDENTIFIER)
    catalogue = list(CHECK_REGISTRY.items())
    known: Mapping[str, set[str]] = {
        "dimension_pattern": {one.dimension for one in catalogue},
        "category_pattern": {one.category for one in catalogue},
        "check_type_pattern": {one.name for one in catalogue},
    }
    for name, words in known.items():
        pattern = getattr(match, name)
        review.text(f"match.{name}", pattern, most=MAX_PATTERN)
        if len(pattern) <= MAX_PATTERN and not any(like(pattern, word) for word in words):
            hint = did_you_mean(pattern, words) or "."
            what = name.removesuffix("_pattern").replace("_", " ")
            review.wrong(f"match.{name}", f"no {what} is like {pattern!r}{hint}", "UNKNOWN_NAME")


async def _review_channels(review: Review, tx: Tx, rule: NotificationRule) -> None:
    if not rule.channel_ids:
        review.wrong("channel_ids", "must name a channel.", "REQUIRED")
    if len(rule.channel_ids) > MAX_CHANNELS:
        review.wrong("channel_ids", f"names {len(rule.channel_ids)}; at most {MAX_CHANNELS} are allowed.", "TOO_MANY")
    known = await tx.channels.existing(rule.workspace_id, rule.channel_ids[:MAX_CHANNELS])
    for place, channel_id in enumerate(rule.channel_ids[:MAX_CHANNELS]):
        if channel_id not in known:
            text = f"notification channel {channel_id[:64]!r} does not exist."
            review.wrong(f"channel_ids[{place}]", text, "NOTIFICATION_CHANNEL_NOT_FOUND")
