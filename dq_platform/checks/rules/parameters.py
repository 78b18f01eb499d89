"""What rules take, as annotations: `max_percent: Percent = 0.0` says its kind, range and default."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from dq_platform.checks.params import ParamKind, ParamSpec


@dataclass(frozen=True, slots=True)
class Takes:
    """The kind and range behind an annotation."""

    kind: ParamKind
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


Percent = Annotated[float, Takes(ParamKind.PERCENT, "Percentage, 0 to 100.", minimum=0, maximum=100)]
DiffPercent = Annotated[float, Takes(ParamKind.FLOAT, "Percentage, may exceed 100.", minimum=0)]
Count = Annotated[int, Takes(ParamKind.INT, "Number of things, 0 or more.", minimum=0)]
Whole = Annotated[int, Takes(ParamKind.INT, "A whole number.")]
Amount = Annotated[float, Takes(ParamKind.FLOAT, "A number.")]
Margin = Annotated[float, Takes(ParamKind.FLOAT, "A distance, 0 or more.", minimum=0)]
Change = Annotated[float, Takes(ParamKind.FLOAT, "A difference; below 0 it is a fall.")]
PercentChange = Annotated[float, Takes(ParamKind.FLOAT, "A difference in percent; below 0 it is a fall.")]
Deviations = Annotated[float, Takes(ParamKind.FLOAT, "Number of standard deviations, 0 or more.", minimum=0)]
Tail = Annotated[
    float,
    Takes(ParamKind.FLOAT, "Share of all values that lie beyond, percent, above 0 to 50.", minimum=1e-6, maximum=50),
]
ExactDay = Annotated[
    bool, Takes(ParamKind.BOOL, "Compare with that day only; otherwise with the newest one that is at least as old.")
]
Points = Annotated[int, Takes(ParamKind.INT, "Number of earlier values, 14 to 180.", minimum=14, maximum=180)]
Moment = Annotated[str, Takes(ParamKind.MOMENT, "A date, or a timestamp in UTC unless it has an offset; ISO 8601.")]
Text = Annotated[str, Takes(ParamKind.TEXT, "A text.")]
Days = Annotated[float, Takes(ParamKind.FLOAT, "Days, with fractions.", minimum=0)]


def specs_of(function: Callable[..., Any]) -> tuple[ParamSpec, ...]:
    """The keyword-only arguments of a rule as parameters; a trailing underscore (`from_`) is not part of the name."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters.values()
    return tuple(
        _spec(parameter, hints[parameter.name])
        for parameter in parameters
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    )


def _spec(parameter: inspect.Parameter, hint: object) -> ParamSpec:
    takes = _takes(hint)
    required = parameter.default is inspect.Parameter.empty
    return ParamSpec(
        name=parameter.name.rstrip("_"),
        kind=takes.kind,
        description=takes.description,
        required=required,
        default=None if required else parameter.default,
        minimum=takes.minimum,
        maximum=takes.maximum,
        choices=takes.choices,
    )


def _takes(hint: object) -> Takes:
    """The marker of an annotation, or of the one inside `X | None`."""
    for option in (hint, *get_args(hint)):
        if get_origin(option) is Annotated:
            return next(extra for extra in get_args(option) if isinstance(extra, Takes))
    message = f"a rule's argument is annotated {hint!r}, which says nothing of its kind"
    raise TypeError(message)
