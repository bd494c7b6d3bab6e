from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0009_mailbox_origin"),
    ]

    operations = [
        migrations.AddField(
            model_name="reader",
            name="outran",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
