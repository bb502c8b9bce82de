"""What Open Dental's dump holds of its patients comes with them: appointments, what was done, recalls that fall due."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from cuspide.agenda import services as agenda
from cuspide.agenda.models import Appointment, DueRecall, Origin
from cuspide.agenda.services.bringing import appointments_by_number
from cuspide.care.models import Act, EarlierAct
from cuspide.care.odontogram.state import Kind, Status
from cuspide.care.selectors import mouth_at
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.patients.models import Patient
from cuspide.portability import selectors
from cuspide.portability.models import Fate, Import, ImportRow
from cuspide.portability.services import filing, undoing, working
from tests.integration.portability.dental import APPOINTMENTS, dump
from tests.integration.portability.files import bring_in, take, undo

pytestmark = pytest.mark.django_db
SOURCE = "Open Dental"


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


@pytest.fixture
def chosen(practice: Any) -> Any:
    """The places of a dump: both its chairs and providers stand for some here."""
    from cuspide.agenda.models import AppointmentType

    types = AppointmentType.objects.order_by("order")
    return {
        "operatory": {"1": str(practice.chairs[0].uuid), "2": str(practice.chairs[1].uuid)},
        "provider": {"1": str(practice.dentists[0].uuid), "2": str(practice.dentists[1].uuid)},
        "type": {"0": str(types[0].uuid)},
    }


def placed(owner: Actor, chosen: Any, text: str) -> Import:
    """The file with its places said."""
    of = take(owner, text.encode(), SOURCE)
    return filing.set_mapping(owner, of, of.mapping, given_places=chosen)


def imported(owner: Actor, chosen: Any, text: str = "") -> Import:
    return working.work(working.run(owner, placed(owner, chosen, text or dump())).pk)


def allison() -> Patient:
    return Patient.objects.get(first_birth_given_name="Allison")


def by_table(of: Import) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for table, outcome in ImportRow.objects.filter(of=of).values_list("table", "outcome"):
        found.setdefault(table, Counter())[outcome] += 1
    return {table: dict(counts) for table, counts in found.items()}


def why(of: Import, table: str, line: int) -> set[str]:
    return {code for code, _params in ImportRow.objects.get(of=of, table=table, line=line).reasons}


def test_a_rehearsal_says_of_each_line_what_becomes_of_it_and_writes_nothing(owner: Actor, chosen: Any) -> None:
    of = placed(owner, chosen, dump())
    done = working.work(working.rehearse(owner, of).pk)
    assert not Patient.objects.exists()
    assert not Appointment.objects.exists()
    assert not EarlierAct.objects.exists()
    assert not DueRecall.objects.exists()
    assert by_table(done) == {
        "": {"created": 2, "refused": 2},
        "appointment": {"created": 3, "refused": 2},
        "procedurelog": {"created": 6, "refused": 3},
        "recall": {"created": 1, "refused": 2},
    }
    assert why(done, "appointment", 4) == {"dental.unscheduled"}
    assert why(done, "appointment", 5) == {"no_patient"}, "its patient was deleted there"
    assert why(done, "procedurelog", 6) == {"dental.deleted"}
    assert why(done, "procedurelog", 9) == {"dental.code"}
    assert ImportRow.objects.get(of=done, table="procedurelog", line=6).shown.endswith("n°\u00a026")
    assert why(done, "recall", 2) == {"dental.not_due"}
    assert why(done, "recall", 3) == {"dental.off"}
    shown = ImportRow.objects.get(of=done, table="appointment", line=1).shown
    assert "Smith" in shown
    assert "02/03/2026 09:00" in shown
    told = selectors.report(done)
    assert told["reconciled"]
    assert told["rows"] == 4 + 5 + 9 + 3
    tables = {str(table.label): table.total for table in selectors.tables(done)}
    assert list(tables.values()) == [4, 5, 9, 3]
    real = working.work(working.run(owner, done).pk)
    assert by_table(real) == by_table(done), "the rehearsal said the same"


def test_appointments_stand_in_the_agenda_with_their_origin(owner: Actor, chosen: Any, practice: Any) -> None:
    imported(owner, chosen)
    by_number = appointments_by_number(SOURCE, ["11", "12", "13"])
    past = by_number["11"]
    assert past.starts_at == dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC), "nine o'clock on the wall of Paris"
    assert (past.minutes, past.state, past.chair, past.practitioner) == (
        30, "finished", practice.chairs[0], practice.dentists[0],
    )  # fmt: skip
    assert past.note == "Filling #3 · nervous"
    assert past.arrived_at == dt.datetime(2026, 3, 2, 7, 55, tzinfo=dt.UTC)
    assert past.finished_at == dt.datetime(2026, 3, 2, 8, 32, tzinfo=dt.UTC)
    assert (by_number["12"].state, by_number["12"].patient) == ("booked", allison())
    assert (by_number["13"].state, by_number["13"].chair) == ("missed", practice.chairs[1])
    origin = Origin.objects.get(number="11")
    assert (origin.program, origin.chair, origin.practitioner) == (SOURCE, "Front", "Albert Ng")


def test_what_was_done_there_shows_on_the_chart_and_is_never_billed(owner: Actor, chosen: Any, client_as: Any) -> None:
    imported(owner, chosen)
    patient = allison()
    acts = {act.number: act for act in EarlierAct.objects.filter(patient=patient)}
    filling = acts["21"]
    assert (filling.code, filling.label, filling.place, filling.done_by) == (
        "D2392", "two-surface filling", "16\u00a0MO", "Albert Ng",
    )  # fmt: skip
    assert (acts["22"].place, acts["24"].place, acts["25"].stage) == ("28", "10", "planned")
    mouth = mouth_at(patient, clock.today())
    [mark] = mouth.states["16"].marks
    assert (mark.kind, mark.status, mark.surfaces) == (Kind.FILLING, Status.EXISTING, "MO")
    assert mouth.states["28"].is_absent
    assert "26" not in mouth.states, "what was only planned there is not drawn"
    assert "28" not in mouth_at(patient, dt.date(2018, 1, 1)).states
    assert not Act.objects.exists()
    child = EarlierAct.objects.get(number="27")
    assert (child.teeth, child.surfaces) == ("55", "V")
    client = client_as("dentist")
    history = client.get(reverse("care:chart", args=[patient.uuid]) + "?at=16").content.decode()
    assert "two-surface filling · Open Dental · Albert Ng" in history
    page = client.get(reverse("care:acts", args=[patient.uuid]) + "?state=earlier").content.decode()
    assert "scaling of a quadrant" in page
    assert "D4341" in page
    assert client_as("bookkeeper").get(reverse("care:acts", args=[patient.uuid]) + "?state=earlier").status_code == 403


def test_a_recall_is_shown_as_due_until_somebody_settles_it(
    owner: Actor, chosen: Any, client_as: Any, actors: Any
) -> None:
    imported(owner, chosen)
    patient, client = allison(), client_as("secretary")
    recall = DueRecall.objects.get()
    assert (recall.due_on, recall.months, recall.days, recall.label) == (dt.date(2026, 9, 3), 6, 1, "Prophy")
    place = reverse("agenda:patient", args=[patient.uuid])
    assert "Prophy" in client.get(place).content.decode()
    assert "Prophy" in client.get(reverse("patients:record", args=[patient.uuid])).content.decode()
    settle = reverse("agenda:settle_recall", args=[patient.uuid, recall.uuid])
    assert client_as("bookkeeper").post(settle).status_code == 403
    other = Patient.objects.exclude(pk=patient.pk).get()
    assert client.post(reverse("agenda:settle_recall", args=[other.uuid, recall.uuid])).status_code == 404
    assert client.post(settle).status_code == 302
    assert "Prophy" not in client.get(place).content.decode()
    recall.refresh_from_db()
    assert recall.settled_by


def test_the_same_dump_again_changes_nothing(owner: Actor, chosen: Any) -> None:
    imported(owner, chosen)
    before = [list(model.objects.order_by("pk").values()) for model in (Appointment, EarlierAct, DueRecall, Origin)]
    again = bring_in(owner, dump().encode(), SOURCE)
    assert by_table(again) == {
        "": {"same": 2, "refused": 2},
        "appointment": {"same": 3, "refused": 2},
        "procedurelog": {"same": 6, "refused": 3},
        "recall": {"same": 1, "refused": 2},
    }
    assert again.places == chosen, "what was chosen was remembered"
    after = [list(model.objects.order_by("pk").values()) for model in (Appointment, EarlierAct, DueRecall, Origin)]
    assert after == before
    later = bring_in(owner, dump(APPOINTMENTS.replace("2099-06-15 14:00", "2099-06-16 15:00")).encode(), SOURCE)
    assert why(later, "appointment", 2) == {"record_differs"}
    assert Appointment.objects.get(origin__number="12").starts_at.day == 15, "what the practice has is not overwritten"


def test_an_import_is_undone_as_a_whole(owner: Actor, chosen: Any) -> None:
    gone = undo(owner, imported(owner, chosen))
    for model in (Patient, Appointment, Origin, EarlierAct, DueRecall):
        assert not model.objects.exists(), model
    assert set(ImportRow.objects.filter(of=gone, outcome="created").values_list("fate", flat=True)) == {Fate.UNDONE}
    again = imported(owner, chosen)
    assert by_table(again)["appointment"] == {"created": 3, "refused": 2}


def test_whoever_was_worked_on_since_stays_and_the_report_says_which_line(
    owner: Actor, chosen: Any, practice: Any, client_as: Any
) -> None:
    of = imported(owner, chosen)
    held = Appointment.objects.get(origin__number="12")
    agenda.move(owner, held, expected_version=1, starts_at=held.starts_at + dt.timedelta(hours=1))
    gone = undo(owner, of)
    assert list(Patient.objects.values_list("first_birth_given_name", flat=True)) == ["Allison"]
    assert Appointment.objects.get() == held
    assert not EarlierAct.objects.exists()
    kept = ImportRow.objects.filter(of=gone, fate=Fate.KEPT)
    assert sorted(kept.values_list("table", "line")) == [("", 1), ("appointment", 2)]
    page = client_as("owner").get(reverse("portability:import", args=[gone.uuid]) + "?which=kept").content.decode()
    assert "15/06/2099 14:00" in page


def test_what_a_later_dump_has_met_stays_when_the_first_is_undone(owner: Actor, chosen: Any) -> None:
    first = imported(owner, chosen)
    bring_in(owner, (dump() + "-- a day later\n").encode(), SOURCE)
    gone = undo(owner, first)
    assert set(ImportRow.objects.filter(of=gone, outcome="created").values_list("fate", flat=True)) == {Fate.KEPT}
    assert Patient.objects.count() == 2
    assert (Appointment.objects.count(), EarlierAct.objects.count(), DueRecall.objects.count()) == (3, 6, 1)


def test_a_chair_that_was_not_chosen_refuses_its_appointments_by_name(owner: Actor, chosen: Any) -> None:
    chosen["operatory"].pop("2")
    done = imported(owner, chosen)
    assert why(done, "appointment", 3) == {"no_operatory"}
    [said] = selectors.said(ImportRow.objects.get(of=done, table="appointment", line=3))
    assert "Back" in str(said)


def test_a_time_that_is_taken_is_booked_beside_and_said(owner: Actor, chosen: Any, practice: Any) -> None:
    from cuspide.agenda.models import AppointmentType

    patient = Patient.objects.create(
        number=999, birth_name="AUTRE", first_birth_given_name="X", birth_date="1980-01-01", sex="F",
        born_on=dt.date(1980, 1, 1), created_at=clock.now(),
    )  # fmt: skip
    Appointment.objects.create(
        site=practice.site, chair=practice.chairs[0], practitioner=practice.dentists[1], patient=patient,
        type=AppointmentType.objects.first(), starts_at=dt.datetime(2099, 6, 15, 12, 0, tzinfo=dt.UTC),
        ends_at=dt.datetime(2099, 6, 15, 12, 30, tzinfo=dt.UTC),
    )  # fmt: skip
    done = imported(owner, chosen)
    assert why(done, "appointment", 2) == {"in_the_way"}
    assert ImportRow.objects.get(of=done, table="appointment", line=2).noted
    assert Appointment.objects.get(origin__number="12").is_double
    assert not Appointment.objects.get(origin__number="11").is_double


def test_a_dump_that_is_hostile_costs_its_own_lines_only(owner: Actor, chosen: Any) -> None:
    zero = "'0001-01-01 00:00:00'"
    rows = [
        f"(41,1,1,'X',1,'',1,0,'2026-03-29 02:30:00','',0,{zero},{zero},{zero},0)",  # an hour that is not
        f"(42,1,1,'{'X' * 255}',1,'',1,0,'2026-03-02 09:00:00','',0,{zero},{zero},{zero},0)",
        f"(43,1,1,'XX',1,'{'n' * 5000}\\0<script>',1,0,'2026-03-02 23:57:00','',0,{zero},{zero},{zero},0)",
        f"(44,1,1,'XX',1,'',1,0,'9999-12-31 23:00:00','',0,{zero},{zero},{zero},0)",
        f"(45,1,99,'XX',1,'',1,0,'2026-03-02 09:00:00','',0,{zero},{zero},{zero},0)",
        f"(46,1,1,'XX',1,'',1,0,'hier','',0,{zero},{zero},{zero},0)",
        f"(47,1,1,'XX',1,'a\\0b\\nc',1,0,'2026-03-02 12:03:00','',0,{zero},{zero},{zero},0)",
        f"(47,1,1,'XX',1,'',1,0,'2026-03-02 12:03:00','',0,{zero},{zero},{zero},0)",
        "(NULL,NULL,NULL)",
    ]
    done = imported(owner, chosen, dump(f"INSERT INTO `appointment` VALUES {','.join(rows)};\n"))
    outcomes = dict(ImportRow.objects.filter(of=done, table="appointment").values_list("line", "outcome"))
    assert outcomes == {
        1: "created", 2: "refused", 3: "refused", 4: "refused", 5: "refused", 6: "refused", 7: "created", 8: "refused",
        9: "refused",
    }  # fmt: skip
    assert Appointment.objects.get(origin__number="41").starts_at == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)
    odd = Appointment.objects.get(origin__number="47")
    assert (odd.note, odd.starts_at.minute) == ("a b c", 0)
    assert why(done, "appointment", 8) == {"record_twice"}


def test_it_goes_on_where_it_was_stopped(owner: Actor, chosen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 3)
    of = working.run(owner, placed(owner, chosen, dump()))
    seen: list[int] = []

    def stop(now: Import) -> None:
        seen.append(now.reached)
        if len(seen) == 3:
            working.stop(owner, now)

    with pytest.raises(working.StopAsked):
        working.work(of.pk, stop)
    assert Import.objects.get().reached == 9
    working.go_on(owner, of)
    done = working.work(of.pk)
    assert by_table(done)["procedurelog"] == {"created": 6, "refused": 3}
    assert Appointment.objects.count() == 3
    monkeypatch.setattr(undoing, "BATCH", 2)
    undo(owner, done)
    assert not Patient.objects.exists()


def test_the_owner_corrects_what_the_chairs_are(owner: Actor, practice: Any, client_as: Any) -> None:
    of, client = take(owner, dump().encode(), SOURCE), client_as("owner")
    place = reverse("portability:import", args=[of.uuid])
    page = client.get(place).content.decode()
    assert "Front" in page
    assert "Never used" not in page, "only what appointments name is asked"
    sent = {f"column_{at}": of.mapping.get(name, "") for at, name in enumerate(of.header)} | {"source": SOURCE}
    sent |= {"place_operatory_0": str(practice.chairs[2].uuid), "place_provider_0": str(practice.dentists[1].uuid)}
    wrong = client.post(reverse("portability:columns", args=[of.uuid]), sent | {"place_operatory_0": "x"})
    assert wrong.status_code == 422
    assert client.post(reverse("portability:columns", args=[of.uuid]), sent).status_code == 302
    of.refresh_from_db()
    assert of.places["operatory"] == {"1": str(practice.chairs[2].uuid)}
    assert of.places["type"] == {}
