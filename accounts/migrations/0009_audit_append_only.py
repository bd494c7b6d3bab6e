from django.db import migrations

# Whoever has a reason says so for one transaction: `accounts.audit.rewriting`.
CREATE = """
CREATE OR REPLACE FUNCTION accounts_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.rewrite_audit', true) = 'yes' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Audit events are only ever added.' USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER IF EXISTS append_only ON accounts_auditevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_append_only();
"""
DROP = """
DROP TRIGGER append_only ON accounts_auditevent;
DROP FUNCTION accounts_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_user_time_zone"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
