from django.db import migrations

# Policies alone: they take effect once `manage.py wall up` has enabled row-level security, which
# has to wait for the last process of the release before, for that one sets no variable.
TABLES = (
    "mailbox_change",
    "mailbox_upchange",
    "mailbox_batch",
    "mailbox_content",
    "mailbox_outcome",
    "mailbox_reader",
    "mailbox_snapshot",
    "mailbox_named",
)
# Each setting is looked at once a statement, and not until the first row is looked at. The
# planner takes IS NOT NULL for nearly always true: of `mailbox_id = ANY (…)` it would think that
# hardly a row passes, and sort all that waits instead of walking the index on places.
CREATE = """
DROP POLICY IF EXISTS own_account ON {table};
CREATE POLICY own_account ON {table} USING (
    array_position(
        (SELECT nullif(current_setting('app.mailboxes', true), '')::bigint[]), mailbox_id
    ) IS NOT NULL
    OR (SELECT current_setting('app.scope', true)) = 'all')
"""
DROP = "DROP POLICY own_account ON {table}"


class Migration(migrations.Migration):
    # A table at a time, for each is locked for a moment; all of them together would be a deadlock
    # with the requests that go on meanwhile. It can be done again where a lock was not had.
    atomic = False

    dependencies = [
        ("mailbox", "0014_mailbox_origin_index"),
    ]

    operations = [
        migrations.RunSQL(CREATE.format(table=table), DROP.format(table=table)) for table in TABLES
    ]
