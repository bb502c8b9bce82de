"""Two records of one person made one, and separated again."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from cuspide.accounts.selectors import actor_of
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import merging as registered
from cuspide.patients.models import AmoCoverage, ContactPoint, Merge, MergeStep, Patient, RelatedPerson
from cuspide.patients.rules.merging import proposed
from cuspide.patients.services import merging
from cuspide.patients.services.identity import update_identity
from tests.integration import sites
from tests.integration.patients.test_at_once import at_once
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
# What says that something was done, and what is made anew: neither is data of a record.
_BESIDE = {"patients.merge", "patients.mergestep", "patients.posting", "patients.tokendeletion", "patients.tokenending"}


def merge(kept: Patient, lost: Patient, actor: Actor = SYSTEM, **changed: Any) -> Merge:
    kept.refresh_from_db()
    lost.refresh_from_db()
    said = {
        "choices": proposed(kept, lost),
        "reason": "Même personne, deux fiches",
        "sure": True,
        "versions": (kept.version, lost.version),
        **changed,
    }
    return merging.merge(actor, kept, lost, **said)


def whole_store() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the rooms, but for versions, traces and merges."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if not model.__module__.startswith("cuspide") or label in _BESIDE or label.startswith(("audit.", "core.")):
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name != "version"]
        found[label] = list(model._base_manager.order_by("pk").values_list(*names))
    return found


def index_of_all() -> set[tuple[int, str]]:
    return set(apps.get_model("patients", "Posting").objects.values_list("patient_id", "token"))


@pytest.fixture
def two(practice: Any, make_patient: Callable[..., Patient]) -> tuple[Patient, Patient]:
    """One person, entered twice, with something of every room on each side."""
    kind = AppointmentType.objects.create(key="control", label_fr="Contrôle", label_en="Check-up")
    pair = []
    for number, given in enumerate(("Lea", "Léa")):
        one = make_patient(
            birth_name="MARTIN", first_birth_given_name=given, birth_date="07/03/1984", sex="F", mobile="0612345678",
            email=f"lea{number}@exemple.fr", line1=f"{number + 1} rue des Tilleuls", city="Metz", postcode="57000",
        )  # fmt: skip
        AmoCoverage.objects.filter(patient=one).delete()
        AmoCoverage.objects.create(patient=one, regime="01", applies_from=dt.date(2026, 1, 1 + number), recorded_by="x")
        pair.append(one)
    kept, lost = pair
    start = clock.at(dt.date(2026, 3, 2), dt.time(9))
    for one in pair:
        Appointment.objects.create(
            patient=one, site=practice.site, chair=practice.chairs[0], practitioner=practice.dentists[0],
            type=kind, starts_at=start, ends_at=start + dt.timedelta(minutes=30),
        )  # fmt: skip
        start += dt.timedelta(hours=1)
    RelatedPerson.objects.create(patient=lost, kind="emergency", name="Paul", recorded_by="x")
    RelatedPerson.objects.create(patient=kept, person=lost, kind="trusted", name="Léa", recorded_by="x")
    return kept, lost


def test_everything_comes_to_the_record_that_is_kept(two: tuple[Patient, Patient]) -> None:
    kept, lost = two
    merge(kept, lost)
    lost.refresh_from_db()
    assert lost.merged_into == kept
    assert Appointment.objects.filter(patient=kept).count() == 2
    assert AmoCoverage.objects.filter(patient=kept, voided_at__isnull=True).count() == 1
    assert AmoCoverage.objects.filter(patient=kept).count() == 2
    standing = ContactPoint.objects.filter(patient=kept, ended_at__isnull=True)
    assert [one.shown for one in standing.filter(kind="phone")] == ["06\u00a012\u00a034\u00a056\u00a078"]
    assert {one.value for one in standing.filter(kind="email")} == {"lea0@exemple.fr", "lea1@exemple.fr"}
    assert RelatedPerson.objects.get(name="Paul").patient == kept
    assert RelatedPerson.objects.get(name="Léa").person == lost, "nobody stands around herself"
    assert not {owner for owner, _token in index_of_all()} & {lost.pk}
    assert list(Entry.objects.filter(action="patients.merge").values_list("patient_uuid", flat=True)) == [
        kept.uuid,
        lost.uuid,
    ]


def test_a_merge_undone_leaves_the_store_as_it_was(two: tuple[Patient, Patient]) -> None:
    kept, lost = two
    before, indexed = whole_store(), index_of_all()
    done = merge(kept, lost, choices=dict.fromkeys(proposed(kept, lost), "lost"))
    assert whole_store() != before
    assert Patient.objects.get(pk=kept.pk).first_birth_given_name == lost.first_birth_given_name
    assert merging.undo(SYSTEM, done).left == 0
    assert whole_store() == before
    assert index_of_all() == indexed
    assert Entry.objects.filter(action="patients.undo_merge").count() == 2
    with pytest.raises(DomainError):
        merging.undo(SYSTEM, done)


def test_what_was_added_since_stays_and_what_was_changed_since_is_said(two: tuple[Patient, Patient]) -> None:
    kept, lost = two
    done = merge(kept, lost)
    added = RelatedPerson.objects.create(patient=kept, kind="emergency", name="Anne", recorded_by="x")
    ended = ContactPoint.objects.get(patient=kept, value="lea1@exemple.fr")
    ContactPoint.objects.filter(pk=ended.pk).update(position=7)
    assert merging.undo(SYSTEM, done).left == 1
    added.refresh_from_db()
    assert added.patient == kept
    assert ContactPoint.objects.get(pk=ended.pk).patient == kept


def test_merges_that_follow_one_another_are_undone_in_turn(
    two: tuple[Patient, Patient], make_patient: Callable[..., Patient]
) -> None:
    kept, lost = two
    third = make_patient(birth_name="MARTIN", first_birth_given_name="Lea", birth_date="07/03/1984", sex="F")
    before = whole_store()
    first = merge(kept, lost)
    second = merge(third, kept)
    lost.refresh_from_db()
    assert lost.merged_into == third, "an old address leads to the record that stands"
    with pytest.raises(DomainError):
        merge(lost, third)
    with pytest.raises(DomainError):
        merging.undo(SYSTEM, first)
    merging.undo(SYSTEM, second)
    merging.undo(SYSTEM, first)
    assert whole_store() == before


def test_doubt_is_answered_and_a_reason_is_given(make_patient: Callable[..., Patient]) -> None:
    one = make_patient(birth_name="PETIT", first_birth_given_name="Anna", birth_date="01/02/2010", sex="F")
    twin = make_patient(birth_name="PETIT", first_birth_given_name="Lou", birth_date="01/02/2010", sex="M")
    with pytest.raises(FieldErrors) as refused:
        merge(one, twin, sure=False)
    assert set(refused.value.errors) == {"sure"}
    with pytest.raises(FieldErrors) as refused:
        merge(one, twin, reason="  ")
    assert set(refused.value.errors) == {"reason"}
    with pytest.raises(DomainError):
        merge(one, one)
    assert not Merge.objects.exists()


def test_a_record_changed_meanwhile_is_looked_at_again(two: tuple[Patient, Patient]) -> None:
    kept, lost = two
    with pytest.raises(DomainError):
        merge(kept, lost, versions=(kept.version, lost.version + 1))
    done = merge(kept, lost)
    with pytest.raises(EditConflict):
        update_identity(SYSTEM, kept, {**PLAIN, "note": "x"}, 1)
    merging.undo(SYSTEM, done)


def test_whoever_fails_in_the_middle_leaves_nothing(
    two: tuple[Patient, Patient], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, lost = two
    before = whole_store()

    def broken(*_args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(merging.index, "refresh", broken)
    with pytest.raises(RuntimeError):
        merge(kept, lost)
    assert whole_store() == before
    assert not MergeStep.objects.exists()


def constrained(column: Any) -> bool:
    """Whether a constraint may forbid that a row changes its patient."""
    if column.unique or any(column.name in fields for fields in column.model._meta.unique_together):
        return True
    for constraint in column.model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and column.name in constraint.fields:
            return True
        if isinstance(constraint, models.CheckConstraint) and column.name in _named(constraint.condition):
            return True
    return False


def _named(condition: Any) -> set[str]:
    names: set[str] = set()
    for child in getattr(condition, "children", []):
        if isinstance(child, tuple):
            names |= {child[0].partition("__")[0], getattr(child[1], "name", "")}
        else:
            names |= _named(child)
    return names


def test_every_key_to_a_patient_is_moved_or_said_to_stay() -> None:
    """A new table is moved by default; one that a constraint may hold back needs a rule that somebody thought of."""
    thought_of = {
        # The same row on both sides: one is enough, the other goes back with its record.
        "patients.following.patient", "patients.patient.merged_into", "patients.relatedperson.person",
    }  # fmt: skip
    held = {registered.key_of(one) for one in registered.columns() if constrained(one)}
    unheard = {key for key in held if key not in registered.merge_rules} - thought_of
    assert not unheard, f"say in a MergeRule what becomes of {unheard}"
    known = {registered.key_of(one) for one in registered.columns()}
    assert not {rule.key for rule in registered.merge_rules} - known, "a rule of a key that is gone"
    assert {"agenda.appointment.patient", "billing.payment.payer", "patients.patient.guarantor"} <= known


def test_an_old_address_leads_on_and_an_old_form_is_not_obeyed(
    two: tuple[Patient, Patient], client_as: Callable[..., Any]
) -> None:
    kept, lost = two
    merge(kept, lost)
    desk = client_as(Role.SECRETARY)
    answer = desk.get(reverse("patients:coverage", args=[lost.uuid]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("patients:coverage", args=[kept.uuid]))
    form = {**PLAIN, "version": "1", "note": "écrasé"}
    answer = desk.post(reverse("patients:edit_identity", args=[lost.uuid]), form, follow=True)
    assert "Rien n’a été enregistré" in answer.content.decode()
    assert not Patient.objects.filter(note="écrasé").exists()


def test_the_page_shows_both_merges_and_undoes(two: tuple[Patient, Patient], client_as: Callable[..., Any]) -> None:
    kept, lost = two
    desk = client_as(Role.SECRETARY)
    page = desk.get(reverse("patients:duplicates", args=[kept.uuid])).content.decode()
    address = reverse("patients:merge", args=[kept.uuid, lost.uuid])
    assert address in page
    page = desk.get(address).content.decode()
    assert "Rendez-vous" in page
    assert 'name="choose_identity"' in page
    answer = desk.post(address, {"kept_version": kept.version, "lost_version": lost.version, "reason": ""})
    assert answer.status_code == 422
    kept.refresh_from_db()
    sent = {
        "kept_version": kept.version, "lost_version": lost.version, "reason": "Deux fiches", "sure": "on",
        "choose_identity": "lost", "choose_note": "nonsense",
    }  # fmt: skip
    answer = desk.post(address, sent, follow=True)
    page = answer.content.decode()
    assert "Deux fiches" in page
    kept.refresh_from_db()
    assert kept.first_birth_given_name == lost.first_birth_given_name
    again = desk.post(address, sent, follow=True).content.decode()
    assert "Rien n’a été enregistré" in again, "sent twice, merged once"
    undo = reverse("patients:undo_merge", args=[kept.uuid])
    assert "déjà annulée" in desk.post(undo, {"merge": "nonsense"}, follow=True).content.decode()
    page = desk.post(undo, {"merge": str(Merge.objects.get().uuid)}, follow=True).content.decode()
    assert "de nouveau séparés" in page
    lost.refresh_from_db()
    assert lost.merged_into is None


def test_a_number_finds_the_other_record(two: tuple[Patient, Patient], client_as: Callable[..., Any]) -> None:
    kept, lost = two
    desk = client_as(Role.SECRETARY)
    page = reverse("patients:duplicates", args=[kept.uuid])
    answer = desk.post(page, {"number": lost.number})
    assert answer["Location"] == reverse("patients:merge", args=[kept.uuid, lost.uuid])
    for number in (kept.number, 999_999, "x", "9" * 40, ""):
        assert desk.post(page, {"number": number}).status_code == 422


def test_roles_without_the_right_are_refused(two: tuple[Patient, Patient], client_as: Callable[..., Any]) -> None:
    kept, lost = two
    for role in (Role.ASSISTANT, Role.BOOKKEEPER, Role.TECHNICIAN):
        assert client_as(role).get(reverse("patients:merge", args=[kept.uuid, lost.uuid])).status_code == 403
    with pytest.raises(Forbidden):
        merge(kept, lost, actor=Actor(user_id=None, label="x", roles=frozenset(), rights=frozenset()))
    assert not Merge.objects.exists()


def test_somebody_of_another_site_reaches_neither_both_nor_the_number(
    practice: Any, two: tuple[Patient, Patient], make_patient: Callable[..., Patient]
) -> None:
    kept, lost = two
    places = sites.second_site(practice.entity)
    # Both were made while the practice had one site: they are followed there.
    user = sites.person("secretary", places.there)
    theirs = make_patient(actor=actor_of(user), birth_name="MARTIN", birth_date="07/03/1984", sex="F")
    desk = sites.browser(user)
    page = desk.get(reverse("patients:duplicates", args=[theirs.uuid])).content.decode()
    assert str(kept.number) not in page
    assert str(kept.uuid) not in page
    asked = desk.post(reverse("patients:duplicates", args=[theirs.uuid]), {"number": kept.number})
    nobody = desk.post(reverse("patients:duplicates", args=[theirs.uuid]), {"number": 999_999})
    assert (asked.status_code, nobody.status_code) == (422, 422)
    assert desk.get(reverse("patients:merge", args=[theirs.uuid, kept.uuid])).status_code == 404
    with pytest.raises(Forbidden):
        merge(theirs, lost, actor=actor_of(user))
    merge(kept, lost)
    assert desk.get(reverse("patients:record", args=[lost.uuid])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_one_pair_at_once_one_does_it(two: tuple[Patient, Patient]) -> None:
    kept, lost = two
    done = at_once(lambda: merge(kept, lost), lambda: merge(Patient.objects.get(pk=lost.pk), kept))
    assert sorted(type(one).__name__ for one in done) == ["DomainError", "Merge"]
    assert Merge.objects.count() == 1
