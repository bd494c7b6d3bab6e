"""`python -m clients.device`."""

from __future__ import annotations

import sys

from clients.device.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
