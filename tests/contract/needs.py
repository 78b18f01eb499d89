"""Which cases of the contract a server must be able for, so that a stand-in can say which of them it is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

# What a server may lack, as docs/engines.md says it. Every engine's real server has all of it.
CAPABILITIES = {
    "cancel": "stopping a running statement when asked to",
    "statement_timeout": "stopping a statement that takes too long",
    "views": "views",
    "table_names": "any name of a table",
    "dollars": "texts with a dollar sign before a name",
    "wide_characters": "counting characters beyond the first 65536 as one",
    "wide_decimals": "decimals of 38 digits, ten of them behind the point",
    "keys": "primary keys and NOT NULL",
    "comments": "comments on columns",
    "drop_column": "dropping a column",
    "samples": "reading a sample of a table",
}


def needs(*capabilities: str) -> pytest.MarkDecorator:
    """Mark a case that only a server with these can pass."""
    require_known(dict.fromkeys(capabilities, ""))
    return pytest.mark.needs(*capabilities)


def require_known(lacks: Mapping[str, str]) -> None:
    """Raises ValueError if there is no such capability: then its cases would run, or not, for no reason."""
    unknown = sorted(lacks.keys() - CAPABILITIES.keys())
    if unknown:
        message = f"the contract knows no capability {', '.join(unknown)}; add it to CAPABILITIES"
        raise ValueError(message)


def lacking(item: pytest.Item, lacks: Mapping[str, str]) -> str:
    """Why the server cannot pass the case; empty if it can."""
    needed = [name for mark in item.iter_markers("needs") for name in mark.args]
    return "; ".join(f"the server lacks {CAPABILITIES[name]}: {lacks[name]}" for name in needed if name in lacks)
