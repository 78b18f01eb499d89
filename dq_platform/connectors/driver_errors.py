"""From a driver's exceptions to SourceError: what they have in common on all engines."""

from __future__ import annotations

import importlib
import re
from types import ModuleType

from dq_platform.errors import SourceError, SourceProblem

_SENTENCES = {
    SourceProblem.UNREACHABLE: "{engine} cannot be reached, or has closed the connection.",
    SourceProblem.CREDENTIALS: "{engine} refuses the user name, the password or the certificate.",
    SourceProblem.PERMISSION: "{engine} forbids this statement to the user of the connection.",
    SourceProblem.NOT_FOUND: "{engine} does not know the database, schema or table.",
    SourceProblem.TIMEOUT: "{engine} needed longer than the statement timeout allows.",
    SourceProblem.CANCELLED: "The statement was cancelled.",
    SourceProblem.BAD_SQL: "{engine} cannot execute the statement.",
    SourceProblem.RESOURCE: "{engine} lacks a resource: memory, disk, locks or free connections.",
}

_BY_SQLSTATE = {
    "08": SourceProblem.UNREACHABLE,
    "28": SourceProblem.CREDENTIALS,
    "3D": SourceProblem.NOT_FOUND,
    "3F": SourceProblem.NOT_FOUND,
    "40": SourceProblem.RESOURCE,
    "53": SourceProblem.RESOURCE,
    "57P": SourceProblem.UNREACHABLE,
    "58": SourceProblem.RESOURCE,
    "25006": SourceProblem.PERMISSION,
    "42501": SourceProblem.PERMISSION,
    "42P01": SourceProblem.NOT_FOUND,
    "55P03": SourceProblem.RESOURCE,
    "57014": SourceProblem.TIMEOUT,
    "57P05": SourceProblem.UNREACHABLE,
}

_QUOTED = re.compile(r"(['\"`]).*\1", re.DOTALL)
# Servers that speak other languages have other quotation marks, and some of those open in one and close in the next.
_QUOTED_OTHERWISE = re.compile(r"[«»‹›„“”‚‘’「」『』].*[«»‹›„“”‚‘’「」『』]", re.DOTALL)
_OPEN_QUOTE = re.compile(r"['\"`«»‹›„“”‚‘’「」『』]")
# A number, date, time or card number of five digits or more, and what has as many among letters: keys, bytes.
_LONG_NUMBER = re.compile(r"\d(?:[ .,:/-]?\d){4,}")
_WORD = re.compile(r"[\w-]+")
_SHORT = 4


def problem_of_sqlstate(sqlstate: str) -> SourceProblem:
    """The problem that the five characters stand for; BAD_SQL for the many that only say what is wrong with a query."""
    for length in (5, 3, 2):
        problem = _BY_SQLSTATE.get(sqlstate[:length])
        if problem is not None:
            return problem
    return SourceProblem.BAD_SQL


def source_error(problem: SourceProblem, engine: str, *, code: str = "", detail: str = "") -> SourceError:
    """The error in our words. `detail` is the engine's own message: only its first line counts, without literals."""
    sentence = _SENTENCES[problem].format(engine=engine)
    said = scrubbed(detail)
    return SourceError(problem, f"{sentence} It says: {said}" if said else sentence, code=code)


def scrubbed(message: str) -> str:
    """The message's first line without what may be a literal of the statement or a value of the table.

    From the first quote to the last of its kind everything goes, and after a quote without a partner the rest; so does
    what has more than four digits, quoted or not.
    """
    text = _QUOTED.sub("…", message.strip().replace("can't ", "cannot ").replace("n't ", " not "))
    text = _QUOTED_OTHERWISE.sub("…", text)
    text = _OPEN_QUOTE.split(text, maxsplit=1)[0].partition("\n")[0]
    return _WORD.sub(_unless_number, _LONG_NUMBER.sub("…", text)).strip()[:300]


def _unless_number(word: re.Match[str]) -> str:
    return "…" if sum(map(str.isdigit, word[0])) > _SHORT else word[0]


def load_driver(module: str, engine: str, package: str, *, library: str = "") -> ModuleType:
    """The driver's module, imported when a connection opens.

    Raises SourceError naming what to install: `package`, for pip, or, where the package is there and a shared library
    that it needs is not, `library`.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        message = f"{engine} needs the driver {package!r}, which is not installed: pip install '{package}'"
        if library and ".so" in str(error):
            message = f"{engine}'s driver needs a library of the operating system, which is not installed: {library}"
        raise SourceError(SourceProblem.DRIVER_MISSING, message) from error
