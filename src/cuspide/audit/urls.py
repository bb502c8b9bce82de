"""Addresses of the trace. Uuids, days and marks only: no name stands in an address."""

from django.urls import path

from cuspide.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trace, name="trace"),
    path("patients/", views.patients, name="patients"),
    path("journal.csv", views.take_out, {"form": "csv"}, name="csv"),
    path("journal.jsonl", views.take_out, {"form": "jsonl"}, name="jsonl"),
    path("closing/", views.close_day, name="closing"),
    path("keeping/", views.keeping, name="keeping"),
    path("keeping/start/", views.steer, {"deed": "start"}, name="start"),
    path("keeping/stop/", views.steer, {"deed": "stop"}, name="stop"),
    path("<uuid:uuid>/", views.entry, name="entry"),
]
