"""Addresses of the shell."""

from django.urls import path

from cuspide.core.pages import certificate, home, preferences, search, service

app_name = "core"
urlpatterns = [
    path("", home.home, name="home"),
    path("search", search.search, name="search"),
    path("preferences", preferences.change, name="preferences"),
    path("status", home.status, name="status"),
    path("install-certificate/", certificate.install, name="install_certificate"),
    path("install-certificate/en/", certificate.install_in_english, name="install_certificate_in_english"),
    path("install-certificate/cuspide.crt", certificate.authority, name="authority_certificate"),
    path("alive", home.alive, name="alive"),
    path("healthz", service.healthz, name="healthz"),
    path("service", service.service, name="service"),
]
