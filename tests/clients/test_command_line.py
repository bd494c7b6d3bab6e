"""What a person meets who types something wrong, or asks for help; no mailbox is needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hhcportal.run.places import CHECKOUT
from hhcportal.run.ports import free_port
from tests.clients.program import Client

MODULES = ("clients.agent", "clients.device")


@pytest.fixture(params=MODULES)
def client(request: pytest.FixtureRequest, tmp_path: Path) -> Client:
    return Client(request.param, tmp_path / "data")


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def test_help_teaches_the_first_steps_and_the_exit_codes(client: Client) -> None:
    said = client.run("--help").out
    assert f"{client.module} pair" in said
    assert "exit codes:" in said


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("clients.agent", "status"),
        ("clients.agent", "run"),
        ("clients.device", "status"),
        ("clients.device", "sync"),
        ("clients.device", "list contact"),
    ],
)
def test_an_unpaired_folder_says_how_to_pair_it(tmp_path: Path, module: str, command: str) -> None:
    said = Client(module, tmp_path).run(*command.split(), code=3).err
    assert one_sentence(said)
    assert f"{module} pair CODE --url URL" in said


def test_no_command_is_a_wrong_command_line(client: Client) -> None:
    assert "pair" in client.run(code=2).out


def test_an_address_that_is_none_is_told(client: Client) -> None:
    said = client.run("pair", "7KQ2-M9XF", "--url", "mailbox", code=2).err
    assert one_sentence(said)
    assert "https://" in said


def test_a_mailbox_that_does_not_answer_is_told(client: Client) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    said = client.run("pair", "7KQ2-M9XF", "--url", url, code=5).err
    assert one_sentence(said)
    assert url in said


@pytest.mark.parametrize(
    ("file", "why"), [("/nowhere.pem", "No such file or directory"), (__file__, "no certificate")]
)
def test_authorities_that_are_none_are_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, file: str, why: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", file)
    said = client.run("pair", "7KQ2-M9XF", "--url", "https://127.0.0.1:1", code=2).err
    assert one_sentence(said)
    assert f"SSL_CERT_FILE names ({file}) cannot be used ({why})" in said


def test_a_data_folder_that_is_a_file_is_told(client: Client, tmp_path: Path) -> None:
    client.data_dir = tmp_path / "file"
    client.data_dir.write_text("")
    said = client.run("pair", "7KQ2-M9XF", "--url", "http://127.0.0.1:1", code=1).err
    assert one_sentence(said)
    assert "--data-dir" in said


@pytest.mark.parametrize("span", ["0", "soon", "-5m", "1y"])
def test_a_span_of_time_that_is_none_is_told(client: Client, span: str) -> None:
    command = "run" if client.module == "clients.agent" else "sync"
    assert "30s, 15m or 2h" in client.run(command, f"--every={span}", code=2).err


@pytest.mark.parametrize("mapping", ["contacts", "contacts=Contact", "=contact", "contacts="])
def test_a_kind_that_is_none_is_told(tmp_path: Path, mapping: str) -> None:
    agent = Client("clients.agent", tmp_path)
    assert "contacts=contact" in agent.run("run", "--kind", mapping, code=2).err


def test_a_field_without_a_value_is_told(tmp_path: Path) -> None:
    device = Client("clients.device", tmp_path)
    assert "FIELD=VALUE" in device.run("edit", "contact", "A", "city", code=2).err


def test_the_clients_run_where_django_is_not_installed(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['django'] = None; sys.modules['psycopg'] = None; "
    for module in MODULES:
        start = f"from {module}.__main__ import main; sys.exit(main(['--version']))"
        subprocess.run(
            [sys.executable, "-c", blocked + start],
            cwd=CHECKOUT,
            env={**os.environ, "HOME": str(tmp_path)},
            check=True,
        )
