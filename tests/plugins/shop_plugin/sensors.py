"""What the shop measures."""

from __future__ import annotations

from dq_platform.checks.level import Level
from dq_platform.checks.sensors.registry import parse_sensor

ABOVE_COUNT = parse_sensor(
    "shop_above_count",
    Level.COLUMN,
    """
{# description = "Number of values above limit."
   measures = "count"
   accepts = ["number"]
   params.limit = {type = "float", description = "The largest number that does not count."} #}
{{ scan(count_if(col ~ " > " ~ p.limit)) }}
""".strip(),
)
