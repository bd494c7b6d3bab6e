"""The yardstick of polling: the least that Django does for one query."""

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM accounts_account ORDER BY id LIMIT 1")
        number = cursor.fetchone()[0]
    return HttpResponse(number, headers={"Content-Length": str(len(number))})


urlpatterns = [path("", one_query)]
application = get_wsgi_application()
