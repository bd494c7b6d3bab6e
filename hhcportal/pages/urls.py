"""The portal's pages."""

from django.urls import include, path, re_path

from hhcportal.pages import (
    activity,
    colour,
    connect,
    devices,
    home,
    language,
    mailbox,
    mails,
    overview,
    peer_acts,
    sessions,
    settings,
)

of_account = [
    path("", overview.overview, name="overview"),
    re_path(r"^connect/(?P<role>server|device)/$", connect.connect, name="connect"),
    re_path(
        r"^connect/(?P<role>server|device)/(?P<code_id>[0-9]{1,18})/$",
        connect.pairing,
        name="pairing",
    ),
    path("devices/", devices.devices, name="devices"),
    path("devices/<uuid:peer_id>/", devices.peer, name="peer"),
    path("devices/<uuid:peer_id>/<slug:act>/", peer_acts.act, name="peer-act"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/<uuid:session_id>/", sessions.session, name="session"),
    path("settings/", settings.settings_page, name="settings"),
    re_path(
        r"^settings/(?P<section>intervals|grace|hours|copy|storage|person|mails)/$",
        settings.change,
        name="set",
    ),
    path("activity/", activity.activity, name="activity"),
]

urlpatterns = [
    path("mails/off/<str:token>/", mails.off, name="mails-off"),
    path("colour.css", colour.sheet, name="colour"),
    path("", home.home, name="home"),
    path("language", language.choose, name="language"),
    path("pair", connect.scanned, name="pair"),
    re_path(r"^accounts/(?P<number>[0-9]{8})/", include(of_account)),
]
