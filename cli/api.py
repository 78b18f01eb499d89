"""The HTTP API, as the commands call it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from cli.errors import CliError, Exit, UsageError

Json = dict[str, Any]
Query = Mapping[str, str | int | bool | list[str]]

WRONG_CALL = (400, 404, 409)
PAGE_SIZE = 1000
AWAY = (502, 503, 504)
ENDED_EARLY = (1, 4, 14)
"""CANCELLED, DEADLINE_EXCEEDED and UNAVAILABLE: the stream's server ended, or the stream's time is over."""
STREAM_AGE = 660
"""After so many seconds without a word a stream is dead: the server ends each of them after ten minutes."""


class Interrupted(CliError):
    """A stream ended before its end."""


class Api:
    """A client of the gateway at `url` with one key. Every method raises CliError for what does not work."""

    def __init__(self, url: str, key: str, header: str = "X-API-Key") -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=f"{self.url}/api/v1", headers={header: key}, timeout=70)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, query: Query | None = None) -> Json:
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Json | None = None) -> Json:
        return self._call("POST", path, body=body or {})

    def patch(self, path: str, body: Json, query: Query | None = None) -> Json:
        return self._call("PATCH", path, query=query, body=body)

    def delete(self, path: str, query: Query | None = None) -> None:
        self._call("DELETE", path, query=query)

    def all(self, path: str, items: str, query: Query | None = None) -> Iterator[Json]:
        """Every item of a paged list, page after page."""
        token = ""
        while True:
            page = self.get(path, {**(query or {}), "page_size": PAGE_SIZE, "page_token": token})
            yield from page[items]
            token = page["next_page_token"]
            if not token:
                return

    def watch(self, path: str) -> Iterator[Json]:
        """The messages of a stream as they come. Raises Interrupted if asking again may help."""
        try:
            with self._http.stream("GET", path, timeout=httpx.Timeout(30, read=STREAM_AGE)) as response:
                if response.is_error:
                    response.read()
                    error = problem(response)
                    raise Interrupted(error.message) if response.status_code in AWAY else error
                for line in response.iter_lines():
                    message = json.loads(line)
                    if "error" in message:
                        status = message["error"]
                        raise (Interrupted if status["code"] in ENDED_EARLY else CliError)(status["message"])
                    yield message["result"]
        except httpx.HTTPError as error:
            raise Interrupted(self._unreachable(error).message) from error

    def _call(self, method: str, path: str, *, query: Query | None = None, body: Json | None = None) -> Json:
        try:
            response = self._http.request(method, path, params=query, json=body)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if response.is_error:
            raise problem(response)
        answer: Json = response.json() if response.content else {}
        return answer

    def _unreachable(self, error: httpx.HTTPError) -> CliError:
        return CliError(
            f"No answer from {self.url} ({type(error).__name__}).\n"
            "Is it running? `dq up` starts it on this machine; `--url` or DQ_URL names another place."
        )


def problem(response: httpx.Response) -> CliError:
    """The API's error in words: its message, then every violation on a line of its own."""
    try:
        status = response.json()
    except ValueError:
        status = None
    if not isinstance(status, dict):
        return CliError(f"The server answered {response.status_code}.")
    status = status.get("error", status)
    violations = [
        f"  {violation['field']}: {violation['description']}"
        for detail in status.get("details", [])
        for violation in detail.get("field_violations", [])
    ]
    message = "\n".join(["The request is not right:", *violations]) if violations else status.get("message", "")
    if response.status_code == httpx.codes.UNAUTHORIZED:
        message += "\n`--api-key` or DQ_API_KEY gives the key; `dq apikey create --workspace NAME` makes one."
    return UsageError(message) if response.status_code in WRONG_CALL else CliError(message, Exit.SYSTEM)
