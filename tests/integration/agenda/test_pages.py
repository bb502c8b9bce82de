"""The pages as people meet them: with a browser without scripts, with a script's part, with a hand in the address."""

import datetime as dt
import html
import re
import uuid
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cuspide.agenda import services
from cuspide.agenda.models import Appointment
from cuspide.core import clock
from cuspide.core.rights import Role
from cuspide.patients.models import Patient
from cuspide.practice.models import OpeningHours
from tests.integration.agenda.conftest import TUESDAY, at, people
from tests.support.points import only

# A uuid that names nothing; the same in every process, for a test has one name.
NOBODYS = "5d3f1c2e-8a47-4b7e-9a51-0f6f2c7d9e10"

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Current-URL": "http://testserver/agenda/day/2026-11-24/"}


@pytest.fixture
def clerk(client_as):
    client = client_as(Role.SECRETARY)
    client.cookies["cuspide_language"] = "fr"
    return client


@pytest.fixture
def booked(practice, types, secretary, patient):
    return services.book(
        secretary,
        chair=practice.chairs[0],
        practitioner=practice.dentists[0],
        patient=patient,
        type=types["checkup"],
        starts_at=at(9),
        minutes=30,
    )


@pytest.fixture
def wish(practice, types, patient):
    def make(**changes):
        return {
            "patient": str(patient.uuid),
            "type": str(types["checkup"].uuid),
            "minutes": "30",
            "day": "2026-11-24",
            "time": "10:00",
            "chair": str(practice.chairs[0].uuid),
            "practitioner": str(practice.dentists[0].uuid),
            "note": "",
            "submission": str(uuid.uuid4()),
        } | changes

    return make


def body(answer):
    return answer.content.decode()


def test_a_dentist_books_with_himself_unless_the_chair_is_anothers_today(
    client_as, actors, practice, types, secretary, patient
):
    own, other = sorted(practice.dentists, key=lambda one: one.pk != actors.dentist.practitioner_id)
    services.book(
        secretary,
        chair=practice.chairs[2],
        practitioner=other,
        patient=patient,
        type=types["checkup"],
        starts_at=at(9),
        minutes=30,
    )

    def proposed(address):
        page = body(client_as(Role.DENTIST).get(address))
        return re.findall(r'<option value="([0-9a-f-]{36})" selected', page)

    assert str(own.uuid) in proposed("/agenda/book/?day=2026-11-24&time=09:30")
    assert str(other.uuid) in proposed(f"/agenda/book/?day=2026-11-24&time=09:30&chair={practice.chairs[2].uuid}")


def test_the_first_of_a_month_is_written_as_the_french_do(clerk):
    assert "Mardi 1er\u00a0décembre 2026" in body(clerk.get("/agenda/day/2026-12-01/"))
    assert "Semaine 27 · 30\u00a0juin – 4\u00a0juil. 2036" in body(clerk.get("/agenda/week/2036-07-01/"))


def test_the_day_shows_who_comes_where_and_when(clerk, booked, patient):
    page = body(clerk.get("/agenda/day/2026-11-24/"))
    assert "Mardi 24\u00a0novembre 2026" in page
    assert patient.display_name in page
    assert "Examen de contrôle" in page
    # 09:00 for half an hour, said in classes: the policy refuses style attributes.
    assert re.search(r'class="rdv is-booked tint-1 h9 m0 dh0 dm30', page)
    assert "style=" not in page


def test_no_name_stands_in_an_address(clerk, booked, patient):
    for url in ("/agenda/day/2026-11-24/", "/agenda/week/2026-11-24/", f"/agenda/appointments/{booked.uuid}/"):
        addresses = " ".join(re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', body(clerk.get(url))))
        assert patient.family_name.casefold() not in addresses.casefold()


def test_an_appointment_is_booked_by_a_plain_form(clerk, wish):
    answer = clerk.post("/agenda/book/", wish())
    assert answer.status_code == 302
    made = Appointment.objects.get()
    assert answer["Location"] == f"/agenda/day/2026-11-24/#rdv-{made.uuid}"
    assert made.starts_at == at(10)
    assert made.created_by_id is not None


def test_the_same_form_twice_books_once(clerk, wish):
    form = wish()
    assert [clerk.post("/agenda/book/", form).status_code for _time in range(2)] == [302, 302]
    assert Appointment.objects.count() == 1


def test_a_taken_slot_comes_back_with_the_reason_and_what_was_typed(clerk, booked, wish):
    other = people(1, seed=9)[0]
    form = wish(time="09:15", patient=str(other.uuid), note="sur le gauche")
    answer = clerk.post("/agenda/book/", form)
    assert answer.status_code == 409
    assert "Fauteuil 1 est déjà pris de 09:00 à 09:30\u00a0:" in body(answer)
    assert 'value="sur le gauche"' in body(answer)
    confirmed = re.findall(r'name="confirm" value="([a-z]+)"', body(answer))
    assert set(confirmed) == {"chair"}
    assert clerk.post("/agenda/book/", form | {"confirm": confirmed}).status_code == 302
    assert Appointment.objects.filter(is_double=True).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": "-30"},
        {"minutes": "0"},
        {"minutes": "576000"},
        {"minutes": "99999999999999999999"},
        {"minutes": "abc"},
        {"day": "2026-02-30"},
        {"day": "99999-01-01"},
        {"day": "1850-01-01"},
        {"time": "25:00"},
        {"time": "09:03"},
        {"day": "2026-03-29", "time": "02:30"},
        {"chair": NOBODYS},
        {"chair": "fauteuil"},
        {"practitioner": ""},
        {"type": ""},
        {"patient": ""},
        {"patient": NOBODYS},
        {"patient": "' OR 1=1 --"},
        {"note": "x" * 301},
        {"note": "\x00"},
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense_is_refused_and_writes_nothing(clerk, wish, change):
    answer = clerk.post("/agenda/book/", wish(**change))
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in body(answer) or 'class="error"' in body(answer)
    assert not Appointment.objects.exists()


def test_a_patient_is_found_by_posting_and_chosen_without_script(clerk, make_patient):
    found = make_patient(birth_name="DELACROIX", first_birth_given_name="Zoé")
    answer = clerk.post("/agenda/book/patients/", {"patient_text": "delac", "day": "2026-11-24", "time": "10:00"})
    assert str(found.uuid) in body(answer)
    assert "DELACROIX Zoé" in body(answer)
    assert 'value="10:00"' in body(answer)
    assert clerk.get("/agenda/book/patients/").status_code == 405


def test_a_new_patient_comes_back_to_the_booking_with_the_chosen_place(clerk, wish, practice, types):
    place = {"day": "2026-11-24", "time": "10:00", "chair": wish()["chair"], "type": wish()["type"]}
    form = body(clerk.get("/agenda/book/", place))
    link = html.unescape(re.search(r'href="(/patients/new/\?[^"]*)" data-carry', form)[1])
    traits = {"birth_name": "Vasseur", "first_birth_given_name": "Agathe", "sex": "F", "birth_date": "12/05/1991"}
    answer = clerk.post(link, traits | {"submission": str(uuid.uuid4())})
    created = Patient.objects.get(birth_name="VASSEUR")
    back = urlsplit(answer.url)
    assert back.path == "/agenda/book/"
    assert dict(parse_qsl(back.query)).items() >= (place | {"time": "10:00:00", "patient": str(created.uuid)}).items()
    page = body(clerk.get(answer.url))
    assert "VASSEUR Agathe" in page
    assert 'value="10:00"' in page
    assert re.search(rf'value="{place["chair"]}" selected', page)


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "agenda:cancel", "accounts:me", ""])
def test_no_address_leads_a_new_patient_elsewhere(clerk, then):
    traits = {"birth_name": "Vasseur", "first_birth_given_name": "Agathe", "sex": "F", "birth_date": "12/05/1991"}
    answer = clerk.post(f"/patients/new/?{urlencode({'then': then})}", traits | {"submission": str(uuid.uuid4())})
    assert answer.url == f"/patients/{Patient.objects.get(birth_name='VASSEUR').uuid}/"


def test_another_day_is_proposed_from_its_opening(clerk, practice):
    form = body(clerk.get("/agenda/book/", {"day": "2026-11-24"}))
    opens = OpeningHours.objects.filter(site=practice.site, weekday=1).order_by("opens").first()
    assert f'value="{opens.opens:%H:%M}"' in form


def test_a_gesture_by_script_answers_with_the_panel_and_the_board_as_it_stands(clerk, booked):
    answer = clerk.post(
        f"/agenda/appointments/{booked.uuid}/move/",
        {"version": "1", "day": "2026-11-24", "time": "11:00"},
        headers=FRAGMENT,
    )
    page = body(answer)
    assert answer.status_code == 200
    assert "<html" not in page
    assert 'id="agenda-board"' in page
    assert "h11 m0 dh0 dm30" in page
    # The undo puts it back where it was.
    assert 'name="time" value="09:00"' in page
    assert Appointment.objects.get().starts_at == at(11)


def test_a_drag_onto_somebody_comes_back_as_a_question_that_says_the_whole_place(clerk, booked, practice, wish):
    other = people(1, seed=9)[0]
    clerk.post("/agenda/book/", wish(patient=str(other.uuid), chair=str(practice.chairs[1].uuid)))
    second = Appointment.objects.exclude(pk=booked.pk).get()
    answer = clerk.post(
        f"/agenda/appointments/{second.uuid}/move/",
        {"version": "1", "day": "2026-11-24", "time": "09:00"},
        headers=FRAGMENT,
    )
    assert answer.status_code == 409
    assert f'value="{practice.chairs[1].uuid}" selected' in body(answer)
    assert 'name="minutes" value="30"' in body(answer)
    assert Appointment.objects.get(pk=second.pk).starts_at == at(10)


def test_the_second_of_two_windows_is_told_and_sees_what_stands(clerk, booked):
    address = f"/agenda/appointments/{booked.uuid}/move/"
    clerk.post(address, {"version": "1", "day": "2026-11-24", "time": "10:00"})
    answer = clerk.post(address, {"version": "1", "day": "2026-11-24", "time": "11:00"})
    assert answer.status_code == 409
    assert 'role="alert"' in body(answer)
    assert "10:00" in body(answer)


def test_a_visit_is_walked_through_by_buttons(clerk, booked):
    address = f"/agenda/appointments/{booked.uuid}/state/"
    with clock.freeze(at(8, 50)):
        assert clerk.post(address, {"version": "1", "action": "arrive"}).status_code == 302
        assert "avance" in body(clerk.get("/agenda/reception/"))
    with clock.freeze(at(9, 5)):
        clerk.get("/agenda/reception/")  # somebody is there: nothing locks meanwhile
    with clock.freeze(at(9, 20)):
        assert re.search(r"20(\W+|&#8239;)min", body(clerk.get("/agenda/reception/")))
        clerk.post(address, {"version": "2", "action": "seat"})
        clerk.post(address, {"version": "3", "action": "finish"})
    assert Appointment.objects.get().state == "finished"


@pytest.mark.parametrize("posted", [{}, {"action": "explode", "version": "1"}, {"action": "arrive", "version": "x"}])
def test_a_step_nobody_knows_is_a_bad_request(clerk, booked, posted):
    assert clerk.post(f"/agenda/appointments/{booked.uuid}/state/", posted).status_code == 400


def test_cancelling_asks_by_whom_and_why(clerk, booked):
    address = f"/agenda/appointments/{booked.uuid}/cancel/"
    assert "le patient" in body(clerk.get(address))
    assert clerk.post(address, {"version": "1", "by": "nobody"}).status_code == 422
    assert clerk.post(address, {"version": "1", "by": "patient", "reason": "malade"}).status_code == 302
    assert Appointment.objects.get().cancel_reason == "malade"
    assert "malade" in body(clerk.get(f"/agenda/appointments/{booked.uuid}/"))


@pytest.mark.parametrize(
    "address",
    [
        "/agenda/day/2026-02-30/",
        "/agenda/day/0000-00-00/",
        "/agenda/day/1492-10-12/",
        "/agenda/day/9999-12-31/",
        "/agenda/week/hier/",
        "/agenda/day/2026-11-24'%20OR%201=1/",
        f"/agenda/appointments/{NOBODYS}/",
        f"/agenda/appointments/{NOBODYS}/move/",
        f"/agenda/patients/{NOBODYS}/",
        f"/agenda/book/{NOBODYS}/",
        "/agenda/appointments/1/",
        f"/agenda/?site={NOBODYS}",
    ],
)
def test_what_is_not_there_is_a_plain_404(clerk, practice, address):
    assert clerk.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/agenda/book/?day=9999-12-31",
        "/agenda/book/?day=0001-01-01",
        "/agenda/?by=colour",
        "/agenda/?only=1",
        "/agenda/?site=main",
        "/agenda/book/?day=2026-02-30",
        "/agenda/book/?time=99:99",
        "/agenda/book/?chair=1",
    ],
)
def test_an_address_no_page_writes_is_a_bad_request(clerk, practice, address):
    assert clerk.get(address).status_code == 400


def test_the_first_and_the_last_day_of_the_agenda_are_pages(clerk, practice):
    for day in ("1990-01-01", "2100-12-31"):
        for kind in ("day", "week"):
            assert clerk.get(f"/agenda/{kind}/{day}/").status_code == 200


def test_the_two_nights_of_the_changes_of_hour_are_pages(clerk, practice, types, patient):
    for day in (dt.date(2026, 3, 29), dt.date(2026, 10, 25)):
        Appointment.objects.create(
            site=practice.site,
            chair=practice.chairs[0],
            practitioner=practice.dentists[0],
            patient=patient,
            type=types["emergency"],
            starts_at=clock.at(day, dt.time(1, 30)),
            ends_at=clock.at(day, dt.time(1, 30)) + dt.timedelta(minutes=90),
        )
        page = body(clerk.get(f"/agenda/day/{day}/"))
        assert patient.display_name in page
        assert "h1 m30" in page


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.TECHNICIAN])
def test_a_role_without_right_learns_nothing(client_as, booked, patient, role):
    client = client_as(role)
    for address in (
        "/agenda/",
        "/agenda/week/",
        f"/agenda/appointments/{booked.uuid}/",
        f"/agenda/appointments/{NOBODYS}/",
        "/agenda/reception/",
        "/agenda/print/2026-11-24/",
    ):
        answer = client.get(address)
        assert answer.status_code == 403
        assert patient.family_name not in body(answer)
    assert client.post(f"/agenda/appointments/{booked.uuid}/state/", {"action": "arrive"}).status_code == 403
    assert patient.family_name not in body(client.get("/"))


def test_the_day_on_paper_lists_each_chair(clerk, booked, patient):
    page = body(clerk.get("/agenda/print/2026-11-24/"))
    assert patient.display_name in page
    assert "Fauteuil 1" in page
    assert "<table" in page


def test_reading_the_agenda_leaves_a_trace(clerk, booked):
    from cuspide.audit.models import Entry

    clerk.get("/agenda/day/2026-11-24/")
    clerk.get(f"/agenda/appointments/{booked.uuid}/")
    assert Entry.objects.filter(action="agenda.day").count() == 1
    assert Entry.objects.get(action="agenda.appointment").patient_uuid == booked.patient.uuid


def test_missed_ones_stay_in_sight_and_cancelled_ones_on_demand(clerk, booked, secretary):
    services.cancel(secretary, booked, expected_version=1, by="patient")
    assert f"rdv-{booked.uuid}" not in body(clerk.get("/agenda/day/2026-11-24/"))
    assert "is-cancelled" in body(clerk.get("/agenda/day/2026-11-24/?cancelled=1"))


def fill_week(practice, types, count):
    crowd = people(count, seed=count)
    kinds = list(types.values())
    monday = TUESDAY - dt.timedelta(days=1)
    Appointment.objects.bulk_create(
        Appointment(
            site=practice.site,
            chair=practice.chairs[number % 3],
            practitioner=practice.dentists[number % 2],
            patient=crowd[number],
            type=kinds[number % len(kinds)],
            starts_at=(start := at(8, 30, monday + dt.timedelta(days=number % 5)) + dt.timedelta(minutes=5 * number)),
            ends_at=start + dt.timedelta(minutes=30),
            state="arrived" if number % 3 == 0 else "booked",
            arrived_at=start if number % 3 == 0 else None,
        )
        for number in range(count)
    )


@pytest.mark.parametrize("address", ["/agenda/day/2026-11-24/", "/agenda/week/2026-11-24/", "/agenda/reception/", "/"])
def test_a_full_agenda_costs_no_more_queries_than_an_empty_one(client_as, practice, types, address):
    client = client_as(Role.SECRETARY)
    with clock.freeze(at(18, 30)):
        client.get(address)
        counts = []
        for size in (20, 100):
            fill_week(practice, types, size)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.slow
def test_the_week_costs_the_same_queries_at_2000(client_as, practice, types):
    client = client_as(Role.SECRETARY)
    client.get("/agenda/week/2026-11-24/")
    counts = []
    for size in (20, 2000):
        Appointment.objects.all().delete()
        fill_week(practice, types, min(size, 100))
        fill_far(practice, types, size)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/agenda/week/2026-11-24/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


def fill_far(practice, types, count):
    """Other weeks, which the page must not read."""
    crowd = people(50, seed=count)
    Appointment.objects.bulk_create(
        Appointment(
            site=practice.site,
            chair=practice.chairs[0],
            practitioner=practice.dentists[0],
            patient=crowd[number % 50],
            type=types["checkup"],
            starts_at=(start := at(9, 0, TUESDAY - dt.timedelta(days=10 + number))),
            ends_at=start + dt.timedelta(minutes=30),
        )
        for number in range(count)
    )


def test_the_english_page_speaks_english(client_as, users, booked):
    users["secretary"].language = "en"
    users["secretary"].save()
    client = client_as(Role.SECRETARY)
    page = body(client.get("/agenda/day/2026-11-24/"))
    assert "Waiting room" in page
    assert "Check-up" in page
    assert "Salle d’attente" not in page


def test_the_record_tells_the_next_appointment_and_books_the_following_one(clerk, booked, patient):
    page = body(clerk.get(f"/agenda/patients/{patient.uuid}/"))
    assert f"/agenda/appointments/{booked.uuid}/" in page
    assert "24/11/2026" in page
    answer = clerk.get(f"/agenda/book/{patient.uuid}/")
    assert answer["Location"] == f"/agenda/book/?patient={patient.uuid}"
    assert patient.display_name in body(clerk.get(answer["Location"]))


def test_what_other_rooms_flag_stands_beside_who_waits(clerk, booked, patient):
    from cuspide.core import registry

    flag = registry.ReceptionFlag(
        "test.flag",
        None,
        lambda _actor, ids: {one: [registry.BannerItem("Devis à signer", tone="watch")] for one in ids},
    )
    with only(registry.reception_flags, flag), clock.freeze(at(9, 20)):
        assert "Devis à signer" in body(clerk.get("/agenda/reception/"))
        assert "Devis à signer" in body(clerk.get(f"/agenda/appointments/{booked.uuid}/"))


@pytest.mark.parametrize("behind", ["http://[", "//", "http://localhost/%00"])
def test_a_strange_page_behind_the_panel_is_no_error(clerk, booked, behind):
    asked = {"HX-Request": "true", "HX-Current-URL": behind}
    for action in ("move", "amend", "cancel"):
        answer = clerk.post(f"/agenda/appointments/{booked.uuid}/{action}/", {}, headers=asked)
        assert answer.status_code < 500
