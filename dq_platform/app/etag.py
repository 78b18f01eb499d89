"""Etags: a resource's version as the caller sees it."""

from __future__ import annotations

from dq_platform.errors import EtagMismatch


def etag_of(version: int) -> str:
    """The version between double quotes."""
    return f'"{version}"'


def require_etag(kind: str, id: str, version: int, etag: str) -> None:
    """Raises EtagMismatch if an etag was given and is not this version's."""
    if etag and etag != etag_of(version):
        raise EtagMismatch(kind, id)
