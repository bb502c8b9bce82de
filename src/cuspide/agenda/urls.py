from django.urls import path, register_converter

from cuspide.agenda.converters import DayConverter
from cuspide.agenda.views import appointments, booking, pages

register_converter(DayConverter, "day")

app_name = "agenda"
urlpatterns = [
    path("", pages.today, name="today"),
    path("day/<day:day>/", pages.day, name="day"),
    path("week/", pages.this_week, name="this_week"),
    path("week/<day:day>/", pages.week, name="week"),
    path("go/", pages.go, name="go"),
    path("print/<day:day>/", pages.printed, name="print"),
    path("reception/", pages.reception, name="reception"),
    path("now/", pages.as_it_stands, name="now"),
    path("patients/<uuid:uuid>/", pages.patient, name="patient"),
    path("patients/<uuid:uuid>/recalls/<uuid:recall>/settle/", pages.settle_recall, name="settle_recall"),
    path("book/", booking.book, name="book"),
    path("book/<uuid:uuid>/", booking.book_for, name="book_for"),
    path("book/patients/", booking.find_patient, name="find_patient"),
    path("appointments/<uuid:uuid>/", appointments.appointment, name="appointment"),
    path("appointments/<uuid:uuid>/move/", appointments.move, name="move"),
    path("appointments/<uuid:uuid>/amend/", appointments.amend, name="amend"),
    path("appointments/<uuid:uuid>/cancel/", appointments.cancel, name="cancel"),
    path("appointments/<uuid:uuid>/state/", appointments.state, name="state"),
]
