"""Files in object stores: which settings log in to which store, and the secret that DuckDB gets of them.

A secret is made for every store that is read, with nothing in it where the bucket is public: without one, DuckDB would
log in with what it finds in the worker's own environment. It holds for the named paths alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dq_platform.connectors.base import Setting, SettingKind
from dq_platform.errors import Violation
from dq_platform.models.connection import SettingValue

_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Cloud:
    """A kind of store. `options` are its settings and what DuckDB calls them in a secret; `pairs` need each other."""

    type: str
    display_name: str
    schemes: tuple[str, ...]
    extension: str
    options: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...] = ()


S3 = Cloud(
    type="s3",
    display_name="S3",
    schemes=("s3",),
    extension="httpfs",
    options={
        "s3_access_key_id": "KEY_ID",
        "s3_secret_access_key": "SECRET",
        "s3_session_token": "SESSION_TOKEN",
        "s3_region": "REGION",
        "s3_endpoint": "ENDPOINT",
        "s3_url_style": "URL_STYLE",
        "s3_use_ssl": "USE_SSL",
    },
    pairs=(
        ("s3_access_key_id", "s3_secret_access_key"),
        ("s3_secret_access_key", "s3_access_key_id"),
        ("s3_session_token", "s3_access_key_id"),
    ),
)
GCS = Cloud(
    type="gcs",
    display_name="Google Cloud Storage",
    schemes=("gs", "gcs"),
    extension="httpfs",
    options={"gcs_access_key_id": "KEY_ID", "gcs_secret_access_key": "SECRET"},
    pairs=(("gcs_access_key_id", "gcs_secret_access_key"), ("gcs_secret_access_key", "gcs_access_key_id")),
)
AZURE = Cloud(
    type="azure",
    display_name="Azure Blob Storage",
    schemes=("az", "azure", "abfss"),
    extension="azure",
    options={
        "azure_account_name": "ACCOUNT_NAME",
        "azure_connection_string": "CONNECTION_STRING",
        "azure_tenant_id": "TENANT_ID",
        "azure_client_id": "CLIENT_ID",
        "azure_client_secret": "CLIENT_SECRET",
    },
    pairs=(
        ("azure_tenant_id", "azure_client_id"),
        ("azure_client_id", "azure_client_secret"),
        ("azure_client_secret", "azure_tenant_id"),
        ("azure_client_id", "azure_account_name"),
    ),
)
CLOUDS = (S3, GCS, AZURE)

SETTINGS = (
    Setting("s3_access_key_id", "Access key of S3, for s3:// paths; without one, buckets must be public."),
    Setting("s3_secret_access_key", "Secret of the access key of S3.", secret=True),
    Setting("s3_session_token", "Token of a temporary access key of S3.", secret=True),
    Setting("s3_region", "Region of the buckets; us-east-1 if left out."),
    Setting("s3_endpoint", "Host and port of another store that speaks S3's protocol.", route=True),
    Setting("s3_url_style", "Whether a bucket is part of the host or of the path.", choices=("vhost", "path")),
    Setting("s3_use_ssl", "Whether TLS is used; true if left out.", SettingKind.BOOLEAN, route=True),
    Setting("gcs_access_key_id", "HMAC key of Google Cloud Storage, for gs:// paths."),
    Setting("gcs_secret_access_key", "Secret of the HMAC key.", secret=True),
    Setting("azure_account_name", "Storage account, for az:// paths.", route=True),
    Setting("azure_connection_string", "Connection string of the storage account, with its key.", secret=True),
    Setting("azure_tenant_id", "Tenant of a service principal, in place of a connection string.", route=True),
    Setting("azure_client_id", "Client id of the service principal."),
    Setting("azure_client_secret", "Client secret of the service principal.", secret=True),
)


def cloud_of(path: str) -> Cloud | None:
    """The store that a path with a scheme lies in, None for a path without one. Raises ValueError for other schemes."""
    scheme, separator, rest = path.partition("://")
    if not separator:
        return None
    for cloud in CLOUDS:
        if scheme in cloud.schemes and rest.partition("/")[0] and not _WILDCARD.search(rest.partition("/")[0]):
            return cloud
    schemes = ", ".join(f"{scheme}://" for cloud in CLOUDS for scheme in cloud.schemes)
    message = f"must begin with / or with one of {schemes} and a bucket"
    raise ValueError(message)


def has_wildcard(path: str) -> bool:
    """Whether the path stands for all files that match it."""
    return _WILDCARD.search(path) is not None


def check_clouds(settings: Mapping[str, SettingValue], used: Iterable[Cloud]) -> list[Violation]:
    """What the settings of stores lack, and those of stores that no path lies in."""
    read = {cloud.type for cloud in used}
    found = [wrong for cloud in CLOUDS if cloud.type in read for wrong in _incomplete(cloud, settings)]
    for cloud in CLOUDS:
        needless = cloud.options.keys() & settings.keys() if cloud.type not in read else ()
        problem = f"counts only if files has a path that begins with {cloud.schemes[0]}://"
        found.extend(_wrong(name, problem) for name in sorted(needless))
    return found


def secret(
    cloud: Cloud, settings: Mapping[str, SettingValue], patterns: Sequence[str], text: Callable[[str], str]
) -> str:
    """The statement that logs this session in to the store, for the paths of these patterns; `text` quotes."""
    given = {option: settings[name] for name, option in cloud.options.items() if name in settings}
    provider = "service_principal" if "CLIENT_ID" in given else "config"
    values = (f"{option} {_value(value, text)}" for option, value in given.items())
    scopes = ", ".join(text(_WILDCARD.split(pattern)[0]) for pattern in patterns)
    inside = ", ".join((f"TYPE {cloud.type}", f"PROVIDER {provider}", *values, f"SCOPE [{scopes}]"))
    return f"CREATE TEMPORARY SECRET dq_{cloud.type} ({inside})"


def _value(value: SettingValue, text: Callable[[str], str]) -> str:
    return str(value).lower() if isinstance(value, bool) else text(str(value))


def _incomplete(cloud: Cloud, settings: Mapping[str, SettingValue]) -> list[Violation]:
    found = [
        _wrong(other, f"is needed beside {name}", "MISSING_SETTING")
        for name, other in cloud.pairs
        if name in settings and other not in settings
    ]
    if cloud is AZURE and not {"azure_account_name", "azure_connection_string"} & settings.keys():
        found.append(
            _wrong("azure_account_name", "or azure_connection_string is needed for az:// paths", "MISSING_SETTING")
        )
    if "azure_connection_string" in settings and "azure_client_id" in settings:
        found.append(_wrong("azure_connection_string", "and a service principal exclude each other"))
    return found


def _wrong(name: str, problem: str, reason: str = "INVALID_VALUE") -> Violation:
    return Violation(f"connection.settings.{name}", f"{name} {problem}.", reason)
