"""Whether this process lives (`/healthz`), and whether everything behind it serves (`/readyz`)."""

from __future__ import annotations

import asyncio
from typing import Final

import grpc
from google.rpc import code_pb2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.errors import RETRY_SECONDS, Problem, failure_of
from gateway.render import Renderer
from gateway.upstream import Upstreams

_SERVING: Final = "SERVING"
_UNKNOWN_SERVICE: Final = "SERVICE_UNKNOWN"
_UNREACHABLE: Final = "UNREACHABLE"


async def healthz(_: Request) -> JSONResponse:
    """200 as long as the process can answer."""
    return JSONResponse({"status": _SERVING})


class Ready:
    """The `/readyz` handler: asks every service, or the one that `?service=` names, all at once."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def __call__(self, request: Request) -> Response:
        """200 when all serve, 404 for an unknown service, else 503."""
        named = request.query_params.get("service")
        if named and named not in self._upstreams.addresses:
            return _refuse(Problem(code_pb2.NOT_FOUND, "SERVICE_NOT_FOUND", "There is no such service."))
        services = [named] if named else sorted(self._upstreams.addresses)
        statuses = dict(zip(services, await asyncio.gather(*map(self._ask, services)), strict=True))
        if all(status == _SERVING for status in statuses.values()):
            return JSONResponse({"status": _SERVING, "services": statuses})
        code = 404 if named and statuses[named] == _UNKNOWN_SERVICE else 503
        headers = {"retry-after": str(RETRY_SECONDS)} if code == 503 else {}
        return JSONResponse({"status": "NOT_SERVING", "services": statuses}, code, headers)

    async def _ask(self, service: str) -> str:
        try:
            return await self._upstreams.health(service)
        except grpc.aio.AioRpcError as error:
            return _UNKNOWN_SERVICE if error.code() is grpc.StatusCode.NOT_FOUND else _UNREACHABLE


def _refuse(problem: Problem) -> Response:
    failure = failure_of(problem)
    return Response(Renderer().message(failure.status), failure.http, dict(failure.headers), "application/json")
