"""An alert stands, ends for a reason, and is never lost; "none known" is not "not asked"."""

import datetime as dt
import uuid
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import Alert, AlertStatement
from cuspide.patients.services.alerts import add_alert, confirm_alert, end_alert, state_none_known

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]
PENICILLIN = {"kind": "allergy", "label": "Pénicilline", "severity": "danger", "source": "patient"}


def banner(client: Client, patient: Any) -> str:
    page = client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    return page[page.index('class="banner-alerts"') : page.index("banner-actions")]


def test_not_asked_then_none_known_then_an_alert_then_ended(
    client_as: Clients, dentist: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    client = client_as(Role.DENTIST)
    state = selectors.alert_state(patient)
    assert not state.asked
    assert "chip watch" in banner(client, patient)

    client.post(reverse("patients:none_known", args=[patient.uuid]), {"submission": str(uuid.uuid4())})
    assert selectors.alert_state(patient).none_known is not None
    assert "chip sound" in banner(client, patient)

    client.post(reverse("patients:add_alert", args=[patient.uuid]), PENICILLIN | {"submission": str(uuid.uuid4())})
    shown = banner(client, patient)
    assert "chip danger" in shown
    assert "Pénicilline" in shown

    alert = Alert.objects.get()
    client.post(reverse("patients:end_alert", args=[patient.uuid, alert.uuid]), {"reason": "Test négatif"})
    assert "Pénicilline" not in banner(client, patient)
    history = client.get(reverse("patients:alerts", args=[patient.uuid])).content.decode()
    assert "Pénicilline" in history
    assert "Test négatif" in history


def test_the_worst_stands_first(dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    add_alert(dentist, patient, PENICILLIN | {"label": "Asthme", "kind": "condition", "severity": "info"})
    add_alert(dentist, patient, PENICILLIN)
    assert [alert.label for alert in selectors.alert_state(patient).standing] == ["Pénicilline", "Asthme"]
    assert selectors.alert_states([patient.pk])[patient.pk].standing[0].label == "Pénicilline"


def test_the_same_alert_is_not_recorded_twice(dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    key = uuid.uuid4()
    first, made = add_alert(dentist, patient, PENICILLIN, key=key)
    again, made_again = add_alert(dentist, patient, PENICILLIN, key=key)
    assert (made, made_again, again) == (True, False, first)
    with pytest.raises(FieldErrors):
        add_alert(dentist, patient, PENICILLIN | {"label": "PENICILLINE"})


def test_none_known_cannot_be_said_over_an_alert(dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    add_alert(dentist, patient, PENICILLIN)
    with pytest.raises(DomainError):
        state_none_known(dentist, patient)
    assert not AlertStatement.objects.exists()


def test_an_alert_ends_once_and_with_a_reason(dentist: Actor, make_patient: Maker) -> None:
    alert, _made = add_alert(dentist, make_patient(), PENICILLIN)
    with pytest.raises(FieldErrors):
        end_alert(dentist, alert, "  ")
    end_alert(dentist, alert, "Test négatif")
    with pytest.raises(DomainError):
        end_alert(dentist, alert, "Encore")
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(ended_reason="")


def test_who_may_not_record_or_read_alerts(
    client_as: Clients, secretary: Actor, bookkeeper: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    with pytest.raises(Forbidden):
        add_alert(bookkeeper, patient, PENICILLIN)
    for actor in (secretary, bookkeeper):
        with pytest.raises(Forbidden):
            state_none_known(actor, patient)
    for role in (Role.SECRETARY, Role.BOOKKEEPER, Role.TECHNICIAN):
        assert client_as(role).get(reverse("patients:alerts", args=[patient.uuid])).status_code == 403
        answer = client_as(role).post(reverse("patients:none_known", args=[patient.uuid]))
        assert answer.status_code == 403
    assert not AlertStatement.objects.exists()


def test_an_alert_of_another_patient_is_not_reached(client_as: Clients, dentist: Actor, make_patient: Maker) -> None:
    alert, _made = add_alert(dentist, make_patient(), PENICILLIN)
    address = reverse("patients:end_alert", args=[make_patient().uuid, alert.uuid])
    assert client_as(Role.DENTIST).post(address, {"reason": "x"}).status_code == 404
    alert.refresh_from_db()
    assert alert.ended_at is None


def test_a_hostile_alert_is_only_text(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    client = client_as(Role.DENTIST)
    typed = PENICILLIN | {"label": "<img src=x onerror=alert(1)>", "remark": "{% load x %}{{ 7|add:7 }}"}
    client.post(reverse("patients:add_alert", args=[patient.uuid]), typed)
    page = client.get(reverse("patients:alerts", args=[patient.uuid])).content.decode()
    assert "<img" not in page
    assert "{{ 7|add:7 }}" in page
    too_long = client.post(reverse("patients:add_alert", args=[patient.uuid]), PENICILLIN | {"label": "x" * 5000})
    assert too_long.status_code == 422


def test_what_the_secretary_hears_stands_at_once_and_waits_for_the_dentist(
    client_as: Clients, make_patient: Maker
) -> None:
    patient = make_patient()
    desk, care = client_as(Role.SECRETARY), client_as(Role.DENTIST)
    page = desk.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    assert reverse("patients:add_alert", args=[patient.uuid]) in page
    told = {"kind": "allergy", "label": "pénicilline", "submission": str(uuid.uuid4())}
    answer = desk.post(reverse("patients:add_alert", args=[patient.uuid]), told, follow=True)
    assert answer.status_code == 200
    shown = banner(desk, patient)
    assert "chip danger" in shown
    assert "Allergie\u00a0: pénicilline (à confirmer)" in shown
    assert patient.display_name in care.get("/").content.decode(), "the dentist's first page asks for her word"
    alert = Alert.objects.get()
    assert "À confirmer" in care.get(reverse("patients:alerts", args=[patient.uuid])).content.decode()
    care.post(reverse("patients:confirm_alert", args=[patient.uuid, alert.uuid]))
    assert "pénicilline" in banner(desk, patient)
    assert "à confirmer" not in banner(desk, patient)
    alert.refresh_from_db()
    assert alert.recorded_by != alert.confirmed_by != ""
    assert "à confirmer" not in care.get("/").content.decode()


def test_the_secretary_judges_nothing(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    forged = PENICILLIN | {"severity": "info", "source": "doctor", "remark": "x", "since": "2020-01-01"}
    client_as(Role.SECRETARY).post(reverse("patients:add_alert", args=[patient.uuid]), forged)
    alert = Alert.objects.get()
    assert (alert.severity, alert.source, alert.remark, alert.since) == ("danger", "patient", "", None)
    assert alert.to_confirm
    assert not alert.confirmed_by


def test_the_secretary_neither_confirms_nor_ends(
    client_as: Clients, actors: Any, dentist: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    of_the_dentist, _made = add_alert(dentist, patient, PENICILLIN)
    told, _made = add_alert(actors.secretary, patient, PENICILLIN | {"label": "Latex"})
    desk = client_as(Role.SECRETARY)
    for alert in (of_the_dentist, told):
        for verb in ("confirm_alert", "end_alert"):
            address = reverse(f"patients:{verb}", args=[patient.uuid, alert.uuid])
            assert desk.post(address, {"reason": "no"}).status_code == 403
    with pytest.raises(Forbidden):
        end_alert(actors.secretary, told, "x")
    with pytest.raises(Forbidden):
        confirm_alert(actors.secretary, told)
    assert Alert.objects.filter(ended_at__isnull=True).count() == 2
    assert [alert.to_confirm for alert in Alert.objects.order_by("pk")] == [False, True]


def test_an_alert_is_confirmed_once_and_not_after_its_end(actors: Any, dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    told, _made = add_alert(actors.secretary, patient, PENICILLIN)
    other, _made = add_alert(actors.secretary, patient, PENICILLIN | {"label": "Latex"})
    confirm_alert(dentist, told)
    with pytest.raises(DomainError):
        confirm_alert(dentist, told)
    end_alert(dentist, other, "Le patient s’est trompé")
    with pytest.raises(DomainError):
        confirm_alert(dentist, other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=told.pk).update(confirmed_by="")


def test_a_brand_stands_in_the_banner_with_its_class_and_warns_of_all_of_it(
    client_as: Clients, make_patient: Maker
) -> None:
    patient = make_patient()
    client = client_as(Role.DENTIST)
    typed = PENICILLIN | {"label": "Clamoxyl", "said_by": "Sa mère", "submission": str(uuid.uuid4())}
    client.post(reverse("patients:add_alert", args=[patient.uuid]), typed)
    assert "Allergie\u00a0: Clamoxyl (pénicillines)" in banner(client, patient)
    address = reverse("patients:alerts", args=[patient.uuid])
    page = client.get(address).content.decode()
    assert "Phénoxyméthylpénicilline" in page, "each of the class is named"
    assert "Sa mère" in page
    asked = {name: client.post(address, {"given": name}).content.decode() for name in ("Oracilline", "Zinnat", "Advil")}
    assert "même classe" in asked["Oracilline"]
    assert "allergie croisée possible" in asked["Zinnat"]
    assert "le dossier met en garde" not in asked["Advil"]
    unknown = client.post(address, {"given": "<b>Trucmycine"}).content.decode()
    assert "absent de la liste" in unknown
    assert "<b>Trucmycine" not in unknown
    assert client.post(address, {"given": "x" * 5000}).status_code == 200


def test_silence_of_the_list_is_no_permission_while_nobody_asked(client_as: Clients, make_patient: Maker) -> None:
    address = reverse("patients:alerts", args=[make_patient().uuid])
    answer = client_as(Role.DENTIST).post(address, {"given": "Clamoxyl"}).content.decode()
    assert "ce n’est pas un feu vert" in answer


def test_a_class_may_be_chosen_for_what_the_list_does_not_know(dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    add_alert(dentist, patient, PENICILLIN | {"label": "Bristopen", "drug_class": "penicillins"})
    against = selectors.warnings_about(selectors.alert_state(patient), "Augmentin").against
    assert [(alert.label, why) for alert, why in against] == [("Bristopen", "class")]


def test_a_pregnancy_stands_after_its_term_and_is_to_be_checked(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    client = client_as(Role.DENTIST)
    term = clock.today() + dt.timedelta(days=30)
    typed = PENICILLIN | {"kind": "pregnancy", "label": "Grossesse", "severity": "watch", "until": term.isoformat()}
    client.post(reverse("patients:add_alert", args=[patient.uuid]), typed)
    assert f"Grossesse (jusqu’au {term:%d/%m/%Y})" in banner(client, patient)
    Alert.objects.update(until=clock.today() - dt.timedelta(days=1))
    assert "à vérifier" in banner(client, patient)
    backwards = typed | {"label": "Autre", "since": term.isoformat(), "until": clock.today().isoformat()}
    assert client.post(reverse("patients:add_alert", args=[patient.uuid]), backwards).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.update(since=term, until=clock.today())


def test_alerts_in_words_are_recognised_by_the_upgrade(dentist: Actor, make_patient: Maker) -> None:
    patient = make_patient()
    add_alert(dentist, patient, PENICILLIN)
    add_alert(dentist, patient, PENICILLIN | {"kind": "condition", "label": "Grossesse"})
    Alert.objects.update(substance="", drug_class="")
    import_module("cuspide.patients.migrations.0041_recognise_alerts").recognise_all(apps, None)
    kept = Alert.objects.order_by("pk").values_list("kind", "label", "substance", "drug_class")
    assert list(kept) == [("allergy", "Pénicilline", "", "penicillins"), ("pregnancy", "Grossesse", "", "")]


def test_an_end_is_told_once_with_its_reason(dentist: Actor, make_patient: Maker) -> None:
    alert, _made = add_alert(dentist, make_patient(), PENICILLIN)
    end_alert(dentist, alert, "  Test\u200b négatif " + "x" * 300)
    alert.refresh_from_db()
    assert alert.ended_reason.startswith("Test négatif")
    assert len(alert.ended_reason) == 200
    assert Entry.objects.filter(action="patients.end_alert").count() == 1
