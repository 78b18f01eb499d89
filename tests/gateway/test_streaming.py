"""Cases 63 to 66 and 68 of the published list, and event streams."""

from __future__ import annotations

import json

import httpx


def lines(response: httpx.Response) -> list[dict]:
    return [json.loads(line) for line in response.text.splitlines()]


async def test_a_stream_is_json_lines(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?count=2")
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["grpc-metadata-foo"] == "bar"
    assert [line["result"]["cursor"] for line in lines(response)] == ["1", "2"]
    assert response.text.endswith("\n")


async def test_a_line_arrives_as_soon_as_its_message(http: httpx.AsyncClient) -> None:
    async with http.stream("GET", "/watch?count=2&pause=20s") as response:
        first = await anext(response.aiter_lines())
    assert json.loads(first)["result"]["cursor"] == "1"


async def test_a_stream_with_a_response_body_sends_that_field(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch-things?count=2")
    assert [line["result"]["num"] for line in lines(response)] == ["1", "2"]


async def test_an_error_before_the_first_message_has_its_http_code(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?count=2&fail_at=1")
    assert response.status_code == 404
    assert response.json() == {"error": {"code": 5, "message": "no more", "details": []}}


async def test_a_later_error_is_the_last_line(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?count=2&fail_at=2")
    assert response.status_code == 200
    assert lines(response)[-1]["error"]["code"] == 5


async def test_an_empty_stream_is_200_without_lines(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "application/x-ndjson"


async def test_a_wrong_request_for_a_stream_is_an_ordinary_error(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?cuont=1")
    assert (response.status_code, response.json()["code"]) == (400, 3)


async def test_events_carry_their_cursor(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch-things?count=2", headers={"accept": "text/event-stream"})
    assert response.headers["content-type"] == "text/event-stream"
    events = response.text.split("\n\n")[:-1]
    assert events[0].splitlines()[:2] == ["event: message", "id: 1"]
    assert json.loads(events[0].splitlines()[2].removeprefix("data: "))["num"] == "1"


async def test_events_resume_after_the_last_that_was_seen(http: httpx.AsyncClient) -> None:
    headers = {"accept": "text/event-stream", "last-event-id": "2"}
    response = await http.get("/watch?count=3", headers=headers)
    assert [line for line in response.text.splitlines() if line.startswith("id:")] == ["id: 3"]


async def test_events_without_more_to_come_are_no_content_after_which_browsers_stay_away(
    http: httpx.AsyncClient,
) -> None:
    response = await http.get("/watch?count=3", headers={"accept": "text/event-stream", "last-event-id": "3"})
    assert (response.status_code, response.content) == (204, b"")


async def test_a_failed_event_stream_ends_with_an_error_event(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?count=2&fail_at=2", headers={"accept": "text/event-stream"})
    last = response.text.split("\n\n")[-2].splitlines()
    assert last[0] == "event: error"
    assert json.loads(last[1].removeprefix("data: "))["code"] == 5


async def test_silence_is_filled_with_comments(http: httpx.AsyncClient) -> None:
    response = await http.get("/watch?count=1&pause=0.5s", headers={"accept": "text/event-stream"})
    assert ": heartbeat\n\n" in response.text


async def test_event_streams_and_json_lines_are_not_compressed(http: httpx.AsyncClient) -> None:
    for accept in ("text/event-stream", "*/*"):
        response = await http.get("/watch?count=50", headers={"accept": accept, "accept-encoding": "gzip"})
        assert "content-encoding" not in response.headers


async def test_a_raw_response_keeps_its_type_and_bytes(http: httpx.AsyncClient) -> None:
    response = await http.get("/file")
    assert (response.headers["content-type"], response.content) == ("text/csv", b"a,b\n1,2\n")


async def test_raw_chunks_have_a_newline_between_them(http: httpx.AsyncClient) -> None:
    response = await http.get("/chunks")
    assert (response.headers["content-type"], response.content) == ("text/plain", b"hello\nworld")


async def test_raw_chunks_that_fail_end_with_an_error_line(http: httpx.AsyncClient) -> None:
    response = await http.get("/chunks?name=fail")
    assert json.loads(response.text.splitlines()[-1])["error"]["code"] == 15
