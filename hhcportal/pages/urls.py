"""The portal's pages."""

from django.urls import path

from hhcportal.pages import connect, home, language, overview

urlpatterns = [
    path("", home.home, name="home"),
    path("language", language.choose, name="language"),
    path("accounts/<str:number>/", overview.overview, name="overview"),
    path("accounts/<str:number>/connect/<str:role>/", connect.connect, name="connect"),
]
