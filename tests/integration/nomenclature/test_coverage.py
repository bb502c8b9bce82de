"""What covered the patient on the day decides who pays."""

import datetime as dt
from decimal import Decimal
from typing import Any

from cuspide.formats.pricing import Exemption, ThirdParty
from cuspide.nomenclature import selectors
from cuspide.nomenclature.coverage import rules_for
from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption

START = dt.date(2026, 1, 1)
DAY = dt.date(2026, 6, 1)


def covered(make_patient: Any, **amc: Any) -> Any:
    patient = make_patient()
    AmoCoverage.objects.create(patient=patient, regime="01", applies_from=START, recorded_by="test")
    if amc:
        AmcCoverage.objects.create(patient=patient, applies_from=START, recorded_by="test", **amc)
    return patient


def test_a_filling_is_shared_between_amo_and_contract(nomenclature: Any, make_patient: Any) -> None:
    patient = covered(make_patient, organisation="MGEN", guarantee=Decimal(1))
    priced = selectors.price("HBMD049", DAY, rules_for(patient, DAY))
    assert (priced.amo, priced.amc, priced.patient) == (Decimal("31.20"), Decimal("20.80"), Decimal("0.00"))
    assert (priced.third_party, priced.due_from_patient) == (ThirdParty.FULL, Decimal("0.00"))


def test_a_guarantee_is_a_percentage_of_the_base(nomenclature: Any, make_patient: Any) -> None:
    patient = covered(make_patient, organisation="MGEN", guarantee=Decimal(1), prosthesis_guarantee=Decimal("2.5"))
    priced = selectors.price("HBLD734", DAY, rules_for(patient, DAY), fee=Decimal("600.00"))
    assert (priced.amo, priced.amc, priced.patient) == (Decimal("72.00"), Decimal("228.00"), Decimal("300.00"))


def test_without_contract_the_patient_pays_at_the_desk(nomenclature: Any, make_patient: Any) -> None:
    rules = rules_for(covered(make_patient), DAY)
    assert (rules.amc, rules.third_party) == (None, ThirdParty.NONE)
    priced = selectors.price("HBJD001", DAY, rules)
    assert (priced.amo, priced.due_from_patient) == (Decimal("17.35"), Decimal("28.92"))


def test_a_cover_holds_only_between_its_days(nomenclature: Any, make_patient: Any) -> None:
    patient = make_patient()
    AmoCoverage.objects.create(
        patient=patient, regime="01", applies_from=START, rights_to=dt.date(2026, 3, 31), recorded_by="test"
    )
    assert rules_for(patient, dt.date(2026, 3, 31)).amo
    assert not rules_for(patient, dt.date(2026, 4, 1)).amo
    assert not rules_for(patient, dt.date(2025, 12, 31)).amo


def test_exemptions_and_local_scheme_are_taken_over(nomenclature: Any, make_patient: Any) -> None:
    patient = covered(make_patient)
    for kind in ("ald", "alsace_moselle", "c2s"):
        AmoExemption.objects.create(patient=patient, kind=kind, applies_from=START, recorded_by="test")
    rules = rules_for(patient, DAY)
    assert rules.exemptions == frozenset({Exemption.ALD})
    assert rules.alsace_moselle
    assert rules.c2s
    priced = selectors.price("HBLD634", DAY, rules, fee=Decimal("500.00"))
    # 90 % of 120 by the local scheme; the fee is brought down to the highest one with C2S; nothing left to pay.
    assert (priced.fee, priced.amo, priced.patient) == (Decimal("451.25"), Decimal("108.00"), Decimal("0.00"))


def test_every_kind_of_exemption_is_known_to_the_prices(make_patient: Any) -> None:
    from cuspide.patients.models.coverage import ExemptionKind

    assert set(ExemptionKind.values) == {each.value for each in Exemption} | {"alsace_moselle", "c2s"}


def test_the_desk_may_decide_otherwise(make_patient: Any) -> None:
    patient = covered(make_patient, organisation="MGEN")
    assert rules_for(patient, DAY, third_party=ThirdParty.AMO).third_party is ThirdParty.AMO
