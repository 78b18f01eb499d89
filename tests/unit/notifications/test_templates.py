from __future__ import annotations

from typing import Any

import pytest

from dq_platform.notifications.templates import TemplateProblem, render_one

FACTS: dict[str, Any] = {"table": {"name": "shop.orders"}, "checks": [{"value": "<1>"}, {"value": "2"}], "n": 3}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ table.name }} {{ n + 0 if false else n }}", None),
        ("{{ table['name']|upper }}", "SHOP.ORDERS"),
        ("{% for c in checks %}{{ c.value }}{% if not loop.last %}, {% endif %}{% endfor %}", "<1>, 2"),
        ("{% if n > 2 and checks|length == 2 %}yes{% else %}no{% endif %}", "yes"),
        ("{{ checks[0].value|default('-') }}", "<1>"),
        ("{{ 'a' if n is defined else 'b' }}", "a"),
        ("{{ n is divisibleby 3 }}", "True"),
        ("{{ table.name|replace('s', 'ssssssssss') }}", None),
        ("{{ missing }}", None),
        ("{{ table.name.upper() }}", None),
        ("{{ table.name ~ table.name }}", None),
        ("{% macro m() %}{% endmacro %}", None),
        ("{{ 1 // 0 }}", None),
        ("{{ n|round('x') }}", None),
        ("{% if n %}" * 200 + "{% endif %}" * 200, None),
    ],
)
def test_a_template_may_show_and_choose_but_not_compute(template: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(TemplateProblem):
            render_one(template, FACTS)
    else:
        assert render_one(template, FACTS) == expected


def test_html_escapes_values_and_output_is_limited() -> None:
    assert render_one("<b>{{ checks[0].value }}</b>", FACTS, html=True) == "<b>&lt;1&gt;</b>"
    with pytest.raises(TemplateProblem, match="at most 100,000"):
        render_one("x" * 100_001, FACTS)
