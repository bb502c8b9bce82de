"""An alert stands, ends for a reason, and is never lost; "none known" is not "not asked"."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import Alert, AlertStatement
from cuspide.patients.services.alerts import add_alert, end_alert, state_none_known

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
    for actor in (secretary, bookkeeper):
        with pytest.raises(Forbidden):
            add_alert(actor, patient, PENICILLIN)
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
