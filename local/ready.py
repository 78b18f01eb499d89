"""Probes: small questions that tell whether a process serves."""

from __future__ import annotations

from pathlib import Path

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

TIMEOUT_SECONDS = 1.0


def grpc_serves(address: str) -> bool:
    """Whether the gRPC server at `host:port` reports SERVING for itself."""
    request = health_pb2.HealthCheckRequest()
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=TIMEOUT_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def http_serves(url: str) -> bool:
    """Whether a GET of the URL answers 200."""
    try:
        answer = httpx.get(url, timeout=TIMEOUT_SECONDS, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK


def file_exists(path: Path) -> bool:
    """Whether the process has written its ready file."""
    return path.exists()
