"""The two groups of support: one that may look, one that may look and act."""

from django.db import migrations

LOOK = (
    ("accounts", "account", "view_account"),
    ("accounts", "peer", "view_peer"),
    ("accounts", "user", "view_user"),
    ("accounts", "auditevent", "view_auditevent"),
    ("sync", "session", "view_session"),
    ("mailbox", "batch", "view_batch"),
)
ACT = (("accounts", "account", "act_on_account"),)
NAMES = {
    "act_on_account": "Can suspend, extend, resend, erase and revoke",
    "view_auditevent": "Can view audit event",
    "view_peer": "Can view server or device",
    "view_user": "Can view person",
}
GROUPS = {"support": LOOK, "support actions": (*LOOK, *ACT)}


def make_groups(apps, schema_editor):
    for group_name, permissions in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=group_name)
        group.permissions.add(*(_permission(apps, *named) for named in permissions))


def _permission(apps, app, model, codename):
    """Django makes the permissions only after the last migration; it keeps those it finds."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": NAMES.get(codename, "Can " + codename.replace("_", " "))},
    )
    return permission


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_found_by_part"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
