"""The demo practice's fees: plausible honoraires where the tariff is not the price, and an act of its own."""

from decimal import Decimal

from cuspide.core.demo import DemoContext
from cuspide.nomenclature import services
from cuspide.nomenclature.models import Act, PracticeFee

# Invented, each under the ceilings known for its basket since 2023.
_FEES = {
    # crowns, inlay-cores, temporary crowns
    "HBLD634": "490.00",
    "HBLD680": "495.00",
    "HBLD350": "435.00",
    "HBLD073": "435.00",
    "HBLD158": "540.00",
    "HBLD491": "535.00",
    "HBLD038": "285.00",
    "HBLD734": "620.00",
    "HBLD403": "680.00",
    "HBLD318": "650.00",
    "HBLD090": "170.00",
    "HBLD745": "170.00",
    "HBLD245": "190.00",
    "HBLD490": "55.00",
    "HBLD724": "55.00",
    "HBLD486": "60.00",
    "HBMD351": "340.00",
    "HBMD460": "450.00",
    "HBMD048": "650.00",
    # bridges
    "HBLD785": "1390.00",
    "HBLD227": "1490.00",
    "HBLD033": "850.00",
    "HBLD099": "1290.00",
    # removable prostheses
    "HBLD031": "1050.00",
    "HBLD035": "2050.00",
    "HBLD131": "950.00",
    "HBLD364": "260.00",
    "HBMD020": "75.00",
    "HBMD017": "90.00",
    # implants
    "LBLD015": "950.00",
    "LBLD010": "1850.00",
    "HBLD418": "980.00",
    # not covered
    "HBMD005": "390.00",
    "HBMD016": "45.00",
    "HBGB006": "75.00",
    "HBAA338": "90.00",
    "HBLD004": "40.00",
    "HBFD014": "120.00",
}


def build(context: DemoContext) -> None:
    """Needs `shared["entity"]` and a loaded nomenclature; fees hold from the first day of the demo's history."""
    entity = context.shared["entity"]
    acts = dict(Act.objects.filter(code__in=_FEES).values_list("code", "pk"))
    PracticeFee.objects.bulk_create(
        [
            PracticeFee(entity=entity, act_id=acts[code], valid_from=context.first_day, amount=Decimal(fee))
            for code, fee in _FEES.items()
            if code in acts
        ]
    )
    services.add_own_act(
        context.actor, code="SPORT", label="Protège-dents de sport", fee=Decimal("90.00"), entity=entity
    )
