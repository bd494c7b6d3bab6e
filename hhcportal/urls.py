"""Every address of the program."""

from django.urls import include, path

from hhcportal import health

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("api/v1/", include("sync.api.urls")),
    path("auth/", include("allauth.urls")),
    path("", include("hhcportal.pages.urls")),
]
