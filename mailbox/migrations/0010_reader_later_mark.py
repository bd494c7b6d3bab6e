from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0009_mailbox_origin"),
    ]

    operations = [
        migrations.AddField(
            model_name="reader",
            name="later_mark",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
    ]
