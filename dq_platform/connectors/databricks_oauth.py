"""Tokens of a Databricks service principal: OAuth's client credentials, asked of the workspace itself."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

from dq_platform.connectors.driver_errors import source_error
from dq_platform.errors import SourceError, SourceProblem

_EARLY = 60.0
_FORM = urlencode({"grant_type": "client_credentials", "scope": "all-apis"}).encode()
_REFUSED = frozenset({400, 401, 403})

Headers = dict[str, str]


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would carry the secret to another host."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        del args, kwargs


@dataclass(slots=True)
class ServicePrincipal:
    """Gives the header that authenticates; it is asked for again a minute before the token expires.

    `origin` is `https://host:port`. As the driver has it, the object itself returns the function that gives headers.
    """

    engine: str
    origin: str
    client_id: str
    client_secret: str = field(repr=False)
    context: ssl.SSLContext
    timeout: timedelta
    _headers: Headers = field(default_factory=dict, repr=False)
    _until: float = 0.0

    def auth_type(self) -> str:
        return "oauth-m2m"

    def __call__(self) -> Callable[[], Headers]:
        return self.headers

    def headers(self) -> Headers:
        """The Authorization header. Raises SourceError if the workspace refuses, or cannot be reached."""
        if time.monotonic() >= self._until:
            answer = self._ask()
            self._headers = {"Authorization": f"Bearer {answer['access_token']}"}
            self._until = time.monotonic() + float(answer.get("expires_in", 0)) - _EARLY
        return self._headers

    def _ask(self) -> dict[str, str | int]:
        opener = build_opener(HTTPSHandler(context=self.context), _NoRedirects())
        try:
            with opener.open(self._request(), timeout=self.timeout.total_seconds()) as response:
                answer: dict[str, str | int] = json.load(response)
                answer["access_token"]  # an answer without it is none
                return answer
        except HTTPError as error:
            error.close()
            refused = error.code in _REFUSED
            problem = SourceProblem.CREDENTIALS if refused else SourceProblem.UNREACHABLE
            raise self._failed(problem, str(error.code)) from error
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise self._failed(SourceProblem.UNREACHABLE) from error

    def _request(self) -> Request:
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        return Request(f"{self.origin}/oidc/v1/token", data=_FORM, headers=headers)  # noqa: S310  https, by `origin`

    def _failed(self, problem: SourceProblem, code: str = "") -> SourceError:
        return source_error(problem, self.engine, code=code)
