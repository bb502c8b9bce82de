from django.urls import path

from cuspide.continuity import disk_views, point_views, views

app_name = "continuity"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("state/", views.state, name="state"),
    path("add/", views.add, name="add"),
    path("disks/add/", disk_views.add_disk, name="add_disk"),
    path("copy/", views.copy_now, name="copy"),
    path("kit/", point_views.print_kit, name="kit"),
    path("sheet/", point_views.try_sheet, name="try_sheet"),
    path("earlier/", point_views.earlier, name="earlier"),
    path("earlier/state/", point_views.earlier_state, name="earlier_state"),
    path("earlier/switch/", point_views.switch, name="switch"),
    path("earlier/back/", point_views.switch_back, name="switch_back"),
    path("earlier/drop/", point_views.drop, name="drop"),
    path("<uuid:uuid>/points/", point_views.calendar, name="points"),
    path("<uuid:uuid>/points/bring/", point_views.bring, name="bring"),
    path("<uuid:uuid>/try/", views.try_now, name="try"),
    path("<uuid:uuid>/end/", views.end, name="end"),
]
