"""`python -m services.connection` runs the connection server."""

from __future__ import annotations

import sys

from services.common.process import main
from services.connection.services import services

if __name__ == "__main__":
    sys.exit(main("connection", services))
