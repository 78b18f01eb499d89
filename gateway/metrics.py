"""`/metrics`, in Prometheus' text format."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

ONE_OF_MANY = (
    "This gateway has DQ_GATEWAY_WORKERS processes, and this one would show its own figures only; "
    "run gateways of one process each behind a load balancer, and collect from each.\n"
)


class Metrics:
    """The handler: what this process has counted, unless it is one of several that share a port."""

    def __init__(self, registry: CollectorRegistry, workers: int) -> None:
        self._registry = registry
        self._workers = workers

    async def __call__(self, request: Request) -> Response:
        """200, or 501 where the figures would be a part taken for the whole."""
        if self._workers > 1:
            return PlainTextResponse(ONE_OF_MANY, 501)
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self._registry), headers={"content-type": content_type})
