"""A worker's process: applies a slice of every mailbox whose id comes in, and tells how much."""

import sys

import django

if __name__ == "__main__":
    django.setup()

    from tests.races.race import apply_due

    for line in sys.stdin:
        sys.stdout.write(f"{apply_due(int(line))}\n")
        sys.stdout.flush()
