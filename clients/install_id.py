"""Which install this is: one folder on one machine.

Two programs on one pairing take each other's data for their own. The mailbox notices it by the
install id, so the id must differ where the data differ in place: a copied data folder, a restored
disk in another machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import uuid
from pathlib import Path

from clients import files

_SEED_FILE = "install-seed"


def install_id(data_dir: Path) -> uuid.UUID:
    """The id of the install in `data_dir`: the same at every start, another one in every copy.

    It is derived from a random seed kept in the folder, the machine, and the folder's full path.
    Raises OSError where the folder cannot be read or written.
    """
    place = os.path.normcase(data_dir.resolve())
    return uuid.uuid5(_seed(data_dir), f"{_machine()}\n{place}")


def _seed(data_dir: Path) -> uuid.UUID:
    path = data_dir / _SEED_FILE
    try:
        return uuid.UUID(path.read_text(encoding="ascii").strip())
    except (FileNotFoundError, ValueError):
        seed = uuid.uuid4()
    files.replace(path, f"{seed}\n".encode())
    return seed


def _machine() -> str:
    """What tells this machine from others. Host names change with the network: the last resort."""
    found = ""
    if sys.platform == "win32":
        found = _windows_machine_guid()
    elif sys.platform == "darwin":
        found = _mac_platform_uuid()
    else:
        found = _first_line("/etc/machine-id") or _first_line("/var/lib/dbus/machine-id")
    return found or platform.node()


def _first_line(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _windows_machine_guid() -> str:
    if sys.platform == "win32":
        import winreg

        key_name = r"SOFTWARE\Microsoft\Cryptography"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key_name) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return ""
    return ""


def _mac_platform_uuid() -> str:
    command = ["/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"]
    try:
        output = subprocess.run(command, capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    lines = [line for line in output.splitlines() if "IOPlatformUUID" in line]
    return lines[0].split('"')[-2] if lines else ""
