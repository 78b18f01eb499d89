"""What the TLS settings of several engines have in common: verified by default, and errors that say what to do."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from enum import Enum
from ipaddress import ip_address
from pathlib import Path

from dq_platform.connectors.base import Setting
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import SettingValue

VERIFYING = ("verify-ca", "verify-full")
UNPROTECTED = ("disable", "allow", "prefer")
"""Modes in which nothing is promised: there may be no TLS at all."""

# Where systems keep the certificates that they trust, if OpenSSL itself does not know: a client library that brings
# an OpenSSL of its own looks in places that are not this system's.
_SYSTEM_ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class TlsFailure(Enum):
    """What can go wrong, as the end of a sentence that begins with the engine's name."""

    NOT_OFFERED = (
        "offers no TLS, which ssl_mode demands (verify-full where it is not set). Turn TLS on at the server or, if the "
        "network to it can be trusted, set ssl_mode to 'disable'."
    )
    DEMANDED = "admits nobody without TLS. Set ssl_mode to 'verify-full', or leave it out."
    NOT_VERIFIED = (
        "shows a certificate that cannot be verified: it has expired, or descends from no authority that is trusted "
        "here. Set ssl_root_cert to a file with its authority's certificate, or ssl_mode to 'require' and no "
        "ssl_root_cert, which verifies nothing."
    )
    EXPIRED = "shows a certificate that has expired, or does not hold yet: it must be renewed at the server."
    UNTRUSTED = (
        "shows a certificate that descends from no authority that is trusted here. Set ssl_root_cert to a file with "
        "its authority's certificate, or ssl_mode to 'require' and no ssl_root_cert, which verifies nothing."
    )
    WRONG_HOST = (
        "shows a certificate for another host. Set host to a name that stands in the certificate, or ssl_mode to "
        "'verify-ca', which takes a trusted certificate from any host."
    )
    CLIENT_REFUSED = (
        "wants a certificate of the client, and got none or one that it does not accept. Set ssl_cert and ssl_key to "
        "files with one that it does."
    )
    FILE_UNREADABLE = "cannot be asked: a file of the TLS settings cannot be read, or is no certificate or key."
    NO_ROOTS = (
        "cannot be verified, because this machine has no file with trusted authorities. Install ca-certificates, or "
        "set ssl_root_cert."
    )


def tls_error(engine: str, failure: TlsFailure) -> SourceError:
    """The failure as an error that no repetition heals; it names the setting to change, and no host or path."""
    return SourceError(SourceProblem.CREDENTIALS, f"{engine} {failure.value}")


def mode_setting(*choices: str) -> Setting:
    """The setting `ssl_mode` of an engine that knows these modes. It has no fixed default: see `mode_of`."""
    description = (
        "How far TLS is demanded and the server's certificate verified. Left out: verify-full, and prefer for a server "
        "on this machine (unix socket, localhost, loopback address). With ssl_root_cert never less than verify-ca."
    )
    return Setting("ssl_mode", description, route=True, choices=choices)


def root_setting() -> Setting:
    """The setting `ssl_root_cert`."""
    description = "File with the authorities that may have issued the server's certificate; else the system's own."
    return Setting("ssl_root_cert", description, route=True)


def mode_of(settings: Mapping[str, SettingValue], *, local: bool) -> str:
    """How far TLS is demanded; `local`: the way to the server does not leave this machine.

    Whoever names an authority wants it to have issued the certificate.
    """
    rooted = "ssl_root_cert" in settings
    mode = str(settings.get("ssl_mode") or ("prefer" if local and not rooted else "verify-full"))
    return "verify-ca" if rooted and mode not in (*VERIFYING, "disable") else mode


def on_this_machine(host: str) -> bool:
    """Whether it is the directory of a unix socket, localhost or a loopback address; all of them, if it is a list."""
    return all(_is_local(one.strip()) for one in host.split(","))


def roots_of(settings: Mapping[str, SettingValue], engine: str) -> str:
    """The file with the authorities to trust. Raises SourceError (CREDENTIALS) where there is none to be found."""
    given = settings.get("ssl_root_cert") or system_roots()
    if not given:
        raise tls_error(engine, TlsFailure.NO_ROOTS)
    return str(given)


def system_roots() -> str | None:
    """The file with the authorities that this system trusts, `SSL_CERT_FILE` first; None if there is none."""
    known = ssl.get_default_verify_paths().cafile
    places = (*((known,) if known else ()), *_SYSTEM_ROOTS)
    return next((place for place in places if Path(place).is_file()), None)


def require_readable(settings: Mapping[str, SettingValue], engine: str) -> None:
    """Raises SourceError (CREDENTIALS) unless the files that the settings name can be read: some drivers ignore it."""
    for name in ("ssl_root_cert", "ssl_cert", "ssl_key"):
        try:
            with Path(str(settings[name])).open("rb"):
                pass
        except KeyError:
            continue
        except OSError as error:
            raise tls_error(engine, TlsFailure.FILE_UNREADABLE) from error


def check_tls_files(settings: Mapping[str, SettingValue]) -> list[Violation]:
    """What contradicts itself: `ssl_cert` and `ssl_key` need each other, `ssl_root_cert` a mode that demands TLS."""
    pairs = (("ssl_cert", "ssl_key"), ("ssl_key", "ssl_cert"))
    found = [_missing(other, name) for name, other in pairs if name in settings and other not in settings]
    if "ssl_root_cert" in settings and settings.get("ssl_mode") in UNPROTECTED:
        description = "ssl_mode must be require, verify-ca or verify-full beside ssl_root_cert."
        found.append(Violation("connection.settings.ssl_mode", description))
    return found


def _is_local(host: str) -> bool:
    if host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _missing(name: str, beside: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} is needed beside {beside}.", "MISSING_SETTING")
