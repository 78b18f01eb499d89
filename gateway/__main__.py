"""Starts the gateway: `python -m gateway`."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from importlib.resources import files

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette

import dq.v1
from gateway.app import Contract, create_app
from gateway.log import configure
from gateway.openapi import Title
from gateway.router import ContractError
from gateway.routes import discover
from gateway.settings import Settings
from telemetry.parts import of_process
from telemetry.tracing import TracingError

USAGE = 2


def build() -> Starlette:
    """The application for `dq.v1` with settings from the environment; every process of the gateway calls it."""
    settings = Settings.of(os.environ)
    configure(settings.log_format, "debug" if settings.debug else settings.log_level)
    contract = Contract(
        title=Title("DQ Platform", version("dq-platform"), "Checks on the data in your tables, and what they found."),
        services=discover(dq.v1),
        addresses=settings.upstreams(),
        image=files(dq.v1).joinpath("descriptors.binpb").read_bytes(),
    )
    return create_app(settings, contract, of_process("gateway", os.environ))


def main() -> int:
    """Serves until the process is told to stop; returns its exit code."""
    try:
        settings = Settings.of(os.environ)
        app = build()
    except ValidationError as error:
        sys.stderr.write(_explain(error))
        return USAGE
    except (ContractError, TracingError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    uvicorn.run(
        app if settings.workers == 1 else "gateway.__main__:build",
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.grace,
    )
    return 0


def _explain(error: ValidationError) -> str:
    lines = [f"  {fault['loc'][0]}: {fault['msg']}\n" for fault in error.errors()]
    return "the settings are not valid:\n" + "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
