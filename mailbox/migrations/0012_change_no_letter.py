from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the traffic: a plain index would keep every push out while it is made. Alone, so
    # that it can be done again where it did not get its locks.
    atomic = False

    dependencies = [
        ("mailbox", "0011_change_stubs"),
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
    ]
