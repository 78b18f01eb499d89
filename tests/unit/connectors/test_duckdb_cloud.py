from __future__ import annotations

import pytest

from dq_platform.connectors.duckdb import DuckDBConnector
from dq_platform.connectors.duckdb_cloud import AZURE, CLOUDS, GCS, S3, SETTINGS, cloud_of, has_wildcard, secret
from dq_platform.connectors.settings import validate_settings
from dq_platform.errors import Invalid

TEXT = DuckDBConnector.dialect.text


@pytest.mark.parametrize(
    ("path", "cloud"),
    [
        ("s3://shop/orders/*.parquet", S3),
        ("gs://shop/a.csv", GCS),
        ("gcs://shop/a.csv", GCS),
        ("az://container/a.csv", AZURE),
        ("abfss://container/a.csv", AZURE),
        ("/data/a.csv", None),
    ],
)
def test_the_scheme_tells_the_store(path: str, cloud: object) -> None:
    assert cloud_of(path) is cloud


@pytest.mark.parametrize(
    "path", ["https://example.org/a.csv", "file:///etc/a.csv", "S3://shop/a.csv", "s3:///a", "s3://*/a"]
)
def test_other_schemes_and_paths_without_a_bucket_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match="s3://, gs://, gcs://, az://, azure://, abfss:// and a bucket"):
        cloud_of(path)


def test_a_wildcard_is_a_star_a_question_mark_or_a_bracket() -> None:
    assert [has_wildcard(f"s3://b/{name}") for name in ("a.csv", "*.csv", "?.csv", "[ab].csv")] == [
        False,
        True,
        True,
        True,
    ]


def test_a_secret_holds_for_the_named_paths_alone() -> None:
    settings = {"s3_access_key_id": "k", "s3_secret_access_key": "it's; DROP", "s3_use_ssl": False, "threads": 4}
    assert secret(S3, settings, ["s3://shop/orders/2024-*.parquet", "s3://shop/c.csv"], TEXT) == (
        "CREATE TEMPORARY SECRET dq_s3 (TYPE s3, PROVIDER config, KEY_ID 'k', SECRET 'it''s; DROP', USE_SSL false, "
        "SCOPE ['s3://shop/orders/2024-', 's3://shop/c.csv'])"
    )


def test_without_credentials_the_secret_is_empty_so_that_none_of_the_environment_serve() -> None:
    assert secret(GCS, {}, ["gs://b/a.csv"], TEXT) == (
        "CREATE TEMPORARY SECRET dq_gcs (TYPE gcs, PROVIDER config, SCOPE ['gs://b/a.csv'])"
    )


def test_a_service_principal_is_a_provider_of_its_own() -> None:
    settings = {
        "azure_account_name": "a",
        "azure_tenant_id": "t",
        "azure_client_id": "c",
        "azure_client_secret": "s",
    }
    made = secret(AZURE, settings, ["az://x/a.csv"], TEXT)
    assert "PROVIDER service_principal, ACCOUNT_NAME 'a', TENANT_ID 't', CLIENT_ID 'c', CLIENT_SECRET 's'" in made


def test_every_setting_belongs_to_one_store() -> None:
    assert sorted(setting.name for setting in SETTINGS) == sorted(name for cloud in CLOUDS for name in cloud.options)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"files": "a=s3://b/a.csv"}, []),
        ({"files": "a=s3://b/a.csv", "s3_access_key_id": "k"}, ["s3_secret_access_key"]),
        ({"files": "a=s3://b/a.csv", "s3_session_token": "t"}, ["s3_access_key_id"]),
        ({"files": "a=s3://b/a.csv", "gcs_access_key_id": "k"}, ["gcs_access_key_id"]),
        (
            {"files": "a=/a.csv", "s3_region": "eu-west-1", "azure_account_name": "x"},
            ["azure_account_name", "s3_region"],
        ),
        ({"database": "/a.duckdb", "s3_region": "eu-west-1"}, ["s3_region"]),
        ({"files": "a=az://b/a.csv"}, ["azure_account_name"]),
        (
            {"files": "a=az://b/a.csv", "azure_client_id": "c"},
            ["azure_account_name", "azure_client_secret", "azure_account_name"],
        ),
        ({"files": "a=ftp://b/a.csv"}, ["files"]),
    ],
)
def test_what_is_missing_or_counts_for_nothing_is_told(given: dict[str, object], wrong: list[str]) -> None:
    try:
        validate_settings(DuckDBConnector, given)
    except Invalid as error:
        found = [violation.field.removeprefix("connection.settings.") for violation in error.violations]
    else:
        found = []
    assert sorted(set(found)) == sorted(set(wrong))
