"""What messages say: the built-in templates, and those of channels, which may do little and cannot run wild.

Templates are Jinja2's, in a sandbox of its own, which a process that renders none never loads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from dq_platform.models.notification import Json, Templates

MAX_SUBJECT = 300
MAX_OUTPUT = 100_000
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
    try:
        made: str = import_module("dq_platform.notifications.sandbox").say(source, facts, escape, html=html)
    except ValueError as error:
        raise TemplateProblem(str(error)) from error
    if len(made) > MAX_OUTPUT:
        message = f"makes {len(made):,} characters; at most {MAX_OUTPUT:,} are allowed"
        raise TemplateProblem(message)
    return made
