"""Updates: fields by name, applied to what is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from dq_platform.app.review import Review

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def changed(before: T, changes: Mapping[str, Any], changeable: Collection[str], path: str) -> T:
    """The model with the new values, which have their fields' types already.

    Naming any other field is fine as long as its value stays what it is. Raises Invalid otherwise.
    """
    review = Review(path)
    for name, value in changes.items():
        if name not in changeable and (not hasattr(before, name) or getattr(before, name) != value):
            review.wrong(name, f"cannot be changed; these can: {', '.join(sorted(changeable))}.", "IMMUTABLE_FIELD")
    review.done()
    return replace(before, **{name: value for name, value in changes.items() if name in changeable})
