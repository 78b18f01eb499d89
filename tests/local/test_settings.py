from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from local.errors import LocalError
from local.settings import FILE_NAME, Ports, StackSettings, load_or_generate


def test_settings_are_generated_once_and_stay(tmp_path: Path) -> None:
    first = load_or_generate(tmp_path, Ports(gateway=8123))
    assert load_or_generate(tmp_path, Ports()) == first
    assert first.ports.gateway == 8123


def test_two_directories_get_different_secrets(tmp_path: Path) -> None:
    one, other = StackSettings.generate(Ports()), StackSettings.generate(Ports())
    assert one.database_password != other.database_password
    assert one.encryption_key != other.encryption_key


def test_the_encryption_key_is_a_fernet_key() -> None:
    box = Fernet(StackSettings.generate(Ports()).encryption_key)
    assert box.decrypt(box.encrypt(b"secret")) == b"secret"


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    load_or_generate(tmp_path, Ports()).save(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_secrets_do_not_show_in_the_repr() -> None:
    settings = StackSettings.generate(Ports())
    assert settings.database_password not in repr(settings)
    assert settings.encryption_key not in repr(settings)


@pytest.mark.parametrize("text", ["", "[]", '{"ports": {"mail": 25}, "database_password": "", "encryption_key": ""}'])
def test_a_damaged_file_is_an_error_and_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text)
    with pytest.raises(LocalError, match="damaged"):
        load_or_generate(tmp_path, Ports())
    assert path.read_text() == text


def test_loading_where_there_is_no_stack_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="There is no stack"):
        StackSettings.load(tmp_path)
