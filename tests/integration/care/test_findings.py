"""Findings are added, corrected by later ones, taken back with a reason; the mouth at any day is a query."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cuspide.care import services
from cuspide.care.models import Finding
from cuspide.care.rules import Selected
from cuspide.care.selectors import mouth_at, tooth_history
from cuspide.core import clock
from cuspide.core.errors import DomainError, EditConflict, FieldErrors

pytestmark = pytest.mark.django_db

TODAY = clock.today()
LAST_YEAR = TODAY - dt.timedelta(days=365)


def words(patient: Any, day: dt.date = TODAY, tooth: str = "16") -> list[str]:
    state = mouth_at(patient, day).states.get(tooth)
    return [f"{mark.kind} {mark.status} {mark.surfaces}".strip() for mark in state.marks] if state else []


def test_a_caries_is_noted_and_seen(actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="om")
    assert finding.surfaces == "MO"
    assert finding.recorded_by_user_id == actors.dentist.user_id
    assert words(patient) == ["caries existing MO"]


def test_the_mouth_on_a_past_day_is_as_it_was(actors: Any, patient: Any) -> None:
    services.record_finding(actors.dentist, patient, "16", "caries", surfaces="O", observed_at=LAST_YEAR)
    services.record_finding(actors.dentist, patient, "16", "filling", surfaces="O")
    assert words(patient, LAST_YEAR - dt.timedelta(days=1)) == []
    assert words(patient, LAST_YEAR) == ["caries existing O"]
    assert words(patient) == ["filling existing O"]
    assert mouth_at(patient, TODAY).days == [LAST_YEAR, TODAY]


def test_a_correction_supersedes_and_the_error_stays_readable(actors: Any, patient: Any) -> None:
    wrong = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    right = services.correct_finding(actors.dentist, wrong, tooth="17")
    wrong.refresh_from_db()
    assert wrong.superseded_by == right
    assert (wrong.tooth, wrong.surfaces) == ("16", "M")
    assert words(patient, tooth="16") == []
    assert words(patient, tooth="17") == ["caries existing M"]
    [event] = tooth_history(patient, ["16"])
    assert not event.standing


def test_the_second_of_two_corrections_is_told(actors: Any, patient: Any) -> None:
    seen_by_both = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    second_view = Finding.objects.get(pk=seen_by_both.pk)
    services.correct_finding(actors.dentist, seen_by_both, surfaces="MO")
    with pytest.raises(EditConflict) as refused:
        services.correct_finding(actors.assistant, second_view, surfaces="D")
    assert refused.value.current.superseded_by.surfaces == "MO"
    assert Finding.objects.filter(patient=patient).count() == 2, "nothing half-written"
    with pytest.raises(EditConflict):
        services.void_finding(actors.assistant, second_view, "Mauvaise dent")


def test_a_finding_is_taken_back_only_with_a_reason(actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    with pytest.raises(FieldErrors):
        services.void_finding(actors.dentist, finding, "   ")
    services.void_finding(actors.dentist, finding, "Mauvais patient")
    finding.refresh_from_db()
    assert finding.void_reason == "Mauvais patient"
    assert words(patient) == []
    with pytest.raises(EditConflict):
        services.void_finding(actors.dentist, finding, "encore")


def test_findings_are_neither_changed_nor_deleted(actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    finding.tooth = "17"
    with pytest.raises(TypeError):
        finding.save()
    with pytest.raises(TypeError):
        finding.delete()
    with pytest.raises(TypeError):
        Finding.objects.filter(pk=finding.pk).update(tooth="17")
    with pytest.raises(TypeError):
        Finding.objects.all().delete()


@pytest.mark.parametrize(
    ("tooth", "surfaces", "kind", "status"),
    [
        ("99", "", "caries", "existing"),
        ("19", "", "caries", "existing"),
        ("", "", "caries", "existing"),
        ("16; DROP", "", "caries", "existing"),
        ("1" * 5000, "", "caries", "existing"),
        ("16", "MM", "caries", "existing"),
        ("16", "MOX", "caries", "existing"),
        ("16", "M" * 5000, "caries", "existing"),
        ("16", "M", "crown", "existing"),
        ("16", "", "nothing", "existing"),
        ("16", "", "caries", "planned"),
        ("16", "", "absent", "done"),
        ("16", "", "caries", "\x00"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    actors: Any, patient: Any, tooth: str, surfaces: str, kind: str, status: str
) -> None:
    with pytest.raises(FieldErrors) as refused:
        services.record_finding(actors.dentist, patient, tooth, kind, surfaces=surfaces, status=status)
    assert all(str(sentence) for sentence in refused.value.errors.values())
    assert not Finding.objects.filter(patient=patient).exists()


def test_days_that_cannot_be_are_refused(actors: Any, patient: Any) -> None:
    for day in (TODAY + dt.timedelta(days=1), dt.date(1900, 1, 1)):
        with pytest.raises(FieldErrors):
            services.record_finding(actors.dentist, patient, "16", "caries", observed_at=day)


def test_a_remark_that_is_huge_is_refused(actors: Any, patient: Any) -> None:
    with pytest.raises(FieldErrors):
        services.record_finding(actors.dentist, patient, "16", "caries", note="x" * 100_000)


def test_characters_that_a_store_refuses_are_refused_first(actors: Any, patient: Any) -> None:
    with pytest.raises(FieldErrors):
        services.record_finding(actors.dentist, patient, "16", "caries", note="a\x00b")
    finding = services.record_finding(actors.dentist, patient, "16", "caries", note="à revoir\u00a0!")
    with pytest.raises(FieldErrors):
        services.void_finding(actors.dentist, finding, "erreur\x00")


def test_all_the_selected_teeth_or_none(actors: Any, patient: Any) -> None:
    noted = services.record_findings(actors.dentist, patient, [Selected("16", "M"), Selected("17")], "caries")
    assert [finding.tooth for finding in noted] == ["16", "17"]
    with pytest.raises(FieldErrors):
        services.record_findings(actors.dentist, patient, [Selected("26"), Selected("99")], "caries")
    assert not Finding.objects.filter(patient=patient, tooth="26").exists()
    with pytest.raises(DomainError):
        services.record_findings(actors.dentist, patient, [], "caries")


def test_a_bridge_is_tied_together(actors: Any, patient: Any) -> None:
    chosen = [Selected(tooth) for tooth in ("14", "15", "16")]
    noted = services.record_findings(actors.dentist, patient, chosen, "bridge_abutment")
    assert [finding.kind for finding in noted] == ["bridge_abutment", "bridge_pontic", "bridge_abutment"]
    assert len({finding.group for finding in noted}) == 1


@pytest.mark.parametrize(
    ("tooth", "surfaces", "kind", "status"),
    [
        ("99", "", "caries", "existing"),
        ("16", "MM", "caries", "existing"),
        ("16", "OM", "caries", "existing"),
        ("16", "I", "caries", "existing"),
        ("11", "O", "caries", "existing"),
        ("46", "P", "caries", "existing"),
        ("16", "", "caries", "done"),
        ("16", "M", "crown", "existing"),
        ("16", "", "", "existing"),
    ],
)
def test_the_store_itself_refuses_what_cannot_be(
    patient: Any, tooth: str, surfaces: str, kind: str, status: str
) -> None:
    bad = Finding(
        patient=patient, tooth=tooth, surfaces=surfaces, kind=kind, status=status, observed_at=TODAY, recorded_by="test"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.bulk_create([bad])


@pytest.mark.parametrize("role", ["secretary", "bookkeeper", "technician"])
def test_who_does_not_treat_notes_nothing(actors: Any, patient: Any, role: str) -> None:
    with pytest.raises(PermissionDenied):
        services.record_finding(actors[role], patient, "16", "caries")
    with pytest.raises(PermissionDenied):
        services.void_finding(actors[role], Finding(uuid=uuid.uuid4()), "x")


def test_the_trace_tells_who_noted_what(actors: Any, patient: Any) -> None:
    from cuspide.audit.models import Entry

    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    services.void_finding(actors.dentist, finding, "Mauvaise dent")
    told = list(
        Entry.objects.filter(patient_uuid=patient.uuid, action__startswith="care.").values_list("action", flat=True)
    )
    assert told == ["care.record_finding", "care.void_finding"]


@pytest.mark.parametrize("many", [20, 2000])
def test_the_mouth_is_read_in_three_queries_however_long_its_history(
    patient: Any, many: int, django_assert_num_queries: Any
) -> None:
    Finding.objects.bulk_create(
        Finding(
            patient=patient,
            tooth="16",
            surfaces="MOD"[number % 3],
            kind="caries",
            status="existing",
            observed_at=TODAY - dt.timedelta(days=number),
            recorded_by="test",
        )
        for number in range(many)
    )
    with django_assert_num_queries(3):
        mouth_at(patient, TODAY)
