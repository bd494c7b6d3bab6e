from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the traffic: a plain index would keep every push out while it is made. Alone, so
    # that it can be done again where it did not get its locks.
    atomic = False

    dependencies = [
        ("mailbox", "0013_change_deletes_gone"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="mailbox",
            index=models.Index(fields=["origin"], name="mailbox_origin"),
        ),
    ]
