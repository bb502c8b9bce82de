"""The invoice for fees (*note d'honoraires*) and its lines. What it says is frozen when it is issued."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from cuspide.billing.rules import Dues, Shares, number_text
from cuspide.care.models import Act
from cuspide.core.fields import MoneyField
from cuspide.core.models import Exported
from cuspide.formats.pricing import ThirdParty
from cuspide.patients.models import Patient
from cuspide.practice.models import LegalEntity, Practitioner, Site


class InvoiceState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("state of an invoice", "Issued")
    CANCELLED = "cancelled", pgettext_lazy("state of an invoice", "Cancelled")


class ThirdPartyMode(models.TextChoices):
    """*Tiers payant*; values of B2 *destinataire du règlement*."""

    NONE = ThirdParty.NONE.value, pgettext_lazy("third-party payment", "None")
    AMO = ThirdParty.AMO.value, pgettext_lazy("third-party payment", "AMO part")
    FULL = ThirdParty.FULL.value, pgettext_lazy("third-party payment", "AMO and AMC parts")
    AMC = ThirdParty.AMC.value, pgettext_lazy("third-party payment", "AMC part")


class Counter(models.Model):
    """The last number given to a legal entity in a year. The row is locked last in the transaction that takes a
    number, and a rollback gives the number back: there are no gaps."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.entity_id} {self.year}: {self.last}"


class InvoiceCounter(Counter):
    """Numbers of invoices."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "year"], name="invoice_counter_once")]


class Invoice(Exported):
    """What one practitioner asks of one patient. Only its state and what was paid of it change afterwards.

    `total` is the sum of the fees; `amo`, `amc`, `patient_share` who bears it; `due` what the patient pays to the
    practice, which depends on third-party payment; `paid` the sum of the standing allocations. `parties` keeps the
    names, addresses and numbers that the document shows.
    """

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="invoices")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="invoices")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="invoices")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="invoices")
    issued_at = models.DateTimeField()
    issued_on = models.DateField()
    """The day of `issued_at` on the site's wall calendar; `year` is its year."""
    issued_by_user_id = models.BigIntegerField(null=True)
    issued_by = models.CharField(max_length=150)
    parties = models.JSONField()

    third_party = models.CharField(max_length=2, choices=ThirdPartyMode.choices, default=ThirdPartyMode.NONE)
    total = MoneyField()
    base = MoneyField()
    amo = MoneyField()
    amc = MoneyField()
    patient_share = MoneyField()
    due = MoneyField()
    paid = MoneyField(default=0)

    state = models.CharField(max_length=9, choices=InvoiceState.choices, default=InvoiceState.ISSUED)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-issued_on", "-pk"]
        indexes = [
            models.Index(fields=["issued_on", "id"], name="invoice_by_day"),
            models.Index(fields=["patient", "issued_on"], name="invoice_of_patient"),
            models.Index(fields=["year", "number"], name="invoice_by_number"),
            models.Index(
                fields=["issued_on", "id"], name="invoice_unpaid", condition=Q(state="issued", paid__lt=F("due"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="invoice_number_from_one"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2199), name="invoice_year"),
            models.CheckConstraint(
                condition=Q(total=F("amo") + F("amc") + F("patient_share")), name="invoice_shares_make_the_total"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, base__gte=0, amo__gte=0, amc__gte=0, patient_share__gte=0),
                name="invoice_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(third_party="00", due=F("total"))
                | Q(third_party="05", due=F("amc") + F("patient_share"))
                | Q(third_party="15", due=F("patient_share"))
                | Q(third_party="25", due=F("amo") + F("patient_share")),
                name="invoice_due_by_third_party",
            ),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("due")), name="invoice_never_overpaid"),
            models.CheckConstraint(
                condition=Q(state="issued", cancelled_at__isnull=True, cancel_reason="")
                | (Q(state="cancelled", cancelled_at__isnull=False, paid=0) & ~Q(cancel_reason="")),
                name="invoice_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"invoice {self.number_text}"

    @property
    def number_text(self) -> str:
        return number_text(self.year, self.number)

    @property
    def rest(self) -> Decimal:
        """What the patient still has to pay; nothing once it is cancelled."""
        return self.due - self.paid if self.state == InvoiceState.ISSUED else self.due - self.due

    @property
    def is_cancelled(self) -> bool:
        return self.state == InvoiceState.CANCELLED

    @property
    def shares(self) -> Shares:
        return Shares(self.total, self.base, self.amo, self.amc, self.patient_share)

    @property
    def expected(self) -> Dues:
        """What the practice waits for from AMO, AMC and patient."""
        mode = ThirdParty(self.third_party)
        nothing = self.due - self.due
        return Dues(
            amo=self.amo if mode.on_amo else nothing, amc=self.amc if mode.on_amc else nothing, patient=self.due
        )

    @property
    def status(self) -> str:
        """`cancelled`, `settled`, `part` (something was paid) or `unpaid`."""
        if self.is_cancelled:
            return "cancelled"
        if self.paid == self.due:
            return "settled"
        return "part" if self.paid else "unpaid"


class InvoiceLine(models.Model):
    """An act on an invoice, with what it said on that day. `standing` ends when the invoice is cancelled: the act may
    then be invoiced again, and the database allows it on one standing line only."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="invoice_lines")
    standing = models.BooleanField(default=True)
    nomenclature = models.CharField(max_length=5)
    code = models.CharField(max_length=13)
    label = models.CharField(max_length=500)
    short_name = models.CharField(max_length=120, blank=True)
    teeth = models.CharField(max_length=170, blank=True)
    done_on = models.DateField()
    quantity = models.PositiveSmallIntegerField(default=1)
    modifiers = models.CharField(max_length=4, blank=True)
    fee = MoneyField()
    base = MoneyField()
    amo = MoneyField()
    amc = MoneyField()
    patient_share = MoneyField()

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.UniqueConstraint(fields=["act"], condition=Q(standing=True), name="act_on_one_standing_invoice"),
            models.CheckConstraint(
                condition=Q(fee=F("amo") + F("amc") + F("patient_share")), name="invoice_line_shares_make_the_fee"
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=0, base__gte=0, amo__gte=0, amc__gte=0, patient_share__gte=0),
                name="invoice_line_amounts_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of invoice {self.invoice_id}"

    @property
    def name(self) -> str:
        """What a page shows; the document shows the label in full."""
        return self.short_name or self.label

    @property
    def shares(self) -> Shares:
        return Shares(self.fee, self.base, self.amo, self.amc, self.patient_share)
