"""With account filters deleted, the second wall still lets nothing foreign through."""

from pathlib import Path
from typing import NamedTuple

from tests.planted.tree import Tree


class Filter(NamedTuple):
    """An account's filter in the code, and the same place without it."""

    path: str
    old: str
    new: str


# Where the filter had a parameter, the parameter stays and means nothing.
FILTERS = (
    Filter(
        "mailbox/read.py",
        "WHERE t.mailbox_id = r.mailbox_id AND t.place > r.start",
        "WHERE t.place > r.start",
    ),
    Filter(
        "mailbox/counts.py",
        '{table} WHERE mailbox_id = %s AND place IS NOT NULL"',
        '{table} WHERE %s IS NOT NULL AND place IS NOT NULL"',
    ),
    Filter(
        "mailbox/snapshots.py",
        "Snapshot.objects.filter(pk=snapshot_id, mailbox_id=mailbox_id).first()",
        "Snapshot.objects.filter(pk=snapshot_id).first()",
    ),
    Filter(
        "mailbox/recent.py",
        'WHERE m.account_id = %s GROUP BY b.state\n"""',
        'WHERE %s IS NOT NULL GROUP BY b.state\n"""',
    ),
    Filter(
        "mailbox/undone.py",
        "WHERE m.account_id = %s AND o.state IN",
        "WHERE %s IS NOT NULL AND o.state IN",
    ),
)
ISOLATION = "tests/mailbox/test_isolation.py"


def test_behind_the_wall_no_filter_is_missed_and_without_it_they_are(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    for path, old, new in FILTERS:
        tree.replace(path, old, new)
    behind = tree.run([ISOLATION, "-k", "up"])
    assert behind.returncode == 0, behind.stdout + behind.stderr
    without = tree.run([ISOLATION, "-k", "down"])
    assert without.returncode == 1, without.stdout + without.stderr
    assert "AssertionError" in without.stdout
