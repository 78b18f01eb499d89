from __future__ import annotations

import logging
import re

import pytest

from dq_platform.checks.sql_text import parse_aggregate, parse_condition, parse_query, returned_columns
from dq_platform.checks.user_sql import MAX_LENGTH, SqlRefused

COLUMNS = ["id", "Amount", "status", "name", "created_at", "user", "select", 'we"ird', "back`tick", "it's"]
ENGINES = ["postgres", "mysql", "duckdb"]
TABLE = ("shop", "orders")


@pytest.mark.parametrize(
    ("engine", "text", "written"),
    [
        ("postgres", "id>1 and status<>'x'", """"id" > 1 AND "status" <> 'x'"""),
        ("postgres", "amount > 0", '"Amount" > 0'),
        ("postgres", '"select" is null or "we""ird" = \'it\'\'s\'', '"select" IS NULL OR "we""ird" = \'it\'\'s\''),
        ("postgres", "name ~ '^x' and name !~ 'y'", """"name" ~ '^x' AND NOT "name" ~ 'y'"""),
        ("postgres", "created_at::date > current_date - 3", 'CAST("created_at" AS DATE) > CURRENT_DATE - 3'),
        ("postgres", "lower(name) = 'update; drop'", "LOWER(\"name\") = 'update; drop'"),
        ("postgres", "name = '--not a comment'", "\"name\" = '--not a comment'"),
        ("postgres", "user = 'x'", "\"user\" = 'x'"),
        ("postgres", "name = $$it's$$", "\"name\" = 'it''s'"),
        ("mysql", 'status = "it\'s" and `back``tick` > 1', "`status` = 'it''s' AND `back``tick` > 1"),
        ("mysql", "name rlike '^x'", "`name` REGEXP '^x'"),
        ("mysql", "name = 'a\\'b\\\\'", "`name` = 'a''b\\\\'"),
        ("mysql", "created_at > now() - interval 3 day", "`created_at` > NOW() - INTERVAL '3' DAY"),
        ("duckdb", "regexp_matches(name, 'x') and id % 2 = 0", 'REGEXP_MATCHES("name", \'x\') AND "id" % 2 = 0'),
        ("duckdb", "case when id > 1 then true else false end", 'CASE WHEN "id" > 1 THEN TRUE ELSE FALSE END'),
    ],
)
def test_a_condition_is_written_anew_with_the_tables_own_columns(engine: str, text: str, written: str) -> None:
    assert parse_condition(text, engine, COLUMNS) == written
    assert parse_condition(written, engine, COLUMNS) == written


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("postgres", "name LIKE 'n!_w' ESCAPE '!'"),
        ("postgres", "NOT name ILIKE 'n!_w' ESCAPE '!'"),
        ("postgres", "name @> '{\"k\": 1}'"),
        ("postgres", "name ? 'k' AND name #>> '{a,b}' = 'x' AND name #> '{a}' IS NULL"),
        ("postgres", "name && ARRAY['a'] OR name[1] = 'a'"),
        ("postgres", "JSONB_TYPEOF(name) = 'object' AND CARDINALITY(name) = 1"),
        ("postgres", "name COLLATE \"C\" = 'x' AND id & 4 = 4 AND SPLIT_PART(name, '-', 1) = 'x'"),
        ("mysql", "name LIKE 'n!_w' ESCAPE '!'"),
        ("mysql", "name COLLATE utf8mb4_bin = 'x' AND id & 4 = 4"),
        ("mysql", "JSON_UNQUOTE(name) = 'x' AND JSON_VALID(name) AND JSON_CONTAINS(name, '1', '$.k')"),
        ("mysql", "FIELD(name, 'a', 'b') > 0 AND SUBSTRING_INDEX(name, '-', 1) = 'x'"),
        ("mysql", "UNIX_TIMESTAMP(created_at) > 1000 AND CAST(name AS BINARY) = 'x'"),
        ("duckdb", "name LIKE 'n!_w' ESCAPE '!'"),
        ("duckdb", "name GLOB 'n*' AND SPLIT_PART(name, '-', 1) = 'x' AND id & 4 = 4"),
        ("duckdb", "ARRAY_CONTAINS(name, 'a') OR name[1] = 'a' OR STRUCT_EXTRACT(name, 'a') = 1"),
    ],
)
def test_a_condition_may_use_what_an_engine_has_for_texts_json_lists_and_bits(engine: str, text: str) -> None:
    quote = "`" if engine == "mysql" else '"'
    written = re.sub(r"\b(name|id|created_at)\b", lambda found: f"{quote}{found[0]}{quote}", text)
    assert parse_condition(text, engine, COLUMNS) == written


def test_a_text_taken_out_of_json_is_asked_for_in_words_that_mariadb_knows_too() -> None:
    assert parse_condition("name->>'$.k' = '1'", "mysql", COLUMNS) == "JSON_UNQUOTE(JSON_EXTRACT(`name`, '$.k')) = '1'"


HOSTILE_CONDITIONS = [
    "",
    "   ",
    ";",
    "id > 1;",
    "id > 1; DROP TABLE orders",
    "DROP TABLE orders",
    "UPDATE orders SET id = 1",
    "SELECT 1",
    "(SELECT 1)",
    "id = (SELECT MAX(id) FROM orders)",
    "id IN (SELECT id FROM orders)",
    "EXISTS (SELECT 1)",
    "id = 1 UNION SELECT 1",
    "id = 1 LIMIT 1",
    "id = 1 ORDER BY id",
    "id = 1 FOR UPDATE",
    "1 = 1) OR (1 = 1",
    "1 = 1 -- rest",
    "1 = 1 /* rest */",
    "1 = 1 /*! OR SLEEP(5) */",
    "/* first */ 1 = 1",
    "'open",
    "id = $$open",
    "id = 'a' 'b",
    "id = ?",
    "id = :name",
    "id = @variable",
    "id = @@version",
    "id = CURRENT_USER",
    "VERSION() = 'x'",
    "DATABASE() = 'x'",
    "PG_SLEEP(10) IS NULL",
    "pg_catalog.pg_sleep(10) IS NULL",
    "SLEEP(10) = 0",
    "BENCHMARK(1000000000, MD5('x')) = 0",
    "PG_READ_FILE('/etc/passwd') = ''",
    "LOAD_FILE('/etc/passwd') = ''",
    "LO_IMPORT('/etc/passwd') = 1",
    "DBLINK('host=x', 'SELECT 1') IS NULL",
    "QUERY_TO_XML('SELECT 1', TRUE, TRUE, '') IS NULL",
    "SET_CONFIG('role', 'x', FALSE) = 'x'",
    "NEXTVAL('s') > 0",
    "PG_ADVISORY_LOCK(1) IS NULL",
    "PG_TERMINATE_BACKEND(1)",
    "GET_LOCK('x', 10) = 1",
    "GETENV('HOME') = 'x'",
    "READ_TEXT('/etc/passwd') IS NULL",
    "READ_CSV('/etc/passwd') IS NULL",
    "GLOB('/etc/*') IS NULL",
    "REPEAT('x', 1000000000) = ''",
    "LPAD('x', 1000000000) = ''",
    "SUM(id) > 1",
    "COUNT(*) FILTER (WHERE id > 1) > 0",
    "ROW_NUMBER() OVER () = 1",
    "CAST(name AS REGCLASS) = 1",
    "id > ANY(ARRAY[1])",
    "orders.id = 1",
    "ctid IS NULL",
    "orders IS NULL",
    "password = 'x'",
    "id",
    "5",
    "id + 1",
    "id = 1\x00",
    "NOT " * 2000 + "TRUE",
    "(" * 2000 + "TRUE" + ")" * 2000,
    "id = " + "1" * MAX_LENGTH,
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", [text for text in HOSTILE_CONDITIONS if text != "id"], ids=lambda text: text[:40])
def test_what_is_not_one_plain_condition_is_refused_in_a_sentence(
    engine: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(SqlRefused) as caught:
        parse_condition(text, engine, COLUMNS)
    assert str(caught.value).endswith((".", "?"))
    assert len(str(caught.value)) < 400
    assert caplog.records == []


@pytest.mark.parametrize("text", ["id", "(id)", "NOT id", "id AND status = 'x'", "status = 'x' OR NOT (\"id\")"])
@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb", "tsql"])
def test_a_column_is_a_condition_only_if_it_is_true_or_false(dialect: str, text: str) -> None:
    text = text.replace('"', "") if dialect == "mysql" else text
    assert parse_condition(text, dialect, ["id", "status"])
    with pytest.raises(SqlRefused, match="column 'id' is not true or false by itself; compare it, as in id = 1"):
        parse_condition(text, dialect, ["id", "status"], ["status"])
    if dialect != "tsql":
        assert parse_condition(text, dialect, ["id", "status"], ["id"])


def test_where_no_column_is_a_condition_a_bit_must_be_compared() -> None:
    with pytest.raises(SqlRefused, match="as in active = 1"):
        parse_condition("active", "tsql", ["active"], ["active"])
    assert parse_condition("active = 1", "tsql", ["active"], ["active"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a = 1; b = 2", "The SQL holds a semicolon; it must be one statement or expression, without one."),
        ("1 = 1 -- x", "Comments are not allowed in the SQL."),
        ("pg_sleep(1) IS NULL", "The function 'pg_sleep' is not allowed."),
        ("statuss = 'x'", "The table has no column 'statuss'; did you mean 'status'?"),
        ("orders.id = 1", "Write the column 'id' without 'orders' before it."),
        ("SUM(id) > 1", "SUM(id) is an aggregate; a condition looks at one row."),
        ("id IN (SELECT 1)", "(SELECT 1) is not allowed in a condition."),
        ("id + 1", "The SQL is a value, not a condition that is true or false."),
    ],
)
def test_the_sentence_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(SqlRefused) as caught:
        parse_condition(text, "postgres", COLUMNS)
    assert str(caught.value) == sentence


def test_the_tilde_of_duckdb_is_refused_because_it_would_change_its_meaning() -> None:
    with pytest.raises(SqlRefused, match="regexp_matches"):
        parse_condition("name ~ 'x'", "duckdb", COLUMNS)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("sum(amount) / count(*)", 'SUM("Amount") / COUNT(*)'),
        ("count(distinct status)", 'COUNT(DISTINCT "status")'),
        ("max(id) - min(id) + 1", 'MAX("id") - MIN("id") + 1'),
        ("count(*) filter (where id > 1)", 'COUNT(*) FILTER(WHERE "id" > 1)'),
        ("sum(case when id > 1 then 1 else 0 end)", 'SUM(CASE WHEN "id" > 1 THEN 1 ELSE 0 END)'),
        (
            "percentile_cont(0.5) within group (order by id)",
            'PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY "id")',
        ),
    ],
)
def test_an_aggregate_is_written_anew(text: str, written: str) -> None:
    assert parse_aggregate(text, "postgres", COLUMNS) == written


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id", "no aggregate function"),
        ("5", "no aggregate function"),
        ("sum(id) + id", "'id' stands outside every aggregate function"),
        ("sum(sum(id))", "an aggregate inside another"),
        ("sum(id) over ()", "not allowed"),
        ("max((select 1))", "not allowed"),
        ("max(pg_sleep(1))", "not allowed"),
        ("sum(id), sum(id)", "cannot be read"),
        ("sum(id) from orders", "cannot be read"),
        ("sum(nope)", "no column 'nope'"),
        ("string_agg(name, ',')", "not allowed"),
    ],
)
def test_what_is_not_one_aggregate_of_the_rows_is_refused(text: str, part: str) -> None:
    with pytest.raises(SqlRefused, match=part):
        parse_aggregate(text, "postgres", COLUMNS)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("select * from orders where id>1", 'SELECT * FROM "dq_checked_rows" AS "orders" WHERE "id" > 1'),
        ("select o.id from shop.orders o", 'SELECT o."id" FROM "dq_checked_rows" AS o'),
        ("select Orders.id from Orders", 'SELECT "orders"."id" FROM "dq_checked_rows" AS "orders"'),
        (
            "with x as (select id as k from orders) select k from x where k > 1",
            'WITH x AS (SELECT "id" AS k FROM "dq_checked_rows" AS "orders") SELECT "k" FROM x WHERE "k" > 1',
        ),
        (
            "select status, count(*) as n from orders group by status having count(*) > 1",
            'SELECT "status", COUNT(*) AS n FROM "dq_checked_rows" AS "orders" GROUP BY "status" HAVING COUNT(*) > 1',
        ),
    ],
)
def test_a_query_reads_the_checked_rows_in_place_of_the_table(text: str, written: str) -> None:
    assert parse_query(text, "postgres", COLUMNS, TABLE) == written


HOSTILE_QUERIES = [
    "",
    "id > 1",
    "DELETE FROM orders",
    "INSERT INTO orders VALUES (1)",
    "UPDATE orders SET id = 1",
    "DROP TABLE orders",
    "TRUNCATE orders",
    "GRANT ALL ON orders TO x",
    "COPY orders TO '/tmp/x'",
    "CALL p()",
    "DO $$ BEGIN END $$",
    "EXPLAIN SELECT 1",
    "SHOW TABLES",
    "SET x = 1",
    "ATTACH '/tmp/x'",
    "PRAGMA database_list",
    "SELECT 1; SELECT 2",
    "SELECT * INTO copy FROM orders",
    "SELECT * FROM orders INTO OUTFILE '/tmp/x'",
    "SELECT * FROM orders FOR UPDATE",
    "SELECT * FROM customers",
    "SELECT * FROM other.orders",
    "SELECT * FROM db.shop.orders",
    "SELECT * FROM orders JOIN customers ON TRUE",
    "SELECT (SELECT MAX(x) FROM customers) FROM orders",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_authid",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM READ_CSV('/etc/passwd')",
    "SELECT * FROM GENERATE_SERIES(1, 1000000000)",
    "SELECT * FROM orders, LATERAL (SELECT 1) AS x",
    "SELECT PG_SLEEP(5)",
    "SELECT nope FROM orders",
    "SELECT * FROM dq_checked_rows",
    "SELECT 'dq_checked_rows' FROM orders",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "WITH RECURSIVE x AS (SELECT 1 AS k UNION ALL SELECT k + 1 FROM x) SELECT * FROM x",
    "SELECT * FROM customers, (WITH customers AS (SELECT 1) SELECT * FROM customers) AS q",
    "WITH customers AS (SELECT * FROM customers) SELECT * FROM customers",
    'WITH "Customers" AS (SELECT 1) SELECT * FROM customers',
    "SELECT * FROM orders -- rest",
    "SELECT * FROM orders TABLESAMPLE SYSTEM (1)",
    "VALUES (1)",
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", HOSTILE_QUERIES, ids=lambda text: text[:50])
def test_what_is_not_one_select_from_the_checked_table_is_refused(engine: str, text: str) -> None:
    with pytest.raises(SqlRefused) as caught:
        parse_query(text, engine, COLUMNS, TABLE)
    assert str(caught.value).endswith((".", "?"))


COMMENTS = ["-- x", "-- x\n", "/* x */", "/*! OR 1 */", "/*+ x */", "--"]


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb"])
def test_a_comment_gets_nowhere(dialect: str, comment: str) -> None:
    for place in (f"{comment}\n", ""):
        before, after = (place, "") if place else ("", f" {comment}")
        with pytest.raises(SqlRefused, match="Comments"):
            parse_condition(f"{before}id > 1{after}", dialect, ["id"])
        with pytest.raises(SqlRefused, match="Comments"):
            parse_aggregate(f"{before}SUM(id){after}", dialect, ["id"])
        with pytest.raises(SqlRefused, match="Comments"):
            parse_query(f"{before}SELECT id FROM t{after}", dialect, ["id"], ("s", "t"))


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb"])
@pytest.mark.parametrize("text", ["id - -1 > 0", "id > - -1", "id > -(-1)", "id - (-id) > 0", "- - -id > 0"])
def test_what_is_written_holds_no_comment_that_was_none(dialect: str, text: str) -> None:
    assert "--" not in parse_condition(text, dialect, ["id"])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT id, amount FROM orders", {"id", "amount"}),
        ("SELECT amount AS Wrong FROM orders", {"wrong"}),
        ("WITH a AS (SELECT id FROM orders) SELECT id FROM a UNION ALL SELECT id FROM a", {"id"}),
        ("SELECT COUNT(*) FROM orders", set()),
        ("SELECT * FROM orders", None),
        ("SELECT o.* FROM orders o", None),
    ],
)
def test_the_columns_that_a_query_returns_are_known(query: str, names: set[str] | None) -> None:
    accepted = parse_query(query, "postgres", ["id", "amount"], ("public", "orders"))
    found = returned_columns(accepted, "postgres")
    assert (found if found is None else found - {""}) == names
