from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0002_account_health"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="place",
            field=models.BigIntegerField(
                help_text="The furthest place that it acknowledged.", null=True
            ),
        ),
    ]
