"""`dq check backtest`: how often a check would have failed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli import context
from cli.api import Json
from cli.bars import Mark, bars
from cli.runs import SEVERITIES
from cli.show import counts, grid, measured, sampled, word
from cli.values import thresholds
from cli.zones import day, zone_of_check

PERIODS = 1000


def backtest(
    ctx: typer.Context,
    check_id: Annotated[str, typer.Argument(help="Id of the check.")],
    check_type: Annotated[str, typer.Option("--type", help="Another check type of the same sensor, to try it.")] = "",
    warning: Annotated[list[str] | None, typer.Option(help="Rule parameter of a warning, name=value.")] = None,
    error: Annotated[list[str] | None, typer.Option(help="Rule parameter of an error, name=value.")] = None,
    fatal: Annotated[list[str] | None, typer.Option(help="Rule parameter of a fatal failure, name=value.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Judge periods from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Judge periods before this day.")] = None,
    group: Annotated[str, typer.Option(help="Data group, as results show it.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=PERIODS, help="Print the newest periods.")] = 30,
) -> None:
    """Judge a check's stored history, by its own thresholds or by others. Nothing is stored.

    Example: dq check backtest ID --type row_count_anomaly_seasonal --warning anomaly_percent=0.1
    """
    me = context.of(ctx)
    body: Json = {"check_type": check_type, "data_group": group, "page_size": PERIODS}
    given = thresholds(warning, error, fatal)
    body |= {"thresholds": given} if given else {}
    days = {name: at for name, at in (("start_time", since), ("end_time", until)) if at}
    with me.api() as api:
        zone = zone_of_check(api, check_id) if days else None
        body |= {name: at.replace(tzinfo=zone).isoformat() for name, at in days.items()}
        answer = api.post(f"/checks/{check_id}/backtest", body)
    me.show(answer, lambda: Group(_table(answer, answer["points"][-limit:]), _summary(answer)))


def _table(answer: Json, points: list[Json]) -> Table:
    zone = ZoneInfo(answer["time_zone"])
    lines = bars([_mark(point) for point in points])
    rows = (
        (
            day(point["time_period"], zone),
            measured(point),
            line,
            point["expected_text"] or point["message"],
            word(point["outcome"], "OUTCOME_"),
            "not learnt from" if point["excluded_from_training"] else "",
        )
        for point, line in zip(points, lines, strict=True)
    )
    return grid(("period", "value>", "value and limits", "expected", "severity", ""), rows)


def _mark(point: Json) -> Mark:
    """With the limits of the mildest severity."""
    bounds = point["bounds"]
    limits: Json = next((bounds[severity] for severity in SEVERITIES if bounds.get(severity)), {})
    style = str(word(point["outcome"], "OUTCOME_").style)
    return Mark(point["value"], limits.get("lower"), limits.get("upper"), style)


def _summary(answer: Json) -> Text:
    share = answer.get("alert_percent")
    told = "no verdict yet" if share is None else f"{share:.1f} % of the verdicts would have been alerts"
    text = Text(f"{answer['check_type']}{sampled(answer)}, {answer['period_count']} periods: {told}\n")
    return text.append_text(counts(answer["outcomes"]))
