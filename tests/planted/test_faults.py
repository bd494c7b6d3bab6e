"""Each planted fault makes its test fail, within seconds that are told at the end."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hhcportal.run.places import CHECKOUT
from tests.conftest import LONG_FIGURES
from tests.planted.faults import FAULTS, Fault
from tests.planted.tree import Tree

# Two always, of different kinds of test; all of them where there is time.
SOME = [FAULTS[number] for number in (0, 5)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_it_can_be_planted(fault: Fault) -> None:
    assert (CHECKOUT / fault.path).read_text().count(fault.old) == 1


@pytest.mark.parametrize("fault", FAULTS if LONG_FIGURES else SOME, ids=lambda fault: fault.name)
def test_it_is_noticed(
    fault: Fault, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    tree = Tree(tmp_path)
    tree.replace(fault.path, fault.old, fault.new)
    began = time.monotonic()
    ran = tree.run([fault.test])
    record_property("figures", f"noticed after {time.monotonic() - began:.1f} s")
    said = ran.stdout + ran.stderr
    assert ran.returncode == 1, f"nobody noticed: {said}"
    assert re.search(r"^FAILED ", said, re.MULTILINE), said
    assert re.search(r"^E +(AssertionError|assert )", said, re.MULTILINE), said


def test_nothing_is_noticed_where_nothing_is_planted(tmp_path: Path) -> None:
    ran = Tree(tmp_path).run(dict.fromkeys(fault.test for fault in SOME))
    assert ran.returncode == 0, ran.stdout + ran.stderr
