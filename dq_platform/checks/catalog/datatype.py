"""What texts hold."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, Dimension, category, check
from dq_platform.checks.catalog.defaults import NO_PARAMETERS

CHECKS = category(
    "datatype",
    check(
        "detected_datatype_in_text",
        level=COLUMN,
        sensor="string_datatype_detect",
        rule="detected_datatype_equals",
        dimension=Dimension.CONSISTENCY,
    ),
    check(
        "detected_datatype_in_text_changed",
        level=COLUMN,
        sensor="string_datatype_detect",
        rule="value_changed",
        dimension=Dimension.CONSISTENCY,
        defaults=NO_PARAMETERS,
    ),
)
