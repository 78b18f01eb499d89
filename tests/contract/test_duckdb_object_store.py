"""DuckDB's files in object stores, through its real extensions: S3 against a stand-in, the others' secrets alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dq_platform.connectors.duckdb_cloud import AZURE, GCS, Cloud, secret
from tests.engines.object_store import ObjectStore

pytestmark = pytest.mark.engines

FILES = "orders=s3://shop/orders/*.csv; customers=s3://shop/customers.csv"


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with ObjectStore() as store:
        for bucket in ("shop", "other"):
            store.put(bucket)
        for number in (1, 2):
            store.put(f"shop/orders/{number}.csv", f"id,note\n{number},first\n{number},second\n".encode())
        store.put("shop/customers.csv", b"id\n7\n")
        store.put("shop/secret.csv", b"word\nsecret\n")
        store.put("other/x.csv", b"word\nsecret\n")
        yield store


def test_files_of_a_bucket_are_tables(store: ObjectStore) -> None:
    answer = store.ask(
        {"files": FILES, **store.settings}, "SELECT COUNT(*), SUM(id) FROM orders", "SELECT id FROM customers"
    )
    assert answer["tables"] == {"customers": "file", "orders": "file"}
    assert answer["columns"] == {"customers": 1, "orders": 2}
    assert [one["rows"] for one in answer["statements"]] == [[[4, 6]], [[7]]]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('s3://shop/secret.csv')",
        "SELECT * FROM read_csv('s3://shop/orders/*.csv')",
        "SELECT * FROM 's3://other/x.csv'",
        "SELECT * FROM glob('s3://shop/*')",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "CREATE SECRET other (TYPE s3)",
        "DROP SECRET dq_s3",
    ],
)
def test_custom_sql_reaches_no_other_file(store: ObjectStore, sql: str) -> None:
    [answer] = store.ask({"files": FILES, **store.settings}, sql)["statements"]
    assert answer["problem"] == "PERMISSION"


def test_the_secret_is_not_shown(store: ObjectStore) -> None:
    [answer] = store.ask({"files": FILES, **store.settings}, "SELECT scope, secret_string FROM duckdb_secrets()")[
        "statements"
    ]
    [(scope, shown)] = answer["rows"]
    assert scope == ["s3://shop/orders/", "s3://shop/customers.csv"]
    assert "secret=redacted" in shown


@pytest.mark.parametrize("path", ["s3://shop/none.csv", "s3://shop/none/*.csv", "s3://nowhere/a.csv"])
def test_files_that_are_not_there_are_not_found(store: ObjectStore, path: str) -> None:
    assert store.ask({"files": f"gone={path}", **store.settings})["problem"] == "NOT_FOUND"


def test_a_store_that_does_not_answer_is_unreachable(store: ObjectStore) -> None:
    answer = store.ask({"files": FILES, **store.settings, "s3_endpoint": "127.0.0.1:1"})
    assert answer["problem"] == "UNREACHABLE"
    assert "127.0.0.1" not in answer["message"]


def test_credentials_of_the_processs_own_environment_do_not_serve(store: ObjectStore) -> None:
    settings = {name: value for name, value in store.settings.items() if "key" not in name}
    shown = store.ask(
        {"files": FILES, **settings},
        "SELECT secret_string FROM duckdb_secrets()",
        AWS_ACCESS_KEY_ID="workers-own",
        AWS_SECRET_ACCESS_KEY="workers-own",
    )
    assert "workers-own" not in str(shown)


@pytest.mark.parametrize(
    ("cloud", "settings"),
    [
        (GCS, {"gcs_access_key_id": "k", "gcs_secret_access_key": "s"}),
        (AZURE, {"azure_connection_string": "AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=example.org"}),
        (AZURE, {"azure_account_name": "a"}),
        (
            AZURE,
            {
                "azure_account_name": "a",
                "azure_tenant_id": "t",
                "azure_client_id": "c",
                "azure_client_secret": "s",
            },
        ),
    ],
)
def test_the_extension_takes_the_secret(store: ObjectStore, cloud: Cloud, settings: dict[str, str]) -> None:
    statement = secret(cloud, settings, [f"{cloud.schemes[0]}://box/a.csv"], text)
    code = f"import duckdb; duckdb.execute('LOAD {cloud.extension}'); duckdb.execute({statement!r}); print('taken')"
    assert store.run(code) == "taken\n"
