"""Records that may be of one person: found in the store, looked at, and said to be of two people."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from cuspide.accounts.selectors import actor_of
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, Forbidden
from cuspide.core.models import Job
from cuspide.core.rights import Role
from cuspide.core.work import jobs
from cuspide.core.work.jobs import Stopped
from cuspide.patients import tasks
from cuspide.patients.models import ContactPoint, DuplicateSearch, Following, Household, Patient, PossibleDuplicate
from cuspide.patients.rules.merging import proposed
from cuspide.patients.selectors import duplicates as selectors
from cuspide.patients.selectors import groups
from cuspide.patients.services import bulk, duplicates, index, merging
from cuspide.patients.services.identity import take_numbers
from tests.integration import sites
from tests.integration.patients.test_at_once import at_once

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
LIST = "patients:possible_duplicates"
Maker = Callable[..., Patient]
Clients = Callable[..., Any]


def search() -> set[tuple[int, int]]:
    """A whole search; the pairs that stand afterwards."""
    duplicates.search(SYSTEM)
    return set(PossibleDuplicate.objects.filter(open=True).values_list("low_id", "high_id"))


def merge(kept: Patient, lost: Patient) -> Any:
    kept.refresh_from_db()
    lost.refresh_from_db()
    return merging.merge(
        SYSTEM, kept, lost, choices=proposed(kept, lost), reason="Même personne", sure=True,
        versions=(kept.version, lost.version),
    )  # fmt: skip


def change(patient: Patient, **columns: Any) -> None:
    """What a service would write, without its questions."""
    Patient.objects.filter(pk=patient.pk).update(**columns)
    patient.refresh_from_db()
    index.refresh(patient)


LEA = {"birth_name": "MARTIN", "first_birth_given_name": "Stéphanie", "birth_date": "07/03/1984", "sex": "F"}


@pytest.fixture
def two(make_patient: Maker) -> tuple[Patient, Patient]:
    return make_patient(**LEA), make_patient(**LEA | {"birth_name": "MARTAIN"})


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ({"birth_name": "MARTAIN"}, "Noms presque identiques"),
        ({"birth_name": "STEPHANIE", "first_birth_given_name": "Martin"}, "Nom et prénom inversés"),
        ({"birth_name": "PETIT", "used_name": "MARTIN"}, "Nom de naissance de l’un, nom utilisé de l’autre"),
        ({"birth_name": "PETIT", "mobile": "0639981234"}, "Même téléphone"),
        ({"birth_name": "PETIT", "email": "Lea@Exemple.fr"}, "Même courriel"),
        ({"birth_date": "03/07/1984"}, "Jour et mois de naissance inversés"),
        ({"birth_date": "07/03/1948"}, "Dates de naissance à un chiffre près"),
        ({"birth_date": "21/11/1990", "mobile": "0639981234"}, "Même téléphone"),
        ({"birth_name": "PETIT", "nir": "2840367482123"}, "Même numéro de sécurité sociale"),
        ({"birth_name": "PETIT", "birth_date": "21/03/1984", "first_birth_given_name": "Emma"}, ""),
    ],
)
def test_mistakes_of_the_desk_are_found_with_their_reason(
    make_patient: Maker, client_as: Clients, again: dict[str, str], why: str
) -> None:
    numbered = {"nir": "2840367482123"} if "nir" in again else {}
    first = make_patient(**LEA, mobile="06 39 98 12 34", email="lea@exemple.fr", **numbered)
    for place, name in enumerate(("Dubois", "Bernard", "Moreau")):
        make_patient(birth_name=name, birth_date="07/03/1984", mobile=f"06 39 98 00 0{place}")
    second = make_patient(**LEA | again)
    pairs = search()
    assert pairs == ({(first.pk, second.pk)} if why else set())
    page = client_as(Role.SECRETARY).get(reverse(LIST)).content.decode()
    assert (why in page) if why else ("Aucun dossier ne ressemble" in page)


def test_twins_and_a_family_with_one_telephone_are_left_alone(make_patient: Maker) -> None:
    home = Household.objects.create()
    for given, sex, born in [
        ("Claire", "F", "07/03/1984"), ("Hugo", "M", "02/02/1982"), ("Lina", "F", "01/06/2015"),
        ("Nina", "F", "01/06/2015"), ("Léo", "M", "05/09/2018"),
    ]:  # fmt: skip
        one = make_patient(birth_name="MARTIN", first_birth_given_name=given, sex=sex, birth_date=born,
                           mobile="0639981234", email="famille@exemple.fr")  # fmt: skip
        if given != "Léo":
            Patient.objects.filter(pk=one.pk).update(household=home)
    assert search() == set()


def test_a_second_search_changes_nothing_and_forgets_what_is_alike_no_more(two: tuple[Patient, Patient]) -> None:
    one, other = two
    assert search() == {(one.pk, other.pk)}
    kept = PossibleDuplicate.objects.get()
    assert search() == {(one.pk, other.pk)}
    assert PossibleDuplicate.objects.get().uuid == kept.uuid
    change(other, first_birth_given_name="Emma")
    assert search() == set()
    assert Entry.objects.filter(action="patients.search_duplicates").count() == 3


def test_what_was_changed_today_is_found_by_the_next_search(make_patient: Maker) -> None:
    make_patient(**LEA)
    other = make_patient(**LEA | {"birth_name": "Vasseur", "birth_date": "01/01/1990"})
    assert search() == set()
    change(other, birth_name="MARTIN", birth_date="1984-03-08", born_on=dt.date(1984, 3, 8))
    assert len(search()) == 1


def people(count: int, **columns: Any) -> list[Patient]:
    """Many records at once, as an import would bring them, with the index."""
    first = take_numbers(count)
    made = [
        Patient(number=number, **{"birth_name": "MARTIN", "first_birth_given_name": "Jean", "sex": "M",
                                  "birth_date": "1970-01-01", "born_on": dt.date(1970, 1, 1)} | columns)
        for number in range(first, first + count)
    ]  # fmt: skip
    bulk.bulk.insert(made)
    index.index_many((one, []) for one in made)
    return made


def test_four_hundred_homonyms_of_one_day_are_passed_over_and_the_page_says_so(
    client_as: Clients, practice: Any
) -> None:
    people(400)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert search() == set()
    assert len(asked) < 80
    assert DuplicateSearch.objects.get().left_out > 0
    assert "n’ont pas été comparés dossier par dossier" in client_as(Role.OWNER).get(reverse(LIST)).content.decode()


def test_a_telephone_of_forty_people_makes_no_pairs(practice: Any) -> None:
    """A home, a school: only what is alike without it is shown."""
    days = [dt.date(1900 + year, 5, 17) for year in range(40)]
    crowd = [people(1, birth_date=day.isoformat(), born_on=day)[0] for day in days]
    without, left_out = search(), DuplicateSearch.objects.get().left_out
    ContactPoint.objects.bulk_create(
        ContactPoint(patient=one, kind="phone", use="home", value="0240000000", normalised="+33240000000")
        for one in crowd
    )
    assert search() == without
    assert DuplicateSearch.objects.get().left_out == left_out + 1


def test_a_search_that_was_stopped_goes_on_where_it_was(
    two: tuple[Patient, Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_KEYS_A_BLOCK", 1)
    people(3, birth_name="DURAND", birth_date="1955-05-05", born_on=dt.date(1955, 5, 5))
    steps = []

    def stop_at(most: int) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            steps.append(done)
            if len(steps) == most:
                raise Stopped

        return progress

    for most in range(1, 60):
        steps.clear()
        try:
            duplicates.search(SYSTEM, stop_at(most if most < 8 else 0))
        except Stopped:
            assert DuplicateSearch.objects.get().ended_at is None
        else:
            break
    state = DuplicateSearch.objects.get()
    assert state.round == 1
    assert state.ended_at is not None
    assert PossibleDuplicate.objects.count() == 1 + 3


def test_the_job_of_each_day_and_the_button_do_the_same_search(
    two: tuple[Patient, Patient], client_as: Clients
) -> None:
    desk = client_as(Role.SECRETARY)
    for _twice in range(2):
        assert desk.post(reverse("patients:search_duplicates")).status_code == 302
    assert Job.objects.filter(label="patients.duplicates").count() == 1
    assert jobs.run_one()
    assert PossibleDuplicate.objects.count() == 1
    desk.post(reverse("patients:search_duplicates"))
    assert jobs.run_one()
    assert DuplicateSearch.objects.get().round == 2
    assert jobs.schedule["patients.duplicates"].max_attempts > 1
    assert tasks.search_duplicates is jobs.schedule["patients.duplicates"].task


def test_a_search_that_is_under_way_is_stopped_and_goes_on(two: tuple[Patient, Patient], client_as: Clients) -> None:
    desk, address = client_as(Role.SECRETARY), reverse("patients:search_duplicates")
    assert "Aucune recherche n’est en cours" in desk.post(address, {"stop": "1"}, follow=True).content.decode()
    desk.post(address)
    held = jobs.claim("a worker that is slow")
    assert held is not None
    duplicates._begin()
    assert "étape 1 sur 4" in desk.get(reverse(LIST)).content.decode()
    assert "La recherche s’arrête" in desk.post(address, {"stop": "1"}, follow=True).content.decode()
    running = jobs.Handle(Job.objects.get(pk=held[1].pk))
    with pytest.raises(Stopped):
        duplicates.search(SYSTEM, running.progress)
    assert DuplicateSearch.objects.get().ended_at is None
    Job.objects.update(lease_until=None)
    DBTaskResult.objects.update(status="FAILED")
    desk.post(address)
    assert jobs.run_one()
    assert DuplicateSearch.objects.get().ended_at is not None
    assert PossibleDuplicate.objects.count() == 1


def test_two_people_stay_two_until_their_traits_change(two: tuple[Patient, Patient], client_as: Clients) -> None:
    one, other = two
    search()
    desk = client_as(Role.SECRETARY)
    address = reverse("patients:set_apart", args=[one.uuid, other.uuid])
    answer = desk.post(address, {"apart": "1", "from": "list"}, follow=True)
    assert "deux personnes distinctes" in answer.content.decode()
    assert reverse("patients:merge", args=[one.uuid, other.uuid]) not in answer.content.decode()
    said = PossibleDuplicate.objects.get()
    assert said.apart_by
    assert said.apart_at
    assert search() == set()
    page = desk.get(reverse(LIST), {"apart": "1"}).content.decode()
    assert said.apart_by in page
    # A telephone is no trait.
    ContactPoint.objects.create(patient=one, kind="phone", use="home", value="x", normalised="+33140000000")
    assert search() == set()
    assert list(Entry.objects.filter(action="patients.set_apart").values_list("patient_uuid", flat=True)) == [
        one.uuid, other.uuid,
    ]  # fmt: skip
    change(other, birth_name="MARTINE")
    assert search() == {(one.pk, other.pk)}
    assert "Une identité a changé depuis" in desk.get(reverse(LIST)).content.decode()


def test_what_was_said_is_taken_back(two: tuple[Patient, Patient], client_as: Clients) -> None:
    one, other = two
    desk = client_as(Role.SECRETARY)
    address = reverse("patients:set_apart", args=[other.uuid, one.uuid])
    # Nothing was searched yet: the page of the record found them by itself.
    record = reverse("patients:duplicates", args=[other.uuid])
    assert address in desk.get(record).content.decode()
    for _twice in range(2):
        desk.post(address, {"apart": "1"})
    assert Entry.objects.filter(action="patients.set_apart").count() == 2
    assert "Remettre parmi les doublons possibles" in desk.get(record).content.decode()
    for _twice in range(2):
        desk.post(address, {"apart": "0"})
    assert Entry.objects.filter(action="patients.bring_back_pair").count() == 2
    assert PossibleDuplicate.objects.get().open
    assert "Noms presque identiques" in desk.get(record).content.decode()


def test_a_pair_merged_meanwhile_is_gone_and_comes_back_when_it_is_undone(
    two: tuple[Patient, Patient], client_as: Clients
) -> None:
    one, other = two
    search()
    desk = client_as(Role.SECRETARY)
    done = merge(one, other)
    assert str(other.uuid) not in desk.get(reverse(LIST)).content.decode()
    with pytest.raises(DomainError):
        duplicates.set_apart(SYSTEM, one, other)
    with pytest.raises(DomainError):
        duplicates.bring_back(SYSTEM, one, other)
    answer = desk.post(reverse("patients:set_apart", args=[one.uuid, other.uuid]), {"apart": "1"}, follow=True)
    assert "Rien n’a été enregistré" in answer.content.decode()
    merging.undo(SYSTEM, done)
    assert str(other.uuid) in desk.get(reverse(LIST)).content.decode()


def test_a_removed_patient_takes_her_pairs_along_and_a_pair_is_nobodys_work(two: tuple[Patient, Patient]) -> None:
    _one, other = two
    search()
    assert bulk.untouched([other], {}) == [other], "an import can still be undone"
    bulk.remove([other])
    assert not PossibleDuplicate.objects.exists()
    assert search() == set()


def test_somebody_of_one_site_sees_neither_the_pair_nor_its_number(
    practice: Any, two: tuple[Patient, Patient], client_as: Clients
) -> None:
    one, other = two
    search()
    places = sites.second_site(practice.entity)
    Following.objects.filter(patient=other).update(site=places.there)
    for site in (places.here, places.there):
        user = sites.person("secretary", site)
        desk = sites.browser(user)
        page = desk.get(reverse(LIST)).content.decode()
        assert "Aucun dossier ne ressemble" in page
        assert str(one.uuid) not in page
        assert str(other.uuid) not in page
        assert selectors.count_pairs(actor_of(user)) == 0
        mine = one if site == places.here else other
        assert "Doublon possible" not in desk.get(reverse("patients:record", args=[mine.uuid])).content.decode()
        assert desk.post(reverse("patients:set_apart", args=[one.uuid, other.uuid])).status_code == 404
        with pytest.raises(Forbidden):
            duplicates.set_apart(actor_of(user), one, other)
        assert desk.post(reverse("patients:search_duplicates")).status_code == 403
    assert str(one.uuid) in client_as(Role.SECRETARY).get(reverse(LIST)).content.decode()


def test_roles_that_may_not_merge_are_refused(two: tuple[Patient, Patient], client_as: Clients) -> None:
    one, other = two
    search()
    for role in (Role.ASSISTANT, Role.BOOKKEEPER, Role.TECHNICIAN):
        desk = client_as(role)
        assert desk.get(reverse(LIST)).status_code == 403
        assert desk.post(reverse("patients:search_duplicates")).status_code == 403
        assert desk.post(reverse("patients:set_apart", args=[one.uuid, other.uuid])).status_code == 403
    assert (
        "Doublon possible"
        not in client_as(Role.ASSISTANT).get(reverse("patients:record", args=[one.uuid])).content.decode()
    )
    page = client_as(Role.DENTIST).get(reverse("patients:record", args=[one.uuid])).content.decode()
    assert reverse("patients:duplicates", args=[one.uuid]) in page
    assert "Doublon possible" in page
    assert PossibleDuplicate.objects.get().open


def test_the_list_goes_on_after_its_last_pair(
    client_as: Clients, practice: Any, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(1, 16):
        people(2, birth_date=f"1970-05-{day:02}", born_on=dt.date(1970, 5, day), birth_name=f"NOM{day:02}XYZW")
    search()
    assert PossibleDuplicate.objects.count() == 15
    desk = client_as(Role.OWNER)
    desk.get(reverse(LIST))
    for size in (2, 14):
        monkeypatch.setattr(selectors, "ON_PAGE", size)
        with django_assert_max_num_queries(14):
            desk.get(reverse(LIST))
    monkeypatch.setattr(selectors, "ON_PAGE", 4)
    seen: list[str] = []
    address = reverse(LIST)
    for _page in range(5):
        answer = desk.get(address)
        seen += [str(pair.stored.uuid) for pair in answer.context["pairs"]]
        if not answer.context["following"]:
            break
        address = f"{reverse(LIST)}?after={answer.context['following']}"
    assert len(seen) == len(set(seen)) == 15
    for wrong in ("x", "0195f0a0-c1d2-7cc3-8000-00000000dead", "%00", "9" * 500):
        assert desk.get(f"{reverse(LIST)}?after={wrong}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_who_say_it_at_once_and_two_searches_at_once(practice: Any, make_patient: Maker) -> None:
    one, other = make_patient(**LEA), make_patient(**LEA | {"birth_name": "MARTAIN"})
    done = at_once(lambda: duplicates.search(SYSTEM), lambda: duplicates.search(SYSTEM))
    assert done == [None, None]
    assert PossibleDuplicate.objects.count() == 1
    assert DuplicateSearch.objects.get().ended_at is not None
    said = at_once(
        lambda: duplicates.set_apart(SYSTEM, one, other),
        lambda: duplicates.set_apart(SYSTEM, other, one),
        lambda: duplicates.search(SYSTEM),
    )
    assert sorted(said[:2]) == [False, True]
    assert not PossibleDuplicate.objects.get().open
    results = at_once(lambda: duplicates.set_apart(SYSTEM, one, other), lambda: merge(one, other))
    assert {type(each).__name__ for each in results} <= {"bool", "Merge", "DomainError"}
    assert clock.now() >= Entry.objects.latest("pk").at
