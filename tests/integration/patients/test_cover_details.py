"""Rights with their details, and what of the cover is to be read again today."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients import selectors
from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption
from cuspide.patients.services.coverage import add_exemption, recheck_cover

pytestmark = pytest.mark.django_db

Clients = Callable[[str], Client]
Maker = Callable[..., Any]


def right(kind: str = "ald", **typed: Any) -> dict[str, Any]:
    return {"kind": kind, "applies_from": clock.today() - dt.timedelta(days=30), "learnt_from": "card", **typed}


def due(patient: Any) -> list[str]:
    today = clock.today()
    rows = selectors.cover_to_check(selectors.coverage_now(patient), today)
    return [getattr(row, "kind", row._meta.model_name) for row in rows]


def test_a_right_is_shown_with_its_details_on_any_past_day(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient()
    desk = client_as(Role.SECRETARY)
    typed = {"kind": "ald", "applies_from": "2020-01-02", "applies_to": "2024-12-31", "ald_number": "8",
             "reference": "1234", "learnt_from": "paper", "submission": str(uuid.uuid4())}  # fmt: skip
    desk.post(reverse("patients:add_exemption", args=[patient.uuid]), typed)
    typed |= {"kind": "at_mp", "ald_number": "", "event_on": "2020-03-01", "submission": str(uuid.uuid4())}
    desk.post(reverse("patients:add_exemption", args=[patient.uuid]), typed)
    page = desk.get(reverse("patients:coverage", args=[patient.uuid]), {"on": "2022-05-01"}).content.decode()
    then = page[page.index("notice info") : page.index("</section>", page.index("notice info"))]
    assert "ALD 8 · n°\u00a01234" in then
    assert "accident du 01/03/2020" in then
    assert "Certificat" in then or "Attestation" in then, "where it was learnt"
    today = selectors.coverage_at(patient, clock.today())
    assert not today.has("ald")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (right("c2s", ald_number=8), "ald_number"),
        (right("ald", ald_number=0), "ald_number"),
        (right("ald", ald_number=33), "ald_number"),
        (right("ald", event_on=dt.date(2020, 1, 1)), "event_on"),
        (right("at_mp", event_on=dt.date(2999, 1, 1)), "event_on"),
        (right("ald", checked_at=dt.date(2999, 1, 1)), "checked_at"),
    ],
)
def test_details_that_cannot_be_are_refused(
    secretary: Actor, make_patient: Maker, typed: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldErrors) as refused:
        add_exemption(secretary, make_patient(), typed)
    assert list(refused.value.errors) == [field]
    assert not AmoExemption.objects.exists()


def test_the_table_itself_refuses_them(secretary: Actor, make_patient: Maker) -> None:
    made, _now = add_exemption(secretary, make_patient(), right("c2s"))
    for wrong in ({"ald_number": 8}, {"event_on": clock.today()}, {"kind": "ald", "ald_number": 33}):
        with pytest.raises(IntegrityError), transaction.atomic():
            AmoExemption.objects.filter(pk=made.pk).update(**wrong)


def test_what_was_only_said_is_to_be_read_today_and_what_was_read_in_a_year(
    secretary: Actor, make_patient: Maker
) -> None:
    patient = make_patient()
    add_exemption(secretary, patient, right("ald", learnt_from="said"))
    add_exemption(secretary, patient, right("c2s"))
    old = clock.today() - dt.timedelta(days=366)
    add_exemption(secretary, patient, right("alsace_moselle", checked_at=old))
    add_exemption(secretary, patient, right("full", learnt_from="file"))
    over = right("maternity", applies_to=clock.today() - dt.timedelta(days=1), learnt_from="said")
    add_exemption(secretary, patient, over)
    assert set(due(patient)) == {"ald", "alsace_moselle", "full"}, "what no longer applies is not read again"


def test_cover_is_read_again_in_one_gesture(client_as: Clients, make_patient: Maker) -> None:
    patient = make_patient(regime="01", caisse="261", organisation="MGEN", learnt_from="said", amc_learnt_from="said")
    desk = client_as(Role.SECRETARY)
    page = desk.get(reverse("patients:coverage", args=[patient.uuid])).content.decode()
    assert "Couverture à vérifier\u00a0: AMO, AMC" in page
    rows = [str(row.uuid) for model in (AmoCoverage, AmcCoverage) for row in model.objects.all()]
    address = reverse("patients:recheck_cover", args=[patient.uuid])
    page = desk.post(address, {"rows": rows, "learnt_from": "card"}, follow=True).content.decode()
    assert "Couverture à vérifier" not in page
    assert due(patient) == []
    assert {row.checked_at for row in AmoCoverage.objects.all()} == {clock.today()}
    desk.post(address, {"rows": rows, "learnt_from": "card"})
    assert Entry.objects.filter(action="patients.recheck_cover").count() == 1, "sent twice it is one reading"


def test_what_is_no_reading_is_refused(secretary: Actor, bookkeeper: Actor, make_patient: Maker) -> None:
    patient = make_patient(regime="01", caisse="261", learnt_from="said")
    amo = AmoCoverage.objects.get()
    for source in ("said", "", "x" * 1000):
        with pytest.raises(FieldErrors):
            recheck_cover(secretary, patient, [str(amo.uuid)], source)
    with pytest.raises(Forbidden):
        recheck_cover(bookkeeper, patient, [str(amo.uuid)], "card")
    AmoCoverage.objects.update(rights_to=clock.today() - dt.timedelta(days=1))
    with pytest.raises(DomainError):
        recheck_cover(secretary, patient, [str(amo.uuid)], "card")
    assert recheck_cover(secretary, patient, ["not a uuid", str(uuid.uuid4())], "card") == 0
    amo.refresh_from_db()
    assert (amo.checked_at, amo.learnt_from) == (None, "said")


def test_cover_of_another_patient_is_not_marked_as_read(secretary: Actor, make_patient: Maker) -> None:
    make_patient(regime="01", caisse="261", learnt_from="said")
    amo = AmoCoverage.objects.get()
    assert recheck_cover(secretary, make_patient(birth_name="AUTRE"), [str(amo.uuid)], "card") == 0
    amo.refresh_from_db()
    assert amo.checked_at is None
