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
# Each setting is looked at once a statement, and not until the first row is looked at.
CREATE = """
CREATE POLICY own_account ON {table} USING (
    mailbox_id = ANY ((SELECT nullif(current_setting('app.mailboxes', true), ''))::bigint[])
    OR (SELECT current_setting('app.scope', true)) = 'all')
"""
DROP = "DROP POLICY own_account ON {table}"


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0007_snapshot_indexes"),
    ]

    operations = [
        migrations.RunSQL(CREATE.format(table=table), DROP.format(table=table)) for table in TABLES
    ]
