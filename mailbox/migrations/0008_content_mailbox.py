import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0007_batch_part_of"),
    ]

    operations = [
        migrations.AddField(
            model_name="content",
            name="mailbox",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="mailbox.mailbox",
            ),
        ),
    ]
