from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0004_failed_batches")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="live",
            field=models.BigIntegerField(
                default=0, help_text="Down: records that are not deleted."
            ),
        ),
        migrations.RunSQL(
            "UPDATE mailbox_mailbox m SET live = (SELECT count(*) FROM mailbox_change c"
            " WHERE c.mailbox_id = m.id AND c.op = 'put') WHERE m.direction = 'down'",
            migrations.RunSQL.noop,
        ),
    ]
