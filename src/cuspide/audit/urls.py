from django.urls import path

from cuspide.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.trace, name="trace"),
    path("<uuid:uuid>/", views.entry, name="entry"),
]
