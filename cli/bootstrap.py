"""What is done directly in the database: the first workspace and keys, and what no workspace's key may see."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.app import access, queue
from dq_platform.compose import parts
from dq_platform.models.queue import Backlog
from dq_platform.models.workspace import Role
from dq_platform.settings import ServerSettings
from telemetry.parts import Telemetry


async def first_key(settings: ServerSettings, workspace: str) -> str:
    """Create the workspace with an admin's key; returns the key. Raises AlreadyExists, Invalid."""
    async with parts(settings, "dq-cli", Telemetry()) as made:
        return (await access.create_workspace(made.deps, workspace)).secret


async def another_key(settings: ServerSettings, workspace: str, name: str, role: Role) -> str:
    """Create a key to a workspace that exists; returns the key. Raises NotFound, Invalid."""
    async with parts(settings, "dq-cli", Telemetry()) as made:
        return (await access.create_api_key_for(made.deps, workspace, name, role)).secret


async def whole_queue(settings: ServerSettings) -> Sequence[Backlog]:
    """The state of the queue by workspace and priority."""
    async with parts(settings, "dq-cli", Telemetry()) as made:
        return await queue.whole_queue(made.deps)
