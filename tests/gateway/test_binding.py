from __future__ import annotations

import httpx


async def test_if_match_becomes_the_etag_of_the_resource(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/1", json={"name": "n"}, headers={"if-match": '"7"'})
    assert response.json()["thing"]["etag"] == '"7"'
    assert response.json()["update_mask"] == "name"


async def test_an_etag_in_the_body_beats_if_match(http: httpx.AsyncClient) -> None:
    response = await http.patch("/things/1", json={"etag": "mine"}, headers={"if-match": '"7"'})
    assert response.json()["thing"]["etag"] == "mine"


async def test_idempotency_key_becomes_the_request_id_field(http: httpx.AsyncClient) -> None:
    response = await http.post("/echo_body", json={}, headers={"idempotency-key": "abc"})
    assert response.json()["request_id"] == "abc"


async def test_a_raw_body_arrives_as_it_is(http: httpx.AsyncClient) -> None:
    response = await http.post("/files/a.csv", content=b"1,2\n", headers={"content-type": "text/csv"})
    answer = response.json()
    assert (answer["name"], answer["file"]["content_type"], answer["file"]["data"]) == ("a.csv", "text/csv", "MSwyCg==")
