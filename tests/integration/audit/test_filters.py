"""The owner narrows the trace and takes it out: each filter has its index, no name stands in an address."""

import csv
import datetime as dt
import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from cuspide.audit import chain, export, naming, sealer, selectors, trail
from cuspide.audit.models import Entry, Payload
from cuspide.core import clock
from cuspide.core.actor import Actor

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)


@pytest.fixture
def owner(client_as: Callable[..., Any]) -> Any:
    return client_as("owner")


def somebody(number: int, place: str = "Accueil") -> Actor:
    return Actor(user_id=number, label=f"Person {number}", roles=frozenset({"secretary"}), workstation=place)


@pytest.fixture
def a_week(db: None) -> list[uuid.UUID]:
    """Seven days, two people, two workstations, two patients, three actions."""
    patients = [uuid.uuid4(), uuid.uuid4()]
    for back in range(7):
        with clock.freeze(clock.at(TODAY - dt.timedelta(days=back), dt.time(10))):
            for person, place in ((1, "Accueil"), (2, "Fauteuil 1")):
                trail.reading(somebody(person, place), "patients.record", patient_uuid=patients[person - 1])
                trail.record(somebody(person, place), "agenda.book", patient_uuid=patients[0], detail={"note": "x"})
                trail.record(somebody(person, place), "agenda.cancel")
    return patients


def seen(**asked: Any) -> list[selectors.Line]:
    return selectors.entries(Actor.system("x"), selectors.Filters(**asked)).lines


def test_each_filter_narrows_and_all_go_together(a_week: list[uuid.UUID]) -> None:
    assert len(seen()) == 42
    assert len(seen(patient=a_week[1])) == 7
    assert len(seen(place=selectors.places()[0])) == 21
    assert len(seen(room="agenda")) == 28
    assert len(seen(action="agenda.cancel")) == 14
    assert len(seen(first=TODAY - dt.timedelta(days=1))) == 12
    assert len(seen(last=TODAY - dt.timedelta(days=5))) == 12
    assert len(seen(first=TODAY, last=TODAY, room="agenda", patient=a_week[0], place=selectors.places()[1])) == 1
    assert not seen(place=selectors.Place("0" * 16, "\x01"))


def test_a_period_ends_with_its_last_day_on_the_wall() -> None:
    for hour in (dt.time(0, 0), dt.time(23, 59, 59)):
        with clock.freeze(clock.at(TODAY, hour)):
            trail.record(somebody(1), "agenda.book")
    with clock.freeze(clock.at(TODAY + dt.timedelta(days=1), dt.time.min)):
        trail.record(somebody(1), "agenda.book")
    assert len(seen(first=TODAY, last=TODAY)) == 2


def test_pages_of_a_filter_have_no_gap_though_many_rows_share_their_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE_SIZE", 7)
    with clock.freeze(clock.at(TODAY, dt.time(9))):
        for _number in range(20):
            trail.record(somebody(1), "agenda.book")
    with clock.freeze(clock.at(TODAY, dt.time(8))):
        for _number in range(10):
            trail.record(somebody(1), "agenda.book")
    found: list[uuid.UUID] = []
    before = None
    while True:
        page = selectors.entries(Actor.system("x"), selectors.Filters(action="agenda.book", before=before))
        found += [line.uuid for line in page.lines]
        before = page.next_before
        if before is None:
            break
    assert len(found) == len(set(found)) == 30


INDEXES = {
    "patient": ({"patient": uuid.UUID(int=5)}, "audit_entry_patient_at"),
    "person": ({"person": naming.Person(uuid.UUID(int=5), 5, "")}, "audit_entry_actor_at"),
    "place": ({"place": selectors.Place("0" * 16, "Accueil")}, "audit_entry_place_at"),
    "room": ({"room": "agenda"}, "audit_entry_room_at"),
    "action": ({"action": "agenda.book"}, "audit_entry_action_at"),
    "period": ({"first": TODAY, "last": TODAY}, "audit_entry_at"),
    "patient and period": ({"patient": uuid.UUID(int=5), "first": TODAY}, "audit_entry_patient_at"),
    "room and period": ({"room": "agenda", "last": TODAY}, "audit_entry_room_at"),
}


@pytest.mark.parametrize("case", INDEXES)
def test_every_filter_is_read_by_an_index_in_the_order_of_the_page(case: str) -> None:
    asked, index = INDEXES[case]
    rows = selectors.filtered(selectors.Filters(**asked)).order_by("-at", "-pk")[:101]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = rows.explain()
    assert index in plan, plan
    assert "TEMP B-TREE FOR ORDER BY" not in plan.replace("LAST TERM OF ORDER BY", ""), plan


def test_the_page_costs_the_same_queries_with_every_filter(
    owner: Any, a_week: list[uuid.UUID], users: Any, django_assert_max_num_queries: Any
) -> None:
    place = selectors.places()[0].mark
    address = (
        f"/audit/?from=2026-11-01&until=2026-11-30&person={users.owner.uuid}&place={place}"
        f"&action=agenda.&patient={a_week[0]}"
    )
    owner.get(address)
    with django_assert_max_num_queries(14):
        assert owner.get(address).status_code == 200


def test_workstations_are_offered_by_name_and_asked_by_a_mark(owner: Any, a_week: list[uuid.UUID]) -> None:
    page = owner.get("/audit/?from=2026-11-01").content.decode()
    assert "Fauteuil 1</option>" in page
    mark = next(one.mark for one in selectors.places() if one.name == "Fauteuil 1")
    answer = owner.get(f"/audit/?place={mark}")
    assert {line.workstation for line in answer.context["page"].lines} == {"Fauteuil 1"}
    kept = json.loads(Payload.objects.get(entry=Entry.objects.filter(action="audit.trace").latest("pk")).body)
    assert kept["place"] == "Fauteuil 1", "who reads the trace of the trace reads a name"


def test_a_workstation_without_a_name_is_told_in_its_readers_language(owner: Any, a_week: list[uuid.UUID]) -> None:
    owner.get("/audit/")
    assert Entry.objects.latest("pk").workstation == "127.0.0.1", "no word of any language is kept"
    assert "Poste sans nom · 127.0.0.1</option>" in owner.get("/audit/").content.decode()
    owner.post("/preferences", {"language": "en", "theme": "system", "density": "comfortable"})
    assert "Unnamed workstation · 127.0.0.1</option>" in owner.get("/audit/").content.decode()


def test_a_patient_is_chosen_by_what_is_typed_and_stays_out_of_every_address(owner: Any, make_patient: Any) -> None:
    patient = make_patient(birth_name="Ornano", first_birth_given_name="Zoé")
    make_patient(birth_name="Martin", first_birth_given_name="Léa")
    form = {"text": "ornano", "from": "2026-11-01", "action": "agenda."}
    for more in ({}, {"HTTP_HX_REQUEST": "true"}):
        page = owner.post("/audit/patients/", form, **more).content.decode()
        assert "ORNANO" in page.upper()
        assert "MARTIN" not in page.upper()
        assert f"patient={patient.uuid}" in page
        assert "from=2026-11-01" in page
        assert "ornano" not in "".join(part.split('"')[0] for part in page.lower().split('href="')[1:])
    owner.get("/audit/")
    shown = Entry.objects.filter(action="patients.search").latest("pk")
    assert str(patient.uuid) in shown.payload.body, "the list of names was shown, and is told"
    assert patient.display_name in owner.get(f"/audit/?patient={patient.uuid}").content.decode()
    assert owner.post("/audit/patients/", {"text": "\0" * 500}).status_code == 200


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_the_csv_is_in_words_and_reckons_nothing(owner: Any, make_patient: Any, actors: Any) -> None:
    patient = make_patient()
    for label in ("=1+1", "+33", "-2", "@SUM", "\t=1", "＝1"):
        who = Actor(user_id=9, label=label, roles=frozenset({"dentist"}), workstation="=cmd|' /C calc'!A0")
        trail.reading(who, "patients.record", subject=patient, patient_uuid=patient.uuid)
    answer = owner.get(f"/audit/journal.csv?patient={patient.uuid}")
    text = body(answer)
    assert answer["Content-Type"].startswith("text/csv")
    assert patient.birth_name not in answer["Content-Disposition"]
    assert text.startswith(export.BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(export.BOM)), delimiter=";"))
    opened = [row for row in rows if "A ouvert la fiche d’un patient" in row]
    assert len(opened) == 6
    assert opened[0][-1] == patient.display_name
    for row in rows:
        for one in row:
            assert not one.startswith(("=", "+", "-", "@", "\t", "\r", "＝")), one


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_traced_with_its_filter_before_it_leaves(owner: Any, a_week: list[uuid.UUID], form: str) -> None:
    owner.get(f"/audit/journal.{form}?from=2026-11-28&action=agenda.&patient={a_week[0]}")
    entry = Entry.objects.filter(action="audit.export").latest("pk")
    assert entry.patient_uuid == a_week[0]
    assert json.loads(entry.payload.body) == {"action": "agenda.", "format": form, "from": "2026-11-28"}


def test_json_lines_can_be_proved_again_with_the_key(owner: Any, a_week: list[uuid.UUID], monkeypatch: Any) -> None:
    monkeypatch.setattr(selectors, "EXPORT_CHUNK", 5)
    sealer.seal_all()
    last = Entry.objects.filter(sequence__isnull=False).count()
    rows = [json.loads(line) for line in body(owner.get("/audit/journal.jsonl?from=2026-11-01")).splitlines()]
    sealed = sorted((row for row in rows if row["sequence"]), key=lambda row: row["sequence"])
    assert [row["sequence"] for row in sealed][-1] >= last
    assert len({row["uuid"] for row in rows}) == len(rows)
    previous = None
    for row in sealed:
        columns = chain.Columns(*(row[name] for name in chain.Columns._fields))
        if previous is not None and previous["sequence"] == row["sequence"] - 1:
            link = chain.link(sealer.trace_key(), bytes.fromhex(previous["chain"]), row["sequence"], columns)
            assert link.hex() == row["chain"]
        if row.get("detail"):
            assert chain.digest(bytes.fromhex(row["salt"]), row["detail"]).hex() == row["digest"]
        previous = row


def test_an_export_is_drawn_while_it_leaves(
    a_week: list[uuid.UUID], monkeypatch: Any, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(selectors, "EXPORT_CHUNK", 10)
    lines = export.as_json_lines(selectors.Filters())
    with django_assert_num_queries(2):
        next(lines)
    trail.record(somebody(1), "agenda.book")
    rest = sum(part.count("\n") for part in lines)
    assert rest == 32, "what is written meanwhile is not in it"


def test_the_closing_of_the_day_is_one_page_with_the_head(owner: Any, a_week: list[uuid.UUID], practice: Any) -> None:
    answer = owner.get("/audit/closing/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") + answer.content.count(b"/Type/Page\n") <= 1
    assert Entry.objects.filter(action="audit.closing").count() == 1


def test_an_untrustworthy_end_is_not_printed(owner: Any, a_week: list[uuid.UUID]) -> None:
    from cuspide.audit.models import Head

    sealer.seal_pending()
    Head.objects.update(mac=b"0" * 32)
    answer = owner.get("/audit/closing/", follow=True)
    assert "n’est pas ancrée" in answer.content.decode()


def test_the_owner_sets_how_long_and_sees_how_far(owner: Any) -> None:
    assert "12" in owner.get("/audit/keeping/").content.decode()
    assert owner.post("/audit/keeping/", {"months": "6"}).status_code == 303
    for wrong in ("5", "37", "x", "", "1e9"):
        answer = owner.post("/audit/keeping/", {"months": wrong})
        assert answer.status_code == 422
        assert not wrong or f'value="{wrong}"' in answer.content.decode()
    with clock.freeze(clock.now() - dt.timedelta(days=300)):
        trail.record(somebody(1), "agenda.book", detail={"x": 1})
        sealer.seal_pending()
    assert "Vider maintenant" in owner.get("/audit/keeping/").content.decode()
    owner.post("/audit/keeping/start/")
    owner.post("/audit/keeping/start/")
    assert Entry.objects.filter(action="audit.start_emptying").count() == 1
    assert "Arrêter" in owner.get("/audit/keeping/").content.decode()
    owner.post("/audit/keeping/stop/")
    from cuspide.core.work import jobs

    while jobs.run_one():
        pass
    owner.post("/audit/keeping/start/")
    while jobs.run_one():
        pass
    assert "Rien à vider" in owner.get("/audit/keeping/").content.decode()
