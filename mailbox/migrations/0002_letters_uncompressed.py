"""A batch's content lives for a moment: compressing it would cost more than it saves."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE mailbox_content ALTER COLUMN data SET STORAGE EXTERNAL,"
            " ALTER COLUMN record_ids SET STORAGE EXTERNAL",
            "ALTER TABLE mailbox_content ALTER COLUMN data SET STORAGE EXTENDED,"
            " ALTER COLUMN record_ids SET STORAGE EXTENDED",
        )
    ]
