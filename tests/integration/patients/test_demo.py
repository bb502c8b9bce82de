"""The demo's patients: plausible, valid, the same each time, and quickly made."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db.models import Count, F

from cuspide.core.actor import Actor
from cuspide.core.demo import DemoContext
from cuspide.formats import nir
from cuspide.patients import demo, selectors
from cuspide.patients.demo import rest
from cuspide.patients.models import (
    Alert,
    AlertStatement,
    AmcCoverage,
    AmoCoverage,
    AmoExemption,
    ContactPoint,
    Correspondent,
    Household,
    Patient,
    PossibleDuplicate,
    RecordNumber,
)
from cuspide.patients.rules.identity import check_identity
from cuspide.patients.rules.likeness import LIKELY
from cuspide.patients.services import duplicates

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


def build(seed: int, count: int) -> DemoContext:
    context = DemoContext(seed=seed, patients=count, now=NOW)
    demo.build(context)
    return context


def test_a_demo_practice() -> None:
    context = build(1, 1200)
    patients: list[Patient] = context.shared["patients"]
    assert len(patients) == Patient.objects.count() == 1200
    assert [patient.pk for patient in patients] == sorted(patient.pk for patient in patients)
    today = NOW.date()
    ages = [patient.age_on(today) for patient in patients]
    assert min(ages) >= 3
    assert max(ages) <= 97
    assert 0.10 < sum(age < 18 for age in ages) / len(ages) < 0.35

    for patient in patients:
        if patient.nir:
            number = nir.parse(patient.nir)
            assert number.sex.value == patient.sex
            assert number.year == patient.born_on.year % 100
        columns = {name: getattr(patient, name) for name in ("birth_name", "first_birth_given_name", "sex",
                   "birth_date", "nir", "used_name", "used_given_name", "birth_place_code", "birth_place")}  # fmt: skip
        assert check_identity(columns, today).doubts == ()
    assert any(patient.birth_place_code.startswith("2A") for patient in patients)

    assert (
        not AmoCoverage.objects.filter(applies_to__isnull=True)
        .values("patient")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    children = [patient for patient in patients if patient.guarantor_id]
    assert len(children) > 50
    for child in children[:20]:
        cover = selectors.coverage_at(child, today)
        if cover.amo:
            payer = Patient.objects.get(pk=child.guarantor_id)
            assert cover.amo.insured_nir == payer.nir
            assert payer.household_id == child.household_id

    share = {
        "penicillin": Alert.objects.filter(label="Pénicilline").count() / 1200,
        "none known": AlertStatement.objects.count() / 1200,
        "ald": AmoExemption.objects.filter(kind="ald").count() / 1200,
        "c2s": AmoExemption.objects.filter(kind="c2s").count() / 1200,
        "amc": AmcCoverage.objects.filter(applies_to__isnull=True).count() / 1200,
    }
    assert 0.03 < share["penicillin"] < 0.11
    assert 0.3 < share["none known"] < 0.75
    assert 0.06 < share["ald"] < 0.25
    assert 0.05 < share["c2s"] < 0.16
    assert 0.78 < share["amc"] < 0.95

    most = Counter(patient.birth_name for patient in patients).most_common(1)[0][1]
    assert most < 40
    fiction = ("+3363998", "+3319900", "+3326191", "+3335301", "+3346571", "+3353649")
    assert all(
        number.startswith(fiction)
        for number in ContactPoint.objects.filter(kind="phone").values_list("normalised", flat=True)
    )
    for patient in patients[::60]:
        found = selectors.find_patients(Actor.system("test"), f"{patient.display_name} {patient.birth_date_shown}")
        assert patient in [each.patient for each in found]
    assert not Patient.objects.filter(guarantor=F("pk")).exists()


def clear() -> None:
    Patient.objects.update(guarantor=None)
    Patient.objects.all().delete()
    Correspondent.objects.all().delete()
    Household.objects.all().delete()
    RecordNumber.objects.all().delete()


def test_the_same_seed_on_the_same_day_gives_the_same_practice() -> None:
    def traits() -> list[Any]:
        columns = ("number", "uuid", "birth_name", "first_birth_given_name", "birth_date", "nir", "ins_status")
        rows = list(Patient.objects.order_by("pk").values_list(*columns))
        alerts = list(Alert.objects.order_by("pk").values_list("patient__number", "label", "recorded_at"))
        cover = list(AmoCoverage.objects.order_by("pk").values_list("patient__number", "regime", "rights_to"))
        return [rows, alerts, cover]

    build(7, 150)
    first = traits()
    clear()
    build(7, 150)
    assert traits() == first
    clear()
    build(8, 150)
    assert traits() != first


def test_three_people_of_the_demo_are_there_twice_and_hardly_anybody_else_looks_so() -> None:
    patients = build(1, 1200).shared["patients"]
    duplicates.search(Actor.system("test"))
    pairs = list(PossibleDuplicate.objects.select_related("low", "high"))
    twice = {patient.pk for patient in patients[-3:]}
    assert {pair.high_id for pair in pairs if pair.score >= LIKELY} == twice
    assert len(pairs) <= 8


def of_a_large_practice(processes: int) -> list[Any]:
    """240 patients, of whom the other rooms know 200, as they are in the store."""
    context = DemoContext(seed=3, patients=240, known=200, now=NOW, processes=processes)
    demo.build(context)
    assert [patient.pk for patient in context.shared["patients"]] == sorted(
        Patient.objects.order_by("pk").values_list("pk", flat=True)[:200]
    )
    columns = ("number", "uuid", "birth_name", "birth_date", "nir", "household__uuid", "guarantor__number")
    return list(Patient.objects.order_by("number").values_list(*columns))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "BLOCK", 15)


@pytest.mark.usefixtures("small_blocks")
def test_the_rest_of_a_large_practice_is_there_to_be_found() -> None:
    rows = of_a_large_practice(1)
    assert [number for number, *_rest in rows] == list(range(1001, 1241))
    assert RecordNumber.objects.get().last == 1240
    # Of the known the last three are there twice, one with her NIR.
    nirs = [nir for number, *_who, nir, _household, _payer in rows if nir and not 1198 <= number <= 1200]
    assert len(nirs) == len(set(nirs)) > 150
    for patient in Patient.objects.filter(number__gt=1200):
        found = selectors.find_patients(Actor.system("test"), f"{patient.display_name} {patient.birth_date_shown}")
        assert patient in [each.patient for each in found]
        assert patient.addresses.exists()
        assert patient.guarantor is None or patient.guarantor.household_id == patient.household_id
    assert AmoCoverage.objects.filter(patient__number__gt=1200).count() > 30


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.django_db(transaction=True)
def test_several_processes_make_the_same_rest_as_one() -> None:
    alone = of_a_large_practice(1)
    clear()
    assert of_a_large_practice(2) == alone
