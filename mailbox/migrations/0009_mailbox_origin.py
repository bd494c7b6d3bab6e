from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0008_content_mailbox"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="origin",
            field=models.CharField(max_length=40, null=True),
        ),
    ]
