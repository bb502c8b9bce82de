"""Addresses of the shell."""

from django.urls import path

from cuspide.core.pages import home, preferences, search, service

app_name = "core"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("preferences", preferences.change, name="preferences"),
    path("status", home.status, name="status"),
    path("alive", home.alive, name="alive"),
    path("healthz", service.healthz, name="healthz"),
    path("service", service.service, name="service"),
]
