"""AccessService over gRPC."""

from __future__ import annotations

from dq.v1 import access_service_pb2 as pb
from dq.v1 import access_service_pb2_grpc
from dq_platform.app import access
from dq_platform.app.deps import Deps
from services.common import masks, times
from services.common.call import Context, caller
from services.common.methods import ROLES
from services.common.paging import PageTokens
from services.connection import mapping_access as mapping


class AccessServicer(access_service_pb2_grpc.AccessServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def CreateWorkspace(
        self, request: pb.CreateWorkspaceRequest, _context: Context
    ) -> pb.CreateWorkspaceResponse:
        wanted = request.workspace
        new = await access.create_workspace(
            self._deps,
            wanted.name,
            wanted.display_name,
            result_retention_days=mapping.result_retention_days(wanted),
        )
        return pb.CreateWorkspaceResponse(
            workspace=mapping.workspace(new.workspace), api_key=mapping.api_key(new.api_key), secret=new.secret
        )

    async def GetWorkspace(self, request: pb.GetWorkspaceRequest, _context: Context) -> pb.GetWorkspaceResponse:
        workspace = await access.get_workspace(self._deps, caller(), request.workspace_id)
        return pb.GetWorkspaceResponse(workspace=mapping.workspace(workspace))

    async def ListWorkspaces(self, request: pb.ListWorkspacesRequest, _context: Context) -> pb.ListWorkspacesResponse:
        who = caller()
        page = await access.list_workspaces(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListWorkspacesResponse(workspaces=map(mapping.workspace, page.items), next_page_token=token)

    async def UpdateWorkspace(
        self, request: pb.UpdateWorkspaceRequest, _context: Context
    ) -> pb.UpdateWorkspaceResponse:
        who = caller()
        current = await access.get_workspace(self._deps, who, request.workspace.id)
        update = masks.update(mapping.workspace(current), request.workspace, request.update_mask, "workspace")
        workspace = await access.update_workspace(self._deps, who, current.id, mapping.workspace_changes(update))
        return pb.UpdateWorkspaceResponse(workspace=mapping.workspace(workspace))

    async def CreateApiKey(self, request: pb.CreateApiKeyRequest, _context: Context) -> pb.CreateApiKeyResponse:
        wanted = request.api_key
        expire_time = times.field_to_core(wanted, "expire_time")
        role = ROLES.core(wanted.role)
        new = await access.create_api_key(self._deps, caller(), wanted.display_name, role, expire_time)
        return pb.CreateApiKeyResponse(api_key=mapping.api_key(new.api_key), secret=new.secret)

    async def ListApiKeys(self, request: pb.ListApiKeysRequest, _context: Context) -> pb.ListApiKeysResponse:
        who = caller()
        page = await access.list_api_keys(self._deps, who, self._tokens.page(request, who))
        token = self._tokens.token(request, who, page)
        return pb.ListApiKeysResponse(api_keys=map(mapping.api_key, page.items), next_page_token=token)

    async def RevokeApiKey(self, request: pb.RevokeApiKeyRequest, _context: Context) -> pb.RevokeApiKeyResponse:
        key = await access.revoke_api_key(self._deps, caller(), request.api_key_id)
        return pb.RevokeApiKeyResponse(api_key=mapping.api_key(key))
