"""The owner reads the trace: by day, person, patient; names only as far as her own rights reach."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cuspide.audit import naming, sealer, trail
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role
from tests.support.points import only

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
    assert "A retiré un rôle</a>" in owner.get(f"/audit/?from={yesterday}&until={yesterday}").content.decode()


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
def a_namer_of_patients() -> Iterator[uuid.UUID]:
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
    with only(naming.namers, namer):
        yield who


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
    with django_assert_max_num_queries(12):
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
    page, raw = owner.get(f"/audit/{entry.uuid}/").content.decode().split("trace-raw")
    for said in ("Jour", "07/03/2026", str(naming.said("accounts.grant")), patient.display_name, stranger, "odd"):
        assert said in page, said
    assert "2026-03-07" not in page
    assert "<dd>accounts.grant" not in page
    for kept in ("2026-03-07", "accounts.grant", str(patient.uuid)):
        assert kept in raw, "what is kept stays readable as it is"


def told_of(owner: Any, entry: Entry) -> dict[str, str]:
    """The lines of an entry's page, their label to their value."""
    return {str(one.label): one.value for one in owner.get(f"/audit/{entry.uuid}/").context["detail"]}


def test_a_moved_appointment_is_told_by_chair_and_person_from_and_to(owner: Any, actors: Any, practice: Any) -> None:
    first, second = practice.chairs[:2]
    dentist = practice.dentists[0]
    place = {"chair": str(first.uuid), "practitioner": str(dentist.uuid), "minutes": 30}
    now = place | {"chair": str(second.uuid)}
    entry = trail.record(
        actors.secretary, "agenda.move", detail={**now, "before": place, "after": now, "confirmed": ["past"]}
    )
    told = told_of(owner, entry)
    assert told["Fauteuil"] == f"{first.name} → {second.name}"
    assert told["Praticien"] == dentist.full_name
    assert told["Minutes"] == "30"
    retyped = {"before": {"type": "nothing"}, "after": {"type": "control"}}
    assert "nothing →" in told_of(owner, trail.record(actors.secretary, "agenda.amend", detail=retyped))["Type"]
    assert told["Confirmé malgré"] == "L’heure est passée"
    assert not [value for value in told.values() if str(first.uuid)[:8] in value]


def test_states_roles_and_rights_are_told_in_words(owner: Any, actors: Any) -> None:
    step = trail.record(actors.secretary, "agenda.arrive", detail={"before": "booked", "after": "arrived"})
    assert told_of(owner, step) == {"Avant": "Réservé", "Après": "Arrivé"}
    role = trail.record(actors.owner, "accounts.grant", detail={"role": "secretary", "starts_on": "2026-03-07"})
    assert told_of(owner, role)["Rôle"] == "Secrétaire médicale"
    page = owner.get(f"/audit/{step.uuid}/").content.decode().split("trace-raw")[0]
    assert "Secrétaire médicale" in page
    assert ">secretary<" not in page
    refused = trail.record(actors.secretary, "accounts.refused", detail={"right": "audit.view", "page": "audit:trace"})
    assert "journal" in told_of(owner, refused)["Droit"]


def test_a_changed_trait_is_told_by_the_name_of_its_field(owner: Any, actors: Any) -> None:
    changed = {"birth_name": ["MARTIN", "MARTEL"], "sex": ["F", "M"], "deceased_on": [None, "2026-03-07"]}
    told = told_of(owner, trail.record(actors.secretary, "patients.change", detail={"changed": changed}))
    assert told["Nom de naissance"] == "MARTIN → MARTEL"
    assert told["Date de décès"] == "— → 07/03/2026"
    assert "F" not in told["Sexe"].split()


def test_money_and_acts_of_an_invoice_are_told_as_one_reads_them(owner: Any, actors: Any) -> None:
    gone = str(uuid.uuid4())
    detail = {"number": "2026-0001", "total": "1234.50", "third_party": "", "acts": [gone]}
    told = told_of(owner, trail.record(actors.dentist, "billing.issue", detail=detail))
    assert told["Total"] == "1\u202f234,50\u00a0€"
    assert told["Actes"] == gone, "what is no longer there is told by its number"


@pytest.mark.parametrize(
    "value", [{"a": {"b": [1]}}, [[1], {"x": 2}], "2026-99-99", "x" * 5000, 1.5, [None, True], "…"]
)
def test_an_odd_detail_is_shown_all_the_same(owner: Any, actors: Any, value: Any) -> None:
    detail = {"total": value, "chair": value, "before": value, "after": value, "changed": value, "role": value}
    for action in ("billing.issue", "agenda.move", "patients.change", "accounts.grant"):
        assert owner.get(f"/audit/{trail.record(actors.owner, action, detail=detail).uuid}/").status_code == 200


def test_a_page_with_every_kind_asks_once_a_kind(
    owner: Any, actors: Any, practice: Any, make_patient: Any, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        patient = make_patient()
        for subject in (patient, practice.chairs[0], practice.dentists[0], practice.site):
            trail.record(actors.owner, "accounts.grant", subject=subject, patient_uuid=patient.uuid)
    owner.get("/audit/")
    with django_assert_max_num_queries(15):
        page = owner.get("/audit/").content.decode()
    assert practice.chairs[0].name in page
    assert practice.dentists[0].full_name in page


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=9999-12-31&until=9999-12-31",
        "until=0001-01-01",
        "from=2026-11-30&until=2026-11-01",
        "place=x",
        "place=%00",
        "action=.",
        "action=nowhere.",
        "person=x",
        "patient=%00",
        "before=x",
        "action=x",
        "page=-1",
        "until=2026-02-30",
        "person=" + "a" * 5000,
        "before=0195f0a0-c1d2-7cc3-8000-00000000dead",
    ],
)
def test_a_malformed_address_shows_a_page(owner: Any, query: str) -> None:
    assert owner.get(f"/audit/?{query}").status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_else_reads_the_trace(client_as: Callable[..., Any], role: Role) -> None:
    assert client_as(role).get("/audit/").status_code == 403
