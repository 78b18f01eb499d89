"""Encryption of connection settings with Fernet."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from dq_platform.errors import WrongState


class BadEncryptionKey(ValueError):
    """A key is not one of Fernet's; the message says which by its position, never its text."""


class FernetCipher:
    """Encrypts with the first of the comma-separated `keys`, decrypts with whichever fits.

    Raises BadEncryptionKey if there is none, or one that is not 32 bytes in URL-safe base64.
    """

    def __init__(self, keys: str) -> None:
        texts = [text for text in (part.strip() for part in keys.split(",")) if text]
        if not texts:
            message = "there is no encryption key"
            raise BadEncryptionKey(message)
        self._fernet = MultiFernet([_fernet(position, text) for position, text in enumerate(texts, start=1)])

    def encrypt(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def decrypt(self, encrypted: bytes) -> bytes:
        """Raises WrongState if none of the keys fits."""
        try:
            return self._fernet.decrypt(encrypted)
        except InvalidToken as error:
            raise WrongState(
                "CONNECTION_SETTINGS_UNREADABLE",
                "The connection's settings were encrypted with a key that this server does not have. "
                "Add it to ENCRYPTION_KEY, or store the settings again.",
            ) from error

    def rotate(self, encrypted: bytes) -> bytes:
        """The same content, encrypted with the first key. Raises WrongState."""
        return self.encrypt(self.decrypt(encrypted))


def _fernet(position: int, text: str) -> Fernet:
    try:
        return Fernet(text)
    except ValueError:
        message = f"encryption key {position} is not 32 bytes in URL-safe base64"
        # The cause would quote nothing, but its traceback holds the key.
        raise BadEncryptionKey(message) from None
