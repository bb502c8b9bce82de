from django.urls import path

from cuspide.nomenclature import views

app_name = "nomenclature"
urlpatterns = [
    path("", views.browse, name="browse"),
    path("add/", views.add, name="add"),
    path("acts/<uuid:uuid>/", views.act, name="act"),
    path("acts/<uuid:uuid>/fee/", views.set_fee, name="set-fee"),
    path("acts/<uuid:uuid>/correction/", views.correct, name="correct"),
]
