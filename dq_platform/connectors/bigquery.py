"""BigQuery, through google-cloud-bigquery."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import TimeoutError as NotDone
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import bigquery_settings
from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.bigquery_columns import COLUMNS_AFTER, column, columns_of
from dq_platform.connectors.bigquery_dialect import BigQueryDialect
from dq_platform.connectors.bigquery_errors import meaning_of
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.one_query import (
    BACKTICKED,
    BLOCK_COMMENT,
    DOUBLE_QUOTED_WITH_ESCAPES,
    LINE_COMMENT,
    TEXT_WITH_ESCAPES,
    UNPAIRED,
    OneQuery,
    to_end_of_line,
)
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.connectors.whole_tables import whole_tables
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo, TableKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.auth.credentials import Credentials
    from google.cloud import bigquery

    from dq_platform.models.connection import SettingValue

_PACKAGE = "dq-platform[bigquery]"
_SCOPES = ("https://www.googleapis.com/auth/bigquery",)

# What BigQuery keeps for each dataset: reading it is free of charge.
_TABLES = "SELECT table_id, type, row_count, size_bytes, last_modified_time FROM {dataset}.`__TABLES__`"
_VIEWS = {2: TableKind.VIEW, 4: TableKind.MATERIALIZED_VIEW}
_EXTERNAL = 3

_GRACE = timedelta(seconds=5)
"""How much longer than BigQuery itself we wait for a job that has to end."""

_LABEL = re.compile(r"([a-z]+)=([\w-]+)", re.IGNORECASE)

_ONE_QUERY = OneQuery(
    "BigQuery",
    *(LINE_COMMENT, to_end_of_line("#"), BLOCK_COMMENT),
    *(r"'''(?:[^\\]|\\.)*?'''", r'"""(?:[^\\]|\\.)*?"""'),
    *(TEXT_WITH_ESCAPES, DOUBLE_QUOTED_WITH_ESCAPES, BACKTICKED),
    never=f"{UNPAIRED}|#",
)


class BigQueryConnector(DriverSession):
    """A client of one project, whose datasets are the schemas. There are no sessions: each statement is a job."""

    type: ClassVar[str] = ConnectionType.BIGQUERY
    display_name: ClassVar[str] = "BigQuery"
    dialect: ClassVar[BigQueryDialect] = BigQueryDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = bigquery_settings.SCHEMA

    _driver: ModuleType
    _calls: ModuleType
    _auth: ModuleType
    _http: ModuleType
    _client: bigquery.Client | None = None
    _job_id = ""
    _location: str | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return list(bigquery_settings.contradictions(settings))

    def connect(self) -> None:
        """The dry run proves, free of charge, that the credentials may run queries in the project."""
        self._driver = load_driver("google.cloud.bigquery", self.display_name, _PACKAGE)
        self._calls = load_driver("google.api_core.exceptions", self.display_name, _PACKAGE)
        self._auth = load_driver("google.auth.exceptions", self.display_name, _PACKAGE)
        self._http = load_driver("requests.exceptions", self.display_name, _PACKAGE)
        with self._statement():
            endpoint = self.settings.get("api_endpoint")
            self._client = self._driver.Client(
                project=str(self.settings["project"]),
                credentials=self._credentials(),
                location=self.settings.get("location"),
                client_options={"api_endpoint": endpoint} if endpoint else None,
            )
            config = self._driver.QueryJobConfig(dry_run=True, use_legacy_sql=False)
            self._open().query("SELECT 1", job_config=config, job_retry=None, **self._patience())

    def _credentials(self) -> Credentials:
        kind = self.settings["authentication"]
        if kind == "anonymous":
            credentials: Credentials = load_driver(
                "google.auth.credentials", self.display_name, _PACKAGE
            ).AnonymousCredentials()
        elif kind == "application_default":
            auth = load_driver("google.auth", self.display_name, _PACKAGE)
            credentials, _ = auth.default(scopes=_SCOPES)
        else:
            accounts = load_driver("google.oauth2.service_account", self.display_name, _PACKAGE)
            key = bigquery_settings.key_of(self.settings)
            try:
                credentials = accounts.Credentials.from_service_account_info(key, scopes=_SCOPES)
            except ValueError as error:  # the private key is none
                raise source_error(SourceProblem.CREDENTIALS, self.display_name) from error
        return credentials

    def _patience(self) -> dict[str, Any]:  # Any: keyword arguments of many of the client's methods
        """How long a call may take, and how long one that finds nobody is repeated."""
        seconds = self.guards.connect_timeout.total_seconds()
        return {"timeout": seconds, "retry": self._driver.DEFAULT_RETRY.with_timeout(seconds)}

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        return self._run(sql, tag)

    def _run(self, sql: str, tag: str = "") -> Rows:
        with self._statement():
            client = self._open()
            self._job_id, self._location = f"dq-{uuid.uuid4()}", client.location
            try:
                job = client.query(
                    tagged(sql, tag),
                    job_config=self._job_config(tag),
                    job_id=self._job_id,
                    job_retry=None,
                    **self._patience(),
                )
                self._location = job.location
                return self._answer(job)
            finally:
                self._job_id = ""

    def _job_config(self, tag: str) -> bigquery.QueryJobConfig:
        config: bigquery.QueryJobConfig = self._driver.QueryJobConfig(
            use_legacy_sql=False,
            maximum_bytes_billed=int(self.settings["maximum_bytes_billed"]),
            labels={"application": "dq-platform"} | labels(tag),
        )
        config.job_timeout_ms = round(self.guards.statement_timeout.total_seconds() * 1000)
        return config

    def _answer(self, job: bigquery.QueryJob) -> Rows:
        """The job's rows, but no page more than the limit takes."""
        timeout = self.guards.statement_timeout + _GRACE
        try:
            found = job.result(
                max_results=self.guards.max_rows + 1,
                timeout=timeout.total_seconds(),
                retry=self._patience()["retry"],
                job_retry=None,
            )
        except NotDone:
            job.cancel(**self._patience())
            raise source_error(SourceProblem.TIMEOUT, self.display_name) from None
        return self._within_limit([field.name for field in found.schema], [tuple(row.values()) for row in found])

    def _open(self) -> bigquery.Client:
        if self._client is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._client

    def _send_cancel(self) -> None:
        """A job that has not arrived yet is not found, which is no error: whoever cancels asks again."""
        if self._client is not None and self._job_id:
            with suppress(self._calls.NotFound):
                self._client.cancel_job(self._job_id, location=self._location, **self._patience())

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()  # type: ignore[no-untyped-call]

    def version(self) -> SourceVersion:
        """BigQuery has no version that it would tell: the version is that of its API."""
        self._run("SELECT 1 AS one")
        return SourceVersion(self.display_name, "v2")

    def get_schemas(self) -> list[str]:
        """Datasets; with their project in front where it is not the one that runs the queries."""
        project = str(self.settings.get("data_project", self.settings["project"]))
        prefix = "" if project == self.settings["project"] else f"{project}."
        with self._statement():
            datasets = self._open().list_datasets(project, **self._patience())
            return sorted(f"{prefix}{dataset.dataset_id}" for dataset in datasets)

    def get_tables(self, schema: str) -> list[TableInfo]:
        try:
            rows = self._run(_TABLES.format(dataset=self._dataset(schema))).rows
        except SourceError as error:
            if error.problem is SourceProblem.NOT_FOUND:
                return []
            raise
        return sorted((_table(schema, row) for row in rows), key=lambda table: table.table_name)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        try:
            with self._statement():
                reference = self._driver.DatasetReference(*self._project_and_dataset(schema)).table(table)
                found = self._open().get_table(reference, **self._patience())
        except SourceError as error:
            if error.problem is SourceProblem.NOT_FOUND:
                return []
            raise
        constraints = found.table_constraints
        keys = constraints.primary_key.columns if constraints and constraints.primary_key else ()
        return [column(position, field, keys) for position, field in enumerate(found.schema, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            names = {"dataset": self._dataset(schema), "table": self.dialect.text(after)}
            return self._run(COLUMNS_AFTER.format(limit=limit, **names)).rows

        try:
            tables = {table: columns_of(rows) for table, rows in whole_tables(page, limit)}
        except SourceError as error:
            if error.problem is SourceProblem.NOT_FOUND:
                return {}
            raise
        return {table: columns or self.get_columns(schema, table) for table, columns in tables.items()}

    def _dataset(self, schema: str) -> str:
        return ".".join(map(self.dialect.ident, self._project_and_dataset(schema)))

    def _project_and_dataset(self, schema: str) -> tuple[str, str]:
        project, _, dataset = schema.rpartition(".")
        return project or str(self.settings["project"]), dataset

    def _driver_errors(self) -> DriverErrors:
        return (self._calls.GoogleAPIError, self._auth.GoogleAuthError, self._http.RequestException)

    def _translate(self, error: Exception) -> SourceError:
        refused = isinstance(error, self._auth.GoogleAuthError) and not isinstance(error, self._auth.TransportError)
        if refused:
            return source_error(SourceProblem.CREDENTIALS, self.display_name)
        status = getattr(error, "code", None)
        if status is None:  # no answer of the API: the way to it, or what repeated the call until its time was over
            cause = getattr(error, "cause", None)
            return self._translate(cause) if cause else source_error(SourceProblem.UNREACHABLE, self.display_name)
        first: dict[str, str] = (getattr(error, "errors", None) or [{}])[0]
        return meaning_of(int(status), first.get("reason", ""), first.get("message", ""))


def labels(tag: str) -> dict[str, str]:
    """The words `name=value` of a tag as labels, which have few characters: others become hyphens."""
    return {f"dq_{name.lower()}": value.lower()[:63] for name, value in _LABEL.findall(tag)}


def _table(schema: str, row: tuple[Any, ...]) -> TableInfo:
    name, kind, rows, size, changed = row
    if kind in (*_VIEWS, _EXTERNAL):  # whose rows and bytes are zeros
        rows = size = None
    moment = None if changed is None else datetime.fromtimestamp(changed / 1000, UTC)
    return TableInfo(schema, name, _VIEWS.get(kind, TableKind.TABLE), rows, "", size, moment)
