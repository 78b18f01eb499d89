from __future__ import annotations

import subprocess
import sys

READ = """
import sys
from dq_platform.checks import user_sql
before = "sqlglot" in sys.modules
print(before, user_sql.parse_condition("amount > 1", "postgres", ["amount"]), "sqlglot" in sys.modules)
"""


def test_the_parser_is_loaded_with_the_first_sql_that_is_read() -> None:
    made = subprocess.run((sys.executable, "-c", READ), capture_output=True, text=True, check=True)
    assert made.stdout.strip() == 'False "amount" > 1 True'
