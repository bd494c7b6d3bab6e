from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0006_snapshots"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="part_of",
            field=models.UUIDField(help_text="The snapshot that it is a part of.", null=True),
        ),
    ]
