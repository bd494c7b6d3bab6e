"""The operator's commands against a running program, without a new Django for each of them."""

import json
import subprocess
import sys
import threading
from typing import Any

from hhcportal.run.places import CHECKOUT

_SCRIPT = """
import io, json, sys
from django.core.management import call_command
from django.db import connection

def answer(words):
    out = io.StringIO()
    try:
        call_command(*words, "--json", stdout=out, stderr=out)
    except BaseException as error:
        return {"failed": f"{type(error).__name__}: {error} {out.getvalue()}"}
    finally:
        connection.close()
    return {"said": out.getvalue()}

for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
"""


class Console:
    """A process that runs one command after another as `manage.py` would."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> dict[str, Any]:
        """The object of a command's last line. Raises AssertionError where it failed."""
        with self._lock:
            process = self._started()
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        assert line, f"manage.py {' '.join(words)} ended its process"
        told = json.loads(line)
        assert "failed" not in told, f"manage.py {' '.join(words)}: {told.get('failed')}"
        answer: dict[str, Any] = json.loads(told["said"].strip().splitlines()[-1])
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-v0", "-c", _SCRIPT],
                cwd=CHECKOUT,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._process
