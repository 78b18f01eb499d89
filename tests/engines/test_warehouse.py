from __future__ import annotations

from collections.abc import Sequence

from tests.engines.warehouse import RealWarehouse


class Noting(RealWarehouse):
    """Notes what it is told."""

    quote = '"'

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    @property
    def settings(self) -> dict[str, str]:
        return {}

    def write(self, statements: Sequence[str]) -> None:
        self.told += statements


def test_a_real_account_is_left_without_our_schemas() -> None:
    with Noting() as account:
        account.create_schema("ours")
    assert account.told == ['CREATE SCHEMA "ours"', 'DROP SCHEMA "ours" CASCADE']
