"""A patient asks who saw her record: what the owner sees, and what she hands over."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.urls import reverse

from cuspide.audit import trail
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.core.rights import Role
from cuspide.patients.selectors.readers import readings
from cuspide.patients.services import readers

pytestmark = pytest.mark.django_db
STATED = {"recipient": "patient", "identity": "document"}


@pytest.fixture
def seen(actors: Any, make_patient: Any, practice: Any) -> Any:
    """A patient whose record a dentist opened twice and a secretary changed; another's stands beside it."""
    patient, other = make_patient(), make_patient(birth_name="Ornano", first_birth_given_name="Zoé")
    for _number in range(2):
        trail.reading(actors.dentist, "patients.record", subject=patient, patient_uuid=patient.uuid)
    trail.record(actors.secretary, "agenda.book", patient_uuid=patient.uuid, detail={"note": str(other.uuid)})
    trail.reading(actors.dentist, "patients.record", subject=other, patient_uuid=other.uuid)
    return patient


def stated(**more: Any) -> dict[str, Any]:
    today = clock.today()
    return {"first": f"{today - dt.timedelta(days=30):%d/%m/%Y}", "last": f"{today:%d/%m/%Y}", **STATED, **more}


def test_the_owner_sees_who_did_what_kind_of_thing_each_day(client_as: Any, seen: Any, actors: Any) -> None:
    page = client_as(Role.OWNER).get(reverse("patients:readers", args=[seen.uuid])).content.decode()
    assert actors.dentist.label in page
    assert "Identité, coordonnées, entourage, couverture et alertes" in page
    assert "Rendez-vous" in page
    assert "Zoé" not in page
    entry = Entry.objects.filter(patient_uuid=seen.uuid).latest("pk")
    assert entry.action == "patients.readers", "to look is itself a reading"


def test_days_functions_and_kinds_are_counted_apart(seen: Any, actors: Any) -> None:
    with clock.freeze(clock.now() - dt.timedelta(days=3)):
        trail.reading(actors.dentist, "care.chart", patient_uuid=seen.uuid)
    trail.record(Actor.system("reminder"), "agenda.confirm", patient_uuid=seen.uuid)
    today = clock.today()
    rows = readings(seen, today - dt.timedelta(days=10), today)
    assert rows[-1].day == today - dt.timedelta(days=3), "newest first"
    told = {(row.name, str(row.matter)): (row.seen, row.changed) for row in rows if row.day == today}
    assert told[(actors.dentist.label, "Identité, coordonnées, entourage, couverture et alertes")] == (2, 0)
    assert told[(actors.secretary.label, "Rendez-vous")] == (0, 1)
    assert told[("", "Rendez-vous")] == (0, 1), "the program is no person"
    assert len(readings(seen, today - dt.timedelta(days=2), today)) == len(rows) - 1


def test_the_document_is_handed_over_with_what_was_stated(client_as: Any, seen: Any) -> None:
    answer = client_as(Role.OWNER).post(reverse("patients:readers", args=[seen.uuid]), stated())
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="acces-dossier-{seen.number}.pdf"'
    entry = Entry.objects.get(action="patients.hand_readers")
    kept = json.loads(entry.payload.body)
    assert (entry.patient_uuid, kept["recipient"], kept["identity"], kept["names"]) == (
        seen.uuid,
        "patient",
        "document",
        False,
    )
    assert len(kept["sha256"]) == 64


@pytest.mark.parametrize("names", [False, True])
def test_people_are_named_only_where_the_practice_chose_it(seen: Any, actors: Any, names: bool) -> None:
    asked = readers.Asked(clock.today(), clock.today(), "patient", "document", names)
    said = readers._data(seen, asked, readings(seen, asked.first, asked.last))
    text = json.dumps(said, default=str, ensure_ascii=False)
    assert (actors.dentist.label in text) is names
    for technical in ("patients.record", "agenda.book", "system:", str(seen.uuid), "Zoé", "ORNANO"):
        assert technical not in text
    assert readers.deeds(2, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": ""},
        {"identity": ""},
        {"identity": "trust me"},
        {"first": "demain"},
        {"last": ""},
        {"first": "02/01/2026", "last": "01/01/2026"},
    ],
)
def test_without_a_checked_identity_nothing_is_handed_over(client_as: Any, seen: Any, wrong: dict[str, str]) -> None:
    answer = client_as(Role.OWNER).post(reverse("patients:readers", args=[seen.uuid]), stated(**wrong))
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert not Entry.objects.filter(action="patients.hand_readers").exists()


def test_nobody_but_the_owner_sees_or_hands_over(client_as: Any, seen: Any, actors: Any) -> None:
    for role in (Role.DENTIST, Role.SECRETARY, Role.TECHNICIAN):
        assert client_as(role).get(reverse("patients:readers", args=[seen.uuid])).status_code == 403
    with pytest.raises(Forbidden):
        readers.hand_over(actors.dentist, seen, readers.Asked(clock.today(), clock.today(), "patient", "known", True))
    assert client_as(Role.OWNER).get(reverse("patients:readers", args=[uuid.uuid4()])).status_code == 404


def test_a_long_history_costs_the_same_queries(
    client_as: Any, seen: Any, actors: Any, django_assert_max_num_queries: Any
) -> None:
    client, address = client_as(Role.OWNER), reverse("patients:readers", args=[seen.uuid])
    client.get(address)
    for days in range(300):
        with clock.freeze(clock.now() - dt.timedelta(days=days)):
            trail.reading(actors.dentist, "patients.record", patient_uuid=seen.uuid)
    with django_assert_max_num_queries(30):
        page = client.get(address).content.decode()
    assert "Il y en a d’autres" in page
