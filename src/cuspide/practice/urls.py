from django.urls import path

from cuspide.practice import views

app_name = "practice"
urlpatterns = [
    path("practitioners/", views.practitioners, name="practitioners"),
    path("practitioners/add/", views.add, name="add_practitioner"),
    path("practitioners/<uuid:uuid>/", views.practitioner, name="practitioner"),
    path("practitioners/<uuid:uuid>/retire/", views.retire, name="retire_practitioner"),
    path("practitioners/<uuid:uuid>/bring-back/", views.bring_back, name="bring_back_practitioner"),
]
