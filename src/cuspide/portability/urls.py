from django.urls import path

from cuspide.portability import views

app_name = "portability"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("take-in/", views.take_in, name="take-in"),
    path("patients.csv", views.export_csv, name="export-csv"),
    path("patients.json", views.export_fhir, name="export-fhir"),
    path("<uuid:uuid>/", views.one, name="import"),
    path("<uuid:uuid>/columns/", views.columns, name="columns"),
    path("<uuid:uuid>/progress/", views.progress, name="progress"),
    path("<uuid:uuid>/run/", views.run, name="run"),
    path("<uuid:uuid>/stop/", views.stop, name="stop"),
    path("<uuid:uuid>/go-on/", views.go_on, name="go-on"),
    path("<uuid:uuid>/undo/", views.undo, name="undo"),
    path("<uuid:uuid>/discard/", views.discard, name="discard"),
]
