from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("mailbox", "0012_change_no_letter"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="change",
            name="mailbox_change_deletes",
        ),
    ]
