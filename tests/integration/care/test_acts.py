"""Acts: planned, done, repriced, taken back, held fast by what is above."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cuspide.care import locks, services, signals
from cuspide.care.models import Act, ActState
from cuspide.care.selectors import acts_sheet, acts_to_complete, mouth_at
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors
from cuspide.core.rights import Role
from tests.support.forms import forms_of
from tests.support.points import also

pytestmark = pytest.mark.django_db

TODAY = clock.today()
MakeAct = Callable[..., Any]


def words(patient: Any, tooth: str = "16") -> list[str]:
    state = mouth_at(patient, TODAY).states.get(tooth)
    return [f"{mark.kind} {mark.status} {mark.surfaces}".strip() for mark in state.marks] if state else []


def test_a_filling_is_priced_with_its_three_shares(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBMD049", teeth=["16"], surfaces="MO", done_on=TODAY))
    assert act.fee == act.base > 0
    assert act.amo_share == (act.fee * Decimal("0.6")).quantize(Decimal("0.01"))
    assert act.amo_share + act.amc_share + act.patient_share == act.fee
    assert act.patient_share == 0, "the mutuelle pays the ticket modérateur"
    assert act.coverage["amo_rate"] == "0.60"
    assert act.coverage["amc"]["responsible"] is True
    assert act.short_name.startswith("Composite 2 faces")


def test_without_cover_the_patient_pays_all(
    actors: Any, other_patient: Any, nomenclature: Any, new_act: MakeAct
) -> None:
    act = services.add_act(actors.dentist, other_patient, new_act("HBJD001", done_on=TODAY))
    assert act.patient_share == act.fee == Decimal("28.92")
    assert act.draws == ""


def test_the_chart_shows_what_is_planned_then_what_is_done(actors: Any, patient: Any, new_act: MakeAct) -> None:
    services.record_finding(actors.dentist, patient, "16", "caries", surfaces="MO")
    act = services.add_act(actors.assistant, patient, new_act("HBMD049", teeth=["16"], surfaces="MO"))
    assert words(patient) == ["caries existing MO", "filling planned MO"]
    services.complete_act(actors.dentist, act, expected_version=act.version)
    assert words(patient) == ["filling done MO"]


def test_an_extraction_that_is_done_leaves_the_tooth_absent(actors: Any, patient: Any, new_act: MakeAct) -> None:
    services.add_act(actors.dentist, patient, new_act("HBGD036", teeth=["16"], done_on=TODAY))
    assert words(patient) == ["absent existing"]


def test_a_bridge_act_knows_its_pontic(actors: Any, patient: Any, new_act: MakeAct) -> None:
    services.record_finding(actors.dentist, patient, "15", "absent")
    services.add_act(actors.dentist, patient, new_act("HBLD099", teeth=["14", "15", "16"], done_on=TODAY))
    assert words(patient, "14") == ["bridge_abutment done"]
    assert "bridge_pontic done" in words(patient, "15")


def test_completing_prices_with_the_day_it_is_done(
    actors: Any, patient: Any, new_act: MakeAct, moved_clock: Callable[[Any], None]
) -> None:
    moved_clock(dt.datetime(2025, 12, 15, 10, tzinfo=dt.UTC))
    act = services.add_act(actors.dentist, patient, new_act("HBFD006", teeth=["75"]))
    assert act.fee == Decimal("23.92")
    moved_clock(dt.datetime(2026, 1, 15, 10, tzinfo=dt.UTC))
    done = services.complete_act(actors.dentist, act, expected_version=act.version)
    assert done.fee == Decimal("36.00"), "the tariff of 2026"
    assert done.done_on == dt.date(2026, 1, 15)


def test_a_fee_that_somebody_set_is_kept_when_the_act_is_done(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBLD634", teeth=["11"], fee=Decimal("490.00")))
    done = services.complete_act(actors.dentist, act, expected_version=act.version)
    assert done.fee == Decimal("490.00")


def test_a_changed_fee_changes_the_shares(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBLD634", teeth=["11"], done_on=TODAY))
    changed = services.change_act(
        actors.dentist, act, services.ActChanges(fee=Decimal("450.00")), expected_version=act.version
    )
    assert changed.fee == Decimal("450.00")
    assert changed.amo_share == Decimal("72.00")
    assert changed.amo_share + changed.amc_share + changed.patient_share == Decimal("450.00")


def test_the_second_of_two_who_change_an_act_is_told(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBLD634", teeth=["11"], done_on=TODAY))
    other_view, version = Act.objects.get(pk=act.pk), act.version
    services.change_act(actors.dentist, act, services.ActChanges(fee=Decimal("450")), expected_version=version)
    with pytest.raises(EditConflict) as refused:
        services.change_act(actors.owner, other_view, services.ActChanges(fee=Decimal("400")), expected_version=version)
    assert refused.value.current.fee == Decimal("450.00")


def test_an_act_is_completed_once(actors: Any, patient: Any, new_act: MakeAct) -> None:
    heard: list[Any] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs["act"].pk)

    signals.act_completed.connect(hear)
    try:
        act = services.add_act(actors.dentist, patient, new_act("HBJD001"))
        second = Act.objects.get(pk=act.pk)
        services.complete_act(actors.dentist, act, expected_version=act.version)
        with pytest.raises(EditConflict):
            services.complete_act(actors.owner, second, expected_version=1)
        services.add_act(actors.dentist, patient, new_act("HBQK389", teeth=["16"], done_on=TODAY))
    finally:
        signals.act_completed.disconnect(hear)
    assert len(heard) == 2


@pytest.fixture
def invoiced() -> Iterator[set[int]]:
    """Acts that a room above holds."""
    kept: set[int] = set()

    def held(act_ids: Sequence[int]) -> dict[int, Any]:
        return {each: "Sur la facture 2026-0012" for each in act_ids if each in kept}

    with also(locks.act_locks, locks.ActLock("test", held)):
        yield kept


def test_an_act_on_an_invoice_is_neither_changed_nor_taken_back(
    actors: Any, patient: Any, new_act: MakeAct, invoiced: set[int]
) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBJD001", done_on=TODAY))
    invoiced.add(act.pk)
    with pytest.raises(DomainError, match="2026-0012"):
        services.change_act(actors.dentist, act, services.ActChanges(fee=Decimal(1)), expected_version=act.version)
    with pytest.raises(DomainError, match="2026-0012"):
        services.void_act(actors.dentist, act, "Erreur", expected_version=act.version)
    act.refresh_from_db()
    assert act.state == ActState.DONE


def test_an_act_is_taken_back_with_a_reason_and_leaves_the_chart(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBMD053", teeth=["16"], surfaces="O", done_on=TODAY))
    with pytest.raises(FieldErrors):
        services.void_act(actors.dentist, act, " ", expected_version=act.version)
    services.void_act(actors.dentist, act, "Mauvaise dent", expected_version=act.version)
    assert words(patient) == []
    assert acts_sheet(patient).done.count == 0
    assert [each.void_reason for each in acts_sheet(patient, "void").page] == ["Mauvaise dent"]


@pytest.mark.parametrize(
    "fields",
    [
        {"teeth": ["99"]},
        {"teeth": ["16", "16"]},
        {"teeth": ["16"], "surfaces": "MM"},
        {"teeth": ["16"], "surfaces": "I" * 400},
        {"teeth": ["16", "17"], "surfaces": "M"},
        {"teeth": [f"{quadrant}{rank}" for quadrant in range(1, 9) for rank in range(1, 6)]},
        {"region": "77"},
        {"quantity": 0},
        {"quantity": 10_000},
        {"fee": Decimal("-1")},
        {"fee": Decimal("1e12")},
        {"modifiers": "9ZQX"},
        {"done_on": TODAY + dt.timedelta(days=1)},
        {"done_on": dt.date(1950, 1, 1)},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    actors: Any, patient: Any, new_act: MakeAct, fields: dict[str, Any]
) -> None:
    with pytest.raises(FieldErrors) as refused:
        services.add_act(actors.dentist, patient, new_act("HBMD053", **fields))
    assert all(str(sentence) for sentence in refused.value.errors.values())
    assert not Act.objects.filter(patient=patient).exists()


@pytest.mark.parametrize("code", ["", "HBMD999", "' OR 1=1", "x" * 4000, "\x00"])
def test_a_code_that_does_not_exist_is_refused(actors: Any, patient: Any, new_act: MakeAct, code: str) -> None:
    with pytest.raises(FieldErrors):
        services.add_act(actors.dentist, patient, new_act(code))


def test_the_finding_of_another_patient_is_refused(
    actors: Any, patient: Any, other_patient: Any, new_act: MakeAct
) -> None:
    theirs = services.record_finding(actors.dentist, other_patient, "16", "caries")
    with pytest.raises(DomainError):
        services.add_act(actors.dentist, patient, new_act("HBMD053", teeth=["16"], finding=theirs))


def test_the_store_refuses_shares_that_do_not_make_the_fee(actors: Any, patient: Any, new_act: MakeAct) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBJD001", done_on=TODAY))
    for change in ({"fee": act.fee + Decimal("0.01")}, {"done_on": None}, {"state": "void"}, {"quantity": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Act.objects.filter(pk=act.pk).update(**change)


def test_who_may_do_what(actors: Any, patient: Any, new_act: MakeAct) -> None:
    for role in ("secretary", "bookkeeper", "technician"):
        with pytest.raises(PermissionDenied):
            services.add_act(actors[role], patient, new_act("HBJD001"))
    planned = services.add_act(actors.assistant, patient, new_act("HBJD001"))
    with pytest.raises(PermissionDenied):
        services.add_act(actors.assistant, patient, new_act("HBJD001", done_on=TODAY))
    with pytest.raises(PermissionDenied):
        services.add_act(actors.assistant, patient, new_act("HBJD001", fee=Decimal(1)))
    with pytest.raises(PermissionDenied):
        services.complete_act(actors.assistant, planned, expected_version=planned.version)
    services.void_act(actors.assistant, planned, "Refusé", expected_version=planned.version)


def test_favourites_are_a_persons_own(actors: Any, patient: Any) -> None:
    from cuspide.care.selectors import favourites_of

    assert services.toggle_favourite(actors.dentist, "HBJD001") is True
    assert [each.code for each in favourites_of(actors.dentist.user_id)] == ["HBJD001"]
    assert favourites_of(actors.owner.user_id) == []
    assert services.toggle_favourite(actors.dentist, "HBJD001") is False
    with pytest.raises(FieldErrors):
        services.toggle_favourite(actors.dentist, "NOTHING")


def _many_acts(patient: Any, practice: Any, many: int) -> None:
    dentist = practice.dentists[0]
    Act.objects.bulk_create(
        Act(
            patient=patient,
            code="HBJD001",
            label="Détartrage",
            practitioner=dentist,
            site=practice.site,
            entity=practice.entity,
            state="done" if number % 3 else "planned",
            planned_on=TODAY,
            done_on=TODAY - dt.timedelta(days=number) if number % 3 else None,
            fee=Decimal("28.92"),
            base=Decimal("28.92"),
            amo_share=Decimal("17.35"),
            amc_share=Decimal("11.57"),
            patient_share=Decimal(0),
            recorded_by="test",
        )
        for number in range(many)
    )


@pytest.mark.parametrize("many", [20, 2000])
def test_the_acts_are_read_in_as_many_queries_however_many(
    patient: Any, practice: Any, many: int, django_assert_num_queries: Any
) -> None:
    _many_acts(patient, practice, many)
    with django_assert_num_queries(2 + len(list(locks.act_locks))):
        sheet = acts_sheet(patient)
        names = [act.practitioner.full_name for act in sheet.page.object_list]
    assert len(names) == min(many, 50)
    assert sheet.planned.count + sheet.done.count == many
    assert sheet.done.fee == sheet.done.count * Decimal("28.92")
    with django_assert_num_queries(1):
        assert len(acts_to_complete(Actor.system("test"), TODAY)) == min(8, sheet.planned.count)


def test_one_who_left_is_offered_for_no_new_act_and_keeps_the_old_ones(
    actors: Any, client_as: Any, patient: Any, practice: Any, new_act: MakeAct
) -> None:
    from cuspide.practice.services import retire_practitioner

    done = services.add_act(
        actors.owner, patient, new_act("HBMD049", teeth=["16"], surfaces="MO", done_on=clock.today())
    )
    planned = services.add_act(actors.owner, patient, new_act("HBMD049", teeth=["26"], surfaces="MO"))
    gone, other = practice.dentists
    retire_practitioner(actors.owner, gone)
    gone.refresh_from_db()
    planned.refresh_from_db()
    for refused in (
        lambda: services.add_act(actors.owner, patient, replace(new_act("HBMD049", teeth=["36"]), practitioner=gone)),
        lambda: services.complete_act(actors.owner, planned, expected_version=planned.version),
    ):
        with pytest.raises(FieldErrors, match="a quitté le cabinet"):
            refused()
    client = client_as(Role.OWNER)
    chart = client.get(f"/care/{patient.uuid}/acts/").content.decode()
    assert str(gone.uuid) not in chart

    page = f"/care/{patient.uuid}/acts/{done.uuid}/"
    form = next(one for one in forms_of(client.get(page).content.decode(), page) if "fee" in one.fields)
    assert form.fields["practitioner"] == [str(gone.uuid)], "whose act it is stays chosen"
    assert client.post(page, form.sent_with({"fee": "99,00"})).status_code == 303
    done.refresh_from_db()
    assert (done.practitioner, done.fee) == (gone, Decimal("99.00"))
    page = f"/care/{patient.uuid}/acts/{planned.uuid}/"
    form = next(one for one in forms_of(client.get(page).content.decode(), page) if "fee" in one.fields)
    assert client.post(page, form.sent_with({"practitioner": str(other.uuid)})).status_code == 303
    planned.refresh_from_db()
    assert services.complete_act(actors.owner, planned, expected_version=planned.version).practitioner == other
