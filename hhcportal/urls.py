"""Every address of the program."""

from django.urls import include, path

from hhcportal import health, metrics
from hhcportal.admin.site import site
from sync.api.base import UnknownPath

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("api/v1/", include("sync.api.urls")),
    path("api/v1", UnknownPath.as_view()),
    path("auth/", include("allauth.urls")),
    path("admin/", site.urls),
    path("", include("hhcportal.pages.urls")),
]

handler400 = "hhcportal.pages.errors.bad_request"
handler403 = "hhcportal.pages.errors.forbidden"
handler404 = "hhcportal.pages.errors.not_found"
handler500 = "hhcportal.pages.errors.broken"
