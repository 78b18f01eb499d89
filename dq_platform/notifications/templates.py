"""What messages say: the built-in templates, and those of channels, which may do little and cannot run wild.

Templates are Jinja2's: texts, values, `if`, `for`, comparisons and the filters in FILTERS. There are no calls, no
assignments and no arithmetic, so that a template's output and its time are bounded by what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dq_platform.models.notification import Json, Templates

MAX_SUBJECT = 300
MAX_OUTPUT = 100_000
MAX_LOOPS = 2
"""So deep may loops stand inside each other."""

FILTERS = (
    *("capitalize", "default", "e", "escape", "first", "int", "last", "length", "lower", "round", "title"),
    *("trim", "truncate", "upper"),
)
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Filter, nodes.Keyword, nodes.List, nodes.Tuple, nodes.Test, nodes.Neg),
)

SUBJECT = (
    "[{{ incident.severity }}] {{ event.title }}: {{ table.name }}, {{ incident.dimension }} / {{ incident.category }}"
)
TEXT = """\
{{ event.title }}: {{ table.name }} ({{ table.connection }})
{{ incident.dimension }} / {{ incident.category }}, severity {{ incident.severity }}, since {{ incident.since }}
{%- if event.actor != "system" %}
By {{ event.actor }}{% if event.note %}: {{ event.note }}{% endif %}
{%- endif %}
{% for check in checks %}
- {{ check.type }}{% if check.column %} of {{ check.column }}{% endif -%}
{% if check.data_group %} in {{ check.data_group }}{% endif %}: {{ check.outcome }}
{%- if check.value %}, value {{ check.value }}{% endif -%}
{% if check.expected %}, expected {{ check.expected }}{% endif -%}
{% if check.trend %}, trend {{ check.trend }}{% endif %}
{%- endfor %}
{%- if more_check_count %}
- and {{ more_check_count }} more
{%- endif %}

{{ incident.failing_check_count }} checks of it fail now; it counts {{ incident.failure_count }} failures.
{%- if others.check_count %}
Elsewhere in {{ table.connection }}, {{ others.check_count }} checks of {{ others.table_count }} tables fail.
{%- endif %}
{%- if links.incident %}

Look: GET {{ links.incident }}
{%- if incident.status != "resolved" %}
Take it: POST {{ links.acknowledge }}
Silence it: POST {{ links.mute }}
End it: POST {{ links.resolve }}
{%- endif %}
{%- endif %}
"""
HTML = """\
<h2>{{ event.title }}: {{ table.name }}</h2>
<p>{{ table.connection }} · {{ incident.dimension }} / {{ incident.category }} · severity <b>{{ incident.severity }}</b>
· since {{ incident.since }}</p>
{% if event.actor != "system" %}<p>By {{ event.actor }}{% if event.note %}: {{ event.note }}{% endif %}</p>{% endif %}
<table border="1" cellpadding="4" cellspacing="0">
<tr><th>check</th><th>column</th><th>group</th><th>outcome</th><th>value</th><th>expected</th><th>trend</th></tr>
{% for check in checks %}<tr><td>{{ check.type }}</td><td>{{ check.column }}</td><td>{{ check.data_group }}</td>
<td>{{ check.outcome }}</td><td>{{ check.value }}</td><td>{{ check.expected }}</td><td>{{ check.trend }}</td></tr>
{% endfor %}</table>
{% if more_check_count %}<p>and {{ more_check_count }} more</p>{% endif %}
<p>{{ incident.failing_check_count }} checks of it fail now; it counts {{ incident.failure_count }} failures.
{% if others.check_count %}Elsewhere in {{ table.connection }}, {{ others.check_count }} checks of
{{ others.table_count }} tables fail.{% endif %}</p>
{% if links.incident %}<p><a href="{{ links.incident }}">{{ links.incident }}</a></p>{% endif %}
"""
BUILT_IN = Templates(SUBJECT, TEXT, HTML)


class TemplateProblem(Exception):
    """A template cannot be used; the text says what is wrong with it and what would be right."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message: one line, plain text, and HTML."""

    subject: str
    text: str
    html: str


def render(templates: Templates, facts: Mapping[str, Json], escape: Callable[[str], str] | None = None) -> Rendered:
    """The message. `escape` is applied to values in subject and text, not to the templates' own text; HTML has its own.

    Raises TemplateProblem.
    """
    subject = render_one(templates.subject or SUBJECT, facts, escape)
    return Rendered(
        " ".join(subject.split())[:MAX_SUBJECT],
        render_one(templates.text or TEXT, facts, escape).strip(),
        render_one(templates.html or HTML, facts, None, html=True),
    )


def render_one(
    source: str, facts: Mapping[str, Json], escape: Callable[[str], str] | None = None, *, html: bool = False
) -> str:
    """One template's output. Raises TemplateProblem."""
    environment = _environment(escape, html=html)
    try:
        _refuse(environment.parse(source))
        made = environment.from_string(source).render(facts)
    except TemplateSyntaxError as error:
        message = f"line {error.lineno}: {error.message}"
        raise TemplateProblem(message) from error
    # What filters say of values that they do not take, and Python of a template that is nested too deeply.
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError, SyntaxError) as error:
        raise TemplateProblem(str(error)) from error
    if len(made) > MAX_OUTPUT:
        message = f"makes {len(made):,} characters; at most {MAX_OUTPUT:,} are allowed"
        raise TemplateProblem(message)
    return made


@cache
def _environment(escape: Callable[[str], str] | None, *, html: bool) -> ImmutableSandboxedEnvironment:
    finalize = None if escape is None else lambda value: escape(str(value))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=html, finalize=finalize)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _refuse(tree: nodes.Template) -> None:
    """Raises TemplateProblem for what templates cannot use."""
    for node, depth in _walk(tree, 0):
        if not isinstance(node, ALLOWED):
            message = f"line {node.lineno}: uses {type(node).__name__}, which templates of messages cannot"
            raise TemplateProblem(message)
        if depth > MAX_LOOPS:
            message = f"line {node.lineno}: has more than {MAX_LOOPS} loops inside each other"
            raise TemplateProblem(message)


def _walk(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node, with the number of loops around it, itself included."""
    depth += isinstance(node, nodes.For)
    yield node, depth
    for child in node.iter_child_nodes():
        yield from _walk(child, depth)
