"""How a patient is reached: telephone, e-mail, address. What is no longer right is ended, not lost."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.patients.models.identity import Patient
from cuspide.patients.rules.phones import shown_phone


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail")


class ContactUse(models.TextChoices):
    MOBILE = "mobile", pgettext_lazy("telephone", "Mobile")
    HOME = "home", pgettext_lazy("telephone", "Home")
    WORK = "work", pgettext_lazy("telephone", "Work")
    OTHER = "other", _("Another person")


class ContactPoint(Exported):
    """A number or an e-mail address. `normalised` is E.164, or the address in lower case."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=5, choices=ContactKind.choices)
    use = models.CharField(max_length=6, choices=ContactUse.choices)
    position = models.PositiveSmallIntegerField(default=0)
    value = models.CharField(max_length=254)
    normalised = models.CharField(max_length=254, db_index=True)
    whose = models.CharField(max_length=120, blank=True)
    """Who answers, when it is not the patient: `mother`, `daughter, Anne`."""
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind"),
            models.CheckConstraint(condition=Q(use__in=ContactUse.values), name="contact_use"),
            models.CheckConstraint(condition=~Q(normalised=""), name="contact_not_empty"),
            models.UniqueConstraint(
                fields=["patient", "kind", "use", "position"],
                condition=Q(ended_at__isnull=True),
                name="contact_place_once_a_patient",
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def shown(self) -> str:
        return shown_phone(self.normalised) if self.kind == ContactKind.PHONE else self.value


class AddressUse(models.TextChoices):
    HOME = "home", pgettext_lazy("address", "Home")
    BILLING = "billing", pgettext_lazy("address", "Billing")


class Address(Exported):
    """A postal address. `country` is ISO 3166-1 alpha-2."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="addresses")
    use = models.CharField(max_length=7, choices=AddressUse.choices, default=AddressUse.HOME)
    line1 = models.CharField(max_length=120, blank=True)
    line2 = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, default="FR")
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(use__in=AddressUse.values), name="address_use"),
            models.UniqueConstraint(
                fields=["patient", "use"], condition=Q(ended_at__isnull=True), name="address_once_a_use"
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"

    @property
    def lines(self) -> list[str]:
        """The lines as they stand on an envelope."""
        place = f"{self.postcode} {self.city}".strip()
        return [line for line in (self.line1, self.line2, place, self.country if self.country != "FR" else "") if line]
