"""Who is who: accounts, people, peers (servers and devices), and what was done to them."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.hours import OfficeHours


class UserManager(BaseUserManager["User"]):
    """Creates people; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: object) -> "User":
        user = self.model(email=email.strip().lower(), joined_at=clock.now(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **extra: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in to the portal, by e-mail address."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(max_length=2, blank=True, help_text="Empty: the browser's.")
    time_zone = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Empty: the browser's."
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")
        ]

    def __str__(self) -> str:
        return self.email


class Account(models.Model):
    """A customer's subscription. `expired` is no stored state: it follows from `ends_at`."""

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        TRIAL = "trial", _("trial")
        SUSPENDED = "suspended", _("suspended")

    number = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    state_since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="The first moment no longer paid for.")
    server_interval = models.PositiveIntegerField(default=30, help_text="Minutes.")
    device_interval = models.PositiveIntegerField(default=15, help_text="Minutes.")
    grace = models.PositiveIntegerField(
        null=True, help_text="Minutes after a missed contact; empty: one interval, at least 10."
    )
    # Office hours, all four or none; see `accounts.hours`.
    office_days = models.CharField(
        max_length=7, blank=True, default="", db_default="", help_text="12345: Monday to Friday."
    )
    office_opens = models.TimeField(null=True)
    office_closes = models.TimeField(null=True)
    office_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    people: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="accounts"
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        permissions: ClassVar = [
            ("act_on_account", "Can suspend, extend, resend, erase and revoke")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def state_at(self, now: datetime) -> str:
        """`active`, `trial`, `suspended` or `expired`, as of `now`."""
        return effective_state(self.state, self.ends_at, now)

    @property
    def office_hours(self) -> OfficeHours | None:
        """When silence counts; None: always."""
        if not self.office_days or self.office_opens is None or self.office_closes is None:
            return None
        days = [int(day) for day in self.office_days]
        return OfficeHours(days, self.office_opens, self.office_closes, self.office_zone)


def effective_state(state: str, ends_at: datetime | None, now: datetime) -> str:
    """The state that counts: a suspension outranks the end date, the end date all else."""
    if state != Account.State.SUSPENDED and ends_at is not None and ends_at <= now:
        return "expired"
    return state


def is_inactive(state: str) -> bool:
    """Whether an effective state forbids collecting and sending."""
    return state in ("suspended", "expired")


class Membership(models.Model):
    """A person's role in an account."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MEMBER = "member", _("member")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    mails = models.BooleanField(
        default=False, db_default=False, help_text="Whether this person asked for mails."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "user"], name="accounts_membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.account} · {self.role}"


class Peer(models.Model):
    """A program that syncs for an account: the server's agent, or a device."""

    class Role(models.TextChoices):
        SERVER = "server", _("Act! server")
        DEVICE = "device", _("device")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")
        REVOKED = "revoked", _("revoked")
        UNPAIRED = "unpaired", _("unpaired")
        ERASED = "erased", _("erased")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="peers")
    role = models.CharField(max_length=6, choices=Role)
    name = models.CharField(max_length=100)
    platform = models.CharField(max_length=40, blank=True)
    client_version = models.CharField(max_length=40, blank=True)
    install_id = models.UUIDField()
    # SHA-256 of the token; empty once the peer is no longer active.
    token_hash = models.BinaryField(null=True)
    token_used_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    paired_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("server or device")
        verbose_name_plural = _("servers and devices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(role="server", state="active"),
                name="accounts_one_live_server",
            ),
            # Partial: a full unique index would make ending a peer lock its row like a change
            # of its key, and so deadlock with a push of the same peer.
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=Q(token_hash__isnull=False),
                name="accounts_peer_token",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-paired_at", "id"], name="accounts_peer_newest")]

    def __str__(self) -> str:
        return self.name


class PairingCode(models.Model):
    """A code that lets one program in. Only its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pairing_codes")
    role = models.CharField(max_length=6, choices=Peer.Role)
    name = models.CharField(max_length=100, blank=True, help_text="Outranks the program's own.")
    code_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    peer = models.OneToOneField(
        Peer, null=True, on_delete=models.CASCADE, related_name="pairing_code"
    )

    # The code as a person reads it; only on the object that made it.
    text = ""

    def __str__(self) -> str:
        return f"{self.role} {self.created_at:%Y-%m-%d %H:%M}"


class PairingTry(models.Model):
    """A wrong pairing code, counted by the address that sent it."""

    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M:%S}"


class Clone(models.Model):
    """Another install that used a peer's token: a copied phone, a restored image."""

    peer = models.ForeignKey(Peer, on_delete=models.CASCADE, related_name="clones")
    install_id = models.UUIDField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "install_id"], name="accounts_clone_once")
        ]

    def __str__(self) -> str:
        return f"{self.peer} {self.install_id}"


class AuditEvent(models.Model):
    """What a person, a peer or an operator did. Rows are only ever added: a trigger sees to it."""

    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="audit_events"
    )
    at = models.DateTimeField()
    actor = models.CharField(max_length=254)
    action = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes: ClassVar = [models.Index(fields=["account", "-at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"
