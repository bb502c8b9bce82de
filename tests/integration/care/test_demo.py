"""The demo practice's care follows from the appointments that were kept."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from cuspide.care.demo import build
from cuspide.care.models import Act, Finding
from cuspide.core import clock
from cuspide.core.demo import DemoContext

pytestmark = pytest.mark.django_db

VISITS = ["checkup", "filling", "endodontics", "prosthesis", "fitting", "extraction", "scaling", "child", "emergency"]


def _appointments(practice: Any, patient: Any, now: dt.datetime) -> list[Any]:
    made = []
    for number, key in enumerate(VISITS * 6):
        starts = now - dt.timedelta(days=30 * (len(VISITS) * 6 - number))
        made.append(
            SimpleNamespace(
                patient=patient,
                practitioner=practice.dentists[0],
                site=practice.site,
                chair=practice.chairs[0],
                type=SimpleNamespace(key=key),
                starts_at=starts,
                ends_at=starts + dt.timedelta(minutes=30),
                finished_at=starts + dt.timedelta(minutes=28),
                state="missed" if number % 7 == 6 else "finished",
            )
        )
    return made


def _built(practice: Any, patient: Any, now: dt.datetime) -> DemoContext:
    context = DemoContext(now=now)
    context.shared |= {"entity": practice.entity, "appointments": _appointments(practice, patient, now)}
    build(context)
    return context


def test_acts_are_those_of_the_visits_that_were_kept(practice: Any, patient: Any) -> None:
    now = clock.now()
    context = _built(practice, patient, now)
    acts = list(Act.objects.filter(state="done"))
    assert len(acts) > 30
    kept = {clock.local(each.starts_at).date() for each in context.shared["appointments"] if each.state == "finished"}
    assert {act.done_on for act in acts} <= kept
    assert all(act.amo_share + act.amc_share + act.patient_share == act.fee for act in acts)
    assert [act.pk for act in context.shared["acts"]] == sorted(act.pk for act in acts)
    assert Finding.objects.exists()


def test_the_same_seed_gives_the_same_mouths(practice: Any, patient: Any) -> None:
    now = clock.now()
    told = []
    for _time in range(2):
        with transaction.atomic():
            _built(practice, patient, now)
            told.append(list(Act.objects.order_by("pk").values_list("uuid", "code", "teeth", "surfaces", "fee")))
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert told[0]
