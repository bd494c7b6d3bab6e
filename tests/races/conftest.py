from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def calm(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No deadlock, no lock not had in time, no failed try: each of them would be logged."""
    yield
    records = caplog.get_records("call")
    assert not [r.getMessage() for r in records if r.name.startswith(("sync", "mailbox"))]
