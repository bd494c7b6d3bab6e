from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the traffic: a plain index would keep every push out while it is made.
    atomic = False

    dependencies = [
        ("mailbox", "0006_snapshots"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="change",
            index=models.Index(
                condition=models.Q(("data", None)),
                fields=["mailbox", "taken_at"],
                name="mailbox_change_no_letter",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="change",
            name="mailbox_change_deletes",
        ),
        AddIndexConcurrently(
            model_name="mailbox",
            index=models.Index(fields=["origin"], name="mailbox_origin"),
        ),
    ]
