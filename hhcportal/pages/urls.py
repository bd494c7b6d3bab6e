"""The portal's pages."""

from django.urls import path, re_path

from hhcportal.pages import connect, home, language, overview

urlpatterns = [
    path("", home.home, name="home"),
    path("language", language.choose, name="language"),
    re_path(r"^accounts/(?P<number>[0-9]{8})/$", overview.overview, name="overview"),
    re_path(
        r"^accounts/(?P<number>[0-9]{8})/connect/(?P<role>server|device)/$",
        connect.connect,
        name="connect",
    ),
]
