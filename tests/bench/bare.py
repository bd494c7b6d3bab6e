"""The yardstick of polling: the least that Django does for one query."""

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM accounts_account ORDER BY id LIMIT 1")
        return HttpResponse(cursor.fetchone()[0], content_type="application/json")


urlpatterns = [path("", one_query)]
application = get_wsgi_application()
