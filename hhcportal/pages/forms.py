"""What people fill in: bounds and sentences; the deeds are `sync.lifecycle`'s."""

from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.hours import WEEKDAYS, OfficeHours, office_hours
from hhcportal.pages import zone
from sync.findings import words
from sync.lifecycle import GRACE_MINUTES, INTERVAL_MINUTES, STORAGE_DAYS


class ZoneField(forms.CharField):
    """A time zone's name, with the list of all beside it (`zones`, as the page's datalist)."""

    def __init__(self, **kwargs: Any) -> None:
        hints = {"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(hints), **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and zone.find(value) is None:
            raise ValidationError(
                _("There is no such time zone: choose one of the list, as Europe/Berlin.")
            )


class RenameForm(forms.Form):
    """A server's or device's name."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )


class IntervalsForm(forms.Form):
    """How often a server and the devices are asked to come, in minutes."""

    server = forms.IntegerField(
        label=gettext_lazy("Act! server: every … minutes"),
        min_value=INTERVAL_MINUTES[0],
        max_value=INTERVAL_MINUTES[1],
    )
    device = forms.IntegerField(
        label=gettext_lazy("Devices: every … minutes"),
        min_value=INTERVAL_MINUTES[0],
        max_value=INTERVAL_MINUTES[1],
    )


class StorageForm(forms.Form):
    """How long the mailbox keeps what it does not keep for good, in days."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=STORAGE_DAYS[0], max_value=STORAGE_DAYS[1]
    )


class CopyForm(forms.Form):
    """Whether the mailbox keeps a copy of every record."""

    keep = forms.TypedChoiceField(
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
        coerce=lambda word: word == "yes",
        widget=forms.HiddenInput,
    )


class GraceForm(forms.Form):
    """How many minutes after a missed contact a silence is only late; empty: one interval."""

    grace = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=GRACE_MINUTES[0],
        max_value=GRACE_MINUTES[1],
        help_text=gettext_lazy("Empty: one interval, at least 10 minutes."),
    )


class OfficeHoursForm(forms.Form):
    """When the office works; without a day: no office hours, every silence counts."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        required=False,
        coerce=int,
        choices=lambda: [(day, words.weekday(day)) for day in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
    )
    zone = ZoneField(label=gettext_lazy("Time zone"), required=False)

    def clean(self) -> dict[str, Any]:
        """Adds `hours`, the checked OfficeHours, or None for none."""
        filled: dict[str, Any] = self.cleaned_data
        filled["hours"] = None
        if filled.get("days"):
            for name in ("opens", "closes", "zone"):
                if not filled.get(name) and name not in self.errors:
                    self.add_error(name, _("With days this is needed too."))
            if not self.errors:
                hours = (filled[name] for name in OfficeHours._fields)
                filled["hours"] = office_hours(*hours)
        return filled


class MailsForm(forms.Form):
    """Whether a person is mailed about this account."""

    mails = forms.BooleanField(label=gettext_lazy("Mail me about this account"), required=False)


class PersonForm(forms.Form):
    """A person's own language and time zone; empty: what the browser says."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("as my browser asks for")), *settings.LANGUAGES],
    )
    time_zone = ZoneField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy(
            "For example Europe/Berlin. Empty: the zone that your browser tells."
        ),
    )


@cache
def zones() -> tuple[str, ...]:
    """The zones that a list offers: a continent's, not the aliases."""
    return tuple(sorted(name for name in clock.zones() if name.split("/")[0] in _CONTINENTS))


_CONTINENTS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip
