"""What MySQL's and MariaDB's error numbers mean; those that are not here say what is wrong with a statement."""

from __future__ import annotations

import ssl

from dq_platform.connectors.tls import TlsFailure
from dq_platform.errors import SourceProblem

_NUMBERS = {
    # 0: the driver's own, on a closed connection; 2xxx: the client side of the protocol
    SourceProblem.UNREACHABLE: (0, 1042, 1043, 1053, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2005,
                                2006, 2013, 2014, 2026, 2055, 4031),
    SourceProblem.CREDENTIALS: (1045, 1130, 1251, 1524, 1698, 1820, 1862, 2059, 2061),
    SourceProblem.PERMISSION: (1044, 1142, 1143, 1227, 1290, 1345, 1370, 1792),
    SourceProblem.NOT_FOUND: (1049, 1146),
    SourceProblem.TIMEOUT: (1969, 3024),
    SourceProblem.CANCELLED: (1317, 1028),
    SourceProblem.RESOURCE: (1021, 1037, 1038, 1040, 1041, 1114, 1203, 1205, 1213, 1226, 3170),
}  # fmt: skip

PROBLEMS = {number: problem for problem, numbers in _NUMBERS.items() for number in numbers}


# OpenSSL's numbers for why it does not trust a certificate.
_NOT_VALID_NOW = (9, 10)
_OTHER_NAME = (62, 64)

SSL_CONNECTION_ERROR = 2026
SECURE_TRANSPORT_REQUIRED = 3159


def tls_failure_of(error: Exception, *, showing: bool) -> TlsFailure | None:
    """What went wrong with TLS, None if it was something else. The driver keeps Python's error beside its own.

    `showing`: a session was about to begin, with a certificate of the client; a server that does not like that ends the
    TLS connection without a word.
    """
    cause = getattr(error, "original_exception", None) or error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        if cause.verify_code in _NOT_VALID_NOW:
            return TlsFailure.EXPIRED
        return TlsFailure.WRONG_HOST if cause.verify_code in _OTHER_NAME else TlsFailure.UNTRUSTED
    if showing and isinstance(cause, ssl.SSLError):
        return TlsFailure.CLIENT_REFUSED
    number = error.args[0] if error.args else 0
    return {SSL_CONNECTION_ERROR: TlsFailure.NOT_OFFERED, SECURE_TRANSPORT_REQUIRED: TlsFailure.DEMANDED}.get(number)
