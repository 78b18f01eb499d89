"""ConnectionService over gRPC."""

from __future__ import annotations

from datetime import timedelta

from google.protobuf.empty_pb2 import Empty

from dq.v1 import connection_service_pb2 as pb
from dq.v1 import connection_service_pb2_grpc, metadata_pb2
from dq_platform.app import catalogue, connections, metadata
from dq_platform.app.deps import Deps
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.models.metadata import ColumnInfo, TableInfo
from services.common import masks
from services.common.call import Context, caller
from services.common.mapping_column import column
from services.common.mapping_job import job, order
from services.common.paging import PageTokens, page_of
from services.connection import mapping_connection as mapping
from services.connection import mapping_metadata

MILLISECOND = timedelta(milliseconds=1)


class ConnectionServicer(connection_service_pb2_grpc.ConnectionServiceServicer):
    def __init__(self, deps: Deps, tokens: PageTokens) -> None:
        self._deps = deps
        self._tokens = tokens

    async def CreateConnection(
        self, request: pb.CreateConnectionRequest, _context: Context
    ) -> pb.CreateConnectionResponse:
        connection = await connections.create_connection(self._deps, caller(), mapping.draft(request.connection))
        return pb.CreateConnectionResponse(connection=mapping.connection(connection))

    async def GetConnection(self, request: pb.GetConnectionRequest, _context: Context) -> pb.GetConnectionResponse:
        connection = await connections.get_connection(self._deps, caller(), request.connection_id)
        return pb.GetConnectionResponse(connection=mapping.connection(connection))

    async def ListConnections(
        self, request: pb.ListConnectionsRequest, _context: Context
    ) -> pb.ListConnectionsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        page = await connections.list_connections(self._deps, who, asked, request.type)
        token = self._tokens.token(request, who, page)
        return pb.ListConnectionsResponse(connections=map(mapping.connection, page.items), next_page_token=token)

    async def UpdateConnection(
        self, request: pb.UpdateConnectionRequest, _context: Context
    ) -> pb.UpdateConnectionResponse:
        who = caller()
        current = await connections.get_connection(self._deps, who, request.connection.id)
        update = masks.update(mapping.connection(current), request.connection, request.update_mask, "connection")
        changes = mapping.changes(update)
        connection = await connections.update_connection(self._deps, who, current.id, changes, update.etag)
        return pb.UpdateConnectionResponse(connection=mapping.connection(connection))

    async def DeleteConnection(self, request: pb.DeleteConnectionRequest, _context: Context) -> Empty:
        await connections.delete_connection(
            self._deps, caller(), request.connection_id, force=request.force, etag=request.etag
        )
        return Empty()

    async def TestConnection(self, request: pb.TestConnectionRequest, _context: Context) -> pb.TestConnectionResponse:
        found = await connections.test_connection(self._deps, caller(), request.connection_id)
        return pb.TestConnectionResponse(
            product=found.product, version=found.version, latency_ms=found.latency / MILLISECOND
        )

    async def PauseConnection(
        self, request: pb.PauseConnectionRequest, _context: Context
    ) -> pb.PauseConnectionResponse:
        connection = await connections.pause_connection(self._deps, caller(), request.connection_id, request.note)
        return pb.PauseConnectionResponse(connection=mapping.connection(connection))

    async def ResumeConnection(
        self, request: pb.ResumeConnectionRequest, _context: Context
    ) -> pb.ResumeConnectionResponse:
        connection = await connections.resume_connection(self._deps, caller(), request.connection_id)
        return pb.ResumeConnectionResponse(connection=mapping.connection(connection))

    async def ListSchemas(self, request: pb.ListSchemasRequest, _context: Context) -> pb.ListSchemasResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        list_schemas = catalogue.known_schemas if request.cached else metadata.list_schemas
        names = await list_schemas(self._deps, who, request.connection_id)
        page = page_of(sorted(names), lambda name: (name,), asked)
        schemas = [metadata_pb2.Schema(schema_name=name) for name in page.items]
        return pb.ListSchemasResponse(schemas=schemas, next_page_token=self._tokens.token(request, who, page))

    async def ListTables(self, request: pb.ListTablesRequest, _context: Context) -> pb.ListTablesResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        place = (request.connection_id, request.schema_name)
        if request.cached:
            known = await catalogue.known_tables(self._deps, who, *place, asked)
            token = self._tokens.token(request, who, known)
            return pb.ListTablesResponse(tables=map(mapping_metadata.known_table, known.items), next_page_token=token)
        tables = await metadata.list_tables(self._deps, who, *place)
        page = page_of(sorted(tables, key=_by_name), _by_name, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListTablesResponse(tables=map(mapping_metadata.table, page.items), next_page_token=token)

    async def ListColumns(self, request: pb.ListColumnsRequest, _context: Context) -> pb.ListColumnsResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        list_columns = catalogue.known_columns if request.cached else metadata.list_columns
        columns = await list_columns(self._deps, who, request.connection_id, request.schema_name, request.table_name)
        page = page_of(sorted(columns, key=_by_position), _by_position, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListColumnsResponse(columns=map(column, page.items), next_page_token=token)

    async def ListTableHistory(
        self, request: pb.ListTableHistoryRequest, _context: Context
    ) -> pb.ListTableHistoryResponse:
        who = caller()
        asked = self._tokens.page(request, who)
        place = (request.connection_id, request.schema_name, request.table_name)
        page = await catalogue.table_history(self._deps, who, *place, asked)
        token = self._tokens.token(request, who, page)
        return pb.ListTableHistoryResponse(versions=map(mapping_metadata.version, page.items), next_page_token=token)

    async def GetTableSettings(
        self, request: pb.GetTableSettingsRequest, _context: Context
    ) -> pb.GetTableSettingsResponse:
        settings = await metadata.get_table_settings(
            self._deps, caller(), request.connection_id, request.schema_name, request.table_name
        )
        return pb.GetTableSettingsResponse(table_settings=mapping_metadata.table_settings(settings))

    async def UpdateTableSettings(
        self, request: pb.UpdateTableSettingsRequest, _context: Context
    ) -> pb.UpdateTableSettingsResponse:
        who, wanted = caller(), request.table_settings
        current = await metadata.get_table_settings(
            self._deps, who, wanted.connection_id, wanted.schema_name, wanted.table_name
        )
        update = masks.update(mapping_metadata.table_settings(current), wanted, request.update_mask, "table_settings")
        settings = await metadata.update_table_settings(
            self._deps, who, mapping_metadata.table_settings_to_core(update.resource)
        )
        return pb.UpdateTableSettingsResponse(table_settings=mapping_metadata.table_settings(settings))

    async def SyncMetadata(self, request: pb.SyncMetadataRequest, _context: Context) -> pb.SyncMetadataResponse:
        started = await metadata.sync_metadata(self._deps, caller(), request.connection_id, order(request))
        return pb.SyncMetadataResponse(job=job(started))

    async def ListConnectionTypes(
        self, _request: pb.ListConnectionTypesRequest, _context: Context
    ) -> pb.ListConnectionTypesResponse:
        types = [mapping.connection_type(name, ConnectorFactory.get(name)) for name in ConnectorFactory.types()]
        return pb.ListConnectionTypesResponse(connection_types=types)


def _by_name(table: TableInfo) -> tuple[str, ...]:
    return (table.table_name,)


def _by_position(column: ColumnInfo) -> tuple[str, ...]:
    return (f"{column.position:08}",)
