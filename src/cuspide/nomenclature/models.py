"""Acts, their tariffs and ceilings by date, the editions they come from, and the practice's own fees."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.fields import MoneyField, RateField
from cuspide.core.models import Exported, Versioned
from cuspide.practice.models import LegalEntity


class System(models.TextChoices):
    """Which list a code stands in. `own` are the practice's own codes, outside of any nomenclature (HN)."""

    CCAM = "ccam", "CCAM"
    NGAP = "ngap", "NGAP"
    OWN = "own", _("Outside the nomenclature")


class Basket(models.TextChoices):
    """*Panier* of the 100 % Santé reform; the values are those of `formats.pricing.Basket`."""

    CARE = "care", pgettext_lazy("basket", "Care at tariff")
    RAC0 = "rac0", pgettext_lazy("basket", "100% Santé")
    MODERATE = "moderate", pgettext_lazy("basket", "Moderate")
    FREE = "free", pgettext_lazy("basket", "Free fees")


class Confidence(models.TextChoices):
    OFFICIAL = "official", pgettext_lazy("confidence", "Official")
    GOOD = "good", pgettext_lazy("confidence", "Sure")
    MEDIUM = "medium", pgettext_lazy("confidence", "To be checked")
    WEAK = "weak", pgettext_lazy("confidence", "Uncertain")


class Origin(models.TextChoices):
    """Who gave a value. What the practice wrote wins over what was published, and both stay."""

    PUBLISHED = "published", pgettext_lazy("origin of a value", "Published")
    PRACTICE = "practice", pgettext_lazy("origin of a value", "Corrected by the practice")


class Edition(Exported):
    """An edition of a nomenclature that was brought in."""

    system = models.CharField(max_length=4, choices=System.choices)
    name = models.CharField(max_length=40)
    in_force = models.DateField()
    source = models.CharField(max_length=200)
    imported_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-in_force", "-pk"]
        constraints = [models.UniqueConstraint(fields=["system", "name"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.name}"


class Act(Exported, Versioned):
    """An act that may be billed. `label` is the official one, `short_name` what a practice says.

    `conditional` is *remboursement sous conditions*; `exo_tm` field 25 of the CCAM; `complementary` and `modifiers`
    are codes with a space between. `search_text` holds folded words (`rules.indexed`). `rank` orders everyday acts
    first (1), the rest after (999).
    """

    system = models.CharField(max_length=4, choices=System.choices, default=System.CCAM)
    code = models.CharField(max_length=12, unique=True)
    label = models.TextField()
    short_name = models.CharField(max_length=120, blank=True)
    synonyms = models.TextField(blank=True)
    covered = models.BooleanField(default=True)
    conditional = models.BooleanField(default=False)
    prior_agreement = models.BooleanField(default=False)
    exo_tm = models.CharField(max_length=9, blank=True)
    regroupement = models.CharField(max_length=4, blank=True)
    basket = models.CharField(max_length=8, choices=Basket.choices, default=Basket.CARE)
    modifiers = models.CharField(max_length=60, blank=True)
    complementary = models.TextField(blank=True)
    chapter = models.CharField(max_length=14, blank=True)
    chapter_label = models.CharField(max_length=300, blank=True)
    introduced_on = models.DateField(null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    rank = models.PositiveSmallIntegerField(default=999)
    search_text = models.TextField(blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(system__in=System.values), name="act_system"),
            models.CheckConstraint(condition=Q(basket__in=Basket.values), name="act_basket"),
            models.CheckConstraint(condition=~Q(code=""), name="act_has_a_code"),
            models.CheckConstraint(
                condition=Q(introduced_on__isnull=True)
                | Q(withdrawn_on__isnull=True)
                | Q(withdrawn_on__gt=F("introduced_on")),
                name="act_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["system", "chapter", "code"], name="act_by_chapter")]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """What a list shows: the everyday name, else the official label."""
        return self.short_name or self.label


class _Dated(Exported):
    """A value of an act between two days, both included."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    amount = MoneyField()
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.OFFICIAL)
    origin = models.CharField(max_length=9, choices=Origin.choices, default=Origin.PUBLISHED)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


def _dated_constraints(name: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=Q(amount__gte=0), name=f"{name}_not_negative"),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"{name}_dates_in_order"
        ),
        models.CheckConstraint(condition=Q(origin__in=Origin.values), name=f"{name}_origin"),
        models.CheckConstraint(condition=Q(confidence__in=Confidence.values), name=f"{name}_confidence"),
    ]


class ActTariff(_Dated):
    """Tariff of an act (base of reimbursement before modifiers). `amount_other` is the second column of the CCAM
    where it differs; `regroupement` is that of the time, from which basket and rate follow."""

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="tariffs")
    amount_other = MoneyField(null=True, blank=True)
    regroupement = models.CharField(max_length=4, blank=True)
    edition = models.ForeignKey(Edition, null=True, blank=True, on_delete=models.PROTECT, related_name="tariffs")

    class Meta:
        ordering = ["act", "-valid_from"]
        constraints = [
            *_dated_constraints("tariff"),
            models.UniqueConstraint(fields=["act", "valid_from", "origin"], name="tariff_once_a_day"),
        ]


class FeeCeiling(_Dated):
    """Highest fee that may be asked: by the convention (RAC0 and moderate baskets), or of a holder of C2S."""

    class Kind(models.TextChoices):
        CONVENTION = "convention", pgettext_lazy("ceiling", "Convention")
        C2S = "c2s", pgettext_lazy("ceiling", "C2S")

    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="ceilings")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CONVENTION)

    class Meta:
        ordering = ["act", "kind", "-valid_from"]
        constraints = [
            *_dated_constraints("ceiling"),
            models.UniqueConstraint(fields=["act", "kind", "valid_from", "origin"], name="ceiling_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["convention", "c2s"]), name="ceiling_kind"),
        ]


class ActModifier(Exported):
    """A CCAM modifier a dentist may use: a coefficient (1.3 for +30 %) or a flat amount, from a day on."""

    code = models.CharField(max_length=1)
    label = models.CharField(max_length=160)
    coefficient = RateField(default=1)
    flat = MoneyField(default=0)
    valid_from = models.DateField()
    source = models.CharField(max_length=200)
    confidence = models.CharField(max_length=8, choices=Confidence.choices, default=Confidence.OFFICIAL)

    class Meta:
        ordering = ["code", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="modifier_once_a_day")]


class PracticeFee(Exported, Versioned):
    """What a legal entity asks for an act, from a day on. No row: it asks the tariff."""

    entity = models.ForeignKey(LegalEntity, on_delete=models.CASCADE, related_name="practice_fees")
    act = models.ForeignKey(Act, on_delete=models.CASCADE, related_name="practice_fees")
    valid_from = models.DateField()
    amount = MoneyField()
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["act", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "act", "valid_from"], name="fee_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="fee_not_negative"),
        ]
