"""Why a single check could not be measured though its source answers."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.errors import DomainError, SourceError, SourceProblem

SHOWN_NAMES = 50


class TableMissing(DomainError):
    """The checked table is not in the source, or not visible to the connection's user."""

    reason = "TABLE_NOT_FOUND"

    def __init__(self, schema: str, table: str) -> None:
        super().__init__(f"Table {schema}.{table} does not exist.", schema=schema, table=table)


def keeps_from_reading(error: DomainError) -> bool:
    """Whether the error tells that the table cannot be read; not if somebody or our own installation stopped us."""
    if isinstance(error, SourceError):
        return error.problem not in (SourceProblem.CANCELLED, SourceProblem.DRIVER_MISSING)
    return isinstance(error, TableMissing)


class ReferenceFailed(DomainError):
    """The reference that a check compares with could not be measured; the reason is that of its own error."""

    def __init__(self, table: str, error: DomainError) -> None:
        super().__init__(f"The reference table {table} could not be measured: {error.message}", **error.facts)
        self.reason = error.reason


class ColumnMissing(DomainError):
    """The checked table lacks a column that the check names."""

    reason = "COLUMN_NOT_FOUND"

    def __init__(self, column: str, table: str, columns: Sequence[str]) -> None:
        more = ", …" if len(columns) > SHOWN_NAMES else ""
        listed = ", ".join(columns[:SHOWN_NAMES]) + more
        super().__init__(f"Table {table} has no column {column!r}; its columns are: {listed}.", column=column)


class ColumnTypeUnsuitable(DomainError):
    """A column has a type that the check cannot measure."""

    reason = "COLUMN_TYPE_UNSUITABLE"

    def __init__(self, column: str, engine_type: str, check_type: str) -> None:
        super().__init__(
            f"Column {column!r} is of type {engine_type}, which {check_type!r} cannot use.",
            column=column,
            type=engine_type,
        )


class SensorFailed(DomainError):
    """The sensor's template is wrong: no statement came of it."""

    reason = "SENSOR_FAILED"

    def __init__(self, sensor: str) -> None:
        super().__init__(f"The sensor {sensor!r} cannot be rendered.", sensor=sensor)


class TooManyGroups(DomainError):
    """The grouping columns hold more distinct values than a check may have groups."""

    reason = "TOO_MANY_GROUPS"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The grouping gives more than {limit} groups; group by columns with fewer values, or filter.",
            limit=str(limit),
        )


class ImportFailed(DomainError):
    """The user's query that brings the severity along answered something else than one row with a severity."""

    reason = "IMPORT_FAILED"


class RowsMultiplied(DomainError):
    """A statement answered more than one row for the same group and period, so that no number can be told whose it is.

    An SQL expression that returns sets does that, to every expression beside it.
    """

    reason = "ROWS_MULTIPLIED"

    def __init__(self) -> None:
        super().__init__("The expression returns several rows where one number is expected; it must not return sets.")


class ScanBudgetExceeded(DomainError):
    """The statement would read more of the table than the connection's budget leaves the run; it was not sent."""

    reason = "SCAN_BUDGET_EXCEEDED"

    def __init__(self, field: str, unit: str, wanted: int, most: int, taken: int) -> None:
        used = f", of which the run's other statements use {taken:,}" if taken else ""
        super().__init__(
            f"The statement would read about {wanted:,} {unit}; budget.{field} of the connection allows {most:,} "
            f"of one table in a run{used}.",
            field=field,
            estimate=str(wanted),
            limit=str(most),
            used=str(taken),
        )


class ScanSizeUnknown(DomainError):
    """Nobody knows how much the statement would read, while the connection has a budget; it was not sent."""

    reason = "SCAN_SIZE_UNKNOWN"

    def __init__(self, field: str, *, elsewhere: bool) -> None:
        subject = "one of the tables that it reads" if elsewhere else "the table"
        super().__init__(
            f"How much the statement would read is not known: {subject} has no estimate; the connection has "
            f"budget.{field}. Let the engine gather statistics, sync the metadata, or set budget.allow_unknown_size.",
            field=field,
        )


class SearchRefused(DomainError):
    """A statement failed, and asking for less, to find the check that is wrong, would exceed the budget."""

    def __init__(self, refusal: DomainError, error: DomainError) -> None:
        super().__init__(
            f"A statement that serves several checks failed: {error.message} To ask for each of them alone would "
            f"exceed the budget: {refusal.message}",
            **refusal.facts,
        )
        self.reason = refusal.reason


class NothingToShow(DomainError):
    """A table has no column whose values an error sample of the check may show."""

    reason = "NOTHING_TO_SHOW"

    def __init__(self, table: str) -> None:
        super().__init__(
            f"No column of {table!r} is left to show: set id_columns in the table's settings, not all of them in "
            "pii_columns. Checks with SQL of their own show id columns only.",
            table=table,
        )


class IdsNotReturned(DomainError):
    """The check's own query returns rows without the columns that tell which rows of the table they are."""

    reason = "IDS_NOT_RETURNED"

    def __init__(self, columns: Sequence[str]) -> None:
        listed = ", ".join(columns)
        super().__init__(f"The check's query must return the id columns to have samples: {listed}.", columns=listed)


class TooManySamples(DomainError):
    """The samples that the run has taken before leave no room."""

    reason = "TOO_MANY_SAMPLES"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The error samples of one run hold at most {limit:,} characters, which those of other failures have "
            "taken. Run the check alone, or ask for its rows now.",
            limit=str(limit),
        )
