"""What the agent tells about itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clients.agent import standing
from clients.agent.act import about
from clients.agent.connectors import choice
from clients.agent.store import Store
from clients.pairing import Pairing


def facts(data_dir: Path, paired: Pairing) -> dict[str, Any]:
    """What was sent, what waits here, and how the last run went."""
    store = Store(data_dir, paired.account_number)
    try:
        return {
            "account": {"number": paired.account_number, "name": paired.account_name},
            "url": paired.url,
            "peer": paired.peer,
            "name": paired.name,
            "connector": json.loads(store.db.note("connector") or "null"),
            "records": store.db.counts("SELECT kind, count(*) FROM record GROUP BY kind"),
            "unsent": store.outbox.unsent(),
            "edits": store.db.counts("SELECT state, count(*) FROM edit GROUP BY state"),
            "refused": store.outbox.refused(),
            "last_run": standing.last(store.db),
            "next_run": standing.text(planned) if (planned := standing.planned(store.db)) else None,
            "act": about.facts(store.db) if choice.is_act(store) else None,
        }
    finally:
        store.close()


def text(status: dict[str, Any]) -> str:
    account, run = status["account"], status["last_run"]
    kinds = ", ".join(f"{count} {kind}" for kind, count in status["records"].items()) or "none"
    lines = [
        f"Account    {account['name']} ({account['number']}) at {status['url']}",
        f"Records    {kinds}",
        f"Unsent     {status['unsent']}",
    ]
    if run:
        result = run["result"] if not run["error"] else f"failed: {run['error']}"
        lines.append(f"Last run   {run['at']}, {result}; {run['sent']} sent")
        if run.get("says"):
            lines.append(f"Failing    since {run['since']}: {run['says']}")
        lines += [f"Refused    {line}" for line in run["refused_rows"]]
    else:
        lines.append("Last run   never")
    if status["next_run"]:
        lines.append(f"Next run   {status['next_run']}")
    if status["act"]:
        lines += about.lines(status["act"])
    lines += [
        f"Refused    {r['kind']} {r['id']}: {r['code']} {r['detail']}" for r in status["refused"]
    ]
    return "\n".join(lines)
