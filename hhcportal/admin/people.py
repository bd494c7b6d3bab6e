"""People: who they are, which accounts they belong to, and, for administrators, who is staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.models import User
from accounts.staff import Standing, standing_of
from hhcportal.admin import cells
from hhcportal.admin.cells import column
from hhcportal.admin.filters import by_choice
from hhcportal.admin.listing import ListAdmin
from hhcportal.admin.site import site
from sync import lifecycle
from sync.findings import words

STAFF = [("1", gettext_lazy("yes")), ("0", gettext_lazy("no"))]


class StandingForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """What a person may do beyond their own accounts."""

    standing = forms.ChoiceField(label=gettext_lazy("Standing"), choices=Standing.choices)

    class Meta:
        model = User
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "standing" in self.fields:  # not where it is only shown
            self.fields["standing"].initial = standing_of(self.instance)

    def clean_standing(self) -> Standing:
        return Standing(self.cleaned_data["standing"])


@admin.register(User, site=site)
class PersonAdmin(ListAdmin):
    """People come in through an account; passwords are theirs alone."""

    list_display = (
        "email",
        "called",
        "standing",
        column("last_login", gettext_lazy("Last sign-in")),
    )
    list_filter = (by_choice("is_staff", gettext_lazy("staff"), STAFF),)
    ordering = ("-id",)
    search_fields = ("email",)
    search_help_text = gettext_lazy("A part of the e-mail")
    form = StandingForm
    readonly_fields = ("email", "called", "belongs_to", "last_login")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser) and obj != request.user

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "standing")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.readonly_fields
        return (*self.readonly_fields, "standing")

    @admin.display(description=gettext_lazy("name"))
    def called(self, person: User) -> str:
        return words.shown(person.name) if person.name else cells.NOTHING

    @admin.display(description=gettext_lazy("standing"))
    def standing(self, person: User) -> str:
        return str(standing_of(person).label)

    @admin.display(description=gettext_lazy("accounts"))
    def belongs_to(self, person: User) -> str:
        memberships = person.memberships.select_related("account")[:20]
        links = ((cells.account_link(m.account), m.get_role_display()) for m in memberships)
        return format_html_join(", ", "{} ({})", links) or cells.NOTHING

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        lifecycle.set_standing(
            obj, form.cleaned_data["standing"],
            actor=request.user.email, now=clock.now(),  # type: ignore[union-attr]
        )  # fmt: skip
