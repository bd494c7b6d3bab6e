"""Compile the portal's translations: `python -m hhcportal.run.translations`.

Babel writes `.mo` files without gettext on the machine.
"""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hhcportal.run.places import CHECKOUT
from hhcportal.run.steps import step


def compile_translations(locale: Path = CHECKOUT / "hhcportal" / "locale") -> int:
    """Write every `.mo` that is older than its `.po`; how many were written."""
    return sum(_compile(source) for source in sorted(locale.glob("*/LC_MESSAGES/*.po")))


def _compile(source: Path) -> bool:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    draft = target.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    # The same time, not a later one: a checkout of an older text is compiled again too.
    moment = source.stat().st_mtime_ns
    os.utime(target, ns=(moment, moment))
    return True


if __name__ == "__main__":
    with step("translations"):
        compile_translations()
