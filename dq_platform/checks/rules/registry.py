"""The rules that checks can use, by name."""

from __future__ import annotations

import inspect
import keyword
import math
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from dq_platform.checks.params import ParamSpec
from dq_platform.checks.registry import Registry
from dq_platform.checks.rules.parameters import specs_of
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number, Params

RuleFunction = Callable[..., Verdict]


@dataclass(frozen=True, slots=True)
class RuleType:
    """One rule as the catalogue shows it.

    `history_points` is how many of the newest earlier periods it looks at. `judges_absence`: it gets None for a value
    that is missing though one is expected.
    """

    name: str
    description: str
    params: tuple[ParamSpec, ...]
    function: RuleFunction
    history_points: int = 0
    judges_absence: bool = False

    @property
    def takes_context(self) -> bool:
        parameters = inspect.signature(self.function).parameters.values()
        return sum(parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for parameter in parameters) > 1


def rule(name: str, *, history_points: int = 0, judges_absence: bool = False) -> Callable[[RuleFunction], RuleType]:
    """Make a function a rule: its docstring and keyword-only arguments are what the catalogue shows."""

    def declare(function: RuleFunction) -> RuleType:
        description, params = inspect.getdoc(function) or "", specs_of(function)
        return RuleType(name, description, params, function, history_points, judges_absence)

    return declare


def apply(rule: RuleType, value: Number | None, params: Params, context: RuleContext) -> Verdict:
    """The rule's verdict on a value; none if there is no value, or none that is a number.

    A rule that judges absence is asked about a missing value too, if there is an expected one.
    """
    if value is None and not (rule.judges_absence and context.expected is not None):
        return Verdict(passed=None, reason="There was nothing to measure.")
    if value is not None and math.isnan(value):
        return Verdict(passed=None, reason="The measured value is not a number (NaN).")
    arguments = {f"{name}_" if keyword.iskeyword(name) else name: given for name, given in params.items()}
    return rule.function(value, *([context] if rule.takes_context else []), **arguments)


def _load() -> Iterator[RuleType]:
    """Every rule that a module of this package declares."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(import_module(package).__path__):
        declared = vars(import_module(f"{package}.{module.name}")).values()
        yield from (entry for entry in declared if isinstance(entry, RuleType))


RULE_REGISTRY: Registry[RuleType] = Registry("rule", _load)
