"""What PostgreSQL and Redshift read as quoted, so that nothing in a query passes for a text that they would execute.

Several statements in one message are executed one after the other, and the first may end the read-only transaction.
Where our reading and the server's might differ, the query is refused: comments within comments, texts with escapes
that another text follows, `$` other than in a name or a dollar-quoted text.
"""

from __future__ import annotations

from dq_platform.connectors.one_query import DOUBLE_QUOTED, TEXT, OneQuery

LINE_COMMENT = r"--[^\n\r]*"
BLOCK_COMMENT = r"/\*(?:(?!/\*|\*/).)*\*/"

# What may stand in a name, before which neither a text with escapes nor a dollar-quoted one begins.
_NOT_IN_NAME = "(?<![\\w$\\x80-\U0010ffff])"
_ESCAPED_TEXT = rf"{_NOT_IN_NAME}[eE]'(?:[^'\\]|\\.|'')*+'(?!\s*(?:--[^\n\r]*\s*)*')"
_DOLLAR_TEXT = rf"{_NOT_IN_NAME}\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$"

NEVER = r"""['"]|/\*|(?<![^\W\d])\$"""
"""Quotes, comments and dollars that belong to nothing above."""

ONE_QUERY = OneQuery(
    "PostgreSQL",
    LINE_COMMENT,
    BLOCK_COMMENT,
    _ESCAPED_TEXT,
    _DOLLAR_TEXT,
    TEXT,
    DOUBLE_QUOTED,
    never=rf"{NEVER}|{_NOT_IN_NAME}[eE]'",
)
