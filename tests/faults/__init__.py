"""Faults: processes killed, services emptied, paused and gone, answers cut, time and disks amiss.

The real program runs on services of its own; small clients push, collect and edit all along, and
each keeps what it was told. After the faults have healed everything accepted is with everybody,
once: `make faults` tells so in figures (docs/reliability.md).
"""
