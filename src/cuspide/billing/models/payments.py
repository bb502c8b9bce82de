"""What was paid: a receipt is one gesture at the desk, made of payments by one or several means."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from cuspide.billing.models.invoices import Counter, Invoice
from cuspide.billing.rules import number_text
from cuspide.core.fields import MoneyField
from cuspide.core.models import Blob, Exported
from cuspide.patients.models import Patient
from cuspide.practice.models import LegalEntity, Site


class Means(models.TextChoices):
    """How somebody pays."""

    CARD = "card", pgettext_lazy("means of payment", "Card")
    CHEQUE = "cheque", pgettext_lazy("means of payment", "Cheque")
    CASH = "cash", pgettext_lazy("means of payment", "Cash")
    TRANSFER = "transfer", pgettext_lazy("means of payment", "Bank transfer")


class PaymentState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("state of a payment", "Received")
    VOIDED = "voided", pgettext_lazy("state of a payment", "Void")


class ReceiptCounter(Counter):
    """Numbers of receipts."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "year"], name="receipt_counter_once")]


class Receipt(Exported):
    """What was received from one person at one time. `content` is what its document says; `pdf` the document, made
    when it is first wanted and the same ever after."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="receipts")
    payer = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="receipts")
    received_on = models.DateField()
    total = MoneyField()
    taken_at = models.DateTimeField()
    taken_by_user_id = models.BigIntegerField(null=True)
    taken_by = models.CharField(max_length=150)
    content = models.JSONField(default=dict)
    pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = [models.Index(fields=["payer", "received_on"], name="receipt_of_patient")]
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "number"], name="receipt_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="receipt_number_from_one"),
            models.CheckConstraint(condition=Q(total__gt=0), name="receipt_is_for_something"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.number_text}"

    @property
    def number_text(self) -> str:
        return number_text(self.year, self.number, prefix="R")


class Payment(Exported):
    """An amount received by one means. A cheque may be held until a day that was agreed with the patient."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="payments")
    position = models.PositiveSmallIntegerField(default=1)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="payments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="payments")
    payer = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payments")
    means = models.CharField(max_length=8, choices=Means.choices)
    amount = MoneyField()
    received_on = models.DateField()
    cheque_bank = models.CharField(max_length=60, blank=True)
    cheque_number = models.CharField(max_length=20, blank=True)
    held_until = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True)

    state = models.CharField(max_length=8, choices=PaymentState.choices, default=PaymentState.RECEIVED)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.CharField(max_length=150, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["receipt", "position"]
        indexes = [
            models.Index(fields=["received_on", "id"], name="payment_by_day"),
            models.Index(fields=["held_until"], name="payment_held", condition=Q(held_until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "position"], name="payment_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_of_something"),
            models.CheckConstraint(condition=Q(means__in=Means.values), name="payment_means"),
            models.CheckConstraint(
                condition=Q(means="cheque") | Q(cheque_bank="", cheque_number="", held_until__isnull=True),
                name="payment_cheque_facts_of_cheques",
            ),
            models.CheckConstraint(
                condition=Q(state="received", voided_at__isnull=True, void_reason="")
                | (Q(state="voided", voided_at__isnull=False) & ~Q(void_reason="")),
                name="payment_void_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk} {self.state}"

    @property
    def is_void(self) -> bool:
        return self.state == PaymentState.VOIDED


class PaymentAllocation(models.Model):
    """How much of a payment pays which invoice. It stands as long as its payment does. The sums (at most the payment,
    at most what is due) are kept by the service under lock, by `Invoice.paid`'s constraint, and proved by the check."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = MoneyField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="allocation_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"payment {self.payment_id} to invoice {self.invoice_id}"
