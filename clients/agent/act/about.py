"""What `status` tells of an Act! connector, without asking Act!."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from clients.agent.act.probe import Capabilities
from clients.agent.act.running import SWEEP_EVERY
from clients.agent.act.state import State
from clients.database import Database


def facts(db: Database) -> dict[str, Any]:
    """What this Act! can, what waits or is set aside, and when the next sweep is due."""
    state = State(db)
    known = state.note("capabilities")
    swept = state.note("swept")
    return {
        "capabilities": Capabilities.from_json(known).lines() if known else [],
        "failed": state.failures.told(),
        "conflicts": state.conflicts.count(),
        "suspect": bool(state.note("suspect")),
        "swept": _text(swept) if swept else None,
        "next_sweep": _text(swept + SWEEP_EVERY) if swept else None,
    }


def lines(told: dict[str, Any]) -> list[str]:
    """The same for a person."""
    sweep = told["next_sweep"] or "with the next run"
    if told["suspect"]:
        sweep = "with the next run, for the last one could not read everything"
    shown = [f"Act!       {line}" for line in told["capabilities"]]
    shown.append(f"Sweep      {sweep}")
    if told["conflicts"]:
        shown.append(f"Conflicts  {told['conflicts']}: look at them with 'conflicts'")
    shown += [
        f"{'Set aside ' if one['aside'] else 'Failed    '} {one['kind']} {one['id']}: {one['why']}"
        for one in told["failed"]
    ]
    return shown


def _text(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
