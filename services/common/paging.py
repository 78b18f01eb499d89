"""Lists in pages: sizes, and tokens that only we can make and only the same list accepts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, cast

from google.protobuf.message import Message

from dq_platform.errors import Invalid
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal

DEFAULT_SIZE = 50
MAX_SIZE = 1000
MAC_SIZE = 16
MAX_TOKEN_SIZE = 8192
PURPOSE = b"dq.v1 page tokens"

T = TypeVar("T")


class ListRequest(Protocol):
    """A request for a page."""

    page_size: int
    page_token: str


class PageTokens:
    """Reads the page that a request asks for and writes the token of the next one.

    A token is signed and holds the sort key of the last item and a hash of the caller's workspace and of all other
    fields of the request: `page_size` alone may change between pages.
    """

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE, "sha256")

    def page(self, request: Message, who: Principal, default: int = DEFAULT_SIZE, most: int = MAX_SIZE) -> PageRequest:
        """`default` is the size if none is asked for, `most` the largest.

        Raises Invalid for a negative size and for a foreign token.
        """
        asked = cast("ListRequest", request)
        if asked.page_size < 0:
            raise Invalid.one("page_size", f"must not be negative, but is {asked.page_size}", "OUT_OF_RANGE")
        size = min(asked.page_size or default, most)
        return PageRequest(size, self._after(request, asked.page_token, who) if asked.page_token else ())

    def token(self, request: Message, who: Principal, page: Page[T]) -> str:
        """The next page's token, empty at the end."""
        if not page.next_after:
            return ""
        content = json.dumps([_hash(request, who), *page.next_after], ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(self._mac(content) + content).decode().rstrip("=")

    def _after(self, request: Message, token: str, who: Principal) -> tuple[str, ...]:
        arguments, *after = self._open(token)
        if arguments != _hash(request, who):
            raise _refused("belongs to a list with other arguments; start again without it")
        return tuple(after)

    def _open(self, token: str) -> list[str]:
        if len(token) > MAX_TOKEN_SIZE:
            raise _refused()
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _refused() from error
        mac, content = raw[:MAC_SIZE], raw[MAC_SIZE:]
        if not hmac.compare_digest(mac, self._mac(content)):
            raise _refused()
        opened: list[str] = json.loads(content)
        return opened

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")[:MAC_SIZE]


def page_of(items: Sequence[T], key: Callable[[T], tuple[str, ...]], page: PageRequest) -> Page[T]:
    """The page of a whole list that is sorted by `key`."""
    rest = [item for item in items if key(item) > page.after]
    kept = rest[: page.size]
    return Page(kept, key(kept[-1]) if len(rest) > len(kept) else ())


def _hash(request: Message, who: Principal) -> str:
    arguments = type(request)()
    arguments.CopyFrom(request)
    for field in ("page_size", "page_token"):
        arguments.ClearField(field)
    text = f"{who.workspace_id} {request.DESCRIPTOR.full_name} ".encode()
    return hashlib.sha256(text + arguments.SerializeToString(deterministic=True)).hexdigest()[:32]


def _refused(why: str = "is not one that this list gave; start again without it") -> Invalid:
    return Invalid.one("page_token", why, "INVALID_PAGE_TOKEN")
