"""The demo practice asks plausible fees."""

import datetime as dt
from typing import Any

from cuspide.core.demo import DemoContext
from cuspide.nomenclature import demo, selectors
from cuspide.nomenclature.models import FeeCeiling, PracticeFee


def test_the_fees_of_the_demo_are_under_every_known_ceiling(nomenclature: Any, practice: Any) -> None:
    context = DemoContext(shared={"entity": practice.entity})
    demo.build(context)
    fees = {fee.act.code: fee for fee in PracticeFee.objects.select_related("act")}
    assert len(fees) > 35
    for ceiling in FeeCeiling.objects.filter(kind="convention", act__code__in=fees).select_related("act"):
        assert fees[ceiling.act.code].amount <= ceiling.amount, ceiling.act.code


def test_a_crown_of_the_demo_is_proposed_at_its_fee_with_nothing_left_to_pay(nomenclature: Any, practice: Any) -> None:
    from decimal import Decimal

    from cuspide.formats.pricing import AmcContract, CoverageRules

    context = DemoContext(shared={"entity": practice.entity})
    demo.build(context)
    insured = CoverageRules(amc=AmcContract(Decimal(100)))
    day = context.today
    assert day >= dt.date(2026, 1, 1)
    priced = selectors.price("HBLD634", day, insured, entity=practice.entity)
    assert (priced.fee, priced.patient) == (Decimal("490.00"), Decimal("0.00"))
    assert selectors.price("SPORT", day, insured, entity=practice.entity).patient == Decimal("90.00")
