"""Acts that are done, as care leaves them."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cuspide.core import clock


@pytest.fixture
def make_act(practice: Any) -> Callable[..., Any]:
    """`make_act(patient, fee="60.00", amo="36.00", amc="24.00")`: an act done today; what is left is the patient's."""
    from cuspide.care.models import Act, ActState

    def make(
        patient: Any,
        *,
        fee: str = "60.00",
        amo: str = "36.00",
        amc: str = "24.00",
        base: str | None = None,
        done_on: dt.date | None = None,
        **fields: Any,
    ) -> Any:
        day = done_on or clock.today()
        state = fields.pop("state", ActState.DONE)
        usual = {
            "code": "HBMD049",
            "label": "Restauration d’une dent d’un secteur prémolomolaire sur 1 face",
            "teeth": "16",
            "surfaces": "O",
            "practitioner": practice.dentists[0],
            "site": practice.site,
            "entity": practice.entity,
            "recorded_by": "test",
            "coverage": {"third_party": "00"},
        }
        return Act.objects.create(
            patient=patient,
            state=state,
            planned_on=day,
            done_on=day if state == ActState.DONE else None,
            fee=Decimal(fee),
            base=Decimal(base or fee),
            amo_share=Decimal(amo),
            amc_share=Decimal(amc),
            patient_share=Decimal(fee) - Decimal(amo) - Decimal(amc),
            **usual | fields,
        )

    return make


@pytest.fixture
def make_invoice(make_act: Callable[..., Any], make_patient: Callable[..., Any]) -> Callable[..., Any]:
    """`make_invoice(patient, fee="48.00")`: an issued invoice of one act, nothing paid of it."""
    from cuspide.billing.services import issue_invoice
    from cuspide.core.actor import Actor

    def make(patient: Any = None, *, third_party: Any = None, actor: Any = None, **act: Any) -> Any:
        from cuspide.formats.pricing import ThirdParty

        patient = patient or make_patient()
        done = make_act(patient, **act)
        return issue_invoice(actor or Actor.system("test"), patient, [done.uuid], third_party or ThirdParty.NONE)

    return make
