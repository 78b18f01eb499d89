from __future__ import annotations

import pytest

from dq_platform.adapters.bcrypt_hasher import BcryptHasher

HASHER = BcryptHasher(rounds=4)


async def test_only_the_secret_itself_fits_its_hash() -> None:
    hashed = await HASHER.hash("sésame")
    assert await HASHER.verify("sésame", hashed)
    assert not await HASHER.verify("sesame", hashed)


async def test_the_cost_is_the_one_asked_for() -> None:
    assert (await BcryptHasher(rounds=5).hash("x")).startswith(b"$2b$05$")


@pytest.mark.parametrize("secret", ["x" * 73, "a\x00b", "é" * 37])
async def test_a_secret_that_bcrypt_would_cut_is_neither_hashed_nor_verified(secret: str) -> None:
    with pytest.raises(ValueError, match="72 bytes"):
        await HASHER.hash(secret)
    assert not await HASHER.verify(secret, await HASHER.hash("x" * 72))


async def test_what_is_no_text_is_no_secret() -> None:
    assert not await HASHER.verify("\ud800", await HASHER.hash("x"))
