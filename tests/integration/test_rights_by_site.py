"""A person of one site sees, counts and changes what is of that site, and learns of nothing else."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from cuspide.accounts import services as accounts
from cuspide.accounts.models import Membership
from cuspide.accounts.selectors import actor_of
from cuspide.agenda import services as agenda
from cuspide.agenda.models import AppointmentType
from cuspide.care import services as care
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import reach, selectors
from cuspide.patients.models import Following
from cuspide.patients.permissions import VIEW, VIEW_IDENTITY
from cuspide.patients.services.people import add_person, change_person
from tests.integration import sites

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
FORCED = ["closed", "past", "chair", "practitioner", "patient", "hours", "holiday"]


@pytest.fixture
def two(practice: Any) -> sites.TwoSites:
    return sites.second_site(practice.entity)


@pytest.fixture
def book() -> Any:
    """Book a patient at a chair with a dentist, today."""
    kind = AppointmentType.objects.create(key="control", label_fr="Contrôle", label_en="Check-up")

    def make(patient: Any, chair: Any, dentist: Any, hour: int = 10, actor: Actor = SYSTEM) -> Any:
        return agenda.book(
            actor, chair=chair, starts_at=clock.at(clock.today(), dt.time(hour)), minutes=30, patient=patient,
            practitioner=dentist, type=kind, confirmed=FORCED,
        )  # fmt: skip

    return make


@pytest.fixture
def lives(practice: Any, two: sites.TwoSites, make_patient: Any, book: Any) -> dict[str, Any]:
    """A patient of each site, with an appointment there."""
    here, there = make_patient(birth_name="VILLE"), make_patient(birth_name="RIVAGE")
    return {
        "here": here,
        "there": there,
        "booked here": book(here, practice.chairs[0], practice.dentists[0]),
        "booked there": book(there, two.chair_there, two.dentist_there),
    }


def names(actor: Actor, text: str) -> list[str]:
    return [found.patient.birth_name for found in selectors.find_patients(actor, text)]


def test_search_list_and_count_hold_the_patients_of_ones_own_site(two: Any, lives: Any) -> None:
    secretary = actor_of(sites.person("secretary", two.here))
    assert names(secretary, "ville") == ["VILLE"]
    for text in ("rivage", "riv", "rivgae", "ivage", "mme rivage", "rivage lea"):
        assert names(secretary, text) == []
        assert names(Actor.system("test"), text.replace(" lea", "")) == ["RIVAGE"]
    assert [found.patient for found in selectors.newest_patients(secretary)] == [lives["here"]]
    assert selectors.count_patients(secretary) == 1
    assert selectors.count_patients(actor_of(sites.person("secretary"))) == 2


def test_a_parent_who_is_a_patient_elsewhere_is_a_name_and_nothing_more(two: Any, lives: Any) -> None:
    there, here = lives["there"], lives["here"]
    typed = {"number": str(there.number)}
    with pytest.raises(FieldErrors):
        add_person(actor_of(sites.person("secretary", two.here)), here, "trusted", typed)
    row, _made = add_person(SYSTEM, here, "trusted", typed)
    user = sites.person("dentist", two.here)
    shown = selectors.shown_people(actor_of(user), [row])[0]
    assert (shown.name, shown.phone, shown.record) == (there.display_name, "", None)
    changed, _now = change_person(actor_of(user), row, {"name": "x", "remark": "Rappeler"}, row.version)
    assert (changed.person, changed.name, changed.remark) == (there, there.display_name, "Rappeler")


def test_the_page_of_somebody_elses_patient_is_that_of_nobody(two: Any, lives: Any) -> None:
    browser = sites.browser(sites.person("secretary", two.here))
    assert browser.get(reverse("patients:record", args=[lives["here"].uuid])).status_code == 200
    assert browser.get(reverse("patients:record", args=[lives["there"].uuid])).status_code == 404
    page = browser.get(reverse("patients:list")).content.decode()
    assert "RIVAGE" not in page


def test_an_appointment_of_another_site_cannot_be_made_by_forging_its_patient(
    practice: Any, two: Any, lives: Any, book: Any
) -> None:
    secretary = actor_of(sites.person("secretary", two.here))
    with pytest.raises(Forbidden):
        book(lives["there"], practice.chairs[1], practice.dentists[1], actor=secretary)
    assert not reach.may(secretary, VIEW_IDENTITY, lives["there"])


def test_who_is_booked_at_a_second_site_is_followed_at_both(two: Any, lives: Any, book: Any) -> None:
    there = actor_of(sites.person("dentist", two.there))
    assert not reach.may(there, VIEW, lives["here"])
    book(lives["here"], two.chair_there, two.dentist_there, hour=15)
    assert reach.may(there, VIEW, lives["here"])
    assert names(there, "ville") == ["VILLE"]


def test_a_record_shows_a_person_of_two_sites_what_her_role_of_that_site_shows(two: Any, lives: Any) -> None:
    user = sites.person("dentist", two.here)
    Membership.objects.create(user=user, role=Role.SECRETARY, site=two.there)
    browser = sites.browser(user)
    of_here = browser.get(reverse("patients:record", args=[lives["here"].uuid])).content.decode()
    of_there = browser.get(reverse("patients:record", args=[lives["there"].uuid])).content.decode()
    alerts = reverse("patients:alerts", args=[lives["here"].uuid])
    assert f'href="{alerts}"' in of_here
    assert f'href="{reverse("patients:alerts", args=[lives["there"].uuid])}"' not in of_there
    assert browser.get(reverse("patients:alerts", args=[lives["there"].uuid])).status_code == 404
    assert browser.get(alerts).status_code == 200


def test_the_agenda_of_the_other_site_is_not_there(two: Any, lives: Any) -> None:
    browser = sites.browser(sites.person("secretary", two.here))
    assert browser.get(reverse("agenda:today"), {"site": str(two.there.uuid)}).status_code == 404
    assert "VILLE" in browser.get(reverse("agenda:today")).content.decode()
    assert browser.get(reverse("agenda:appointment", args=[lives["booked there"].uuid])).status_code == 404
    posted = browser.post(reverse("agenda:state", args=[lives["booked there"].uuid]), {"action": "arrive"})
    assert posted.status_code == 404


def test_a_dentist_limited_to_her_own_agenda_sees_of_a_colleague_that_the_chair_is_taken(
    practice: Any, two: Any, lives: Any, make_patient: Any, book: Any
) -> None:
    other = make_patient(birth_name="CONFRERE")
    booked = book(other, practice.chairs[0], practice.dentists[1], hour=11)
    user = sites.person("dentist", two.here, practitioner=practice.dentists[0], own_agenda=True)
    browser = sites.browser(user)
    page = browser.get(reverse("agenda:today")).content.decode()
    assert "VILLE" in page
    assert "CONFRERE" not in page
    assert "Occupé" in page
    assert str(booked.uuid) not in page
    assert browser.get(reverse("agenda:appointment", args=[booked.uuid])).status_code == 404
    assert browser.get(reverse("patients:record", args=[other.uuid])).status_code == 404
    assert names(actor_of(user), "confrere") == []
    with pytest.raises(Forbidden):
        agenda.cancel(actor_of(user), booked, expected_version=booked.version, by="practice")


def test_a_dentist_of_one_site_changes_no_act_that_was_done_at_another(
    practice: Any, two: Any, lives: Any, nomenclature: Any
) -> None:
    new = care.NewAct(code="HBMD053", practitioner=two.dentist_there, site=two.there, teeth=["16"], surfaces="O")
    done = care.add_act(SYSTEM, lives["here"], new)
    here, there = actor_of(sites.person("dentist", two.here)), actor_of(sites.person("dentist", two.there))
    with pytest.raises(Forbidden):
        care.complete_act(here, done, expected_version=done.version)
    with pytest.raises(Forbidden):
        care.void_act(here, done, "par erreur", expected_version=done.version)
    assert care.complete_act(there, done, expected_version=done.version).state == "done"


# Replacements.


@pytest.fixture
def stand_in() -> Any:
    return sites.account("remplacante@deux.example")


def contract(owner: Any, user: Any, dentist: Any, site: Any, last: dt.date, **more: Any) -> Any:
    asked = {"starts_on": clock.today(), "executant_rpps": "10000000041", **more}
    return accounts.add_replacement(owner, user, replaced=dentist, site=site, ends_on=last, **asked)


def test_a_replacement_sees_the_agenda_and_patients_of_whom_she_replaces_until_midnight(
    practice: Any, two: Any, lives: Any, actors: Any, stand_in: Any, make_patient: Any, book: Any, moved_clock: Any
) -> None:
    moved_clock(clock.at(dt.date(2031, 3, 4), dt.time(9)))
    other = make_patient(birth_name="CONFRERE")
    book(other, practice.chairs[1], practice.dentists[1], hour=11)
    made = contract(actors.owner, stand_in, practice.dentists[0], two.here, dt.date(2031, 3, 6))
    assert (made.executant_rpps, made.billing_number) == ("10000000041", practice.dentists[0].am_number)
    stand_in.refresh_from_db()
    actor = actor_of(stand_in)
    assert reach.may(actor, VIEW, lives["here"])
    assert not reach.may(actor, VIEW, other)
    assert actor.practitioner_id == practice.dentists[0].pk
    moved_clock(clock.at(dt.date(2031, 3, 6), dt.time(23, 59, 59)))
    assert reach.may(actor_of(stand_in), VIEW, lives["here"])
    moved_clock(clock.at(dt.date(2031, 3, 7), dt.time(0)))
    assert not actor_of(stand_in).can(VIEW_IDENTITY)
    assert sites.browser(stand_in).get(reverse("patients:record", args=[lives["here"].uuid])).status_code == 403


def test_a_contract_that_is_ended_early_ends_at_the_next_request(
    practice: Any, two: Any, lives: Any, actors: Any, stand_in: Any
) -> None:
    made = contract(actors.owner, stand_in, practice.dentists[0], two.here, clock.today())
    browser = sites.browser(stand_in)
    page = reverse("patients:record", args=[lives["here"].uuid])
    assert browser.get(page).status_code == 200
    accounts.end_replacement(actors.owner, stand_in, made.uuid)
    assert browser.get(page).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"executant_rpps": "123"}, "executant_rpps"),
        ({"executant_rpps": "10000000017"}, "executant_rpps"),
        ({"last": dt.date(2020, 1, 1)}, "ends_on"),
        ({"last": dt.date(2199, 1, 1)}, "ends_on"),
    ],
)
def test_a_contract_that_cannot_be_is_refused_at_its_field(
    practice: Any, two: Any, actors: Any, stand_in: Any, wrong: dict[str, Any], field: str
) -> None:
    last = wrong.pop("last", clock.today())
    with pytest.raises(FieldErrors) as refused:
        contract(actors.owner, stand_in, practice.dentists[0], two.here, last, **wrong)
    assert list(refused.value.errors) == [field]


def test_two_contracts_for_one_dentist_do_not_overlap(practice: Any, two: Any, actors: Any, stand_in: Any) -> None:
    contract(actors.owner, stand_in, practice.dentists[0], two.here, clock.today())
    with pytest.raises(FieldErrors):
        contract(actors.owner, stand_in, practice.dentists[0], two.here, clock.today())


# Giving roles.


def test_the_owner_of_one_site_gives_roles_there_and_nowhere_else(two: Any, actors: Any) -> None:
    owner = actor_of(sites.person("owner", two.here))
    colleague = sites.person("secretary", two.here, login="collegue@deux.example")
    assert accounts.grant(owner, colleague, Role.ASSISTANT, site=two.here)
    for elsewhere in (two.there, None):
        with pytest.raises(Forbidden):
            accounts.grant(owner, colleague, Role.ASSISTANT, site=elsewhere)
        with pytest.raises(Forbidden):
            accounts.invite(owner, email="x@deux.example", name="X", role=Role.SECRETARY, site=elsewhere)
    with pytest.raises(Forbidden):
        contract(owner, colleague, two.dentist_there, two.there, clock.today())


def test_the_owner_of_one_site_does_not_become_owner_of_all_by_anothers_account(
    two: Any, users: Any, actors: Any
) -> None:
    owner, whole = actor_of(sites.person("owner", two.here)), users.owner
    for take_over in (accounts.renew_code, accounts.deactivate, accounts.remove_second_factor, accounts.end_sessions):
        with pytest.raises(Forbidden):
            take_over(owner, whole)
    with pytest.raises(Forbidden):
        accounts.revoke(owner, whole, whole.memberships.get().uuid)
    both = sites.person("secretary", two.here, login="deux@deux.example")
    Membership.objects.create(user=both, role=Role.SECRETARY, site=two.there)
    with pytest.raises(Forbidden):
        accounts.renew_code(owner, both)


def test_the_owner_of_one_site_is_shown_the_people_of_her_site_and_no_role_elsewhere(two: Any) -> None:
    away = sites.person("dentist", two.there)
    both = sites.person("secretary", two.here, login="deux@deux.example")
    Membership.objects.create(user=both, role=Role.DENTIST, site=two.there)
    browser = sites.browser(sites.person("owner", two.here))
    team = browser.get(reverse("accounts:team")).content.decode()
    assert away.display_name not in team
    assert "Centre du Port" not in team
    assert browser.get(reverse("accounts:person", args=[away.uuid])).status_code == 404
    page = browser.get(reverse("accounts:person", args=[both.uuid])).content.decode()
    assert "Centre du Port" not in page
    assert "Tous les sites" not in page
    forged = browser.post(reverse("accounts:grant", args=[both.uuid]), {"role": "owner", "site": ""})
    assert forged.status_code == 422


def test_the_owner_of_one_site_reads_no_trace_of_the_whole_practice(two: Any) -> None:
    browser = sites.browser(sites.person("owner", two.here))
    assert browser.get(reverse("audit:trace")).status_code == 403
    assert reverse("audit:trace") not in browser.get(reverse("core:home")).content.decode()


# Who may do what.


def test_the_owner_reads_who_may_do_what_and_why(
    practice: Any, two: Any, users: Any, stand_in: Any, actors: Any
) -> None:
    contract(actors.owner, stand_in, practice.dentists[0], two.here, clock.today())
    sites.person("dentist", two.there)
    page = sites.browser(users.owner).get(reverse("accounts:who_may")).content.decode()
    assert "Centre du Port" in page
    assert "Remplace Dr AUBERT" in page
    of_site = sites.browser(sites.person("owner", two.here)).get(reverse("accounts:who_may")).content.decode()
    assert "Centre du Port" not in of_site
    assert sites.browser(users.secretary).get(reverse("accounts:who_may")).status_code == 403


def test_the_owner_reads_who_sees_a_patient_and_why(
    practice: Any, two: Any, users: Any, lives: Any, django_assert_max_num_queries: Any
) -> None:
    away, near = sites.person("dentist", two.there), sites.person("dentist", two.here)
    for number in range(12):
        sites.person("assistant", two.here, login=f"a{number}@deux.example")
    browser, page = sites.browser(users.owner), reverse("patients:who_sees", args=[lives["here"].uuid])
    browser.get(page)
    with django_assert_max_num_queries(30):
        shown = browser.get(page).content.decode()
    assert near.display_name in shown
    assert away.display_name not in shown
    assert users.technician.display_name not in shown
    assert sites.browser(near).get(page).status_code == 403
    of_there = sites.browser(sites.person("owner", two.there))
    assert of_there.get(page).status_code == 404, "whoever does not see the patient learns nothing of her"


def test_a_one_site_practice_that_grows_keeps_its_patients_where_they_were(make_patient: Any, two: Any) -> None:
    patient = make_patient()
    assert not Following.objects.filter(patient=patient).exists(), "at which of two sites, nobody has said"
    secretary = actor_of(sites.person("secretary", two.there))
    mine = make_patient(actor=secretary, birth_name="NOUVELLE")
    assert list(Following.objects.filter(patient=mine).values_list("site", flat=True)) == [two.there.pk]
