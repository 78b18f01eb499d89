from __future__ import annotations

import pytest

from dq_platform.connectors.postgresql_errors import problem_of, tls_failure_of
from dq_platform.connectors.tls import TlsFailure
from dq_platform.errors import SourceProblem


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("FATAL:  sorry, too many clients already", SourceProblem.RESOURCE),
        ("FATAL:  remaining connection slots are reserved for roles", SourceProblem.RESOURCE),
        ("FATAL:  the database system is starting up", SourceProblem.UNREACHABLE),
        ("FATAL:  permission denied for database", SourceProblem.PERMISSION),
        ('FATAL:  database "nowhere" does not exist', SourceProblem.NOT_FOUND),
        ('FATAL:  password authentication failed for user "x"', SourceProblem.CREDENTIALS),
        ("fe_sendauth: no password supplied", SourceProblem.CREDENTIALS),
        ("Connection refused", SourceProblem.UNREACHABLE),
        ("server closed the connection unexpectedly", SourceProblem.UNREACHABLE),
    ],
)
def test_a_refusal_is_told_by_its_words(said: str, problem: SourceProblem) -> None:
    assert problem_of(said) is problem
    assert tls_failure_of(said) is None


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ('no pg_hba.conf entry for host "10.0.0.1", user "u", database "d", no encryption', TlsFailure.DEMANDED),
        ("SSL error: tlsv13 alert certificate required", TlsFailure.CLIENT_REFUSED),
        ("SSL error: sslv3 alert bad certificate", TlsFailure.CLIENT_REFUSED),
        ('FATAL:  certificate authentication failed for user "u"', TlsFailure.CLIENT_REFUSED),
    ],
)
def test_what_no_test_server_says_of_tls_is_known_too(said: str, failure: TlsFailure) -> None:
    assert tls_failure_of(said) is failure
