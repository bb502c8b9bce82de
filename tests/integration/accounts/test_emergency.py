"""Break-glass: a right opened for half an hour, with a reason, in the trace at once, told to the owner, reviewed."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from cuspide.accounts import services
from cuspide.accounts.models import EmergencyAccess
from cuspide.accounts.selectors import actor_of
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.models import OutboxMessage
from cuspide.patients.models import Patient
from tests.integration import sites
from tests.support import leaks

NOBODY = uuid.UUID("0195f0a0-c1d2-7cc3-8000-00000000dead")
REASON = "Douleur aiguë, le titulaire est injoignable"
NINE = clock.at(dt.date(2031, 3, 4), dt.time(9))


@pytest.fixture
def two(practice: Any) -> sites.TwoSites:
    return sites.second_site(practice.entity)


@pytest.fixture
def patient(two: Any, make_patient: Any, users: Any) -> Patient:
    """Somebody of the second site."""
    return make_patient(birth_name="RIVAGE", actor=actor_of(sites.person("secretary", two.there)))  # type: ignore[no-any-return]


@pytest.fixture
def dentist(two: Any, users: Any) -> Any:
    """A dentist of the first site."""
    return sites.person("dentist", two.here)


def opening(browser: Any, **given: str) -> Any:
    return browser.post(reverse("accounts:open_emergency"), {"reason": REASON, **given})


def record(patient_uuid: uuid.UUID) -> str:
    return reverse("patients:record", args=[patient_uuid])


def plain(answer: Any) -> str:
    return leaks.UUID.sub("-", leaks.unmarked(answer.content.decode()))


@pytest.mark.django_db
def test_a_dentist_opens_a_record_of_another_site_and_it_closes_by_itself(
    dentist: Any, patient: Patient, moved_clock: Any
) -> None:
    moved_clock(NINE)
    browser = sites.browser(dentist)
    refused = browser.get(record(patient.uuid))
    assert refused.status_code == 404
    assert reverse("accounts:open_emergency") in refused.content.decode()
    answer = opening(browser, patient=str(patient.uuid), next=record(patient.uuid))
    assert answer["Location"] == record(patient.uuid)
    shown = browser.get(record(patient.uuid)).content.decode()
    assert "RIVAGE" in shown
    assert "Accès d’urgence ouvert jusqu’à 09:30" in shown, "every page says until when"
    assert "09:30" in browser.get(reverse("core:home")).content.decode()
    for minutes in (10, 20):
        moved_clock(NINE + dt.timedelta(minutes=minutes))
        browser.get(reverse("core:home"))  # she works on: nothing locks meanwhile
    moved_clock(NINE + dt.timedelta(minutes=29, seconds=59))
    assert browser.get(record(patient.uuid)).status_code == 200
    moved_clock(NINE + dt.timedelta(minutes=30))
    assert browser.get(record(patient.uuid)).status_code == 404
    assert "Accès d’urgence ouvert" not in browser.get(reverse("core:home")).content.decode()


@pytest.mark.django_db
def test_it_is_in_the_trace_at_once_and_the_owner_is_told_without_a_name(
    dentist: Any, patient: Patient, users: Any
) -> None:
    opening(sites.browser(dentist), patient=str(patient.uuid))
    entry = Entry.objects.select_related("payload").get(action="accounts.emergency_open")
    assert (entry.actor_user_id, entry.patient_uuid) == (dentist.pk, patient.uuid)
    assert "injoignable" in entry.payload.body
    message = OutboxMessage.objects.get()
    assert message.payload["to"] == [users.owner.email]
    assert dentist.display_name in message.payload["body"]
    for word in ("RIVAGE", "injoignable", str(patient.uuid)):
        assert word not in str(message.payload)
    home = sites.browser(users.owner).get(reverse("core:home")).content.decode()
    assert dentist.display_name in home


@pytest.mark.django_db
def test_the_offer_and_the_opening_tell_nothing_of_whether_the_record_exists(dentist: Any, patient: Patient) -> None:
    browser = sites.browser(dentist)
    assert plain(browser.get(record(patient.uuid))) == plain(browser.get(record(NOBODY)))
    asked = reverse("accounts:open_emergency")
    here = browser.get(asked, {"patient": str(patient.uuid)})
    assert plain(here) == plain(browser.get(asked, {"patient": str(NOBODY)}))
    assert opening(browser, patient=str(NOBODY), next=record(NOBODY)).status_code == 302
    assert browser.get(record(NOBODY)).status_code == 404
    assert Entry.objects.filter(action="accounts.emergency_open", patient_uuid=NOBODY).exists()


@pytest.mark.django_db
def test_the_page_of_a_refusal_says_that_one_is_open_and_ends_it(
    dentist: Any, patient: Patient, moved_clock: Any
) -> None:
    """For the record that nobody has she sees no record; that her access is open she sees all the same."""
    moved_clock(NINE)
    browser = sites.browser(dentist)
    opening(browser, patient=str(NOBODY))
    refused = browser.get(record(NOBODY))
    told = "Accès d’urgence ouvert jusqu’à 09:30"
    assert (refused.status_code, told in refused.content.decode()) == (404, True)
    assert reverse("accounts:end_emergency") in refused.content.decode()
    elsewhere = browser.get(reverse("accounts:team"))
    assert (elsewhere.status_code, told in elsewhere.content.decode()) == (403, True)
    assert plain(browser.get(record(patient.uuid))) == plain(refused), "nor does the line tell whose record exists"
    browser.post(reverse("accounts:end_emergency"))
    assert told not in browser.get(record(NOBODY)).content.decode()


@pytest.mark.django_db
def test_the_page_that_opens_one_shows_its_form_only_while_none_is_open(
    dentist: Any, patient: Patient, moved_clock: Any
) -> None:
    moved_clock(NINE)
    browser = sites.browser(dentist)
    asked = {"patient": str(patient.uuid), "next": record(patient.uuid)}
    form = 'name="reason"'
    assert form in browser.get(reverse("accounts:open_emergency"), asked).content.decode()
    opening(browser, patient=str(NOBODY))
    shown = browser.get(reverse("accounts:open_emergency"), asked)
    assert "Votre accès d’urgence est ouvert jusqu’à 09:30" in shown.content.decode()
    assert form not in shown.content.decode()
    # What was typed before the other one was opened, in another tab, is kept beside the sentence.
    late = opening(browser, reason="Tapé entre-temps, dans un autre onglet", **asked)
    assert (late.status_code, "Tapé entre-temps" in late.content.decode()) == (422, True)
    ended = browser.post(reverse("accounts:end_emergency"), {"next": shown.context["here"]}, follow=True)
    assert form in ended.content.decode(), "she is where she can open the other one"
    assert ended.context["patient"] == patient.uuid
    assert browser.post(reverse("accounts:end_emergency"), {"next": "https://evil.example/"})["Location"] == "/"


@pytest.mark.django_db
def test_an_assistant_opens_one_right_that_her_role_lacks(users: Any, practice: Any, make_patient: Any) -> None:
    browser = sites.browser(users.assistant)
    url = reverse("care:complete_act", args=[make_patient().uuid, NOBODY])
    assert browser.post(url).status_code == 403
    opening(browser, right="care.complete")
    assert browser.post(url).status_code == 404, "the right is there; the act is not"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["technician", "secretary", "bookkeeper", "owner"])
def test_whoever_does_not_treat_is_neither_offered_nor_given_it(role: str, users: Any, make_patient: Any) -> None:
    browser = sites.browser(users[role])
    assert opening(browser, patient=str(make_patient().uuid)).status_code == 403
    assert browser.get(reverse("accounts:open_emergency"), {"right": "patients.view"}).status_code == 403
    assert reverse("accounts:open_emergency") not in browser.get(record(NOBODY)).content.decode()
    assert not EmergencyAccess.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["accounts.team", "audit.view", "billing.take_payment", "nonsense", "x" * 500])
def test_a_forged_right_is_refused(right: str, dentist: Any) -> None:
    assert opening(sites.browser(dentist), right=right).status_code == 403
    with pytest.raises(Forbidden):
        services.open_emergency(actor_of(dentist), reason=REASON, right=right)
    assert not EmergencyAccess.objects.exists()


@pytest.mark.django_db
def test_a_forged_form_is_a_bad_request_and_leads_to_no_other_place(dentist: Any, patient: Patient) -> None:
    browser = sites.browser(dentist)
    assert opening(browser).status_code == 400
    assert opening(browser, patient="not a uuid").status_code == 400
    assert opening(browser, patient=str(patient.uuid), right="patients.view").status_code == 400
    assert opening(browser, patient=str(patient.uuid), next="https://evil.example/")["Location"] == "/"
    with pytest.raises(Forbidden):
        services.open_emergency(actor_of(dentist), reason=REASON)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "urgence", "a b c", "1234 5678 9012", "\x00\x01\x02", "mot " * 200])
def test_a_reason_is_some_words(reason: str, dentist: Any, patient: Patient) -> None:
    answer = sites.browser(dentist).post(
        reverse("accounts:open_emergency"), {"patient": str(patient.uuid), "reason": reason}
    )
    assert answer.status_code == 422
    assert not EmergencyAccess.objects.exists()


@pytest.mark.django_db
def test_it_is_neither_stacked_nor_drawn_out(dentist: Any, patient: Patient, moved_clock: Any) -> None:
    moved_clock(NINE)
    services.open_emergency(actor_of(dentist), reason=REASON, patient=patient.uuid)
    with pytest.raises(DomainError):
        services.open_emergency(actor_of(dentist), reason="Encore une autre raison", right="care.view")
    moved_clock(NINE + dt.timedelta(minutes=31))
    with pytest.raises(FieldErrors):
        services.open_emergency(actor_of(dentist), reason=REASON.upper(), patient=patient.uuid)
    again = services.open_emergency(actor_of(dentist), reason="Hémorragie après avulsion", patient=patient.uuid)
    assert again.ends_at == NINE + dt.timedelta(minutes=61)
    assert EmergencyAccess.objects.count() == 2


@pytest.mark.django_db
def test_it_is_ended_at_once_by_whoever_opened_it_and_by_nobody_else(dentist: Any, patient: Patient, two: Any) -> None:
    browser, colleague = sites.browser(dentist), sites.browser(sites.person("dentist", two.here, login="b@x.example"))
    opening(browser, patient=str(patient.uuid))
    assert colleague.get(record(patient.uuid)).status_code == 404, "the door is hers alone"
    colleague.post(reverse("accounts:end_emergency"))
    assert browser.get(record(patient.uuid)).status_code == 200
    assert browser.get(reverse("accounts:end_emergency")).status_code == 405
    browser.post(reverse("accounts:end_emergency"))
    assert browser.get(record(patient.uuid)).status_code == 404


@pytest.mark.django_db
def test_a_role_that_is_taken_away_takes_the_open_access_along(dentist: Any, patient: Patient, actors: Any) -> None:
    browser = sites.browser(dentist)
    opening(browser, patient=str(patient.uuid))
    services.revoke(actors.owner, dentist, dentist.memberships.get().uuid)
    assert browser.get(record(patient.uuid)).status_code == 403


@pytest.mark.django_db
def test_the_owner_reviews_what_was_read_and_it_leaves_her_page(
    dentist: Any, patient: Patient, users: Any, moved_clock: Any
) -> None:
    moved_clock(NINE)
    browser, owner = sites.browser(dentist), sites.browser(users.owner)
    opening(browser, patient=str(patient.uuid))
    browser.get(record(patient.uuid))
    access = EmergencyAccess.objects.get()
    page = reverse("accounts:review_emergency", args=[access.uuid])
    assert browser.get(page).status_code == 403
    assert owner.post(page, {"reason": "Vu avec le praticien"}).status_code == 422, "it is still open"
    for minutes in range(10, 61, 10):
        moved_clock(NINE + dt.timedelta(minutes=minutes))
        owner.get(reverse("core:home"))  # she works on: nothing locks meanwhile
    shown = owner.get(page).content.decode()
    assert REASON in shown
    assert "RIVAGE" in shown
    assert "A ouvert la fiche d’un patient" in shown
    assert owner.post(page, {"reason": "ok"}).status_code == 422
    assert owner.post(page, {"reason": "Vu avec le praticien"}).status_code == 302
    assert dentist.display_name not in owner.get(reverse("core:home")).content.decode()
    assert owner.post(page, {"reason": "Une seconde revue"}).status_code == 422
    assert "Vu avec le praticien" in owner.get(page).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_openings_at_once_one_is_made(dentist: Any, patient: Patient) -> None:
    actor = actor_of(dentist)

    def attempt(number: int) -> bool:
        try:
            services.open_emergency(actor, reason=f"{REASON} {number}", patient=patient.uuid)
        except DomainError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(20))) == 1
    assert EmergencyAccess.objects.count() == 1
    assert Entry.objects.filter(action="accounts.emergency_open").count() == 1
