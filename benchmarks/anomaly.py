"""Planted anomalies: how many the rules find, and how many of their alarms are right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

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
THRESHOLDS = {Severity.WARNING: {"anomaly_percent": 0.1}}
SEEDS = range(4)


@dataclass(frozen=True, slots=True)
class Score:
    """Alarms that are right, alarms that are not, anomalies without an alarm."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def run(console: Console) -> None:
    """Print precision, recall and F1 of each rule, by kind of series and over all."""
    kinds = [[planted(name, usual, seed) for seed in SEEDS] for name, usual in USUAL.items()]
    kinds.append([total(seed) for seed in SEEDS])
    scores: dict[str, list[Score]] = {}
    for label, name in RULES.items():
        with console.status(f"{label} …"):
            scores[label] = [_sum(score(name, series) for series in kind) for kind in kinds]
    console.print(_table([kind[0].name for kind in kinds], scores))


def score(rule: str, series: Series) -> Score:
    """Every point judged by what was known before it, at the check types' own default threshold."""
    tested = backtest(RULE_REGISTRY.get(rule), THRESHOLDS, Past(series.points, Calendar()))
    alarms = {one.point.time_period for one in tested.points if one.outcome.severity} - series.unclear
    return Score(len(alarms & series.anomalies), len(alarms - series.anomalies), len(series.anomalies - alarms))


def _table(names: list[str], scores: dict[str, list[Score]]) -> Table:
    table = Table("precision / recall / F1", *scores)
    for index, name in enumerate(names):
        table.add_row(name, *(_cell(of_rule[index]) for of_rule in scores.values()))
    table.add_row("all", *(_cell(_sum(of_rule)) for of_rule in scores.values()), style="bold")
    return table


def _cell(of: Score) -> str:
    return f"{of.precision:.2f} / {of.recall:.2f} / {of.f1:.2f}"


def _sum(scores: Iterable[Score]) -> Score:
    return sum(scores, Score())
