from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Built beside the traffic: a plain index would keep every sync out while it is made.
    atomic = False

    dependencies = [
        ("sync", "0006_wake_ups"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="session",
            index=models.Index(
                fields=["finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="sync_session_ended",
            ),
        ),
    ]
