from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from dq_platform.adapters.fernet import BadEncryptionKey, FernetCipher
from dq_platform.errors import WrongState

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_was_encrypted_is_decrypted() -> None:
    cipher = FernetCipher(NEW)
    encrypted = cipher.encrypt(b"secret")
    assert b"secret" not in encrypted
    assert cipher.decrypt(encrypted) == b"secret"


def test_the_first_key_encrypts_and_every_key_decrypts() -> None:
    encrypted = FernetCipher(OLD).encrypt(b"secret")
    both = FernetCipher(f" {NEW} , {OLD} ,")
    assert both.decrypt(encrypted) == b"secret"
    assert FernetCipher(NEW).decrypt(both.encrypt(b"x")) == b"x"
    assert FernetCipher(NEW).decrypt(both.rotate(encrypted)) == b"secret"


def test_a_missing_key_is_told_apart_from_damage_by_nobody() -> None:
    encrypted = FernetCipher(OLD).encrypt(b"secret")
    for unreadable in (encrypted, b"damaged"):
        with pytest.raises(WrongState, match="ENCRYPTION_KEY"):
            FernetCipher(NEW).decrypt(unreadable)


@pytest.mark.parametrize(
    "keys", ["", " , ", "hunter2hunter2", pytest.param(f"{NEW},hunter2hunter2", id="the second"), "ü" * 44]
)
def test_a_wrong_key_is_refused_without_being_quoted(keys: str) -> None:
    with pytest.raises(BadEncryptionKey) as caught:
        FernetCipher(keys)
    assert "hunter2" not in str(caught.value)
