from __future__ import annotations

import httpx
import pytest

from tests.gateway.answers import violations


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("id=%zz", "id"),
        ("%zz=1", "%zz"),
        ("id=%ff", "id"),
        ("idd=1", "idd"),
        ("num=abc", "num"),
        ("colour=99", "colour"),
        ("single_nested.nme=1", "single_nested.nme"),
        ("mapped_string_value=x", "mapped_string_value"),
        ("id[x]=1", "id[x]"),
        ("mapped_nested_value[a]=1", "mapped_nested_value[a]"),
        ("mapped_bool_value[x]=1", "mapped_bool_value[x]"),
        ("struct_value=%7B%22a%22:NaN%7D", "struct_value"),
        ("struct_value=%7B", "struct_value"),
        ("double_value=1_000", "double_value"),
        ("int32_value=%D9%A3", "int32_value"),
        ("=1", ""),
        ("[]=1", "[]"),
    ],
)
async def test_a_wrong_parameter_is_400_and_names_the_key(http: httpx.AsyncClient, query: str, field: str) -> None:
    response = await http.get(f"/echo?{query}")
    assert response.status_code == 400, response.text
    assert [violation["field"] for violation in violations(response)] == [field]
