from collections.abc import Iterator

import pytest
from django.db import connection

POISON = """
CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.record_id = 'poison' THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$;
CREATE TRIGGER poison BEFORE INSERT ON mailbox_change
    FOR EACH ROW EXECUTE FUNCTION refuse_poison();
CREATE TRIGGER poison BEFORE INSERT ON mailbox_upchange
    FOR EACH ROW EXECUTE FUNCTION refuse_poison();
"""
ANTIDOTE = "DROP FUNCTION IF EXISTS refuse_poison() CASCADE"
# What PostgreSQL tells the one of two that it ends.
DEADLOCK = POISON.replace("'poison';", "'poison' USING ERRCODE = 'deadlock_detected';")


@pytest.fixture
def poison() -> Iterator[None]:
    """The database refuses to write one record, as a fault nobody thought of would."""
    yield from refusing(POISON)


@pytest.fixture
def deadlock() -> Iterator[None]:
    """Whoever writes that record loses a deadlock."""
    yield from refusing(DEADLOCK)


def refusing(how: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(how)
    yield
    with connection.cursor() as cursor:
        cursor.execute(ANTIDOTE)
