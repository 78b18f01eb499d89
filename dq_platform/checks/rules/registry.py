"""The rules that checks can use, by name."""

from __future__ import annotations

import inspect
import keyword
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Protocol, TypeVar

from dq_platform.checks.params import ParamSpec
from dq_platform.checks.registry import Registry
from dq_platform.checks.rules.numbers import is_nan
from dq_platform.checks.rules.parameters import specs_of
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict
from dq_platform.models.values import Number, Params, ParamValue, ValueKind

RuleFunction = Callable[..., Verdict]
NUMBERS = frozenset({ValueKind.NUMBER})


class LooksBack(Protocol):
    """What tells rules of one function apart."""

    @property
    def history_points(self) -> int: ...

    @property
    def least(self) -> int: ...


W = TypeVar("W", bound=LooksBack)


@dataclass(frozen=True, slots=True)
class RuleType:
    """One rule as the catalogue shows it.

    `history_points` is how many of the newest earlier periods it looks at. `judges_absence`: it gets None for a value
    that is missing though one is expected. `tells_bounds` false: its verdicts never say what interval would pass.
    `learns` false: earlier periods are no example of what is normal, so that it sees those that are excluded from
    training too. `least_history` is how many earlier periods must have a value before there is a verdict. `formula`
    says what passes.
    `judges` says of which values it can be asked: it gets moments as seconds since 1970, and texts as they are.
    """

    name: str
    description: str
    params: tuple[ParamSpec, ...]
    function: RuleFunction
    history_points: int = 0
    judges_absence: bool = False
    tells_bounds: bool = True
    learns: bool = True
    least_history: int = 0
    formula: str = ""
    judges: frozenset[ValueKind] = NUMBERS

    @property
    def takes_context(self) -> bool:
        return _positional(self.function) > 1


@lru_cache(maxsize=1024)
def _positional(function: Callable[..., object]) -> int:
    """How many arguments the function takes by position."""
    parameters = inspect.signature(function).parameters.values()
    return sum(parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)


def rule(
    name: str,
    *,
    history_points: int = 0,
    least_history: int = 0,
    judges_absence: bool = False,
    learns: bool = True,
    judges: Set[ValueKind] = NUMBERS,
) -> Callable[[RuleFunction], RuleType]:
    """Make a function a rule: its docstring and keyword-only arguments are what the catalogue shows.

    The docstring's last paragraph may begin with `Formula: `. A rule that judges nothing but texts tells no bounds,
    which are numbers.
    """

    def declare(function: RuleFunction) -> RuleType:
        description, formula = documented(function)
        return RuleType(
            name=name,
            description=description,
            params=specs_of(function),
            function=function,
            history_points=history_points,
            judges_absence=judges_absence,
            tells_bounds=judges != {ValueKind.TEXT},
            learns=learns,
            least_history=least_history,
            formula=formula,
            judges=frozenset(judges),
        )

    return declare


def rules(by_name: Mapping[str, W]) -> Callable[[RuleFunction], tuple[RuleType, ...]]:
    """Make a function several rules that differ in its third argument, whose fields `{0.days}` in the docstring shows.

    Example: `@rules({"moving_7_days": Window(7, 3), "moving_30_days": Window(30, 10)})` above
    `def moving(actual, context, window, *, factor: Factor)`.
    """

    def declare(function: RuleFunction) -> tuple[RuleType, ...]:
        (description, formula), params = documented(function), specs_of(function)
        return tuple(
            RuleType(
                name=name,
                description=description.format(third),
                params=params,
                function=_with_third(function, third),
                history_points=third.history_points,
                least_history=third.least,
                formula=formula.format(third),
            )
            for name, third in by_name.items()
        )

    return declare


def documented(function: Callable[..., object]) -> tuple[str, str]:
    """What the function's docstring says, and the formula in its last paragraph, empty if there is none."""
    description, _, formula = (inspect.getdoc(function) or "").partition("\n\nFormula: ")
    return description, " ".join(formula.split())


def _with_third(function: RuleFunction, third: object) -> RuleFunction:
    def judge(actual: Number, context: RuleContext, **params: ParamValue) -> Verdict:
        return function(actual, context, third, **params)

    return judge


def apply(rule: RuleType, value: Number | str | None, params: Params, context: RuleContext) -> Verdict:
    """The rule's verdict on a value; none if there is no value, none that is a number, or if the rule is undecided.

    A rule that judges absence is asked about a missing value too, if there is an expected one.
    """
    if value is None and not (rule.judges_absence and context.expected is not None):
        return Verdict(passed=None, reason="There was nothing to measure.")
    if value is not None and not isinstance(value, str) and is_nan(value):
        return Verdict(passed=None, reason="The measured value is not a number (NaN).")
    arguments = {f"{name}_" if keyword.iskeyword(name) else name: given for name, given in params.items()}
    try:
        return rule.function(value, *([context] if rule.takes_context else []), **arguments)
    except Undecided as reason:
        return Verdict(passed=None, reason=str(reason))


def _load() -> Iterator[RuleType]:
    """Every rule that a module of this package declares."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(package).__path__):
        declared = vars(import_module(f"{package}.{module.name}")).values()
        for entry in declared:
            listed = entry if isinstance(entry, tuple) else (entry,)
            yield from (one for one in listed if isinstance(one, RuleType))


RULE_REGISTRY: Registry[RuleType] = Registry("rule", _load, RuleType)
