"""Cover is kept with its history: what applied on any day can be told."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, EditConflict, FieldErrors, Forbidden
from cuspide.core.rights import Role
from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption, Patient
from cuspide.patients.selectors import coverage_at
from cuspide.patients.services.confirming import NeedsConfirmation
from cuspide.patients.services.coverage import add_exemption, end_exemption, update_coverage

pytestmark = pytest.mark.django_db

Maker = Callable[..., Any]
TODAY = dt.date(2026, 11, 24)
AMO = {"regime": "01", "caisse": "261", "centre": "0000", "learnt_from": "card", "rights_from": dt.date(2024, 1, 1)}
AMC = {"organisation": "Mutuelle Vercors", "guarantee": 100, "responsible": True, "third_party_agreement": True}


@pytest.fixture(autouse=True)
def that_tuesday(moved_clock: Any) -> None:
    moved_clock(clock.at(TODAY, dt.time(9)))


@pytest.fixture
def patient(make_patient: Maker) -> Patient:
    made: Patient = make_patient(nir="2 84 03 26 362 123", **AMO, **AMC)
    return made


def change(
    actor: Actor, patient: Patient, start: dt.date, confirmed: frozenset[str] = frozenset(), **typed: Any
) -> list[str]:
    patient.refresh_from_db()
    form = AMO | AMC | {"applies_from": start} | typed
    return update_coverage(actor, patient, form, patient.version, confirmed=confirmed)


def test_the_page_says_what_applied_on_a_day_and_when_it_must_be_checked_again(
    client_as: Any, patient: Patient, secretary: Actor
) -> None:
    for model in (AmoCoverage, AmcCoverage):
        model.objects.update(applies_from=dt.date(2024, 1, 1))
    new = {"organisation": "Nouvelle Alliance", "guarantee": 200, "amc_rights_to": dt.date(2026, 9, 30)}
    change(secretary, patient, dt.date(2026, 6, 1), **new)
    desk = client_as(Role.SECRETARY)
    address = reverse("patients:coverage", args=[patient.uuid])

    def on(day: str) -> str:
        page = desk.get(address, {"on": day}).content.decode()
        return page[page.index("notice info") :].split("</section>")[0] if "notice info" in page else ""

    assert "Mutuelle Vercors" in on("31/05/2026")
    assert "Nouvelle Alliance" not in on("31/05/2026")
    assert "Nouvelle Alliance" in on("1 6 26")
    assert "droits finis le 30/09/2026" in on("15/10/2026")
    assert "Vercors" not in on("01/01/2020")
    assert on("") == ""
    for wrong in ("31/02/2026", "hier", "x" * 3000, "' OR 1=1"):
        answer = desk.get(address, {"on": wrong})
        assert answer.status_code == 200
        assert "notice info" not in answer.content.decode(), wrong
    assert "à vérifier" in desk.get(address).content.decode()


def test_what_applied_before_during_and_after(secretary: Actor, patient: Patient) -> None:
    assert coverage_at(patient, dt.date(2023, 12, 31)).amo is None
    before = coverage_at(patient, dt.date(2024, 1, 1)).amo
    assert before is not None
    assert (before.regime, before.insured_nir) == ("01", patient.nir)
    change(secretary, patient, TODAY, regime="02", guarantee=250, prosthesis_guarantee=300)
    for day, regime in ((TODAY - dt.timedelta(days=1), "01"), (TODAY, "02"), (TODAY + dt.timedelta(days=900), "02")):
        amo = coverage_at(patient, day).amo
        assert amo is not None
        assert amo.regime == regime
    amc = coverage_at(patient, TODAY).amc
    assert amc is not None
    assert (amc.guarantee, amc.prosthesis_guarantee) == (Decimal("2.5"), Decimal(3))


def test_rights_that_are_over_are_known_as_such(secretary: Actor, patient: Patient) -> None:
    change(secretary, patient, TODAY, rights_to=dt.date(2026, 12, 31))
    in_time, late = coverage_at(patient, dt.date(2026, 12, 31)).amo, coverage_at(patient, dt.date(2027, 1, 1)).amo
    assert in_time is not None
    assert late is not None
    assert in_time.rights_open
    assert not late.rights_open


def test_a_mistake_of_the_same_day_is_void_and_not_history(secretary: Actor, patient: Patient) -> None:
    change(secretary, patient, TODAY, regime="02")
    change(secretary, patient, TODAY, regime="08")
    amo = coverage_at(patient, TODAY).amo
    assert amo is not None
    assert amo.regime == "08"
    assert AmoCoverage.objects.filter(patient=patient, voided_at__isnull=False).count() == 1
    assert AmoCoverage.objects.filter(patient=patient, voided_at__isnull=True).count() == 2


def test_a_change_learnt_late_is_dated_back(secretary: Actor, patient: Patient) -> None:
    change(secretary, patient, TODAY, regime="02")
    with pytest.raises(NeedsConfirmation) as asked:
        change(secretary, patient, dt.date(2026, 3, 1), regime="08")
    assert [str(doubt.sentence) for doubt in asked.value.doubts] == [
        "Une autre couverture est enregistrée à partir du 24/11/2026\u00a0: elle sera annulée, et celle-ci "
        "s’appliquera à sa place."
    ]
    assert AmoCoverage.objects.filter(patient=patient, voided_at__isnull=True).count() == 2, "nothing was voided"
    change(secretary, patient, dt.date(2026, 3, 1), frozenset({asked.value.doubts[0].key}), regime="08")
    regimes = [(row.regime, row.applies_from, row.applies_to) for row in AmoCoverage.objects.filter(
        patient=patient, voided_at__isnull=True)]  # fmt: skip
    assert regimes == [("08", dt.date(2026, 3, 1), None), ("01", dt.date(2024, 1, 1), dt.date(2026, 2, 28))]


@pytest.mark.parametrize("start", [dt.date(1, 1, 1), dt.date(1984, 3, 6), dt.date(2027, 12, 1), dt.date(9999, 12, 31)])
def test_cover_that_begins_before_birth_or_years_ahead_is_refused(
    secretary: Actor, patient: Patient, start: dt.date
) -> None:
    before = list(AmoCoverage.objects.values_list("applies_from", "voided_at"))
    with pytest.raises(FieldErrors) as refused:
        change(secretary, patient, start, regime="08")
    assert "applies_from" in refused.value.errors
    with pytest.raises(FieldErrors):
        add_exemption(secretary, patient, {"kind": "ald", "applies_from": start})
    assert list(AmoCoverage.objects.values_list("applies_from", "voided_at")) == before
    assert not AmoExemption.objects.exists()


def test_cover_that_was_added_after_the_question_is_asked_about_anew(secretary: Actor, patient: Patient) -> None:
    change(secretary, patient, TODAY + dt.timedelta(days=30), regime="02")
    with pytest.raises(NeedsConfirmation) as asked:
        change(secretary, patient, TODAY, regime="08")
    confirmed = frozenset({asked.value.doubts[0].key})
    change(secretary, patient, TODAY + dt.timedelta(days=60), regime="03")
    with pytest.raises(NeedsConfirmation):
        change(secretary, patient, TODAY, confirmed, regime="08")


def test_a_first_cover_does_not_begin_before_birth(make_patient: Maker) -> None:
    made = make_patient(birth_date="07/03/2020", **AMO | {"rights_from": dt.date(1999, 1, 1)})
    assert made.amo_coverages.get().applies_from == dt.date(2020, 3, 7)
    with pytest.raises(FieldErrors):
        make_patient(**AMO | {"rights_from": dt.date(1, 1, 1)})


def test_the_page_says_what_will_be_void_and_asks(secretary: Actor, client_as: Any, patient: Patient) -> None:
    change(secretary, patient, TODAY + dt.timedelta(days=30), regime="02")
    patient.refresh_from_db()
    desk, address = client_as("secretary"), f"/patients/{patient.uuid}/coverage/edit/"
    form = {"version": patient.version, "applies_from": "24/11/2026", "regime": "08", "caisse": "261", "centre": "0000"}
    asked = desk.post(address, form)
    assert asked.status_code == 409
    said = asked.content.decode()
    assert "elle sera annulée" in said
    key = re.search(r'name="confirmed" value="(later:[^"]+)"', said)
    assert key is not None
    assert desk.post(address, form | {"confirmed": key[1]}).status_code == 302
    amo = coverage_at(patient, TODAY + dt.timedelta(days=40)).amo
    assert amo is not None
    assert amo.regime == "08"


def test_an_emptied_insurer_ends_the_contract(secretary: Actor, patient: Patient) -> None:
    assert change(secretary, patient, TODAY + dt.timedelta(days=7), organisation="") == ["amccoverage"]
    assert coverage_at(patient, TODAY).amc is not None
    assert coverage_at(patient, TODAY + dt.timedelta(days=7)).amc is None


def test_only_what_changed_gets_a_new_row(secretary: Actor, patient: Patient) -> None:
    assert change(secretary, patient, TODAY + dt.timedelta(days=1), guarantee=200) == ["amccoverage"]
    assert AmoCoverage.objects.count() == 1
    assert change(secretary, patient, TODAY + dt.timedelta(days=2), guarantee=200) == []
    assert AmcCoverage.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"regime": "1"}, "regime"),
        ({"caisse": "26"}, "caisse"),
        ({"regime": ""}, "regime"),
        ({"insured_nir": "2 84 03 26 362 123 99"}, "insured_nir"),
        ({"rights_from": TODAY, "rights_to": TODAY - dt.timedelta(days=1)}, "rights_to"),
        ({"guarantee": 9999}, "guarantee"),
        ({"organisation": "", "member_number": "123"}, "organisation"),
        ({"organisation_number": "<b>"}, "organisation_number"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    secretary: Actor, patient: Patient, typed: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldErrors) as refused:
        change(secretary, patient, TODAY, **typed)
    assert field in refused.value.errors
    assert AmoCoverage.objects.count() == AmcCoverage.objects.count() == 1


def test_two_who_change_the_cover_at_once(secretary: Actor, patient: Patient) -> None:
    version = patient.version
    update_coverage(secretary, patient, AMO | AMC | {"regime": "02"}, version)
    with pytest.raises(EditConflict):
        update_coverage(secretary, Patient.objects.get(), AMO | AMC | {"regime": "08"}, version)


def test_exemptions_hold_on_their_days_and_side_by_side(secretary: Actor, patient: Patient) -> None:
    add_exemption(secretary, patient, {"kind": "ald", "applies_from": TODAY, "reference": "ALD 8"})
    add_exemption(
        secretary,
        patient,
        {"kind": "maternity", "applies_from": TODAY, "applies_to": TODAY + dt.timedelta(days=100)},
    )
    both = coverage_at(patient, TODAY)
    assert both.has("ald")
    assert both.has("maternity")
    assert not both.c2s
    assert not coverage_at(patient, TODAY - dt.timedelta(days=1)).exemptions
    assert [each.kind for each in coverage_at(patient, TODAY + dt.timedelta(days=101)).exemptions] == ["ald"]


def test_one_right_is_not_held_twice_on_a_day(secretary: Actor, patient: Patient) -> None:
    ald, _made = add_exemption(secretary, patient, {"kind": "ald", "applies_from": TODAY})
    with pytest.raises(FieldErrors):
        add_exemption(secretary, patient, {"kind": "ald", "applies_from": TODAY + dt.timedelta(days=30)})
    end_exemption(secretary, ald, TODAY + dt.timedelta(days=10))
    add_exemption(secretary, patient, {"kind": "ald", "applies_from": TODAY + dt.timedelta(days=30)})
    with pytest.raises(DomainError):
        end_exemption(secretary, AmoExemption.objects.get(pk=ald.pk), TODAY + dt.timedelta(days=10))
    with pytest.raises(DomainError):
        end_exemption(secretary, ald, TODAY - dt.timedelta(days=1))
    assert AmoExemption.objects.count() == 2


def test_the_store_keeps_one_open_cover_a_patient(patient: Patient) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AmoCoverage.objects.create(patient=patient, regime="02", applies_from=TODAY, recorded_by="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        AmoExemption.objects.create(
            patient=patient, kind="ald", applies_from=TODAY, applies_to=TODAY - dt.timedelta(days=1), recorded_by="x"
        )


def test_who_may_not_change_cover(bookkeeper: Actor, patient: Patient) -> None:
    with pytest.raises(Forbidden):
        update_coverage(bookkeeper, patient, AMO, 1)
    with pytest.raises(Forbidden):
        add_exemption(bookkeeper, patient, {"kind": "ald", "applies_from": TODAY})
