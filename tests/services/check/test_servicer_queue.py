from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc

from dq.v1 import queue_pb2
from dq_platform.models.workspace import Role
from tests.services.platform import Account, refused
from tests.services.shop import Shop


async def test_what_waits_is_told_by_priority_and_age(shop: Shop, account: Account, stranger: Account) -> None:
    before = datetime.now(UTC)
    await shop.job()
    await shop.admin.SyncMetadata(connection_id=shop.connection.id)
    operator = await account.with_role(Role.OPERATOR)
    high, normal, low = (await operator.GetQueue()).lines
    assert [line.priority for line in (high, normal, low)] == [
        queue_pb2.PRIORITY_HIGH, queue_pb2.PRIORITY_NORMAL, queue_pb2.PRIORITY_LOW
    ]  # fmt: skip
    assert [line.waiting_count for line in (high, normal, low)] == [1, 0, 1]
    assert [line.HasField("oldest_due_time") for line in (high, normal, low)] == [True, False, True]
    due = high.oldest_due_time.ToDatetime(tzinfo=UTC)
    assert before <= due <= datetime.now(UTC)
    assert timedelta() < high.oldest_age.ToTimedelta() < timedelta(seconds=20)
    assert [line.waiting_count for line in (await stranger.admin.GetQueue()).lines] == [0, 0, 0]


async def test_a_viewer_does_not_see_the_queue(account: Account) -> None:
    viewer = await account.with_role(Role.VIEWER)
    assert (await refused(viewer.GetQueue())).code is grpc.StatusCode.PERMISSION_DENIED
