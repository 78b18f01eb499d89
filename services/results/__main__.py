"""`python -m services.results` runs the results server."""

from __future__ import annotations

import sys

from services.common.process import main
from services.results.services import services

if __name__ == "__main__":
    sys.exit(main("results", services))
