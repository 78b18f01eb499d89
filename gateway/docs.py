"""The documentation page: HTML, style and script of this package, nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ASSETS = {
    "/docs": ("docs.html", "text/html"),
    "/docs/docs.css": ("docs.css", "text/css"),
    "/docs/docs.js": ("docs.js", "text/javascript"),
}
_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


def docs_routes() -> list[Route]:
    """The page at `/docs` and the two files it loads."""
    return [_asset(path, name, kind) for path, (name, kind) in _ASSETS.items()]


def _asset(path: str, name: str, kind: str) -> Route:
    content = files("gateway").joinpath("static", name).read_bytes()

    async def serve(_: Request) -> Response:
        return Response(content, media_type=kind, headers=_HEADERS)

    return Route(path, serve, methods=["GET"])
