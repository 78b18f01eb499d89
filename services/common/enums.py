"""Closed enums of the core and of the contract, by name: `JobState.QUEUED` is `JOB_STATE_QUEUED`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Generic, TypeVar

from google.protobuf.descriptor import EnumDescriptor

E = TypeVar("E", bound=Enum)
UNSPECIFIED = "UNSPECIFIED"


class EnumPair(Generic[E]):
    """Turns members into numbers of the contract and back. Raises TypeError when made of enums that differ."""

    def __init__(self, core: type[E], contract: EnumDescriptor) -> None:
        prefix = contract.values_by_number[0].name.removesuffix(UNSPECIFIED)
        names = {value.name.removeprefix(prefix): value.number for value in contract.values if value.number}
        if names.keys() != core.__members__.keys():
            message = f"{core.__name__} and {contract.full_name} name different members"
            raise TypeError(message)
        self._numbers = {core[name]: number for name, number in names.items()}
        self._members = {number: member for member, number in self._numbers.items()}

    def proto(self, member: E | None) -> int:
        """The number; 0 (unspecified) for None."""
        return 0 if member is None else self._numbers[member]

    def core(self, number: int) -> E:
        """The member. Raises KeyError for 0 and for numbers that the contract does not have."""
        return self._members[number]

    def core_or_none(self, number: int) -> E | None:
        """The member; None for 0 (unspecified)."""
        return self._members[number] if number else None

    def core_or(self, number: int, default: E) -> E:
        """The member; `default` for 0 (unspecified)."""
        return self._members[number] if number else default

    def cores(self, numbers: Iterable[int]) -> tuple[E, ...]:
        return tuple(self._members[number] for number in numbers)

    def protos(self, members: Iterable[E]) -> list[int]:
        """The numbers, sorted."""
        return sorted(self._numbers[member] for member in members)
