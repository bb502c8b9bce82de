"""From what covered a patient on a day to the rules a price is worked out with."""

import datetime as dt
from decimal import Decimal

from cuspide.formats.pricing import AmcContract, CoverageRules, Exemption, ThirdParty
from cuspide.patients.models import Patient
from cuspide.patients.selectors import CoverageAt, coverage_at

_EXEMPTIONS = frozenset(each.value for each in Exemption)


def rules_from(cover: CoverageAt, *, third_party: ThirdParty | None = None) -> CoverageRules:
    """Coverage rules of a day.

    third_party: what was agreed at the desk; None for what is usual: AMO and AMC where the contract allows it, else
    nothing advanced by the practice. A right that has run out gives nothing; a cover that is not known either.
    """
    amc = cover.amc if cover.amc is not None and cover.amc.rights_open else None
    amo_open = cover.amo is not None and cover.amo.rights_open
    if third_party is None:
        agreed = amo_open and amc is not None and amc.third_party_agreement
        third_party = ThirdParty.FULL if agreed else ThirdParty.NONE
    contract = None
    if amc is not None:
        prosthesis = amc.prosthesis_guarantee
        contract = AmcContract(
            percent=amc.guarantee * 100,
            prosthesis_percent=None if prosthesis is None else prosthesis * Decimal(100),
            responsible=amc.responsible,
        )
    return CoverageRules(
        exemptions=frozenset(Exemption(each.kind) for each in cover.exemptions if each.kind in _EXEMPTIONS),
        alsace_moselle=cover.alsace_moselle,
        c2s=amo_open and cover.c2s,
        amc=contract,
        third_party=third_party,
        amo=amo_open,
    )


def rules_for(patient: Patient, day: dt.date, *, third_party: ThirdParty | None = None) -> CoverageRules:
    """Coverage rules of a patient on the day of the act. Three queries."""
    return rules_from(coverage_at(patient, day), third_party=third_party)
