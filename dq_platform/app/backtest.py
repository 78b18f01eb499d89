"""How often a check would have failed: its stored history, judged by thresholds that nobody has set yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from dq_platform.app.checks import draft_of
from dq_platform.app.deps import Deps
from dq_platform.app.review import Review
from dq_platform.app.runs import FIRST_WINDOW_START, LAST_WINDOW_END
from dq_platform.checks.backtest import Backtest, BacktestPoint, Past, judged
from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.errors import Invalid, WrongState
from dq_platform.models.check import Check, PeriodWindow, Thresholds
from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import TableSample
from dq_platform.models.values import Params, ValueKind
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

MAX_PERIODS = 1000
"""How many periods can be judged at once."""
DEFAULT_PERIODS = 365
AT_ONCE = 20
"""How many periods are judged before anybody else has a say."""


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """What to try on which history.

    `thresholds` are plain JSON by severity; none: the check's own or, with `check_type`, that type's default. `start`
    None: the newest 365 periods; `end` None: all. `data_group` is empty for checks without grouping.
    """

    check_id: str
    thresholds: Mapping[Severity, Mapping[str, object]] = field(default_factory=dict)
    check_type: str = ""
    data_group: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """The check type, its rule in the check's mode, and complete thresholds."""

    check_type: CheckType
    rule: RuleType
    thresholds: Thresholds

    @property
    def by_severity(self) -> Mapping[Severity, Params]:
        return {severity: params for severity in Severity if (params := self.thresholds.of(severity)) is not None}


@dataclass(frozen=True, slots=True)
class Trial:
    """What was tried, and how it would have ended; periods are days or months in that time zone.

    All of them were measured on `table_sample`, None for all rows, as the check is now.
    """

    tried: Tried
    backtest: Backtest
    time_zone: str
    table_sample: TableSample | None = None


async def backtest_check(deps: Deps, who: Principal, request: BacktestRequest) -> Trial:
    """The check's periods, each judged by what was known before it; the source is not asked and nothing is stored.

    Raises Invalid with everything that is wrong with the request, WrongState if the check's history holds nothing that
    a rule could judge.
    """
    async with deps.uow() as tx:
        check = await tx.checks.get(who.workspace_id, request.check_id)
        zone = (await tx.connections.get(who.workspace_id, check.target.connection_id)).time_zone
        tried = _reviewed(check, request)
        past = await _past(tx, tried.rule, request, Calendar(zone, check.time_scale))
    async with deps.computing:
        return Trial(tried, await _computed(tried, past), zone, check.table_sample)


async def _computed(tried: Tried, past: Past) -> Backtest:
    """A year of a rule that forecasts takes seconds: other calls go on meanwhile, and a caller who leaves ends it."""
    points = judged(tried.rule, tried.by_severity, past)
    found: list[BacktestPoint] = []
    while some := await asyncio.to_thread(lambda: list(islice(points, AT_ONCE))):
        found += some
    return Backtest.of(found)


async def _past(tx: Tx, rule: RuleType, request: BacktestRequest, calendar: Calendar) -> Past:
    """The values that the rule can judge: a column's type may have changed. Raises Invalid for too many periods."""
    window = PeriodWindow(request.start or FIRST_WINDOW_START, request.end or LAST_WINDOW_END)
    most = MAX_PERIODS + 1 if request.start else DEFAULT_PERIODS
    found = await tx.results.series(request.check_id, request.data_group, window, most)
    if len(found.points) > MAX_PERIODS:
        text = f"leaves more than {MAX_PERIODS} periods to judge; take a later start or an earlier end."
        raise Invalid.one("start_time", text, "TOO_MANY")
    points = tuple(point for point in found.points if point.kind in rule.judges)
    if not points or not rule.history_points:
        return Past(points, calendar, found.untrained)
    first = points[0].time_period
    everything = not rule.learns
    before = await tx.results.history([request.check_id], first, rule.history_points, everything=everything)
    earlier = before.get((request.check_id, request.data_group), ())
    return Past(points, calendar, found.untrained, earlier)


def _reviewed(check: Check, request: BacktestRequest) -> Tried:
    own = CHECK_REGISTRY.get(check.check_type)
    _require_history(own)
    review = Review()
    review.period(request.start, request.end, "end_time")
    _review_group(review, check, request.data_group)
    tried = _tried(review, check, own, request)
    review.done()
    return tried


def _require_history(own: CheckType) -> None:
    """Raises WrongState for a check type whose results hold nothing that a rule could judge again."""
    why = ""
    if SENSOR_REGISTRY.get(own.sensor).imports:
        why = "takes its severity from its query, so that there is no rule to try"
    elif own.judges == {ValueKind.TEXT}:
        why = "measures texts, of which there is no history to judge"
    if why:
        raise WrongState("BACKTEST_UNSUPPORTED", f"{own.name} {why}.", check_type=own.name)


def _review_group(review: Review, check: Check, data_group: str) -> None:
    if check.group_by and not data_group:
        text = "the check has data groups; name one as its results do, such as '[\"DE\"]'."
        review.wrong("data_group", text, "REQUIRED")
    elif data_group and not check.group_by:
        review.wrong("data_group", "the check has no data grouping; leave it out.", "NOT_ALLOWED")


def _tried(review: Review, check: Check, own: CheckType, request: BacktestRequest) -> Tried:
    chosen = CHECK_REGISTRY.find(request.check_type) if request.check_type else own
    if chosen is None:
        hint = CHECK_REGISTRY.hint(request.check_type) or "."
        review.wrong("check_type", f"there is no check type {request.check_type[:100]!r}{hint}", "UNKNOWN_CHECK_TYPE")
        review.done()
    chosen = chosen or own
    for problem in _misfits(check, own, chosen):
        review.wrong("check_type", problem, "CHECK_TYPE_NOT_COMPARABLE")
    rule = RULE_REGISTRY.get(chosen.rule_of(check.mode))
    given = request.thresholds or (draft_of(check).thresholds if chosen == own else {})
    thresholds, violations = validate_thresholds(chosen, rule, given)
    review.add(replace(one, field=one.field.removeprefix("check.")) for one in violations)
    return Tried(chosen, rule, thresholds)


def _misfits(check: Check, own: CheckType, other: CheckType) -> Iterator[str]:
    """Why the values of the one check type cannot be judged as those of the other."""
    params = {**check.sensor_params, **own.fixed}
    if other.sensor != own.sensor or any(params.get(name) != value for name, value in other.fixed.items()):
        yield f"{other.name} measures something else than {own.name}; try one of {_comparable(own)}."
        return
    if other.judges != own.judges:
        kind, judged = (" or ".join(sorted(one.judges)) for one in (own, other))
        yield f"{other.name} judges a {judged}, {own.name} a {kind}; try one of {_comparable(own)}."
        return
    if other.compares and not own.compares:
        yield f"{other.name} compares with a reference, which the check's history does not have."
    if check.mode not in other.modes:
        yield f"{other.name} has the modes {', '.join(other.modes)}, not {check.mode}, which is the check's."
    elif check.time_scale not in other.time_scales(check.mode):
        scales = ", ".join(other.time_scales(check.mode))
        yield f"{other.name} checks in the mode {check.mode} are {scales}, not {check.time_scale}, as the check is."


def _comparable(own: CheckType) -> str:
    """Check types that measure and judge the same kind of value."""
    alike = (one for one in CHECK_REGISTRY.items() if one.sensor == own.sensor and one.judges == own.judges)
    return ", ".join(sorted(one.name for one in alike))
