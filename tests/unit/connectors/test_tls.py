from __future__ import annotations

import pytest

from dq_platform.connectors.tls import check_tls_files


@pytest.mark.parametrize(
    ("settings", "verifies", "missing"),
    [
        ({}, False, []),
        ({}, True, ["ssl_root_cert"]),
        ({"ssl_root_cert": "/r"}, True, []),
        ({"ssl_cert": "/c"}, False, ["ssl_key"]),
        ({"ssl_key": "/k"}, False, ["ssl_cert"]),
        ({"ssl_cert": "/c", "ssl_key": "/k"}, False, []),
    ],
)
def test_files_that_need_each_other_are_asked_for(settings: dict[str, str], verifies: bool, missing: list[str]) -> None:
    found = check_tls_files(settings, verifies=verifies)
    assert [violation.field for violation in found] == [f"connection.settings.{name}" for name in missing]
