import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# Each migration from here on locks one table that the program uses: one that holds the lock of a
# table while it waits for another's ends in a deadlock with the requests that go on meanwhile.
class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_token_hash_partial"),
        ("mailbox", "0005_live_records"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshots",
                        to="mailbox.mailbox",
                    ),
                ),
                ("version", models.BigIntegerField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("applying", "Applying"),
                            ("applied", "Applied"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("accepted", models.BigIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("committed_at", models.DateTimeField(null=True)),
                ("committed_head", models.BigIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("done_kind", models.CharField(db_collation="C", default="", max_length=32)),
                ("done_id", models.CharField(db_collation="C", default="", max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Named",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "snapshot_id",
                        "kind",
                        "record_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mailbox.snapshot",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="mailbox.mailbox",
                    ),
                ),
                ("kind", models.CharField(db_collation="C", max_length=32)),
                ("record_id", models.CharField(db_collation="C", max_length=64)),
            ],
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "applying"])),
                fields=["mailbox"],
                name="mailbox_snapshot_alive",
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("mailbox",),
                name="mailbox_one_open_snapshot",
            ),
        ),
    ]
