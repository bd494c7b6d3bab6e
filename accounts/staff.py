"""Who works here: support that looks, support that acts, administrators."""

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Standing(models.TextChoices):
    """What a person may do beyond their own accounts. The groups come with a migration."""

    NONE = "none", _("no staff")
    LOOK = "support", _("support: may look")
    ACT = "support actions", _("support: may look and act")
    ADMINISTRATOR = "administrator", _("administrator")


GROUPS = (Standing.LOOK, Standing.ACT)


def standing_of(user: User) -> Standing:
    """A person's standing; a group without the staff flag is none."""
    if not user.is_staff:
        return Standing.NONE
    if user.is_superuser:
        return Standing.ADMINISTRATOR
    groups = {group.name for group in user.groups.all()}
    return next((standing for standing in reversed(GROUPS) if standing in groups), Standing.NONE)


def set_standing(user: User, standing: Standing) -> None:
    """Give a person this standing and no other."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(
            is_staff=standing is not Standing.NONE,
            is_superuser=standing is Standing.ADMINISTRATOR,
        )
        user.groups.remove(*Group.objects.filter(name__in=GROUPS))
        if standing in GROUPS:
            user.groups.add(Group.objects.get(name=standing.value))
