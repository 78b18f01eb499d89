from __future__ import annotations

import base64

import pytest

from dq.v1 import check_service_pb2, job_service_pb2
from dq_platform.errors import Invalid
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal, Role
from services.common.paging import PageTokens, page_of

WHO = Principal("w", "k", "key", Role.VIEWER)
TOKENS = PageTokens("secret")
KEY = ("2026-01-01T00:00:00+00:00", "ид")


def request(**fields: object) -> check_service_pb2.ListChecksRequest:
    return check_service_pb2.ListChecksRequest(**fields)


def refused(tokens: PageTokens, message: object, who: Principal = WHO) -> str:
    with pytest.raises(Invalid) as error:
        tokens.page(message, who)
    (violation,) = error.value.violations
    assert violation.field == "page_token"
    return violation.description


@pytest.mark.parametrize(("asked", "size"), [(0, 50), (1, 1), (1000, 1000), (1001, 1000), (2**31 - 1, 1000)])
def test_a_size_is_fifty_unless_asked_and_a_thousand_at_most(asked: int, size: int) -> None:
    assert TOKENS.page(request(page_size=asked), WHO) == PageRequest(size, ())


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(Invalid, match="page_size"):
        TOKENS.page(request(page_size=-1), WHO)


def test_the_last_page_has_no_token() -> None:
    assert TOKENS.token(request(), WHO, Page([1])) == ""


def test_a_token_leads_to_the_next_page_whatever_its_size() -> None:
    token = TOKENS.token(request(category="nulls", page_size=2), WHO, Page([1], KEY))
    page = TOKENS.page(request(category="nulls", page_size=7, page_token=token), WHO)
    assert page == PageRequest(7, KEY)


def test_a_token_does_not_show_that_it_is_padded() -> None:
    assert "=" not in TOKENS.token(request(), WHO, Page([1], KEY))


@pytest.mark.parametrize("changed", [{"category": "other"}, {"connection_id": "x"}, {}])
def test_a_token_of_a_list_with_another_filter_is_refused(changed: dict[str, str]) -> None:
    token = TOKENS.token(request(category="nulls"), WHO, Page([1], KEY))
    assert "other arguments" in refused(TOKENS, request(page_token=token, **changed))


def test_a_token_of_another_list_or_workspace_is_refused() -> None:
    token = TOKENS.token(request(), WHO, Page([1], KEY))
    assert refused(TOKENS, job_service_pb2.ListJobsRequest(page_token=token))
    assert refused(TOKENS, request(page_token=token), Principal("other", "k", "key", Role.VIEWER))


def test_a_token_of_another_installation_is_refused() -> None:
    token = PageTokens("other secret").token(request(), WHO, Page([1], KEY))
    assert refused(TOKENS, request(page_token=token))


def test_every_changed_byte_is_noticed() -> None:
    token = TOKENS.token(request(), WHO, Page([1], KEY))
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for index in range(len(raw)):
        raw[index] ^= 1
        tampered = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
        raw[index] ^= 1
        assert refused(TOKENS, request(page_token=tampered))


@pytest.mark.parametrize("token", ["x", "=", "ä", "a" * 10_000, "AAAA", " ", "a b"])
def test_a_token_that_is_none_is_refused(token: str) -> None:
    assert refused(TOKENS, request(page_token=token))


def test_a_whole_list_is_cut_into_pages_that_hold_everything_once() -> None:
    items = sorted(["b", "a", "d", "c", "e"])
    seen: list[str] = []
    page = Page([], ("",))
    while page.next_after:
        page = page_of(items, lambda item: (item,), PageRequest(2, page.next_after))
        seen += page.items
    assert seen == items


def test_a_page_that_ends_with_the_list_is_the_last() -> None:
    assert page_of(["a", "b"], lambda item: (item,), PageRequest(2)).next_after == ()
