"""Texts that a writer could print as part of the statement, in every place where a grammar takes a text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar

from dq_platform.checks.sql_text import over_rows, parse_aggregate, parse_condition, parse_query
from dq_platform.checks.user_sql import SqlRefused
from tests.dialects import DIALECTS

COLUMNS = ["id", "name"]
TARGET = ("shop", "t")
GRAMMARS = sorted({dialect.sqlglot for dialect in DIALECTS.values()})
PAYLOADS = [
    "day from now()) = 1 or (select count(*) from secret) > 0 or extract(day",
    "day, id, id) = 1 or (select x from secret) = 1 or timestampdiff(day",
    "day, id) = id or exists (select 1 from secret) or datetrunc(day",
    "day) = 1 or id in (select x from secret) or last_day(id, day",
    "nocase = name and (select x from secret) = 42 or name collate nocase",
    "x) y",
    "x') or (select x from secret) = ('y",
    "x' or exists (select 1 from secret) or name = 'y",
    "x\\\\' or (select x from secret) = 1 or name = \\\\'y",
    "day -- ",
    "day /* ",
    "1 day') + (select x from secret) + interval ('1 day",
]
PLACES = [
    "{} = name",
    "DATE_PART({}, id) = 1",
    "EXTRACT({} FROM id) = 1",
    "TIMESTAMPDIFF({}, id, id) = 1",
    "TIMESTAMPADD({}, 1, id) = id",
    "DATEADD({}, 1, id) = id",
    "DATEDIFF({}, id, id) = 1",
    "DATEDIFF(id, {}) = 1",
    "DATEPART({}, id) = 1",
    "DATENAME({}, id) = 'x'",
    "DATETRUNC({}, id) = id",
    "DATE_DIFF(id, id, {}) = 1",
    "DATE_DIFF({}, id, id) = 1",
    "DATE_ADD(id, INTERVAL 1 {}) = id",
    "DATE_ADD(id, {}) = id",
    "DATE_SUB(id, {}) = id",
    "DATE_TRUNC(id, {}) = id",
    "DATE_TRUNC({}, id) = id",
    "TIMESTAMP_TRUNC(id, {}) = id",
    "TRUNC(id, {}) = id",
    "LAST_DAY(id, {}) = id",
    "name COLLATE {} = ''",
    "id + INTERVAL {} > id",
    "id + INTERVAL '1' {} > id",
    "id AT TIME ZONE {} > id",
    "CONVERT_TIMEZONE({}, id) > id",
    "CONVERT_TIMEZONE('UTC', {}, id) > id",
    "CONVERT(DATE, name, {}) > id",
    "CAST(name AS DATE FORMAT {}) > id",
    "CAST({} AS DATE) > id",
    "TO_CHAR(id, {}) = 'x'",
    "TO_DATE(name, {}) = id",
    "TO_TIMESTAMP(name, {}) = id",
    "DATE_FORMAT(id, {}) = 'x'",
    "STR_TO_DATE(name, {}) = id",
    "STRFTIME(id, {}) = 'x'",
    "STRPTIME(name, {}) = id",
    "FORMAT_DATE({}, id) = 'x'",
    "PARSE_DATE({}, name) = id",
    "name LIKE {} ESCAPE '!'",
    "name LIKE 'x' ESCAPE {}",
    "name SIMILAR TO {}",
    "REGEXP_LIKE(name, {})",
    "REGEXP_LIKE(name, 'x', {})",
    "REGEXP_MATCHES(name, 'x', {})",
    "REGEXP_CONTAINS(name, {})",
    "REGEXP_REPLACE(name, {}, {}) = 'x'",
    "REGEXP_EXTRACT(name, {}) = 'x'",
    "REGEXP_SUBSTR(name, {}) = 'x'",
    "TRIM({} FROM name) = 'x'",
    "TRIM(name, {}) = 'x'",
    "JSON_EXTRACT(name, {}) = 'x'",
    "JSON_VALUE(name, {}) = 'x'",
    "name -> {} = 'x'",
    "name ->> {} = 'x'",
    "PARSE_JSON({}):a = 'x'",
    "GET_PATH(name, {}) = 'x'",
    "CONCAT_WS({}, name, name) = 'x'",
    "SPLIT_PART(name, {}, 1) = 'x'",
    "name = {} AND DATE {} < id",
    "id > TIMESTAMP {}",
    "NULLIF(name, {}) IS NULL",
    "POSITION({} IN name) = 1",
    "TRANSLATE(name, {}, {}) = 'x'",
    "name IN ({}, {})",
    "CASE WHEN name = {} THEN {} ELSE name END = {}",
    "COALESCE(name, {}) = {}",
]


def quoted(payload: str) -> str:
    return "'" + payload.replace("'", "''") + "'"


def filled(place: str, payload: str) -> str:
    return place.replace("{}", quoted(payload))


def tables(sql: str, grammar: str) -> set[str]:
    trees = Grammar.get_or_raise(grammar).parse(sql)
    assert len(trees) == 1
    return {node.sql("postgres").lower() for node in trees[0].find_all(exp.Table)}


def around(condition: str, grammar: str) -> str:
    """A statement with the condition where a filter stands, and as few words after it as can hide something."""
    target = next(dialect for dialect in DIALECTS.values() if dialect.sqlglot == grammar).table(*TARGET)
    return f"SELECT 1 FROM {target} WHERE ({condition})"


def assert_only_the_target_is_read(text: str, grammar: str, *wanted: str) -> bool:
    """Whether the condition is accepted in any of the forms wanted (all); what is accepted reads nothing else."""
    accepted = False
    rows = around("1 = 1", grammar)
    forms = {
        "condition": lambda: around(parse_condition(text, grammar, COLUMNS), grammar),
        "aggregate": lambda: around(
            f"1 < {parse_aggregate(f'SUM(CASE WHEN {text} THEN 1 END)', grammar, COLUMNS)}", grammar
        ),
        "query": lambda: over_rows(
            parse_query(f"SELECT id FROM t WHERE {text}", grammar, COLUMNS, TARGET), grammar, rows
        ),
    }
    for form in wanted or forms:
        try:
            sql = forms[form]()
        except SqlRefused:
            continue
        accepted = True
        assert tables(sql, grammar) == {'"shop"."t"'}, sql
        assert not re.search(r"\bSELECT\b.*\bsecret\b", _without_texts(sql, grammar), re.IGNORECASE), sql
    return accepted


def _without_texts(sql: str, grammar: str) -> str:
    """The statement's own tokens, without those that are texts or quoted names."""
    tokens = Grammar.get_or_raise(grammar).tokenize(sql)
    quotes = ("'", '"', "`", "[")
    return " ".join(token.text for token in tokens if not sql[token.start].startswith(quotes))


@pytest.mark.parametrize("grammar", GRAMMARS)
@pytest.mark.parametrize("place", PLACES)
def test_no_text_becomes_part_of_the_statement(grammar: str, place: str) -> None:
    for number, payload in enumerate(PAYLOADS):
        form = ("condition", "aggregate", "query")[number % 3]
        assert_only_the_target_is_read(filled(place, payload), grammar, *({"condition", form}))


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_the_places_are_ones_that_grammars_know(grammar: str) -> None:
    known = [place for place in PLACES if assert_only_the_target_is_read(filled(place, "day"), grammar, "condition")]
    assert len(known) > len(PLACES) // 3


PIECES = st.sampled_from(
    [
        *"'\"`\\()[]{};,.$ \n",
        "''",
        "\\'",
        "--",
        "/*",
        "*/",
        "$$",
        "day",
        "id",
        "or",
        "select x from secret",
        "dq_checked_rows",
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(GRAMMARS), st.lists(st.sampled_from(PLACES), min_size=1, max_size=3), st.lists(PIECES, max_size=12)
)
def test_no_composition_of_texts_reads_another_table(grammar: str, places: list[str], pieces: list[str]) -> None:
    payload = "".join(pieces)
    text = " OR ".join(filled(place, payload) for place in places)
    assert_only_the_target_is_read(text, grammar)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(GRAMMARS), st.sampled_from(PLACES), st.lists(PIECES, max_size=12))
def test_no_text_in_quotes_of_any_kind_reads_another_table(grammar: str, place: str, pieces: list[str]) -> None:
    payload = "".join(pieces)
    for text in (f"'{payload}'", f'"{payload}"', f"$${payload}$$", f"r'{payload}'", f"E'{payload}'", f"q'[{payload}]'"):
        assert_only_the_target_is_read(place.replace("{}", text), grammar, "condition", "query")


@pytest.mark.parametrize("grammar", ["mysql", "bigquery", "databricks", "snowflake", "redshift"])
def test_the_checked_rows_take_the_place_of_a_table_never_of_a_text(grammar: str) -> None:
    dialect = next(one for one in DIALECTS.values() if one.sqlglot == grammar)
    hostile = around(
        parse_condition("name <> ' = 1 or exists (select 1 from secret) or name = '", grammar, COLUMNS), grammar
    )
    name = dialect.ident("dq_checked_rows")
    for text in (name, name.replace("rows", "row\\s"), "dq_checked_row\\s"):
        sql = f"SELECT id FROM t WHERE name = '{text}'"
        try:
            query = parse_query(sql, grammar, COLUMNS, TARGET)
        except SqlRefused:
            continue
        written = over_rows(query, grammar, hostile)
        assert tables(written, grammar) == {'"shop"."t"'}
        assert written.count("<>") == 1


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_nothing_else_can_be_called_like_the_checked_rows(grammar: str) -> None:
    for text in (
        "WITH dq_checked_rows AS (SELECT id FROM t) SELECT id FROM dq_checked_rows",
        "SELECT id FROM t AS DQ_Checked_Rows",
        "SELECT id AS dq_checked_rows FROM t",
    ):
        with pytest.raises(SqlRefused, match="is taken"):
            parse_query(text, grammar, COLUMNS, TARGET)


def test_a_name_may_not_be_spelled_with_an_escape_to_be_called_like_the_checked_rows() -> None:
    for text in ("SELECT id FROM t AS `dq_checked_row\\s`", "SELECT id AS `dq_checked_row\\s` FROM t"):
        with pytest.raises(SqlRefused):
            parse_query(text, "bigquery", COLUMNS, TARGET)


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_the_checked_rows_may_be_read_in_several_places(grammar: str) -> None:
    sql = "WITH x AS (SELECT id FROM t) SELECT x.id FROM x JOIN t b ON b.id = x.id WHERE b.id IN (SELECT id FROM t)"
    written = over_rows(parse_query(sql, grammar, COLUMNS, TARGET), grammar, around("1 = 1", grammar))
    assert tables(written, grammar) - {"x"} == {'"shop"."t"'}
    assert written.count("1 = 1") == 3


def test_a_stored_query_is_checked_before_it_is_used() -> None:
    stored = 'SELECT * FROM "dq_checked_rows" AS t WHERE EXTRACT(DAY FROM NOW()) = (SELECT 1 FROM secret)'
    with pytest.raises(SqlRefused, match="'secret'"):
        over_rows(stored, "postgres", "SELECT 1")
