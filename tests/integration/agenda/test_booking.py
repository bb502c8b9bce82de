"""Booking at the desk: what is refused, what is asked, what is written."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from cuspide.agenda import services
from cuspide.agenda.conflicts import Warned
from cuspide.agenda.models import Appointment
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Forbidden
from cuspide.core.rights import Role, rights_of
from tests.integration.agenda.conftest import TUESDAY, at, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(practice, types, secretary):
    def make(patient, hour=9, minute=0, minutes=30, chair=0, dentist=0, actor=secretary, day=TUESDAY, **more):
        return services.book(
            actor,
            chair=practice.chairs[chair],
            practitioner=practice.dentists[dentist],
            patient=patient,
            type=types["checkup"],
            starts_at=at(hour, minute, day),
            minutes=minutes,
            **more,
        )

    return make


def codes(asked):
    return {warning.code for warning in asked.value.warnings}


def test_a_patient_is_booked_and_the_trace_says_so(book, patient, secretary):
    from cuspide.audit.models import Entry

    made = book(patient, note="  sur le côté gauche ")
    assert (made.starts_at, made.minutes, made.state) == (at(9), 30, "booked")
    assert made.note == "sur le côté gauche"
    entry = Entry.objects.get(action="agenda.book")
    assert entry.patient_uuid == patient.uuid
    assert entry.subject_uuid == made.uuid


def test_a_taken_chair_is_said_with_its_hours_and_only_confirmed_knowingly(book):
    first, second = people(2)
    book(first)
    with pytest.raises(Warned) as asked:
        book(second, 9, 15, dentist=1)
    assert codes(asked) == {"chair"}
    assert "Fauteuil 1" in str(asked.value)
    assert "09:00" in str(asked.value)
    assert first.display_name in str(asked.value)
    assert Appointment.objects.count() == 1
    assert book(second, 9, 15, dentist=1, confirmed=["chair"]).is_double


def test_the_name_in_the_way_is_not_told_to_somebody_without_right(book):
    first, second = people(2)
    book(first)
    stranger = Actor(user_id=None, label="phone service", rights=frozenset({"agenda.view", "agenda.book"}))
    with pytest.raises(Warned) as asked:
        book(second, dentist=1, actor=stranger)
    assert first.family_name not in str(asked.value)
    assert "Fauteuil 1" in str(asked.value)


def test_one_appointment_may_begin_when_another_ends(book):
    first, second = people(2)
    book(first)
    assert book(second, 9, 30).pk


def test_a_dentist_busy_in_another_chair_is_asked_about(book):
    first, second = people(2)
    book(first)
    with pytest.raises(Warned) as asked:
        book(second, chair=1)
    assert codes(asked) == {"practitioner"}
    assert book(second, chair=1, confirmed=["practitioner"]).is_double is False


def test_a_patient_booked_twice_at_one_time_is_asked_about(book, patient):
    book(patient)
    with pytest.raises(Warned) as asked:
        book(patient, chair=1, dentist=1)
    assert codes(asked) == {"patient"}


def test_confirming_one_reason_does_not_confirm_another(book):
    first, second = people(2)
    book(first)
    with pytest.raises(Warned) as asked:
        book(second, confirmed=["practitioner", "closed"])
    assert "chair" in codes(asked)


@pytest.mark.parametrize(
    ("day", "hour"),
    [(TUESDAY, 13), (TUESDAY, 18), (dt.date(2026, 11, 29), 10), (dt.date(2026, 12, 25), 10)],
    ids=["lunch", "across closing", "Sunday", "Christmas"],
)
def test_closed_hours_are_seen_before_saving(book, patient, day, hour):
    with pytest.raises(Warned) as asked:
        book(patient, hour, 45, day=day)
    assert codes(asked) == {"closed"}


def test_a_time_long_past_is_asked_about_a_walk_in_is_not(book, patient):
    with pytest.raises(Warned) as asked:
        book(patient, day=TUESDAY - dt.timedelta(days=4))
    assert codes(asked) == {"past"}
    assert book(patient, 17, 0, day=TUESDAY - dt.timedelta(days=1)).pk


@pytest.mark.parametrize("minutes", [0, -30, 7, 400 * 24 * 60])
def test_a_span_that_ends_before_it_starts_or_lasts_400_days_is_refused(book, patient, minutes):
    with pytest.raises(FieldErrors):
        book(patient, minutes=minutes)
    assert not Appointment.objects.exists()


def test_the_store_itself_refuses_an_end_before_the_start(practice, patient, types):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            site=practice.site,
            chair=practice.chairs[0],
            practitioner=practice.dentists[0],
            patient=patient,
            type=types["checkup"],
            starts_at=at(10),
            ends_at=at(9),
        )


@pytest.mark.parametrize("change", [{"state": "elsewhere"}, {"state": "cancelled"}, {"state": "arrived"}])
def test_the_store_itself_refuses_a_state_without_what_belongs_to_it(book, patient, change):
    made = book(patient)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(**change)


def test_a_form_sent_twice_books_once(book, patient):
    key = uuid.uuid4()
    first = book(patient, submission=key)
    again = book(patient, submission=key)
    assert first.pk == again.pk
    assert Appointment.objects.count() == 1


def test_a_refused_form_may_be_sent_again_with_its_key(book):
    key = uuid.uuid4()
    first, second = people(2)
    book(first)
    with pytest.raises(Warned):
        book(second, submission=key)
    assert book(second, 10, submission=key).pk


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.TECHNICIAN])
def test_a_role_without_right_books_nothing(book, patient, role):
    actor = Actor(user_id=None, label=role, roles=frozenset({role.value}), rights=rights_of(role))
    with pytest.raises(Forbidden):
        book(patient, actor=actor)


def test_a_right_held_at_one_site_does_not_book_at_another(book, patient, practice):
    from cuspide.practice.models import Site

    other = Site.objects.create(name="Ailleurs", entity=practice.entity)
    actor = Actor(
        user_id=None, label="secretary elsewhere", rights_by_site={other.pk: frozenset({"agenda.book", "agenda.view"})}
    )
    with pytest.raises(Forbidden):
        book(patient, actor=actor)


def test_time_is_blocked_without_a_patient_but_not_without_a_reason(practice, secretary):
    def block(note):
        return services.book(secretary, chair=practice.chairs[0], starts_at=at(9), minutes=60, note=note)

    with pytest.raises(FieldErrors):
        block("   ")
    assert block("Maintenance").is_blocked_time


def test_nobody_books_somebody_who_has_died_or_a_record_merged_away(book):
    dead, merged, kept = people(3)
    dead.deceased_on = TUESDAY
    merged.merged_into = kept
    for person in (dead, merged):
        with pytest.raises(FieldErrors):
            book(person)


def test_nine_o_clock_stays_nine_o_clock_over_both_changes_of_hour(book):
    winter, summer = people(2)
    before = book(winter, day=dt.date(2027, 3, 26))
    after = book(summer, day=dt.date(2027, 3, 30))  # the 29th is Easter Monday
    assert (before.starts_at.hour, after.starts_at.hour) == (8, 7)


def test_a_dentist_who_left_is_offered_no_more_and_what_was_booked_stays(
    book, patient, types, secretary, practice, actors, client_as
):
    from cuspide.practice.services import retire_practitioner

    kept, gone = book(patient, dentist=1), practice.dentists[1]
    retire_practitioner(actors.owner, gone)
    gone.refresh_from_db()
    with pytest.raises(FieldErrors) as refused:
        book(patient, 11, dentist=1)
    assert list(refused.value.errors) == ["practitioner"]
    desk = client_as(Role.SECRETARY)
    assert f'value="{gone.uuid}"' not in desk.get("/agenda/book/").content.decode()
    day = desk.get(f"/agenda/day/{TUESDAY}/?by=practitioner").content.decode()
    assert "Dr LEFÈVRE" in day, "her patients of that day are still in her column"
    noted = services.amend(secretary, kept, expected_version=kept.version, type=types["checkup"], note="à rappeler")
    services.move(secretary, noted, expected_version=noted.version, starts_at=at(10), practitioner=practice.dentists[0])
    kept.refresh_from_db()
    assert (kept.note, kept.practitioner) == ("à rappeler", practice.dentists[0])
    owner = client_as(Role.OWNER).get(f"/practice/practitioners/{gone.uuid}/").content.decode()
    assert "Rendez-vous à venir" in owner


@pytest.mark.parametrize(
    ("now", "asked", "day", "time"),
    [
        (at(10, 7), {}, TUESDAY, "10:15"),
        (at(6, 0), {}, TUESDAY, "08:30"),
        (at(12, 50), {}, TUESDAY, "14:00"),
        (at(20, 10), {}, TUESDAY + dt.timedelta(days=1), "08:30"),
        (at(20, 10, TUESDAY + dt.timedelta(days=3)), {}, TUESDAY + dt.timedelta(days=6), "08:30"),
        (at(20, 10), {"day": "2026-11-24"}, TUESDAY, "20:15"),
        (at(20, 10), {"day": "2026-11-29"}, dt.date(2026, 11, 29), "09:00"),
        (at(20, 10), {"time": "21:00"}, TUESDAY, "21:00"),
    ],
    ids=["now", "before", "at noon", "after closing", "on Friday evening", "today all the same", "a Sunday", "a time"],
)
def test_a_visit_is_proposed_while_the_practice_is_open(client_as, practice, now, asked, day, time):
    with clock.freeze(now):
        form = client_as("secretary").get("/agenda/book/", asked).context["form"]
    assert (form["day"].value(), form["time"].value().strftime("%H:%M")) == (day, time)
