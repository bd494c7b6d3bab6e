"""A browser a module, and windows onto the running program."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium
from tests.browser.scene import Scene
from tests.browser.window import Eyes, Window
from tests.clients.program import Account
from tests.conftest import LONG_FIGURES
from tests.stack import Stack

Opener = Callable[..., Window]

# A page refreshes itself every few seconds, and a busy machine takes its time.
expect.set_options(timeout=30_000)

# What the field knows is always staged; what happens seldom takes minutes more.
collect_ignore = [] if LONG_FIGURES else ["test_staged_rarely.py", "test_staged_limits.py"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than a module: beside Playwright's loop Django refuses to reach the database."""
    path = chromium.executable()
    if path is None:
        pytest.skip(chromium.MISSING)
    with chromium.started(path) as running:
        yield running


@pytest.fixture
def account(browser: Browser, stack: Stack, tmp_path: Path) -> Account:
    return Account(stack, tmp_path)


@pytest.fixture
def window(browser: Browser, stack: Stack) -> Iterator[Opener]:
    """Opens windows: `window(Eyes(…))`; what one of them complained of fails the test."""
    opened: list[Window] = []

    def open_one(eyes: Eyes | None = None, *, scripts: bool = True) -> Window:
        opened.append(Window(browser, stack.url, eyes, scripts=scripts))
        return opened[-1]

    yield open_one
    troubles = [trouble for one in opened for trouble in one.troubles]
    for one in opened:
        one.close()
    assert not troubles


@pytest.fixture
def owner(window: Opener, account: Account) -> Window:
    """The account's owner, signed in at a desktop, in English."""
    signed_in = window()
    signed_in.sign_in(account.email, account.password)
    return signed_in


@pytest.fixture(scope="module")
def well() -> Iterator[list[Scene]]:
    """Scenes of this module that a test has left as it found them: the next one goes on there."""
    scenes: list[Scene] = []
    yield scenes
    for scene in scenes:
        scene.account.owner.close()


@pytest.fixture
def scene(well: list[Scene], window: Opener, stack: Stack, tmp_path: Path) -> Iterator[Scene]:
    """An account in which everything has arrived, watched by its owner."""
    staged = well.pop() if well else Scene(stack, tmp_path)
    with ExitStack() as unless_well:
        unless_well.callback(staged.account.owner.close)
        staged.watch_at(window())
        yield staged
        if staged.is_well:
            unless_well.pop_all()
            well.append(staged)
