"""Run a command and tell what it took: `python -m tests.bench.weighed WORD…`.

The last line of the output is a JSON object: exit `code`, peak `megabytes`, `cpu` in seconds. It is
a process of its own because the system counts as a program's peak what its parent held.
"""

import json
import os
import sys

BYTES = 1 if sys.platform == "darwin" else 1024  # in a unit of ru_maxrss


def main(words: list[str]) -> int:
    process = os.posix_spawnp(words[0], words, os.environ)
    _, status, usage = os.wait4(process, 0)
    told = {
        "code": os.waitstatus_to_exitcode(status),
        "megabytes": round(usage.ru_maxrss * BYTES / 1e6, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 2),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
