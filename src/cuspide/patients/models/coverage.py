"""Cover: compulsory insurance (AMO), its exemptions, complementary insurance (AMC). The history is kept.

A row says what the practice takes to apply from `applies_from` to `applies_to`, both included. A new row closes the
former one the day before. A row that was mistaken is void: it never applied.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.fields import RateField
from cuspide.core.models import Exported
from cuspide.patients.models.identity import Patient


class LearntFrom(models.TextChoices):
    """Where a right was learnt. Third-party payment wants a card or the ADRi service, or a paper."""

    CARD = "card", _("Vitale card")
    ADRI = "adri", _("Online rights service (ADRi)")
    PAPER = "paper", _("Certificate seen")
    SAID = "said", _("Said by the patient")
    FILE = "file", _("File of another program")


class Beneficiary(models.TextChoices):
    """Quality of the beneficiary (SESAM-Vitale)."""

    INSURED = "00", pgettext_lazy("beneficiary", "Insured person")
    ASCENDANT = "01", pgettext_lazy("beneficiary", "Parent of the insured")
    SPOUSE = "02", pgettext_lazy("beneficiary", "Spouse")
    PARTNER = "04", pgettext_lazy("beneficiary", "Partner")
    CHILD = "06", pgettext_lazy("beneficiary", "Child")
    OTHER = "09", pgettext_lazy("beneficiary", "Other dependant")


class _Dated(Exported):
    applies_from = models.DateField()
    applies_to = models.DateField(null=True, blank=True)
    learnt_from = models.CharField(max_length=5, choices=LearntFrom.choices, default=LearntFrom.SAID)
    checked_at = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.CharField(max_length=150)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def _dated_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(applies_to__isnull=True) | Q(applies_to__gte=F("applies_from")), name=f"{name}_dates_in_order"
        ),
        models.CheckConstraint(condition=Q(learnt_from__in=LearntFrom.values), name=f"{name}_learnt_from"),
    ]


def _one_at_a_time(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(
            fields=["patient"], condition=Q(applies_to__isnull=True, voided_at__isnull=True), name=f"{name}_one_open"
        ),
        models.UniqueConstraint(
            fields=["patient", "applies_from"], condition=Q(voided_at__isnull=True), name=f"{name}_one_a_day"
        ),
    ]


class AmoCoverage(_Dated):
    """Compulsory insurance: regime (2 digits), fund (3), centre (4), and the rights it says are open."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="amo_coverages")
    regime = models.CharField(max_length=2)
    caisse = models.CharField(max_length=3, blank=True)
    centre = models.CharField(max_length=4, blank=True)
    insured_nir = models.CharField(max_length=15, blank=True)
    """NIR of the person who is insured (*assuré*); the patient's own, or a parent's."""
    beneficiary = models.CharField(max_length=2, choices=Beneficiary.choices, default=Beneficiary.INSURED)
    birth_rank = models.PositiveSmallIntegerField(default=1)
    rights_from = models.DateField(null=True, blank=True)
    rights_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-applies_from", "-pk"]
        constraints = [
            *_dated_constraints("amo"),
            *_one_at_a_time("amo"),
            models.CheckConstraint(
                condition=Q(rights_from__isnull=True) | Q(rights_to__isnull=True) | Q(rights_to__gte=F("rights_from")),
                name="amo_rights_in_order",
            ),
            models.CheckConstraint(
                condition=Q(Q(insured_nir=""), Exact(Length("insured_nir"), 15), _connector=Q.OR),
                name="amo_insured_nir_length",
            ),
            models.CheckConstraint(condition=Q(beneficiary__in=Beneficiary.values), name="amo_beneficiary"),
        ]

    def __str__(self) -> str:
        return f"AMO {self.pk}"

    @property
    def organisation_code(self) -> str:
        """`01 261 0000`: regime, fund, centre."""
        return "\u00a0".join(part for part in (self.regime, self.caisse, self.centre) if part)


class ExemptionKind(models.TextChoices):
    """What changes the shares of AMO and patient. The last two are rights rather than exemptions."""

    ALD = "ald", _("Long-term illness (ALD)")
    MATERNITY = "maternity", _("Maternity")
    AT_MP = "at_mp", _("Accident at work (AT/MP)")
    ASPA = "aspa", _("Old-age allowance (ASPA)")
    FULL = "full", _("Other full exemption")
    ALSACE_MOSELLE = "alsace_moselle", _("Local scheme of Alsace-Moselle")
    C2S = "c2s", _("Solidarity cover (C2S)")


class AmoExemption(_Dated):
    """A ground on which the AMO pays more, with its dates. Several may apply on one day."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="amo_exemptions")
    kind = models.CharField(max_length=14, choices=ExemptionKind.choices)
    reference = models.CharField(max_length=60, blank=True)
    """Number of the care protocol or of the accident: what the care sheet asks for."""
    ald_number = models.PositiveSmallIntegerField(null=True, blank=True)
    """1 to 30 of the list of long-term illnesses, 31 outside the list, 32 several together."""
    event_on = models.DateField(null=True, blank=True)
    """Day of the accident at work, or on which the birth is expected."""

    class Meta:
        ordering = ["applies_from", "pk"]
        constraints = [
            *_dated_constraints("exemption"),
            models.CheckConstraint(condition=Q(kind__in=ExemptionKind.values), name="exemption_kind"),
            models.CheckConstraint(
                condition=Q(ald_number__isnull=True) | Q(kind="ald", ald_number__gte=1, ald_number__lte=32),
                name="exemption_ald_number",
            ),
            models.CheckConstraint(
                condition=Q(event_on__isnull=True) | Q(kind__in=["maternity", "at_mp"]), name="exemption_event"
            ),
            models.UniqueConstraint(
                fields=["patient", "kind", "applies_from"],
                condition=Q(voided_at__isnull=True),
                name="exemption_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"exemption {self.pk}"


class ContractKind(models.TextChoices):
    COMPANY = "company", _("Company contract")
    INDIVIDUAL = "individual", _("Individual contract")


class AmcCoverage(_Dated):
    """Complementary insurance. Guarantees are what AMO and AMC pay together, as a fraction of the base of
    reimbursement (1 is 100 % BR)."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="amc_coverages")
    organisation = models.CharField(max_length=120)
    organisation_number = models.CharField(max_length=10, blank=True)
    member_number = models.CharField(max_length=30, blank=True)
    contract_kind = models.CharField(max_length=10, choices=ContractKind.choices, default=ContractKind.INDIVIDUAL)
    responsible = models.BooleanField(default=True)
    guarantee = RateField(default=1)
    prosthesis_guarantee = RateField(null=True, blank=True)
    """For prostheses of the moderate and free baskets, when it differs."""
    third_party_agreement = models.BooleanField(default=True)
    rights_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-applies_from", "-pk"]
        constraints = [
            *_dated_constraints("amc"),
            *_one_at_a_time("amc"),
            models.CheckConstraint(condition=~Q(organisation=""), name="amc_has_an_organisation"),
            models.CheckConstraint(condition=Q(contract_kind__in=ContractKind.values), name="amc_contract_kind"),
            models.CheckConstraint(condition=Q(guarantee__gte=0), name="amc_guarantee_not_negative"),
        ]

    def __str__(self) -> str:
        return f"AMC {self.pk}"
