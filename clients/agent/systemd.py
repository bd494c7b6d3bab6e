"""The agent as a unit of systemd: started with the machine, and shut in as far as it goes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from clients.agent.launch import Launch

NAME = "handheld-mailbox-agent"
FILE = f"{NAME}.service"

_UNIT = """\
# Written by 'install-service' of the Handheld Mailbox agent; run it again after a change.
[Unit]
Description=Handheld Mailbox agent
Wants=network-online.target
After=network-online.target time-sync.target
RequiresMountsFor={folders}
StartLimitIntervalSec=0

[Service]
Type=exec
User={user}
WorkingDirectory={working}
ExecStart={command}
Restart=always
RestartSec=60
# Where SQLite and Python put what does not fit into memory: records stay in the data folder.
Environment={environment}
UMask=0077
ReadWritePaths={writable}
ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
"""


def content(launch: Launch) -> bytes:
    """The unit's text. A folder of CSV files may be away at the start: the agent says so itself."""
    sources = [f"-{source}" for source in launch.sources]
    unit = _UNIT.format(
        folders=_quoted(map(str, launch.folders)),
        user=launch.home.owner(),
        # Taken as it is, spaces and all.
        working=str(launch.working).replace("%", "%%"),
        command=_quoted(word.replace("$", "$$") for word in launch.arguments),
        environment=_quoted(["PYTHONUNBUFFERED=1", f"TMPDIR={launch.home}"]),
        writable=_quoted([*map(str, launch.folders), *sources]),
    )
    return unit.encode()


def steps(file: Path) -> list[str]:
    """What installs it, and starts it now and with the machine."""
    return [
        f"sudo install -m 644 {shlex.quote(str(file))} /etc/systemd/system/{FILE}",
        f"sudo systemctl enable --now {NAME}",
    ]


def _quoted(words: Iterable[str]) -> str:
    """As systemd reads words: in quotes, with its own signs doubled."""
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") for word in words)
    return " ".join(f'"{word}"' for word in escaped)
