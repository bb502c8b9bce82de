"""The owner reads the trace: by day, person, patient; names only as far as her own rights reach."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cuspide.audit import naming, sealer, trail
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client_as: Callable[..., Any]) -> Any:
    return client_as(Role.OWNER)


def test_the_owner_sees_what_was_done_today(owner: Any, actors: Any) -> None:
    trail.record(actors.secretary, "accounts.invite", detail={"role": "assistant"})
    page = owner.get("/audit/").content.decode()
    assert "A ajouté une personne à l’équipe" in page
    assert actors.secretary.label in page


def test_to_read_the_trace_is_traced(owner: Any, users: Any) -> None:
    owner.get("/audit/")
    entry = Entry.objects.order_by("-pk")[0]
    assert (entry.action, entry.actor_user_id) == ("audit.trace", users.owner.pk)


def test_yesterday_is_another_page(owner: Any, actors: Any) -> None:
    with clock.freeze(clock.now() - dt.timedelta(days=1)):
        trail.record(actors.secretary, "accounts.revoke")
        yesterday = clock.today()
    assert "A retiré un rôle</a>" not in owner.get("/audit/").content.decode()
    assert "A retiré un rôle</a>" in owner.get(f"/audit/?day={yesterday}").content.decode()


def test_a_person_and_an_action_narrow_the_list(owner: Any, actors: Any, users: Any) -> None:
    trail.record(actors.secretary, "accounts.grant")
    trail.record(actors.dentist, "accounts.grant")
    trail.record(actors.dentist, "accounts.revoke")
    page = owner.get(f"/audit/?person={users.dentist.uuid}&action=accounts.grant")
    assert [(line.person, str(line.action)) for line in page.context["page"].lines] == [
        (actors.dentist.label, "A donné un rôle")
    ]
    assert not owner.get(f"/audit/?person={uuid.uuid4()}").context["page"].lines


@pytest.fixture
def a_namer_of_patients(monkeypatch: pytest.MonkeyPatch) -> uuid.UUID:
    """A room above that names its patients, to those who may see them."""
    from cuspide.core.rights import Right

    who = uuid.uuid4()
    right = Right("test.patients", "Patients", frozenset({Role.DENTIST}))
    namer = naming.Namer(
        "test.patient",
        "Patient",
        right,
        lambda uuids: {one: "MARTIN Léa" for one in uuids if one == who},
        of_patients=True,
    )
    monkeypatch.setattr(naming.namers, "_items", {"test.patient": namer})
    return who


def test_a_patient_is_named_only_to_those_who_may_know(actors: Any, a_namer_of_patients: uuid.UUID) -> None:
    from cuspide.audit.selectors import Filters, entries

    trail.record(actors.secretary, "patients.change", patient_uuid=a_namer_of_patients)
    trail.record(actors.secretary, "patients.change", patient_uuid=uuid.uuid4())
    asked = Filters(patient=a_namer_of_patients)
    knows = Actor(user_id=1, label="x", rights=frozenset({"audit.view", "test.patients"}))
    knows_not = Actor(user_id=1, label="x", rights=frozenset({"audit.view"}))
    assert [line.patient_name for line in entries(knows, asked).lines] == ["MARTIN Léa"]
    assert [line.patient_name for line in entries(knows_not, asked).lines] == [""]


def test_the_trace_of_one_patient_goes_over_all_days(owner: Any, actors: Any) -> None:
    who = uuid.uuid4()
    for days in (400, 40, 0):
        with clock.freeze(clock.now() - dt.timedelta(days=days)):
            trail.reading(actors.dentist, "patients.record", patient_uuid=who)
    trail.reading(actors.dentist, "patients.record", patient_uuid=uuid.uuid4())
    lines = owner.get(f"/audit/?patient={who}").context["page"].lines
    assert len(lines) == 3
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def test_a_long_day_comes_in_pages_without_a_gap(owner: Any, actors: Any, users: Any) -> None:
    for _number in range(230):
        trail.record(actors.dentist, "accounts.grant")
    seen: list[uuid.UUID] = []
    address = f"/audit/?person={users.dentist.uuid}"
    while address:
        answer = owner.get(address)
        seen += [line.uuid for line in answer.context["page"].lines]
        address = f"/audit/?{answer.context['older']}" if answer.context["older"] else ""
    assert len(seen) == len(set(seen)) == 230


def test_a_page_costs_the_same_with_many_rows(
    owner: Any, actors: Any, users: Any, django_assert_max_num_queries: Any
) -> None:
    for user in (users.secretary, users.dentist):
        for _number in range(60):
            trail.record(actors.owner, "accounts.grant", subject=user)
    owner.get("/audit/")
    with django_assert_max_num_queries(10):
        owner.get("/audit/")


def test_an_entry_shows_its_detail_and_seal(owner: Any, actors: Any) -> None:
    entry = trail.record(actors.owner, "accounts.grant", detail={"role": "dentist", "text": "<b>bold</b>"})
    page = owner.get(f"/audit/{entry.uuid}/").content.decode()
    assert "dentist" in page
    assert "&lt;b&gt;bold" in page
    assert "En attente de son sceau" in page
    sealer.seal_pending()
    assert "Scellée sous le numéro" in owner.get(f"/audit/{entry.uuid}/").content.decode()
    assert owner.get(f"/audit/{uuid.uuid4()}/").status_code == 404


def test_an_entry_says_days_actions_and_patients_in_words(owner: Any, actors: Any, make_patient: Any) -> None:
    patient = make_patient()
    stranger = str(uuid.uuid4())
    detail = {
        "day": "2026-03-07",
        "action": "accounts.grant",
        "patients": [str(patient.uuid), stranger],
        "odd": {"a": 1},
    }
    entry = trail.record(actors.owner, "audit.trace", detail=detail)
    page = owner.get(f"/audit/{entry.uuid}/").content.decode()
    for said in ("Jour", "07/03/2026", str(naming.said("accounts.grant")), patient.display_name, stranger, "odd"):
        assert said in page, said
    assert "2026-03-07" not in page
    assert "<dd>accounts.grant" not in page


@pytest.mark.parametrize(
    "query",
    [
        "day=x",
        "day=9999-12-31",
        "day=0001-01-01",
        "person=x",
        "patient=%00",
        "before=x",
        "action=x",
        "page=-1",
        "day=2026-02-30",
        "person=" + "a" * 5000,
        "before=0195f0a0-c1d2-7cc3-8000-00000000dead",
    ],
)
def test_a_malformed_address_shows_a_page(owner: Any, query: str) -> None:
    assert owner.get(f"/audit/?{query}").status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_else_reads_the_trace(client_as: Callable[..., Any], role: Role) -> None:
    assert client_as(role).get("/audit/").status_code == 403
