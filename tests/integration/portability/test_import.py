"""A file of patients is rehearsed, brought in, brought in again, and undone as a whole."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from cuspide.audit.models import Entry, Payload
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, Forbidden
from cuspide.patients import selectors as patients
from cuspide.patients.merging import columns
from cuspide.patients.models import Address, ContactPoint, Following, Patient, Posting
from cuspide.patients.services.contacts import update_contacts
from cuspide.patients.services.identity import create_patient
from cuspide.portability import selectors
from cuspide.portability.models import Fate, Import, ImportPart, ImportRow, KnownAs, State
from cuspide.portability.services import filing, working
from tests.integration.patients.typed import PLAIN
from tests.integration.portability.files import (
    BAD,
    HEADER,
    LEA,
    PAUL,
    bring_in,
    codes,
    csv,
    outcomes,
    rehearse,
    take,
    undo,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(practice: object, actors: dict[object, Actor]) -> Actor:
    return actors["owner"]


def test_a_file_becomes_patients_who_are_found(owner: Actor) -> None:
    done = bring_in(owner, csv(LEA, PAUL, BAD))
    assert done.state == State.DONE
    assert outcomes(done) == [(2, "created"), (3, "created"), (4, "refused")]
    lea = Patient.objects.get(first_birth_given_name="Léa")
    assert (lea.birth_name, lea.used_name, lea.sex, lea.birth_date) == ("DUBOIS", "MARTIN", "F", "1984-03-07")
    assert lea.nir == "284032636212355"
    assert {(point.use, point.normalised) for point in ContactPoint.objects.filter(patient=lea)} == {
        ("mobile", "+33639981234"),
        ("home", "lea@example.org"),
    }
    assert Address.objects.get(patient=lea).lines == ["3 rue du Bac", "26000 VALENCE"]
    assert Following.objects.filter(patient=lea).exists()
    assert [hit.patient for hit in patients.find_patients(owner, "martin lea 0639981234", 10)] == [lea]
    assert selectors.report(done) | {"id": "", "mapping": {}, "sha256": ""} == {
        "id": "", "state": "done", "sha256": "", "mapping": {}, "rows": 3, "created": 2, "completed": 0, "same": 0,
        "refused": 1, "noted": 0, "kept": 0, "reconciled": True, "columns_left_out": [],
        "left_in_file": {}, "tables": {},
    }  # fmt: skip


def test_a_refused_line_says_where_and_why(owner: Actor) -> None:
    done = bring_in(owner, csv(BAD))
    line = selectors.lines(list(selectors.rows(done, "refused")))[0]
    assert (line.row.line, line.name) == (2, "PETIT Zoé · hier")
    assert line.said == [
        "Date de naissance\u00a0: Écrivez la date de naissance jour/mois/année, par exemple 07/03/1984\u00a0; "
        "mois/année ou l’année si l’on n’en sait pas plus."
    ]


def test_a_rehearsal_says_what_the_import_then_does_and_writes_no_patient(owner: Actor) -> None:
    create_patient(owner, PLAIN | {"birth_name": "dubois", "first_birth_given_name": "Lea", "birth_date": "07/03/1984"})
    content = csv(LEA, PAUL, PAUL.replace("13;", "15;"), BAD, '"never closed;x', PAUL)
    rehearsed = rehearse(owner, content)
    assert rehearsed.state == State.REHEARSED
    assert Patient.objects.count() == 1
    said = outcomes(rehearsed), [codes(rehearsed, line) for line in range(2, 8)]
    done = working.work(working.run(owner, rehearsed).pk)
    assert (outcomes(done), [codes(done, line) for line in range(2, 8)]) == said
    assert said[0] == [
        (2, "completed"), (3, "created"), (4, "created"), (5, "refused"), (6, "refused"), (7, "same"),
    ]  # fmt: skip
    assert codes(done, 4) == {"homonym_line"}
    assert Patient.objects.count() == 3


def test_the_same_file_again_changes_nothing(owner: Actor) -> None:
    content = csv(LEA, PAUL, BAD, "16;SANSPRENOM;;;F;01/01/2001;;;;;;;")
    bring_in(owner, content)
    before = _exported()
    again = bring_in(owner, content)
    assert [outcome for _line, outcome in outcomes(again)] == ["same", "same", "refused", "same"]
    assert _exported() == before
    # Another file of the same program, in which her telephone is missing and his is another.
    later = bring_in(owner, csv(LEA.replace("06 39 98 12 34", ""), PAUL.replace("0639981235", "0639981299")))
    assert [outcome for _line, outcome in outcomes(later)] == ["same", "same"]
    assert codes(later, 3) == {"differs"}
    assert _exported() == before


def _exported() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Patient, ContactPoint, Address, Posting, KnownAs, Following)
    ]


def test_an_import_is_undone_as_a_whole(owner: Actor) -> None:
    create_patient(owner, PLAIN | {"birth_name": "dubois", "first_birth_given_name": "Léa", "birth_date": "07/03/1984"})
    before = [(each.birth_name, each.nir, each.used_name) for each in Patient.objects.all()]
    tokens = set(Posting.objects.values_list("token", flat=True))
    done = bring_in(owner, csv(LEA, PAUL, BAD, PAUL.replace("04 65 71 00 12", "04 65 71 00 13")))
    assert Patient.objects.get(birth_name="DUBOIS").nir
    undone = undo(owner, done)
    assert undone.state == State.UNDONE
    assert [(each.birth_name, each.nir, each.used_name) for each in Patient.objects.all()] == before
    assert set(Posting.objects.values_list("token", flat=True)) == tokens
    assert not ContactPoint.objects.exists()
    assert not Address.objects.exists()
    assert not KnownAs.objects.exists()
    assert not ImportPart.objects.exists()
    again = bring_in(owner, csv(LEA, PAUL, BAD))
    assert [outcome for _line, outcome in outcomes(again)] == ["completed", "created", "refused"]


def test_somebody_whose_record_was_worked_on_stays_and_is_named(owner: Actor) -> None:
    done = bring_in(owner, csv(LEA, PAUL))
    paul = Patient.objects.get(first_birth_given_name="Paul")
    update_contacts(owner, paul, {"mobile": "06 39 98 12 99"}, paul.version)
    undone = undo(owner, done)
    assert list(Patient.objects.all()) == [paul]
    kept = selectors.lines(list(selectors.rows(undone, "kept")))
    assert [(line.row.line, line.name) for line in kept] == [(3, "MARTIN Paul")]
    assert ImportRow.objects.get(of=undone, line=2).fate == Fate.UNDONE
    # The other program's number still leads to him.
    assert [outcome for _line, outcome in outcomes(bring_in(owner, csv(PAUL)))] == ["completed"]


def test_an_alert_of_somebody_imported_keeps_her(owner: Actor) -> None:
    from cuspide.patients.models import AlertStatement

    done = bring_in(owner, csv(LEA))
    AlertStatement.objects.create(patient=Patient.objects.get(), source="questionnaire", recorded_by="x")
    undo(owner, done)
    assert Patient.objects.count() == 1


def test_what_two_imports_met_is_not_undone_with_one(owner: Actor) -> None:
    first = bring_in(owner, csv(LEA, PAUL), source="A")
    bring_in(owner, csv(LEA.replace("12;", "77;")), source="B")
    undo(owner, first)
    assert list(Patient.objects.values_list("first_birth_given_name", flat=True)) == ["Léa"]


def test_twins_homonyms_and_numbers_of_others(owner: Actor) -> None:
    done = bring_in(
        owner,
        csv(
            "1;ROUX;;Emma;F;05/05/2015;;;;;;;",
            "2;ROUX;;Emmi;F;05/05/2015;;;;;;;",  # a twin
            "3;ROUX;;Emma;F;05/05/2015;;;;;;;",  # a homonym of the first, under a number of her own
            "1;BLANC;;Hugo;M;01/02/1990;;;;;;;",  # a number that the program gave twice
            "5;NOIR;;;F;05/05/2015;;;;;;;",  # two newborn without given name
            "6;NOIR;;;F;05/05/2015;;;;;;;",
        ),
    )
    assert [outcome for _line, outcome in outcomes(done)] == [
        "created", "created", "created", "refused", "created", "created",
    ]  # fmt: skip
    assert codes(done, 4) == {"homonym_line"}
    assert codes(done, 5) == {"number_twice"}
    other = bring_in(owner, csv("1;BLANC;;Hugo;M;01/02/1990;;;;;;;"))
    assert codes(other, 2) == {"number_of_another"}
    named = bring_in(owner, csv("1;BLANC;;Hugo;M;01/02/1990;;;;;;;"), source="Autre")
    assert outcomes(named) == [(2, "created")]


def test_the_insured_parents_number_is_not_the_childs(owner: Actor) -> None:
    done = bring_in(owner, csv(LEA, "20;MARTIN;;Tom;M;02/02/2016;284032636212355;;;;;;"))
    tom = Patient.objects.get(first_birth_given_name="Tom")
    assert tom.nir == ""
    assert codes(done, 3) == {"nir_left_out"}


def test_a_telephone_that_is_none_does_not_cost_the_person(owner: Actor) -> None:
    done = bring_in(owner, csv("12;MARTIN;;Léa;F;31/02/1984;;12 34;;pas d’adresse;;;"))
    lea = Patient.objects.get()
    assert lea.birth_date == "1984-02-31"
    assert lea.note == "Portable\u00a0: 12 34\nCourriel\u00a0: pas d’adresse"
    assert codes(done, 2) == {"left_out", "said"}


def test_somebody_alike_is_created_and_said(owner: Actor) -> None:
    known = create_patient(owner, PLAIN | {"birth_name": "martin", "first_birth_given_name": "Lea",
                                           "birth_date": "07/03/1984"}).patient  # fmt: skip
    done = bring_in(owner, csv("12;MARTINE;;Léa;F;07/03/1984;;;;;;;"))
    row = ImportRow.objects.get(of=done)
    assert (row.outcome, row.reasons) == ("created", [["may_be", {"number": known.number}]])


def test_nobody_but_the_owner_imports(actors: dict[str, Actor]) -> None:
    for role, actor in actors.items():
        if role != "owner":
            with pytest.raises(Forbidden):
                take(actor, csv(LEA))
    assert not Import.objects.exists()


def test_the_trace_names_everybody_who_came(owner: Actor) -> None:
    done = bring_in(owner, csv(LEA, PAUL))
    uuids = {str(uuid) for uuid in Patient.objects.values_list("uuid", flat=True)}
    actions = list(Entry.objects.filter(subject_uuid=done.uuid).order_by("pk").values_list("action", flat=True))
    assert actions == ["portability.take_in", "portability.import", "portability.import_lines", "portability.imported"]
    body = Payload.objects.get(entry__action="portability.import_lines").body
    assert all(uuid in body for uuid in uuids)
    entry = Entry.objects.get(action="portability.import_lines")
    assert (entry.actor_user_id, entry.actor_label) == (owner.user_id, owner.label)


def test_a_stop_leaves_whole_batches_and_it_goes_on(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    begun = working.run(owner, take(owner, csv(LEA, PAUL, BAD, *_people(5))))

    def stop_at_four(of: Import) -> None:
        if of.reached == 4:
            working.stop(owner, of)

    with pytest.raises(working.StopAsked):
        working.work(begun.pk, stop_at_four)
    assert Import.objects.get(pk=begun.pk).reached == ImportRow.objects.count() == 4
    assert Patient.objects.count() == 3
    done = working.work(working.go_on(owner, begun).pk)
    assert (done.state, done.rows_total, Patient.objects.count()) == (State.DONE, 8, 7)


def _people(count: int) -> list[str]:
    return [f"{100 + n};NOM{chr(65 + n)};;Prénom;F;0{n + 1}/01/1980;;;;;;;" for n in range(count)]


def test_a_stopped_import_can_be_undone(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    begun = working.run(owner, take(owner, csv(*_people(5))))

    def stop_at_once(of: Import) -> None:
        working.stop(owner, of)

    with pytest.raises(working.StopAsked):
        working.work(begun.pk, stop_at_once)
    assert undo(owner, begun).state == State.UNDONE
    assert not Patient.objects.exists()


def test_two_workers_on_one_import_do_each_batch_once(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BATCH", 2)
    begun = working.run(owner, take(owner, csv(*_people(5))))
    taken: list[int] = []

    def overtake(of: Import) -> None:
        if not taken:
            taken.append(of.reached)
            working.work(begun.pk)

    done = working.work(begun.pk, overtake)
    assert (done.state, done.rows_total, Patient.objects.count()) == (State.DONE, 5, 5)


def test_a_file_that_is_being_imported_is_not_begun_again(owner: Actor) -> None:
    working.run(owner, take(owner, csv(LEA)))
    with pytest.raises(DomainError, match="en cours"):
        working.run(owner, take(owner, csv(LEA)))


def test_a_mapping_is_corrected_and_remembered_by_its_header(owner: Actor) -> None:
    content = csv("Zoé;PETIT;01/02/1990", header="Truc;Machin;Né le")
    taken = take(owner, content)
    assert taken.mapping == {"Né le": "birth_date"}
    with pytest.raises(DomainError, match="nom de famille"):
        working.rehearse(owner, taken)
    wanted = {"Truc": "given_name", "Machin": "family_name", "Né le": "birth_date", "Gone": "note", "x": "nonsense"}
    filing.set_mapping(owner, taken, wanted, source="Vieux")
    again = take(owner, csv("Tom;PETIT;01/02/1991", header="TRUC;machin;Ne le"), source="")
    assert (again.mapping, again.source) == (
        {"TRUC": "given_name", "machin": "family_name", "Ne le": "birth_date"},
        "Vieux",
    )
    working.work(working.run(owner, again).pk)
    assert Patient.objects.get().display_name == "PETIT Tom"


def test_two_columns_cannot_be_one_field(owner: Actor) -> None:
    taken = take(owner, csv(LEA))
    with pytest.raises(DomainError, match="Date de naissance"):
        filing.set_mapping(owner, taken, taken.mapping | {"CP": "birth_date"})


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xff\xfe", b"\0\0\0\0\n\0"])
def test_a_file_that_is_none_is_refused_in_words(owner: Actor, content: bytes) -> None:
    with pytest.raises(DomainError):
        take(owner, content)
    assert not Import.objects.exists()
    assert not ImportPart.objects.exists()


def test_hostile_lines_come_in_as_they_are_or_are_refused(owner: Actor) -> None:
    done = bring_in(
        owner,
        csv(
            f"1;{'É' * 200};;Léa;F;07/03/1984;;;;;;;",
            f"2;{'É' * 201};;Léa;F;07/03/1984;;;;;;;",
            "3;🦷 MÜLLER;;Léa\u202e\u0007;F;07/03/1984;;;;;;;",
            "4;שלום;;משה;M;1984;;;;;;;",
            "5;'; DROP TABLE patients_patient;--;;Bobby;M;01/01/1990;;;;;;;",  # its semicolons move its cells
            '6;"Robert\'); DROP TABLE patients_patient;--";;Bobby;M;01/01/1990;;;;;;;',
            "7;<script>alert(1)</script>;;Ève;F;01/01/1990;;;;<b>@example.org;;;",
            "8;=1+1;;Léa;F;07/03/1984;;;;;;;",
            '9;DURAND;;"=""Luc""";M;07/03/1984;;"=""0639981236""";;;;;',
            "10;NUL\0;;Léa;F;07/03/1984;;;;;;;",
            "11;VIDE;;;F;07/03/1984;;;;;;;",
            f"12;LONG;;Léa;F;07/03/1984;;;;;{'rue ' * 60};;",
            f"13;LONG;;Léo;M;07/03/1984;;;;;{'x' * 20_000};;",
            "14;COUPÉ;;Lé",
        ),
    )
    assert [outcome for _line, outcome in outcomes(done)] == [
        "created", "refused", "created", "created", "refused", "created", "created", "refused", "created", "refused",
        "created", "created", "refused", "refused",
    ]  # fmt: skip
    assert [codes(done, line) for line in (6, 9, 11, 14, 15)] == [
        {"said"}, {"formula"}, {"csv.nul"}, {"csv.long"}, {"csv.cells"},
    ]  # fmt: skip
    luc = Patient.objects.get(birth_name="DURAND")
    assert (luc.given_name, luc.contact_points.get().normalised) == ("Luc", "+33639981236")
    assert Patient.objects.get(birth_name="🦷 MÜLLER").given_name == "Léa"
    assert Patient.objects.get(birth_name="LONG").note.startswith("Adresse\u00a0: rue rue")
    assert "patients_patient" in connection.introspection.table_names()


def test_a_file_in_three_encodings_is_read_line_by_line(owner: Actor) -> None:
    lines = [
        (HEADER + "\n").encode("cp1252"),
        b"".join(f"{n};MÜLLER;;Gaëlle;F;0{n}/03/1984;;;;;;;\n".encode("cp1252") for n in range(1, 6)),
        "7;LEMAÎTRE;;Zoé;F;07/03/1984;;;;;;;\n".encode(),
        "8;BŒUF;;Thérèse;F;07/03/1984;;;;;;;\n".encode("mac-roman"),
    ]
    done = bring_in(owner, b"".join(lines))
    assert done.dialect["encoding"] == "cp1252"
    assert done.counts == {"created": 7, "noted": 2}
    assert set(Patient.objects.values_list("birth_name", "first_birth_given_name")) == {
        ("MÜLLER", "Gaëlle"), ("LEMAÎTRE", "Zoé"), ("BŒUF", "Thérèse"),
    }  # fmt: skip
    assert [codes(done, line) for line in (2, 7, 8)] == [set(), {"encoding"}, {"encoding"}]


def test_four_hundred_homonyms_stay_four_hundred(owner: Actor) -> None:
    lines = [f"{n};MARTIN;;Marie;F;07/03/1984;;;;;;;" for n in range(400)]
    done = bring_in(owner, csv(*lines))
    assert done.counts == {"created": 400, "noted": 399}
    assert bring_in(owner, csv(*lines, "999;X;;Y;F;1990;;;;;;;")).counts == {"same": 400, "created": 1}


def test_a_batch_costs_the_same_for_few_and_for_many(owner: Actor, django_assert_max_num_queries: object) -> None:
    small, large = csv(*_people(2)), csv(*[f"{n};NOM{n};;Prénom;F;01/01/1980;;;;;;;" for n in range(200)])
    for content, most in ((small, 40), (large, 260)):
        begun = working.run(owner, take(owner, content))
        with django_assert_max_num_queries(most):  # type: ignore[operator]
            working.work(begun.pk)


def test_a_file_that_nobody_imports_is_forgotten_after_a_month(owner: Actor, moved_clock: Any) -> None:
    taken, done = take(owner, csv(PAUL)), bring_in(owner, csv(LEA))
    later = clock.now() + dt.timedelta(days=31)
    filing.forget_left(clock.now() - dt.timedelta(days=30))
    assert Import.objects.count() == 2
    moved_clock(later)
    filing.forget_left(clock.now() - dt.timedelta(days=30))
    assert [each.pk for each in Import.objects.all()] == [done.pk]
    assert not ImportPart.objects.filter(of_id=taken.pk).exists()


def test_no_name_of_a_refused_line_is_kept_for_long(owner: Actor, moved_clock: Any) -> None:
    done = bring_in(owner, csv(LEA, BAD))
    shown = ImportRow.objects.filter(of=done).order_by("line").values_list("shown", flat=True)
    assert list(shown) == ["", "PETIT Zoé · hier"], "who was created is named by her record alone"
    moved_clock(clock.now() + dt.timedelta(days=400))
    filing.forget_left(clock.now() - dt.timedelta(days=30))
    assert list(shown.all()) == ["", ""]


def test_what_was_met_again_is_nothing_to_look_at(owner: Actor) -> None:
    bring_in(owner, csv(LEA, PAUL))
    assert bring_in(owner, csv(LEA, PAUL)).counts == {"same": 2}
    assert bring_in(owner, csv(LEA, PAUL, PAUL)).counts == {"same": 3}


def test_a_remark_that_is_too_long_is_cut_and_said(owner: Actor) -> None:
    done = bring_in(owner, csv(f"MARTIN;Léa;07/03/1984;{'mot ' * 800}", header="Nom;Prénom;Né le;Remarque"))
    assert len(Patient.objects.get().note) == 2000
    assert "remark_cut" in codes(done, 2)


def test_a_spreadsheets_year_of_two_figures(owner: Actor) -> None:
    lines = ["MARTIN;Léa;07/03/84", "PETIT;Zoé;07/03/1984 00:00:00", "ROUX;Tom;07/03/05"]
    done = bring_in(owner, csv(*lines, header="Nom;Prénom;Né le"))
    assert set(Patient.objects.values_list("birth_date", flat=True)) == {"1984-03-07"}
    assert codes(done, 4) == {"said"}, "2005 or 1905: nobody knows"


def test_an_undo_asks_every_table_that_points_at_a_patient() -> None:
    """Those that a patient does not show either: a merge names both records and is seen from neither."""
    asked = {column.model._meta.label for column in columns()}
    assert {"agenda.Appointment", "billing.Payment", "care.Act", "patients.Merge", "patients.Patient"} <= asked
