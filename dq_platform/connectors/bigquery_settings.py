"""How a connection to BigQuery is described: the settings' schema, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from dq_platform.connectors.base import Beside, Setting, SettingKind
from dq_platform.connectors.driver_errors import source_error
from dq_platform.connectors.references import is_reference
from dq_platform.errors import SourceProblem, Violation
from dq_platform.models.connection import SettingValue

SMALLEST_BILL = 10 * 1024**2  # what BigQuery bills at least for a query that reads
DEFAULT_BILL = 100 * 1024**3

SCHEMA: tuple[Setting, ...] = (
    Setting("project", "Project that runs the queries and pays for them.", required=True),
    Setting("data_project", "Project whose datasets are looked at; that of the queries if absent."),
    Setting("location", "Where queries run, as EU or europe-west3; if absent, BigQuery infers it from the tables."),
    Setting(
        "api_endpoint",
        "Address of the API where it is not Google's public one: of Private Service Connect, a region or an emulator.",
        route=True,
    ),
    Setting(
        "authentication",
        "What proves who asks; application_default is whatever identity the workers run with.",
        default="service_account",
        choices=("service_account", "application_default", "anonymous"),
    ),
    Setting(
        "service_account_json",
        "Key of a service account, the text of its JSON file.",
        required=True,
        secret=True,
        beside=Beside("authentication", ("service_account",)),
    ),
    Setting(
        "maximum_bytes_billed",
        "A query that would be billed for more bytes is refused before it runs.",
        SettingKind.INTEGER,
        default=DEFAULT_BILL,
        minimum=SMALLEST_BILL,
    ),
)

_KEY_FIELDS = ("client_email", "private_key", "token_uri")


def contradictions(settings: Mapping[str, SettingValue]) -> Iterator[Violation]:
    """What is wrong with valid settings taken together. What references stand for is not looked at."""
    endpoint, authentication = settings.get("api_endpoint", ""), settings["authentication"]
    if endpoint and not is_reference(endpoint):
        yield from _endpoint_problems(str(endpoint), str(authentication))
    if authentication == "anonymous" and not endpoint:
        yield _wrong("authentication", "anonymous needs api_endpoint: Google's own wants to know who asks.")
    if authentication == "application_default" and is_reference(endpoint):
        yield _wrong("api_endpoint", "must be spelled out beside application_default.")
    key = settings.get("service_account_json", "")
    if key and not is_reference(key):
        try:
            service_account(str(key))
        except ValueError as error:
            yield _wrong("service_account_json", f"{error}.")


def _endpoint_problems(endpoint: str, authentication: str) -> Iterator[Violation]:
    try:
        parts = urlsplit(endpoint)
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        yield _wrong("api_endpoint", "must be http:// or https:// with a host, a port if need be, and nothing more.")
        return
    if parts.scheme == "http" and authentication != "anonymous":
        yield _wrong("api_endpoint", "must begin with https:// unless authentication is anonymous.")
    elif authentication == "application_default" and not str(parts.hostname).endswith(".googleapis.com"):
        # The identity is the workers', not that of who edits the connection: it goes to Google alone.
        yield _wrong("api_endpoint", "must be a host below googleapis.com beside application_default.")


def service_account(text: str) -> dict[str, str]:
    """The key file's fields. Raises ValueError saying what the text must be; its content is not repeated."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("type") != "service_account":
        message = 'must be the JSON text of a key whose "type" is "service_account"'
        raise ValueError(message)
    missing = [name for name in _KEY_FIELDS if not isinstance(found.get(name), str)]
    if missing:
        message = f"lacks {', '.join(missing)}"
        raise ValueError(message)
    return found


def key_of(settings: Mapping[str, SettingValue]) -> dict[str, str]:
    """The service account's key. Raises SourceError (CREDENTIALS) if the setting, a reference perhaps, holds none."""
    try:
        return service_account(str(settings["service_account_json"]))
    except ValueError as error:
        raise source_error(SourceProblem.CREDENTIALS, "BigQuery") from error


def _wrong(name: str, problem: str) -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}")
