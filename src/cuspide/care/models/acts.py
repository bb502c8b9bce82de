"""An act: what is planned or was done for a patient, with its price and who pays it, as they were on that day."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.care.models.findings import KIND_CHOICES, Finding
from cuspide.core import clock
from cuspide.core.fields import MoneyField
from cuspide.core.models import Exported, Versioned
from cuspide.patients.models import Patient
from cuspide.practice.models import Chair, LegalEntity, Practitioner, Site


class ActState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("state of an act", "To do")
    DONE = "done", pgettext_lazy("state of an act", "Done")
    VOID = "void", pgettext_lazy("state of an act", "Void")


class Nomenclature(models.TextChoices):
    """Which list the code stands in. `own` are the practice's own codes, outside of any nomenclature (HN)."""

    CCAM = "ccam", "CCAM"
    NGAP = "ngap", "NGAP"
    OWN = "own", _("Outside the nomenclature")


class Act(Exported, Versioned):
    """An act of one patient. Label, price and shares are frozen here: later tariffs do not touch them.

    `fee` is what the practice asks, for the whole quantity; `base` the AMO's base of reimbursement; the three shares
    add up to the fee. `teeth` are FDI codes with a space between; `region` an ISO 3950 region ("01", "30") for acts
    on a part of the mouth. `short_name` is what a practice says for the label. `related_to_exemption` marks care of
    the ALD or of the accident at work. `draws` is what the act shows on the chart, empty for nothing. `coverage` is
    the cover it was priced with.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="acts")
    nomenclature = models.CharField(max_length=5, choices=Nomenclature.choices, default=Nomenclature.CCAM)
    code = models.CharField(max_length=13)
    label = models.CharField(max_length=500)
    short_name = models.CharField(max_length=120, blank=True)
    teeth = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=2, blank=True)
    surfaces = models.CharField(max_length=5, blank=True)
    draws = models.CharField(max_length=20, blank=True, choices=KIND_CHOICES)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="acts")

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="acts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="acts")
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="acts")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, null=True, blank=True, related_name="acts")

    state = models.CharField(max_length=7, choices=ActState.choices, default=ActState.PLANNED)
    planned_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    quantity = models.PositiveSmallIntegerField(default=1)
    related_to_exemption = models.BooleanField(default=False)
    modifiers = models.CharField(max_length=4, blank=True)
    fee = MoneyField()
    base = MoneyField()
    amo_share = MoneyField()
    amc_share = MoneyField()
    patient_share = MoneyField()
    coverage = models.JSONField(default=dict, blank=True)

    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by_user_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=150)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["patient", "state", "done_on"], name="act_of_patient"),
            models.Index(fields=["done_on", "practitioner"], name="act_done_on"),
            models.Index(fields=["planned_on"], name="act_planned", condition=Q(state="planned")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(fee=F("amo_share") + F("amc_share") + F("patient_share")), name="act_shares_make_the_fee"
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=0, base__gte=0, amo_share__gte=0, amc_share__gte=0, patient_share__gte=0),
                name="act_amounts_not_negative",
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="act_quantity"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(label=""), name="act_has_code_and_label"),
            models.CheckConstraint(condition=Q(nomenclature__in=Nomenclature.values), name="act_nomenclature"),
            models.CheckConstraint(
                condition=Q(state="planned", done_on__isnull=True)
                | Q(state="done", done_on__isnull=False)
                | Q(state="void"),
                name="act_done_has_its_day",
            ),
            models.CheckConstraint(
                condition=(~Q(state="void") & Q(voided_at__isnull=True, void_reason=""))
                | (Q(state="void", voided_at__isnull=False) & ~Q(void_reason="")),
                name="act_void_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    @property
    def tooth_codes(self) -> list[str]:
        return self.teeth.split()

    @property
    def name(self) -> str:
        """What a list shows: the everyday name, else the label."""
        return self.short_name or self.label

    @property
    def place(self) -> str:
        """Where it was done, as it is read: "16 MO", "14 15 16", "01"."""
        return f"{self.teeth or self.region}\u00a0{self.surfaces}" if self.surfaces else self.teeth or self.region

    @property
    def day(self) -> dt.date:
        """The day it was done, else the day it was planned."""
        return self.done_on or self.planned_on


class FavouriteAct(models.Model):
    """A code that somebody keeps at hand. `user_id` is the person's account."""

    user_id = models.BigIntegerField()
    nomenclature = models.CharField(max_length=5, choices=Nomenclature.choices, default=Nomenclature.CCAM)
    code = models.CharField(max_length=13)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user_id", "nomenclature", "code"], name="favourite_act_once"),
        ]

    def __str__(self) -> str:
        return self.code
