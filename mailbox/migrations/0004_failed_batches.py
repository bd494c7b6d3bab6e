from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0003_expiry"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["mailbox", "final_at"],
                name="mailbox_batch_failed",
            ),
        ),
    ]
