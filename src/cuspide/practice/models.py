"""Legal entities, sites, rooms, chairs, hours and practitioners."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cuspide.core.models import Exported, Versioned

# The colours by which practitioners are told apart, as `tint-1` to `tint-8` of the pages.
TINTS = range(1, 9)


class LegalEntity(Exported, Versioned):
    """Who issues invoices, holds till and bank and is taxed: a dentist in her own name, or a company."""

    name = models.CharField(max_length=150)
    legal_form = models.CharField(max_length=40, blank=True)
    siret = models.CharField(max_length=14, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    iban = models.CharField(max_length=34, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Site(Exported, Versioned):
    """A place of care. Chairs and appointments carry it; rights may be held at one site only."""

    name = models.CharField(max_length=150)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="sites")
    finess = models.CharField(max_length=9, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    time_zone = models.CharField(max_length=60, default="Europe/Paris")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Room(Exported):
    """A room of a site: surgery, X-ray, sterilisation, waiting room."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="room_name_once_a_site")]

    def __str__(self) -> str:
        return self.name


class Chair(Exported):
    """A dental chair (fauteuil): the column of the agenda."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="chairs")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="chairs", null=True, blank=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["site", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="chair_name_once_a_site")]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    """Days as Python counts them: Monday is 0."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(models.Model):
    """A stretch of a weekday when a site is open, in the wall time of the site."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["site", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_close_after_opening"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
            models.UniqueConstraint(fields=["site", "weekday", "opens"], name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Practitioner(Exported, Versioned):
    """A dentist who cares for patients and in whose name acts are billed."""

    class Specialty(models.TextChoices):
        """Speciality code of health insurance (19 general practice, 36 orthodontics, 53 and 54 oral surgery)."""

        GENERAL = "19", _("Dental surgeon")
        ORTHODONTICS = "36", _("Orthodontist")
        ORAL_SURGERY = "53", _("Specialist in oral surgery")
        ORAL_MEDICINE = "54", _("Specialist in oral medicine")

    title = models.CharField(max_length=20, default="Dr")
    family_name = models.CharField(max_length=80)
    given_name = models.CharField(max_length=80)
    rpps = models.CharField(max_length=11, blank=True)
    am_number = models.CharField(max_length=9, blank=True)  # numéro d'assurance maladie, the billing number
    specialty = models.CharField(max_length=2, choices=Specialty.choices, default=Specialty.GENERAL)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="practitioners")
    tint = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rpps"], condition=~Q(rpps=""), name="practitioner_rpps_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.family_name}"

    @property
    def full_name(self) -> str:
        return f"{self.title} {self.given_name} {self.family_name}"
