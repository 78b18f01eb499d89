"""The first workspace and the first keys, made directly in the database: no key can exist before them."""

from __future__ import annotations

from dq_platform.app import access
from dq_platform.compose import parts
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
