"""What others do at the instant of a merge: late bookings, merges that cross, an access given in an emergency."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cuspide.accounts.models import EmergencyAccess
from cuspide.accounts.selectors import actor_of
from cuspide.accounts.services import open_emergency
from cuspide.agenda import services as agenda
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.work import jobs
from cuspide.patients import reach, tasks
from cuspide.patients.models import Alert, Following, Merge, Patient
from cuspide.patients.permissions import VIEW
from cuspide.patients.services import merging
from tests.integration import sites
from tests.integration.patients.test_at_once import at_once
from tests.integration.patients.test_merging import merge, whole_store
from tests.support.practice_home import store

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
Maker = Callable[..., Patient]
READ = ["closed", "past", "chair", "practitioner", "patient", "hours", "holiday"]


@pytest.fixture
def three(practice: Any, make_patient: Maker) -> list[Patient]:
    return [
        make_patient(birth_name="MARTIN", first_birth_given_name=given, birth_date="07/03/1984", sex="F")
        for given in ("Lea", "Léa", "Léaa")
    ]


def book(practice: Any, patient: Patient, day: int) -> Appointment:
    return agenda.book(
        SYSTEM, chair=practice.chairs[0], practitioner=practice.dentists[0], patient=patient, minutes=30,
        type=AppointmentType.objects.first(), starts_at=clock.at(dt.date(2027, 3, day), dt.time(9)), confirmed=READ,
    )  # fmt: skip


def test_a_booking_begun_before_a_merge_comes_along_and_goes_back(practice: Any, three: list[Patient]) -> None:
    kept, lost, _third = three
    read_before = Patient.objects.get(pk=lost.pk)
    done = merge(kept, lost)
    late = book(practice, read_before, 1)
    alert = Alert.objects.create(patient=read_before, kind="allergy", label="Latex", recorded_by="x", severity="danger")
    assert late.patient_id == lost.pk
    before = whole_store()
    assert jobs.run_one() is False, "whoever is writing is given time"
    assert merging.gather(SYSTEM, done) >= 2
    late.refresh_from_db()
    alert.refresh_from_db()
    assert (late.patient_id, alert.patient_id) == (kept.pk, kept.pk)
    entry = Entry.objects.get(action="patients.gather")
    assert entry.patient_uuid == kept.uuid
    assert merging.gather(SYSTEM, done) == 0, "and nothing is left to bring"
    merging.undo(SYSTEM, done)
    late.refresh_from_db()
    assert late.patient_id == lost.pk, "it was written for that record"
    assert merging.gather(SYSTEM, done) == 0
    again = merge(kept, lost)
    merging.undo(SYSTEM, again)
    assert {label: rows for label, rows in whole_store().items() if before[label] != rows}.keys() <= {
        "patients.patient", "agenda.appointment", "patients.alert", "patients.following",
        "patients.contactpoint", "patients.amocoverage", "patients.alertstatement",
    }  # fmt: skip


def test_the_job_of_a_merge_and_that_of_the_night_gather(practice: Any, three: list[Patient], moved_clock: Any) -> None:
    kept, lost, third = three
    read_before = Patient.objects.get(pk=lost.pk)
    merge(kept, lost)
    merge(third, Patient.objects.get(pk=kept.pk))
    late = book(practice, read_before, 1)
    DBTaskResult.objects.update(run_after=clock.now() - dt.timedelta(seconds=1))  # half a minute later
    while jobs.run_one():
        pass
    late.refresh_from_db()
    assert late.patient_id == third.pk, "to where the merges end"
    later_still = book(practice, read_before, 2)
    jobs.enqueue(tasks.gather_each_night)
    while jobs.run_one():
        pass
    later_still.refresh_from_db()
    assert later_still.patient_id == third.pk
    for done in Merge.objects.order_by("-pk"):
        merging.undo(SYSTEM, done)
    later_still.refresh_from_db()
    assert later_still.patient_id == lost.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(store() == "sqlite", reason="SQLite lets one write at a time: nothing is open during a merge")
def test_a_booking_that_is_open_during_a_merge_comes_along(practice: Any, three: list[Patient]) -> None:
    kept, lost, _third = three
    written, merged = threading.Event(), threading.Event()
    made: list[Appointment] = []

    def late() -> None:
        try:
            with transaction.atomic():
                made.append(book(practice, lost, 1))
                written.set()
                merged.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    done = merge(kept, lost)
    merged.set()
    thread.join(20)
    assert Appointment.objects.get(pk=made[0].pk).patient_id == lost.pk
    assert merging.gather(SYSTEM, done) >= 1
    assert Appointment.objects.get(pk=made[0].pk).patient_id == kept.pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_merges_that_cross_leave_no_ring_and_lose_nothing(practice: Any, three: list[Patient], turn: int) -> None:
    """A into B while B goes into C; and while C goes into A."""
    one, two, last = three
    for day, patient in enumerate(three, start=1):
        book(practice, patient, day)
    crossing = [
        lambda: merge(Patient.objects.get(pk=two.pk), Patient.objects.get(pk=one.pk)),
        lambda: merge(Patient.objects.get(pk=last.pk), Patient.objects.get(pk=two.pk)),
    ]
    if turn % 2:
        crossing.append(lambda: merge(Patient.objects.get(pk=one.pk), Patient.objects.get(pk=last.pk)))
    done = at_once(*crossing)
    assert {type(each) for each in done} <= {Merge, DomainError}, done
    holding = [each for each in done if isinstance(each, Merge)]
    assert holding
    standing = list(Patient.objects.filter(merged_into__isnull=True))
    assert len(standing) == 3 - len(holding)
    assert not Patient.objects.filter(merged_into__merged_into__isnull=False).exists(), (
        "nobody leads to a hidden record"
    )
    assert Appointment.objects.count() == 3
    for merged in Merge.objects.order_by("pk"):
        merging.gather(SYSTEM, merged)
    assert not Appointment.objects.exclude(patient__in=standing).exists()
    for merged in Merge.objects.order_by("-pk"):
        merging.undo(SYSTEM, merged)
    assert sorted(Appointment.objects.values_list("patient_id", flat=True)) == [one.pk, two.pk, last.pk]


def test_an_emergency_access_follows_the_merge_and_its_undoing(practice: Any, three: list[Patient]) -> None:
    kept, lost, _third = three
    places = sites.second_site(practice.entity)
    user = sites.person("dentist", places.there, practitioner=places.dentist_there)
    open_emergency(actor_of(user), reason="Douleur aiguë, personne d’autre au cabinet", patient=lost.uuid)

    def sees() -> list[int]:
        user.refresh_from_db()
        return [one.pk for one in three if reach.may(actor_of(user), VIEW, Patient.objects.get(pk=one.pk))]

    assert sees() == [lost.pk]
    assert not Following.objects.filter(site=places.there).exists()
    done = merge(kept, lost)
    assert sees() == [kept.pk]
    desk = sites.browser(user)
    answer = desk.get(reverse("patients:record", args=[lost.uuid]))
    assert answer["Location"] == reverse("patients:record", args=[kept.uuid])
    assert desk.get(answer["Location"]).status_code == 200
    merging.undo(SYSTEM, done)
    assert sees() == [lost.pk]
    # One that is over stays what it was: it says to what somebody was let in.
    EmergencyAccess.objects.update(ended_at=clock.now())
    merge(kept, lost)
    assert EmergencyAccess.objects.get().patient_uuid == lost.uuid


def test_an_emergency_access_on_an_old_address_reaches_where_it_leads(practice: Any, three: list[Patient]) -> None:
    """Opened after the merge, on the address that a letter or a bookmark still holds."""
    kept, lost, third = three
    places = sites.second_site(practice.entity)
    user = sites.person("dentist", places.there, practitioner=places.dentist_there)
    desk = sites.browser(user)

    def page(patient: Patient) -> str:
        return reverse("patients:record", args=[patient.uuid])

    def reached() -> list[int]:
        """The records that stand, as conditions of queries, single checks and other rooms see them."""
        user.refresh_from_db()
        actor = actor_of(user)
        standing = Patient.objects.filter(merged_into__isnull=True).order_by("pk")
        found = list(standing.filter(reach.within(actor, VIEW)).values_list("pk", flat=True))
        assert found == [one.pk for one in standing if reach.may(actor, VIEW, one)]
        assert found == [one.pk for one in standing if VIEW.code in reach.held_on(actor, one).rights]
        assert found == [one.pk for one in standing if actor.can_on(VIEW, patient=one.uuid)]
        return found

    done = merge(kept, lost)
    assert desk.get(page(lost)).status_code == 404
    open_emergency(actor_of(user), reason="Douleur aiguë, personne d’autre au cabinet", patient=lost.uuid)
    assert EmergencyAccess.objects.get().patient_uuid == lost.uuid, "what was asked for is what is noted"
    assert reached() == [kept.pk]
    assert desk.get(page(lost)).headers["Location"] == page(kept)
    assert desk.get(page(kept)).status_code == 200
    assert desk.get(page(third)).status_code == 404
    # A chain is followed to its end, and back.
    again = merge(Patient.objects.get(pk=third.pk), Patient.objects.get(pk=kept.pk))
    assert reached() == [third.pk]
    assert desk.get(page(lost)).headers["Location"] == page(third)
    assert desk.get(page(third)).status_code == 200
    merging.undo(SYSTEM, again)
    assert reached() == [kept.pk]
    assert desk.get(page(third)).status_code == 404
    merging.undo(SYSTEM, done)
    assert reached() == [lost.pk]
    assert desk.get(page(lost)).status_code == 200
    assert desk.get(page(kept)).status_code == 404


def test_only_an_emergency_access_to_a_patient_costs_a_query_more(
    practice: Any, three: list[Patient], django_assert_num_queries: Any
) -> None:
    kept, lost, _third = three
    merge(kept, lost)
    user = sites.person("dentist", practice.site, practitioner=practice.dentists[0])
    with django_assert_num_queries(4):
        actor_of(user)
    with django_assert_num_queries(0):
        actor_of(user)
    open_emergency(actor_of(user), reason="Douleur aiguë, personne d’autre au cabinet", patient=lost.uuid)
    user.refresh_from_db()
    with django_assert_num_queries(5):
        actor_of(user)
    with django_assert_num_queries(0):
        actor_of(user)


def test_thousands_of_appointments_are_moved_in_a_few_statements(
    practice: Any, three: list[Patient], django_assert_max_num_queries: Any
) -> None:
    kept, lost, _third = three
    kind = AppointmentType.objects.first()
    start = clock.at(dt.date(2027, 3, 1), dt.time(9))
    Appointment.objects.bulk_create(
        Appointment(
            patient=lost, site=practice.site, chair=practice.chairs[0], practitioner=practice.dentists[0], type=kind,
            starts_at=start + dt.timedelta(hours=place), ends_at=start + dt.timedelta(hours=place, minutes=30),
        )
        for place in range(2000)
    )  # fmt: skip
    with django_assert_max_num_queries(160):
        done = merge(kept, lost)
    assert Appointment.objects.filter(patient=kept).count() == 2000
    with django_assert_max_num_queries(160):
        assert merging.undo(SYSTEM, done).left == 0
    assert Appointment.objects.filter(patient=lost).count() == 2000
