"""TLS is demanded and verified unless a setting says otherwise, and what goes wrong names the setting to change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import pytest

from dq_platform.connectors.references import References
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import SettingValue
from tests.contract.engine import GUARDS, Engine
from tests.engines.certificates import Authority, Certificate

# A way to the server on this machine that the connectors must not take for one.
ELSEWHERE = "0.0.0.0"
HOSTS = (ELSEWHERE, "127.0.0.1", "localhost")


class Secure(ABC):
    """A server whose certificate tests may replace. `engine` reaches it without verification."""

    engine: Engine
    ours: Authority
    directory: Path

    @abstractmethod
    def certify(self, certificate: Certificate) -> None:
        """Show this one from now on."""

    @abstractmethod
    def uncertify(self) -> Mapping[str, SettingValue]:
        """Settings that lead to a server without TLS."""

    @property
    @abstractmethod
    def encrypted(self) -> str:
        """A SELECT of whether the session is encrypted: 1 or 0."""

    @property
    @abstractmethod
    def certified_user(self) -> Mapping[str, SettingValue]:
        """Settings of a user who has to show a certificate that `ours` issued for the name `certified`."""

    @property
    def root(self) -> str:
        path = self.directory / "ours.pem"
        path.write_bytes(self.ours.root)
        return str(path)

    def right(self) -> None:
        self.certify(self.ours.issue("server", HOSTS))

    def is_encrypted(self, **changes: SettingValue) -> bool:
        with self.engine.session(**changes) as session:
            [(encrypted,)] = session.execute(self.encrypted).rows
        return bool(encrypted)

    def refusal(self, **changes: SettingValue) -> str:
        """What a session with these settings fails with; nothing that a repetition would heal."""
        with pytest.raises(SourceError) as caught, self.engine.session(**changes):
            pass
        assert caught.value.problem is SourceProblem.CREDENTIALS
        assert not caught.value.may_heal
        told = [str(value) for name, value in changes.items() if name in ("host", "ssl_root_cert", "ssl_cert")]
        assert not [value for value in told if value in caught.value.message]
        return caught.value.message


def client(authority: Authority, directory: Path, name: str) -> dict[str, SettingValue]:
    certificate, key = authority.issue("certified").write(directory, name)
    return {"ssl_cert": str(certificate), "ssl_key": str(key)}


class TlsContract:
    def test_a_trusted_certificate_of_the_host_is_all_that_the_default_takes(self, secure: Secure) -> None:
        secure.right()
        assert secure.is_encrypted(host=ELSEWHERE, ssl_root_cert=secure.root)
        assert "ssl_root_cert" in secure.refusal(host=ELSEWHERE)
        secure.certify(secure.ours.issue("server", ["elsewhere.example"]))
        assert "'verify-ca'" in secure.refusal(host=ELSEWHERE, ssl_root_cert=secure.root)

    def test_the_systems_own_authorities_serve(self, secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
        secure.right()
        monkeypatch.setenv("SSL_CERT_FILE", secure.root)
        assert secure.is_encrypted(host=ELSEWHERE)

    def test_a_server_on_this_machine_needs_no_certificate_that_anybody_trusts(self, secure: Secure) -> None:
        secure.right()
        assert secure.is_encrypted(host="127.0.0.1")
        assert secure.is_encrypted(host="localhost")

    async def test_where_a_reference_leads_decides_how_much_is_verified(self, secure: Secure, tmp_path: Path) -> None:
        secure.right()
        (tmp_path / "password").write_text(f"{secure.engine.settings['password']}\n")
        settings = {"host": "${env:DQ_SOURCE_WHERE}", "password": f"${{file:{tmp_path}/password}}"}
        connection = secure.engine.connection(**settings)
        for host, refused in (("127.0.0.1", False), (ELSEWHERE, True)):
            references = References({"DQ_SOURCE_WHERE": host}, (tmp_path,))
            async with Sources(SourceOptions(guards=GUARDS, references=references)) as sources:
                with pytest.raises(SourceError, match="ssl_root_cert") if refused else nullcontext():
                    assert (await sources.test(connection)).version

    def test_an_unknown_authority_is_not_trusted(self, secure: Secure) -> None:
        secure.certify(Authority("somebody").issue("server", HOSTS))
        for mode in ("verify-ca", "verify-full"):
            said = secure.refusal(ssl_mode=mode, ssl_root_cert=secure.root)
            assert "descends from no authority that is trusted" in said
        assert secure.is_encrypted(ssl_mode="require")

    def test_a_named_authority_counts_whatever_else_is_said(self, secure: Secure) -> None:
        secure.certify(Authority("somebody").issue("server", HOSTS))
        for changes in ({"ssl_mode": "require"}, {"host": "localhost"}, {"host": "127.0.0.1"}):
            said = secure.refusal(**changes, ssl_root_cert=secure.root)
            assert "descends from no authority that is trusted" in said
        secure.right()
        assert secure.is_encrypted(ssl_mode="require", ssl_root_cert=secure.root)
        assert secure.is_encrypted(host="localhost", ssl_root_cert=secure.root)

    def test_another_hosts_certificate_is_right_for_verify_ca_alone(self, secure: Secure) -> None:
        secure.certify(secure.ours.issue("server", ["elsewhere.example"]))
        assert "for another host" in secure.refusal(ssl_mode="verify-full", ssl_root_cert=secure.root)
        assert secure.is_encrypted(ssl_mode="verify-ca", ssl_root_cert=secure.root)

    def test_an_expired_certificate_is_not_trusted(self, secure: Secure) -> None:
        secure.certify(secure.ours.issue("server", HOSTS, expired=True))
        assert "has expired" in secure.refusal(ssl_mode="verify-full", ssl_root_cert=secure.root)

    def test_a_client_shows_its_certificate(self, secure: Secure, tmp_path: Path) -> None:
        secure.right()
        settings = {**secure.certified_user, "ssl_mode": "verify-full", "ssl_root_cert": secure.root}
        assert secure.is_encrypted(**settings, **client(secure.ours, tmp_path, "right"))
        secure.refusal(**settings)
        said = secure.refusal(**settings, **client(Authority("somebody"), tmp_path, "wrong"))
        assert "ssl_cert" in said

    @pytest.mark.parametrize("name", ["ssl_root_cert", "ssl_cert", "ssl_key"])
    @pytest.mark.parametrize("content", [None, "no certificate"])
    def test_a_file_that_is_not_there_or_holds_no_certificate_is_an_error(
        self, secure: Secure, tmp_path: Path, name: str, content: str | None
    ) -> None:
        secure.right()
        path = tmp_path / "file.pem"
        if content is not None:
            path.write_text(content)
            path.chmod(0o600)
        files = {**client(secure.ours, tmp_path, "right"), "ssl_root_cert": secure.root, name: str(path)}
        said = secure.refusal(**secure.certified_user, ssl_mode="verify-full", **files)
        assert "a file of the TLS settings" in said

    def test_a_server_without_tls_is_refused_unless_a_setting_allows_it(self, secure: Secure) -> None:
        plain = secure.uncertify()
        for mode in ("require", "verify-ca", "verify-full"):
            said = secure.refusal(**plain, ssl_mode=mode)
            assert "offers no TLS" in said
            assert "set ssl_mode to 'disable'" in said
        assert "offers no TLS" in secure.refusal(**{**plain, "host": ELSEWHERE})
        for allowed in ({"ssl_mode": "disable"}, {"ssl_mode": "prefer"}, {}):
            assert not secure.is_encrypted(**plain, **allowed)
