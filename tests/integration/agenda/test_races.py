"""Two at one slot: one wins, the others are told."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from cuspide.agenda import services
from cuspide.agenda.conflicts import Warned, Wish, lock
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.agenda.usual_types import fill
from cuspide.core import clock
from cuspide.core.errors import EditConflict
from cuspide.patients.models import Following
from cuspide.patients.services.following import follow
from tests.integration.agenda.conftest import at, people

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8


def together(work):
    """Run `work(number)` in eight threads that start at once; what each returned or raised."""
    gate = threading.Barrier(THREADS)
    results = [None] * THREADS

    def run(number):
        try:
            gate.wait(10)
            results[number] = work(number)
        except Exception as refused:
            results[number] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def kind(results, cls):
    return [result for result in results if isinstance(result, cls)]


def test_eight_desks_want_one_slot_and_one_gets_it(practice, secretary):
    fill("default")
    checkup = AppointmentType.objects.get(key="checkup")
    crowd = people(THREADS)

    def book(number):
        return services.book(
            secretary,
            chair=practice.chairs[0],
            practitioner=practice.dentists[number % 2],
            patient=crowd[number],
            type=checkup,
            starts_at=at(9, 5 * (number % 3)),
            minutes=30,
        )

    results = together(book)
    assert len(kind(results, Appointment)) == 1, results
    assert len(kind(results, Warned)) == THREADS - 1, results
    assert Appointment.objects.count() == 1


def test_a_dentist_is_not_booked_in_two_chairs_unasked(practice, secretary):
    fill("default")
    checkup = AppointmentType.objects.get(key="checkup")
    crowd = people(THREADS)

    def book(number):
        return services.book(
            secretary,
            chair=practice.chairs[number % 3],
            practitioner=practice.dentists[0],
            patient=crowd[number],
            type=checkup,
            starts_at=at(9),
            minutes=30,
        )

    results = together(book)
    assert len(kind(results, Appointment)) == 1, results
    assert len(kind(results, Warned)) == THREADS - 1, results


def test_eight_desks_move_one_appointment_and_seven_are_told(practice, secretary):
    fill("default")
    checkup = AppointmentType.objects.get(key="checkup")
    made = services.book(
        secretary,
        chair=practice.chairs[0],
        practitioner=practice.dentists[0],
        patient=people(1)[0],
        type=checkup,
        starts_at=at(9),
        minutes=30,
    )

    def move(number):
        mine = Appointment.objects.select_related("site", "chair", "practitioner", "patient", "type").get(pk=made.pk)
        return services.move(
            secretary,
            mine,
            expected_version=1,
            starts_at=at(10 + number % 2, 15 * (number // 4)),
            confirmed=["patient"],
        )

    results = together(move)
    assert len(kind(results, Appointment)) == 1, results
    assert len(kind(results, EditConflict)) == THREADS - 1, results
    assert clock.local(Appointment.objects.get().starts_at).hour in (10, 11)


def test_whoever_writes_of_a_practitioner_need_not_wait_for_a_booking(practice, secretary):
    """Two who wait for each other are ended by PostgreSQL, and meet again when they try again."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one writes at a time")
    [patient] = people(1)
    site, dentist = practice.chairs[0].site, practice.dentists[0]
    refused = []

    def follow_meanwhile():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2s'")
                follow(patient, site.pk, dentist.pk)
        except OperationalError as error:
            refused.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        lock(Wish(site, practice.chairs[0], dentist, patient, at(9), at(10)))
        other = threading.Thread(target=follow_meanwhile)
        other.start()
        other.join(30)
    assert refused == []
    assert Following.objects.filter(patient=patient, practitioner=dentist).exists()
