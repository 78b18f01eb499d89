# ruff: noqa: E501  (one row of a table is one line)
from __future__ import annotations

import pytest

from gateway.template import TemplateError, parse


@pytest.mark.parametrize(
    "text",
    ["//", "/a//b", "/a?b", "/%", "/%2", "/a%2z", "/{name", "/name}", "/{a={b}}", "/{a}{b}", "/x{a}", "/{a}x", "v1/b/:name/do",
     "/{}", "/{a.}", "/{1}", "/a*", "/**/a/**", "/{a}/{a}", "/a:", "/a/", "", "/{a=}", "/%ff"],
)  # fmt: skip
def test_a_template_outside_the_grammar_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        parse(text)


@pytest.mark.parametrize("text", ["/", "/v1/{bucket}/do:action", "/v1/endpoint/*", "/v1/a/b/**", "/%20", "/a.b-c_d~e"])
def test_a_template_of_the_grammar_is_accepted(text: str) -> None:
    assert parse(text).text == text


def test_everything_after_the_first_colon_is_the_verb() -> None:
    assert parse("/v1/{name}:bla:baa").verb == "bla:baa"


def test_a_colon_inside_a_variable_is_a_literal() -> None:
    template = parse("/v1/{name=segment/wi:th}")
    assert template.verb == ""
    assert template.shape == "/v1/segment/wi:th"


def test_a_bare_variable_is_one_segment() -> None:
    assert parse("/{x}").shape == parse("/{x=*}").shape == "/*"


def test_variables_are_captured_around_many_segments() -> None:
    template = parse("/a/{x}/{y=b/**}/{z}")
    assert dict(template.capture(["a", "1", "b", "2", "3", "4"])) == {"x": "1", "y": "b/2/3", "z": "4"}
