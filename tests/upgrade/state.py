"""Who the programs of the dumped database are and what they hold, and the database itself."""

import gzip
import json
from dataclasses import dataclass
from typing import Any

import psycopg

from hhcportal.run.processes import wait_until
from tests.upgrade.programs import Device, Program, Server
from tests.upgrade.release import HERE

DUMP = HERE / "populated.sql.gz"
STATE = HERE / "populated.json"
APPLIED_WITHIN = 60.0

# The dump grows old and what lies in it must not: every time moves by as much as went by since.
_MAKE_PRESENT = """
DO $$
DECLARE
    col record;
    gone interval := now() - (SELECT max(last_contact) FROM sync_presence);
BEGIN
    FOR col IN
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'timestamp with time zone'
    LOOP
        EXECUTE format('UPDATE %1$I SET %2$I = %2$I + $1', col.table_name, col.column_name)
            USING gone;
    END LOOP;
END $$
"""


@dataclass
class Office:
    """An account with its programs."""

    number: str
    server: Server
    devices: list[Device]

    @property
    def programs(self) -> list[Program]:
        return [self.server, *self.devices]

    def settle(self) -> None:
        """Return when all that was pushed is applied."""
        assert wait_until(self._all_applied, APPLIED_WITHIN), "accepted batches are not applied"

    def _all_applied(self) -> bool:
        states = [
            program.ask("GET", f"/batches/{program.last_batch}")["state"]
            for program in self.programs
            if program.last_batch
        ]
        return all(state == "applied" for state in states)


def as_json(offices: list[Office]) -> str:
    """What `read` makes the offices of."""
    told = [
        {
            "number": office.number,
            "top": office.server.top,
            "programs": [
                {
                    "token": program.token,
                    "install_id": program.install_id,
                    "cursor": program.cursor,
                    "held": [[*key, version] for key, version in sorted(program.held.items())],
                }
                for program in office.programs
            ],
        }
        for office in offices
    ]
    return json.dumps(told, separators=(",", ":")) + "\n"


def read() -> list[Office]:
    """The offices as they were when the database was dumped; the last one is suspended."""
    offices = []
    for told in json.loads(STATE.read_text()):
        server, *devices = told["programs"]
        office = Office(
            told["number"], Server(**_known(server)), [Device(**_known(d)) for d in devices]
        )
        office.server.top = told["top"]
        offices.append(office)
    return offices


def _known(told: dict[str, Any]) -> dict[str, Any]:
    held = {(kind, id): version for kind, id, version in told.pop("held")}
    return {**told, "held": held}


def restore(url: str) -> None:
    """Put the dumped database into the empty one at `url`, as if it had been left just now."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(gzip.decompress(DUMP.read_bytes()))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_MAKE_PRESENT)
