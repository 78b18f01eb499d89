"""Puts the gateway together: one ASGI application for a contract and the servers behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from google.protobuf.descriptor import ServiceDescriptor
from google.rpc import code_pb2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Lifespan

from gateway.docs import docs_routes
from gateway.endpoint import Endpoint
from gateway.errors import Problem, failure_of
from gateway.health import Ready, healthz
from gateway.metrics import Metrics
from gateway.observe import Observe
from gateway.openapi import Title, openapi_document
from gateway.plans import Plans
from gateway.render import Renderer, dump
from gateway.router import ContractError, build_router
from gateway.settings import Settings
from gateway.streaming import NDJSON
from gateway.upstream import Upstreams
from telemetry.parts import Telemetry

_COMPRESS_FROM = 1024


@dataclass(frozen=True, slots=True)
class Contract:
    """What is served: services, the address of each by full name, and the image that holds their comments.

    The image is a serialised FileDescriptorSet with source info.
    """

    title: Title
    services: Sequence[ServiceDescriptor]
    addresses: Mapping[str, str]
    image: bytes


def create_app(settings: Settings, contract: Contract, telemetry: Telemetry) -> Starlette:
    """The application; raises ContractError when the contract cannot be served as it stands."""
    missing = [service.full_name for service in contract.services if service.full_name not in contract.addresses]
    if missing:
        raise ContractError(f"no address is set for {', '.join(missing)}")
    router = build_router(contract.services, Plans())
    served = {service.full_name: contract.addresses[service.full_name] for service in contract.services}
    upstreams = Upstreams(served, [route.rpc for route in router.routes])
    document = openapi_document(contract.title, router.routes, contract.image, settings.api_key_header)
    app = Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", Ready(upstreams).__call__, methods=["GET"]),
            Route("/metrics", Metrics(telemetry.metrics.registry, settings.workers).__call__, methods=["GET"]),
            Route("/openapi.json", _constant(dump(document)), methods=["GET"]),
            *docs_routes(),
        ],
        middleware=_middleware(settings, telemetry),
        exception_handlers={HTTPException: _refused},
        lifespan=_closing(upstreams, telemetry),
    )
    app.router.default = Endpoint(settings, router, upstreams, telemetry.tracer)
    return app


def _refused(_: Request, error: Exception) -> Response:
    """A page of ours asked for with a method that it does not take."""
    allow = (error.headers or {}) if isinstance(error, HTTPException) else {}
    problem = Problem(code_pb2.UNIMPLEMENTED, "METHOD_NOT_ALLOWED", "This page is only read.", http=405, headers=allow)
    failure = failure_of(problem)
    body = Renderer().message(failure.status)
    return Response(body, failure.http, dict(failure.headers), "application/json")


def _constant(body: bytes) -> Callable[[Request], Awaitable[Response]]:
    async def serve(_: Request) -> Response:
        return Response(body, media_type="application/json", headers={"cache-control": "no-cache"})

    return serve


def _closing(upstreams: Upstreams, telemetry: Telemetry) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await upstreams.close()
        await asyncio.to_thread(telemetry.tracer.close)

    return lifespan


def _middleware(settings: Settings, telemetry: Telemetry) -> list[Middleware]:
    """Outermost first."""
    stack = [Middleware(Observe, telemetry=telemetry)]
    if settings.cors_origins:
        stack.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST", "PATCH", "DELETE"],
                allow_headers=[
                    *("Authorization", "Content-Type", "Grpc-Timeout", "Idempotency-Key", "If-Match", "Last-Event-ID"),
                    *("Traceparent", "X-Request-Id", settings.api_key_header),
                ],
                allow_credentials=True,
                expose_headers=["X-Request-Id", "ETag", "Retry-After", "Location"],
            )
        )
    excluded = (*DEFAULT_EXCLUDED_CONTENT_TYPES, NDJSON)
    stack.append(
        Middleware(GZipMiddleware, minimum_size=_COMPRESS_FROM, compresslevel=5, exclude_content_types=excluded)
    )
    return stack
