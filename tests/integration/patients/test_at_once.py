"""Several people at one record at the same instant, on the store as it is in a practice."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict
from cuspide.patients.models import Alert, AmoExemption, Patient
from cuspide.patients.services.alerts import add_alert, state_none_known
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.coverage import add_exemption
from cuspide.patients.services.identity import create_patient, update_identity
from tests.integration.patients.typed import PLAIN

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("test")


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all together; their results, an exception standing for itself."""
    results: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_one_form_sent_eight_times_at_once_makes_one_patient() -> None:
    key = uuid.uuid4()
    results = at_once(*[lambda: create_patient(SYSTEM, PLAIN, key=key)] * 8)
    assert Patient.objects.count() == 1
    assert sum(saved.now for saved in results) == 1
    assert len({saved.patient.pk for saved in results}) == 1


def test_two_secretaries_create_one_person_at_once() -> None:
    results = at_once(*[lambda: create_patient(SYSTEM, PLAIN, key=uuid.uuid4())] * 4)
    assert Patient.objects.count() == 1
    assert sum(isinstance(result, NeedsConfirmation) for result in results) == 3


def test_record_numbers_are_given_once() -> None:
    works = [
        lambda day=day: create_patient(SYSTEM, PLAIN | {"birth_date": f"{day:02}/01/1980"}) for day in range(1, 17)
    ]
    results = at_once(*works)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert len({saved.patient.number for saved in results}) == 16


def test_of_two_editors_at_once_one_is_told() -> None:
    patient = create_patient(SYSTEM, PLAIN).patient
    results = at_once(
        *(
            lambda name=name: update_identity(SYSTEM, Patient.objects.get(), PLAIN | {"used_name": name}, 1)
            for name in ("Durand", "Marchand", "Leroy")
        )
    )
    assert sum(isinstance(result, EditConflict) for result in results) == 2
    (saved,) = [result for result in results if not isinstance(result, Exception)]
    patient.refresh_from_db()
    assert patient.version == 2
    assert patient.used_name == saved.patient.used_name


def test_an_alert_and_none_known_at_once_do_not_both_hold() -> None:
    patient = create_patient(SYSTEM, PLAIN).patient
    alert = {"kind": "allergy", "label": "Latex", "severity": "danger", "source": "patient"}
    for _time in range(5):
        Alert.objects.all().delete()
        at_once(
            lambda: add_alert(SYSTEM, patient, alert),
            lambda: add_alert(SYSTEM, patient, alert),
            lambda: state_none_known(SYSTEM, patient),
        )
        assert Alert.objects.filter(patient=patient, ended_at__isnull=True).count() == 1


def test_one_right_recorded_twice_at_once_is_one_right() -> None:
    import datetime as dt

    patient = create_patient(SYSTEM, PLAIN).patient
    results = at_once(
        *(
            lambda day=day: add_exemption(SYSTEM, patient, {"kind": "ald", "applies_from": dt.date(2026, 1, day)})
            for day in (1, 2, 3)
        )
    )
    assert AmoExemption.objects.count() == 1
    assert sum(isinstance(result, DomainError) for result in results) == 2
