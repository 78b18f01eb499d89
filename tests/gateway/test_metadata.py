"""Cases 69 to 75 of the published list: headers, metadata, trailers."""

from __future__ import annotations

import httpx
import pytest


async def seen(http: httpx.AsyncClient, headers: dict[str, str | bytes]) -> dict[str, str]:
    response = await http.get("/metadata", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()["values"]


async def test_headers_become_metadata_by_name_by_prefix_or_not_at_all(http: httpx.AsyncClient) -> None:
    metadata = await seen(
        http,
        {
            "accept": "text/html",
            "grpc-metadata-custom-header": "a",
            "custom-header": "b",
            "x-api-key": "dqp_1_x",
            "idempotency-key": "k",
            "if-match": '"1"',
            "traceparent": "00-1-2-01",
            "last-event-id": "9",
            "connection": "keep-alive",
        },
    )
    assert metadata["grpcgateway-accept"] == "text/html"
    assert metadata["custom-header"] == "a"
    assert metadata["x-api-key"] == "dqp_1_x"
    assert metadata["idempotency-key"] == "k"
    assert metadata["if-match"] == '"1"'
    assert metadata["traceparent"] == "00-1-2-01"
    assert metadata["last-event-id"] == "9"
    assert not {"connection", "grpcgateway-connection", "grpc-metadata-custom-header"} & metadata.keys()


async def test_authorization_arrives_under_both_names(http: httpx.AsyncClient) -> None:
    metadata = await seen(http, {"authorization": "Bearer x"})
    assert metadata["authorization"] == metadata["grpcgateway-authorization"] == "Bearer x"


async def test_binary_metadata_is_decoded(http: httpx.AsyncClient) -> None:
    metadata = await seen(http, {"grpc-metadata-test-bin": "AP8="})
    assert metadata["test-bin"] == "00ff"


async def test_binary_metadata_that_is_no_base64_is_400(http: httpx.AsyncClient) -> None:
    response = await http.get("/metadata", headers={"grpc-metadata-test-bin": "?"})
    assert response.status_code == 400
    assert "Grpc-Metadata-test-bin" in response.text


@pytest.mark.parametrize(
    "header",
    [
        ("grpc-metadata-location", "Gjøvik".encode()),
        ("grpc-metadata-foo+bar", b"x"),
        ("grpc-metadata-grpc-timeout", b"1S"),
        ("grpc-metadata-host", b"x"),
        ("x-api-key", b"\xff"),
    ],
)
async def test_a_header_that_cannot_be_metadata_is_dropped(http: httpx.AsyncClient, header: tuple[str, bytes]) -> None:
    response = await http.get("/metadata", headers=[header])
    assert response.status_code == 200
    assert header[0].removeprefix("grpc-metadata-") not in response.json()["values"]


async def test_the_peer_is_appended_to_x_forwarded_for(http: httpx.AsyncClient) -> None:
    behind = await seen(http, {"x-forwarded-for": "10.0.0.1", "x-forwarded-host": "public.example"})
    direct = await seen(http, {})
    assert (behind["x-forwarded-for"], behind["x-forwarded-host"]) == ("10.0.0.1, 127.0.0.1", "public.example")
    assert direct["x-forwarded-for"] == "127.0.0.1"
    assert direct["x-forwarded-host"].startswith("127.0.0.1:")


async def test_response_metadata_is_shown_by_list_or_by_flag(
    http: httpx.AsyncClient, lenient: httpx.AsyncClient
) -> None:
    all_of_it = await http.get("/succeed")
    listed = await lenient.get("/succeed")
    assert (all_of_it.headers["etag"], all_of_it.headers["grpc-metadata-foo"]) == ('"7"', "bar")
    assert listed.headers["etag"] == '"7"'
    assert "grpc-metadata-foo" not in listed.headers
    assert "grpc-trailer-tail" not in all_of_it.headers


@pytest.mark.parametrize("path", ["/succeed", "/fail?code=5&message=m"])
async def test_trailers_are_shown_to_those_who_ask(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path, headers={"te": "trailers"})
    assert response.headers["grpc-trailer-tail"] == "end"
    assert response.headers["grpc-metadata-foo"] == "bar"


@pytest.mark.parametrize(("asked", "status"), [("201", 201), ("202", 202), ("204", 204), ("404", 200), ("abc", 200)])
async def test_a_service_may_choose_its_success_code(http: httpx.AsyncClient, asked: str, status: int) -> None:
    response = await http.get(f"/succeed?http_code={asked}")
    assert response.status_code == status
    assert bool(response.content) == (status != 204)
