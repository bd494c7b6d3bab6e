"""Indexes that find an account by a part of its number, its name, an address or a device's name.

Trigrams, on the expression that a case-insensitive `contains` becomes. The extension is a trusted
one: the database's owner may create it.
"""

from django.db import migrations

SEARCHED = {
    "accounts_account_number_part": ("accounts_account", "upper(number::text)"),
    "accounts_account_name_part": ("accounts_account", "upper(name::text)"),
    "accounts_user_email_part": ("accounts_user", "upper(email::text)"),
    "accounts_peer_name_part": ("accounts_peer", "upper(name::text)"),
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_support_permission")]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                f"CREATE INDEX {index} ON {table} USING gin (({column}) gin_trgm_ops)",
                f"DROP INDEX {index}",
            )
            for index, (table, column) in SEARCHED.items()
        ),
    ]
