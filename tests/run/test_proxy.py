"""The proxy in front: its routes as production has them, and the program without one."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from hhcportal.run import proxy
from hhcportal.run.places import CHECKOUT, Places
from hhcportal.run.ports import free_port
from tests.places import furnished_folder
from tests.run.test_make_run import environment, said
from tests.stack import Program

_BLOCK = re.compile(r"^```caddyfile\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def adapted(file: Path) -> str:
    """A Caddyfile as Caddy understands it."""
    caddy = proxy.find()
    assert caddy, "Caddy is missing"
    words = [str(caddy), "adapt", "--adapter", "caddyfile", "--config", str(file)]
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_documented_caddyfile_is_one(tmp_path: Path) -> None:
    [block] = _BLOCK.findall((CHECKOUT / "docs" / "production.md").read_text())
    file = tmp_path / "Caddyfile"
    file.write_text(block.replace("/srv/mailbox", str(CHECKOUT)))
    understood = json.loads(adapted(file))
    assert understood["admin"]["disabled"] is True
    assert all(f"127.0.0.1:{port}" in json.dumps(understood) for port in (8000, 8001))


@pytest.mark.parametrize("in_front", [0, 1])
def test_each_proxy_in_front_is_counted(monkeypatch: pytest.MonkeyPatch, in_front: int) -> None:
    """What the client wrote counts no more than before: this proxy appends, or begins anew."""
    monkeypatch.setenv("TRUSTED_PROXIES", str(in_front))
    assert proxy.behind({})["TRUSTED_PROXIES"] == str(in_front + 1)
    file = proxy.caddyfile(proxy.Ports(public=1, web=2, waiting=3, alive=4))
    assert ("trusted_proxies" in file) == bool(in_front)


def test_without_a_proxy_the_web_server_is_the_address_and_nobody_waits() -> None:
    lacking = (
        "import sys; from hhcportal.run import proxy; proxy.find = lambda: None;"
        "from hhcportal.run.__main__ import main; sys.exit(main())"
    )
    with furnished_folder("mailbox-run-") as places:
        told = environment(places, free_port(), DEMO="0")
        with Program(told, (sys.executable, "-c", lacking)) as program:
            assert program.says("Caddy is missing")
            refused = httpx.get(f"{said(program, 'Portal')}api/v1/mailbox?wait=55")
            assert refused.status_code == 401
            assert not running(places, "waiting")
            assert not running(places, "proxy")


def running(places: Places, name: str) -> bool:
    return (places.run / f"{name}.pid").exists()
