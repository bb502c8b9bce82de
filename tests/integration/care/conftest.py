"""A patient who is covered, on a practice with its nomenclature."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
def patient(practice: Any, nomenclature: Any, make_patient: Callable[..., Any]) -> Any:
    """A woman of 42, insured by the CPAM and by a mutuelle that pays the ticket modérateur."""
    from cuspide.patients.models import AmcCoverage, AmoCoverage

    made = make_patient()
    AmoCoverage.objects.create(patient=made, regime="01", caisse="261", applies_from=dt.date(2015, 1, 1))
    AmcCoverage.objects.create(
        patient=made, organisation="MGEN", guarantee=Decimal("1"), applies_from=dt.date(2015, 1, 1)
    )
    return made


@pytest.fixture
def other_patient(practice: Any, make_patient: Callable[..., Any]) -> Any:
    return make_patient(birth_name="ROUSSEL", birth_date="12/11/1979")


@pytest.fixture
def new_act(practice: Any) -> Callable[..., Any]:
    """`new_act("HBMD049", teeth=["16"], surfaces="MO")`: an act of the first dentist."""
    from cuspide.care.services import NewAct

    def make(code: str, **fields: Any) -> NewAct:
        return NewAct(code=code, practitioner=practice.dentists[0], site=practice.site, **fields)

    return make
