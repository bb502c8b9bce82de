from django.urls import path

from cuspide.continuity import views

app_name = "continuity"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("state/", views.state, name="state"),
    path("add/", views.add, name="add"),
    path("copy/", views.copy_now, name="copy"),
    path("<uuid:uuid>/try/", views.try_now, name="try"),
    path("<uuid:uuid>/end/", views.end, name="end"),
]
