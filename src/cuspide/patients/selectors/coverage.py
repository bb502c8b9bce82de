"""What covered a patient on a day, as a frozen answer that prices are worked out from."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption, Patient


@dataclass(frozen=True)
class AmoAt:
    """Compulsory insurance on a day. `rights_open` is whether the rights learnt include that day."""

    regime: str
    caisse: str
    centre: str
    insured_nir: str
    beneficiary: str
    birth_rank: int
    rights_from: dt.date | None
    rights_to: dt.date | None
    rights_open: bool
    learnt_from: str
    checked_at: dt.date | None


@dataclass(frozen=True)
class ExemptionAt:
    """`kind` is a value of `ExemptionKind`: ald, maternity, at_mp, aspa, full, alsace_moselle, c2s."""

    kind: str
    reference: str
    applies_from: dt.date
    applies_to: dt.date | None


@dataclass(frozen=True)
class AmcAt:
    """Complementary insurance on a day. Guarantees are fractions of the BR, AMO included: Decimal("1.25") is 125 %."""

    organisation: str
    organisation_number: str
    member_number: str
    contract_kind: str
    responsible: bool
    guarantee: Decimal
    prosthesis_guarantee: Decimal | None
    third_party_agreement: bool
    rights_to: dt.date | None
    rights_open: bool


@dataclass(frozen=True)
class CoverageAt:
    """All that applied on `day`. Without `amo` nothing is known of the patient's insurance."""

    day: dt.date
    amo: AmoAt | None = None
    exemptions: tuple[ExemptionAt, ...] = ()
    amc: AmcAt | None = None

    def has(self, kind: str) -> bool:
        """Whether an exemption or right of that kind applied on the day."""
        return any(exemption.kind == kind for exemption in self.exemptions)

    @property
    def c2s(self) -> bool:
        return self.has("c2s")

    @property
    def alsace_moselle(self) -> bool:
        return self.has("alsace_moselle")


def coverage_at(patient: Patient, day: dt.date) -> CoverageAt:
    """What applied to the patient on a past, present or coming day, as the practice knows it now. Three queries."""
    on_the_day = Q(applies_from__lte=day) & (Q(applies_to__isnull=True) | Q(applies_to__gte=day))
    held = Q(patient=patient, voided_at__isnull=True) & on_the_day
    amo = AmoCoverage.objects.filter(held).first()
    amc = AmcCoverage.objects.filter(held).first()
    exemptions = AmoExemption.objects.filter(held)
    return CoverageAt(
        day=day,
        amo=_amo_at(amo, day) if amo else None,
        exemptions=tuple(ExemptionAt(e.kind, e.reference, e.applies_from, e.applies_to) for e in exemptions),
        amc=_amc_at(amc, day) if amc else None,
    )


@dataclass(frozen=True)
class CoverageHistory:
    """All cover of one patient, held in memory: `at` answers as `coverage_at` does, without a query."""

    amo: tuple[AmoCoverage, ...] = ()
    exemptions: tuple[AmoExemption, ...] = ()
    amc: tuple[AmcCoverage, ...] = ()

    def at(self, day: dt.date) -> CoverageAt:
        amo = next((row for row in self.amo if _applies(row, day)), None)
        amc = next((row for row in self.amc if _applies(row, day)), None)
        return CoverageAt(
            day=day,
            amo=_amo_at(amo, day) if amo else None,
            exemptions=tuple(
                ExemptionAt(e.kind, e.reference, e.applies_from, e.applies_to)
                for e in self.exemptions
                if _applies(e, day)
            ),
            amc=_amc_at(amc, day) if amc else None,
        )


def _applies(row: AmoCoverage | AmoExemption | AmcCoverage, day: dt.date) -> bool:
    return row.applies_from <= day and (row.applies_to is None or day <= row.applies_to)


def coverage_histories(up_to: int) -> dict[int, CoverageHistory]:
    """The cover of patients by primary key, as far as this one, for work over a whole practice. Three queries."""
    found: dict[int, tuple[list[AmoCoverage], list[AmoExemption], list[AmcCoverage]]] = {}
    for amo in AmoCoverage.objects.filter(patient__lte=up_to, voided_at__isnull=True):
        found.setdefault(amo.patient_id, ([], [], []))[0].append(amo)
    for exemption in AmoExemption.objects.filter(patient__lte=up_to, voided_at__isnull=True):
        found.setdefault(exemption.patient_id, ([], [], []))[1].append(exemption)
    for amc in AmcCoverage.objects.filter(patient__lte=up_to, voided_at__isnull=True):
        found.setdefault(amc.patient_id, ([], [], []))[2].append(amc)
    return {key: CoverageHistory(tuple(a), tuple(e), tuple(c)) for key, (a, e, c) in found.items()}


def _amo_at(amo: AmoCoverage, day: dt.date) -> AmoAt:
    return AmoAt(
        regime=amo.regime,
        caisse=amo.caisse,
        centre=amo.centre,
        insured_nir=amo.insured_nir,
        beneficiary=amo.beneficiary,
        birth_rank=amo.birth_rank,
        rights_from=amo.rights_from,
        rights_to=amo.rights_to,
        rights_open=(amo.rights_from is None or amo.rights_from <= day)
        and (amo.rights_to is None or day <= amo.rights_to),
        learnt_from=amo.learnt_from,
        checked_at=amo.checked_at,
    )


def _amc_at(amc: AmcCoverage, day: dt.date) -> AmcAt:
    return AmcAt(
        organisation=amc.organisation,
        organisation_number=amc.organisation_number,
        member_number=amc.member_number,
        contract_kind=amc.contract_kind,
        responsible=amc.responsible,
        guarantee=Decimal(amc.guarantee),
        prosthesis_guarantee=None if amc.prosthesis_guarantee is None else Decimal(amc.prosthesis_guarantee),
        third_party_agreement=amc.third_party_agreement,
        rights_to=amc.rights_to,
        rights_open=amc.rights_to is None or day <= amc.rights_to,
    )
