"""Only one statement, and only one that reads: for engines whose sessions cannot be made read-only on the server.

It looks at words, not at grammar, because statements are long and the engine parses them anyway. What it cannot tell
apart it refuses: an unquoted column named `into` outside brackets, for example, which all these engines reserve.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from dq_platform.errors import SourceError, SourceProblem


def to_end_of_line(marks: str) -> str:
    """The pattern of a comment from `marks`, a pattern, to the line's end.

    Engines differ in whether a carriage return alone, or a NUL, ends it: before one, this is no comment.
    """
    return rf"(?:{marks})[^\r\n\x00]*+(?!\x00|\r(?!\n))"


LINE_COMMENT = to_end_of_line("--")
# Some engines nest comments and some do not, and some take what begins with ! or + for more than a comment.
BLOCK_COMMENT = r"/\*(?![!+])(?:(?!/\*|\*/).)*\*/"
TEXT = r"'(?:[^']|'')*'"
TEXT_WITH_ESCAPES = r"'(?:[^'\\]|\\.)*'"
DOUBLE_QUOTED = r'"(?:[^"]|"")*"'
DOUBLE_QUOTED_WITH_ESCAPES = r'"(?:[^"\\]|\\.)*"'
BACKTICKED = r"`(?:[^`\\]|\\.)*`"
BRACKETED = r"\[(?:[^\]]|\]\])*\]"

UNPAIRED = r"['\"`]|--|/\*"
"""What begins something quoted, where nothing that is quoted begins."""

_READING = frozenset({"SELECT", "WITH", "("})
_CHANGING = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "INTO", "UPSERT", "TRUNCATE", "EXEC", "EXECUTE", "CALL"})


class OneQuery:
    """The rule of one engine. `quoted` are patterns of what it quotes: texts, names and comments.

    `also` are further words, in capitals, that no query has outside brackets: for engines that take a second statement
    without a semicolon before it. `functions` are words that a query may have, because they name functions, too.
    `never` is a pattern of what is refused wherever it is not quoted, such as a quotation mark without its partner.
    """

    def __init__(
        self,
        engine: str,
        *quoted: str,
        also: Collection[str] = (),
        functions: Collection[str] = (),
        never: str = UNPAIRED,
    ) -> None:
        self._engine = engine
        self._changing = _CHANGING.union(also).difference(functions)
        self._tokens = re.compile(
            f"(?P<quoted>{'|'.join(quoted)})|(?P<never>{never})|(?P<word>[^\\W\\d]\\w*|[();])", re.DOTALL
        )

    def require(self, sql: str) -> None:
        """Raises SourceError (PERMISSION) unless the text is one query, with nothing behind it."""
        if not self._is_query(sql):
            message = f"{self._engine} connections run one SELECT at a time, nothing else."
            raise SourceError(SourceProblem.PERMISSION, message)

    def _is_query(self, sql: str) -> bool:
        if any(found["never"] for found in self._tokens.finditer(sql)):
            return False
        words = self._words(sql)
        first = next(words, "")
        depth, ended = int(first == "("), False
        for word in words:
            if ended:
                return False
            depth += (word == "(") - (word == ")")
            ended = word == ";"
            if depth < 0 or (ended and depth) or (not depth and word in self._changing):
                return False
        return first in _READING and depth == 0

    def _words(self, sql: str) -> Iterator[str]:
        """Words in capitals, brackets and semicolons."""
        return (found["word"].upper() for found in self._tokens.finditer(sql) if found["word"])
