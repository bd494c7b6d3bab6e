from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0010_reader_later_mark"),
    ]

    operations = [
        migrations.AlterField(
            model_name="change",
            name="place",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="change",
            name="taken_at",
            field=models.DateTimeField(
                help_text="When it was accepted; a stub: when it became one."
            ),
        ),
    ]
