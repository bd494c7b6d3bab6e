"""What people fill in: bounds and sentences; the deeds are `sync.lifecycle`'s."""

from functools import cache

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from hhcportal.pages import zone
from sync.lifecycle import INTERVAL_MINUTES, STORAGE_DAYS


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


class PersonForm(forms.Form):
    """A person's own language and time zone; empty: what the browser says."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("as my browser asks for")), *settings.LANGUAGES],
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        required=False,
        max_length=64,
        help_text=gettext_lazy(
            "For example Europe/Berlin. Empty: the zone that your browser tells."
        ),
        widget=forms.TextInput({"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name and zone.find(name) is None:
            raise ValidationError(
                _("There is no such time zone: choose one of the list, as Europe/Berlin.")
            )
        return name


@cache
def zones() -> tuple[str, ...]:
    """The zones that a list offers: a continent's, not the aliases."""
    return tuple(sorted(name for name in clock.zones() if name.split("/")[0] in _CONTINENTS))


_CONTINENTS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
    "Pacific",
)  # fmt: skip
