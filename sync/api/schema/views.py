"""`GET /schema` and `GET /docs`, for everybody."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from sync.api.base import Endpoint


class SchemaView(Endpoint):
    """The description for programs."""

    needs_token = False

    def get(self, request: HttpRequest) -> HttpResponse:
        from sync.api.schema.document import as_text  # the table names this view

        return HttpResponse(as_text(), content_type="application/json")


class DocsView(Endpoint):
    """The description for people."""

    needs_token = False

    def get(self, request: HttpRequest) -> HttpResponse:
        from sync.api.schema.page import page  # the table names this view

        # The API knows no reader's language; this page has one.
        with translation.override("en"):
            body = {"product_name": settings.PRODUCT_NAME, "page": page()}
            return HttpResponse(render_to_string("api/docs.html", body))
