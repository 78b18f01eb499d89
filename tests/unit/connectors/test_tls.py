from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors import tls
from dq_platform.connectors.tls import TlsFailure, check_tls_files, mode_of, on_this_machine, roots_of, tls_error
from dq_platform.errors import SourceError, SourceProblem


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, []),
        ({"ssl_root_cert": "/r"}, []),
        ({"ssl_cert": "/c"}, ["ssl_key"]),
        ({"ssl_key": "/k"}, ["ssl_cert"]),
        ({"ssl_cert": "/c", "ssl_key": "/k"}, []),
    ],
)
def test_files_that_need_each_other_are_asked_for(settings: dict[str, str], missing: list[str]) -> None:
    assert [found.field for found in check_tls_files(settings)] == [f"connection.settings.{one}" for one in missing]


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "/var/run/postgresql", "@abstract", "localhost, ::1"],
)
def test_what_does_not_leave_this_machine_is_known(host: str) -> None:
    assert on_this_machine(host)


@pytest.mark.parametrize(
    "host", ["db", "10.0.0.1", "localhost.example.org", "0.0.0.0", "localhost,db", "", "127.0.0.1.example.org"]
)
def test_everything_else_may_leave_it(host: str) -> None:
    assert not on_this_machine(host)


def test_the_mode_is_what_the_settings_say_and_otherwise_depends_on_the_way() -> None:
    assert mode_of({"ssl_mode": "require"}, local=True) == "require"
    assert mode_of({}, local=True) == "prefer"
    assert mode_of({}, local=False) == "verify-full"


def test_a_named_authority_is_verified_against() -> None:
    rooted = {"ssl_root_cert": "/r"}
    assert mode_of(rooted, local=True) == "verify-full"
    assert mode_of(rooted | {"ssl_mode": "verify-full"}, local=False) == "verify-full"
    for mode in ("require", "prefer", "allow"):  # a reference may lead to any
        assert mode_of(rooted | {"ssl_mode": mode}, local=True) == "verify-ca"


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer"])
def test_a_named_authority_and_a_mode_without_verification_contradict_each_other(mode: str) -> None:
    [found] = check_tls_files({"ssl_root_cert": "/r", "ssl_mode": mode})
    assert found.field == "connection.settings.ssl_mode"
    assert check_tls_files({"ssl_mode": mode}) == []


def test_authorities_are_those_of_the_settings_or_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert roots_of({"ssl_root_cert": "/mine.pem"}, "X") == "/mine.pem"
    roots = tmp_path / "roots.pem"
    roots.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(roots))
    assert roots_of({}, "X") == str(roots)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setattr(tls, "_SYSTEM_ROOTS", ("/nowhere.pem", str(roots)))
    assert roots_of({}, "X") == str(roots)


def test_a_machine_without_authorities_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    monkeypatch.setattr(tls, "_SYSTEM_ROOTS", ())
    with pytest.raises(SourceError, match="Install ca-certificates, or set ssl_root_cert"):
        roots_of({}, "MySQL")


@pytest.mark.parametrize("failure", TlsFailure)
def test_no_failure_heals_by_itself(failure: TlsFailure) -> None:
    error = tls_error("MySQL", failure)
    assert error.problem is SourceProblem.CREDENTIALS
    assert not error.may_heal
    assert error.message.startswith("MySQL ")
    assert error.message.endswith(".")
