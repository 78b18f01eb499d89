"""`python -m services.check` runs the check server."""

from __future__ import annotations

import sys

from services.check.services import services
from services.common.process import main

if __name__ == "__main__":
    sys.exit(main("check", services))
