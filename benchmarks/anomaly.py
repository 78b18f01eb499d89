"""Planted anomalies: how many the rules find, and how many of their alarms are right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Column, Table

from benchmarks.series import USUAL, Series, planted, total
from dq_platform.checks.backtest import Past, backtest
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.models.outcome import Severity

RULES = {
    "stationary": "anomaly_stationary_percentile_moving_average",
    "differencing": "anomaly_differencing_percentile_moving_average",
    "partition": "anomaly_partition_row_count",
    "seasonal": "anomaly_seasonal",
}
PERCENTS = {Severity.WARNING: 5.0, Severity.ERROR: 1.0, Severity.FATAL: 0.1}
"""0.1 is what checks start from; the others show whether another would have helped a rule."""
DEFAULT = Severity.FATAL
SEEDS = range(10, 13)


@dataclass(frozen=True, slots=True)
class Score:
    """Alarms that are right, alarms that are not, anomalies without an alarm."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        f1 = 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)
        return f"{precision:.2f} {recall:.2f} {f1:.2f}"


Scores = dict[str, list[dict[Severity, Score]]]
"""By rule, then by kind of series."""


def run(console: Console) -> None:
    """Print precision, recall and F1 of each rule, by kind of series and over all."""
    kinds = [[planted(name, usual, seed) for seed in SEEDS] for name, usual in USUAL.items()]
    kinds.append([total(seed) for seed in SEEDS])
    scores: Scores = {}
    for label, name in RULES.items():
        with console.status(f"{label} …"):
            scores[label] = [_together([score(name, series) for series in kind]) for kind in kinds]
    console.print("Precision, recall and F1; a year of days each, of which the first 90 are only learnt from.")
    console.print(_by_kind([kind[0].name for kind in kinds], scores))
    console.print(_by_percent(scores))


def score(rule: str, series: Series) -> dict[Severity, Score]:
    """Every point judged by what was known before it."""
    thresholds = {severity: {"anomaly_percent": percent} for severity, percent in PERCENTS.items()}
    tested = backtest(RULE_REGISTRY.get(rule), thresholds, Past(series.points, Calendar()))
    found = {}
    for severity in PERCENTS:
        failing = {one.point.time_period for one in tested.points if one.verdicts[severity].passed is False}
        alarms = failing - series.unclear
        found[severity] = Score(
            len(alarms & series.anomalies), len(alarms - series.anomalies), len(series.anomalies - alarms)
        )
    return found


def _by_kind(names: list[str], scores: Scores) -> Table:
    table = _table(f"anomaly_percent {PERCENTS[DEFAULT]:g}", scores)
    for index, name in enumerate(names):
        table.add_row(name, *(str(of_rule[index][DEFAULT]) for of_rule in scores.values()))
    return table


def _by_percent(scores: Scores) -> Table:
    table = _table("anomaly_percent", scores)
    for severity, percent in reversed(PERCENTS.items()):
        table.add_row(f"{percent:g}", *(str(_together(of_rule)[severity]) for of_rule in scores.values()))
    return table


def _table(title: str, rules: Iterable[str]) -> Table:
    columns = (Column(rule, min_width=14) for rule in rules)
    return Table(Column(title, min_width=19), *columns, box=None, padding=(0, 1, 0, 0))


def _together(scores: Iterable[dict[Severity, Score]]) -> dict[Severity, Score]:
    listed = list(scores)
    return {severity: sum((one[severity] for one in listed), Score()) for severity in PERCENTS}
