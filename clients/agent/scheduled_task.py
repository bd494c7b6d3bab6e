"""The agent as a task of Windows' Task Scheduler: started with the machine, without a log-in."""

from __future__ import annotations

import getpass
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from clients.agent.launch import Launch

NAME = "Handheld Mailbox agent"
FILE = "handheld-mailbox-agent.xml"

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_VERSION = "1.2"
_AGAIN = "PT5M"
"""A task does not start again however it ends; one that is started every 5 minutes does, and a
start beside a running one is ignored."""


def content(launch: Launch) -> bytes:
    """The task as XML in UTF-16, as the Task Scheduler writes and reads it.

    The order of what stands inside a trigger is the schema's.
    """
    task = ET.Element("Task", {"version": _VERSION, "xmlns": _SPACE})
    _put(task, "RegistrationInfo/Description", "Carries changes between the CRM and the mailbox.")
    trigger = _put(task, "Triggers/BootTrigger")
    _put(trigger, "Enabled", "true")
    _put(trigger, "Repetition/Interval", _AGAIN)
    principal = _put(task, "Principals/Principal")
    principal.set("id", "Agent")
    _put(principal, "UserId", _user())
    # Whoever is logged in, and without a password of Windows that somebody would have to renew.
    _put(principal, "LogonType", "S4U")
    _put(principal, "RunLevel", "LeastPrivilege")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "false"),
        ("ExecutionTimeLimit", "PT0S"),
    ):
        _put(task, f"Settings/{name}", value)
    program, *arguments = launch.arguments
    action = _put(task, "Actions/Exec")
    _put(task, "Actions").set("Context", "Agent")
    _put(action, "Command", program)
    _put(action, "Arguments", subprocess.list2cmdline(arguments))
    _put(action, "WorkingDirectory", str(launch.working))
    ET.indent(task)
    text = ET.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}\r\n'.encode("utf-16")


def steps(file: Path) -> list[str]:
    """What installs it, and starts it now."""
    return [
        f'schtasks /Create /TN "{NAME}" /XML "{file}"',
        f'schtasks /Run /TN "{NAME}"',
    ]


def _put(parent: ET.Element, path: str, text: str | None = None) -> ET.Element:
    """The element at that path, made where it is missing."""
    for name in path.split("/"):
        found = parent.find(name)
        parent = ET.SubElement(parent, name) if found is None else found
    if text is not None:
        parent.text = text
    return parent


def _user() -> str:
    domain = os.environ.get("USERDOMAIN")
    return f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()
