"""People around a patient: who decides for her, whom to call, whom she trusts. Ended with a reason, never deleted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core.models import Versioned
from cuspide.patients.models.ending import Ending, ended_for_a_reason
from cuspide.patients.models.identity import Patient
from cuspide.patients.rules.phones import shown_phone


class PersonKind(models.TextChoices):
    PARENTAL = "parental", _("Holder of parental authority")
    PROTECTION = "protection", _("Person in charge of a protection measure")
    EMERGENCY = "emergency", _("Person to call in an emergency")
    TRUSTED = "trusted", _("Trusted person")


class Measure(models.TextChoices):
    """Legal protection of an adult (Code civil, art. 433 to 494-12)."""

    NONE = "", "—"
    SAUVEGARDE = "sauvegarde", pgettext_lazy("protection measure", "Court safeguard")
    CURATELLE = "curatelle", pgettext_lazy("protection measure", "Curatorship")
    CURATELLE_RENFORCEE = "curatelle_renf", pgettext_lazy("protection measure", "Reinforced curatorship")
    TUTELLE = "tutelle", pgettext_lazy("protection measure", "Guardianship")
    HABILITATION = "habilitation", pgettext_lazy("protection measure", "Family authorisation")
    MANDAT = "mandat", pgettext_lazy("protection measure", "Future protection mandate")


class Decides(models.TextChoices):
    """What the person decides for the patient. Of a parent by law or judgment, of a guardian by the decision."""

    NOTHING = "", "—"
    JOINTLY = "jointly", _("Usual acts alone, the others with the other parent")
    ALONE = "alone", _("Every act alone")
    INFORMED = "informed", _("Is informed only")
    PATIENT = "patient", _("The patient signs alone")
    ASSISTS = "assists", _("Signs with the patient")
    REPRESENTS = "represents", _("Signs for the patient")


OF_PARENTS = (Decides.JOINTLY, Decides.ALONE, Decides.INFORMED)
OF_GUARDIANS = (Decides.PATIENT, Decides.ASSISTS, Decides.REPRESENTS)


class RelatedPerson(Ending, Versioned):
    """Somebody who counts for a patient, in one respect: a mother who is also called in an emergency stands twice.

    `name` always says who; `person` is that person's own record where the practice has one.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="related_people")
    person = models.ForeignKey(Patient, on_delete=models.RESTRICT, null=True, blank=True, related_name="related_to")
    kind = models.CharField(max_length=10, choices=PersonKind.choices)
    name = models.CharField(max_length=200)
    relation = models.CharField(max_length=60, blank=True)
    """What the person is to the patient, in words: `mother`, `neighbour`."""
    phone = models.CharField(max_length=20, blank=True)
    """E.164."""
    measure = models.CharField(max_length=14, choices=Measure.choices, blank=True)
    decides = models.CharField(max_length=10, choices=Decides.choices, blank=True)
    separated = models.BooleanField(default=False)
    """Of a parent: lives apart from the other one."""
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    """Last day of a measure that was decided for a time."""
    seen_on = models.DateField(null=True, blank=True)
    """When the practice saw the paper: judgment, mandate, written designation."""
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["patient"], condition=Q(ended_at__isnull=True), name="related_person_standing"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PersonKind.values), name="related_person_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="related_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | ~Q(person=F("patient")), name="related_person_is_another"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind="parental", measure="", decides__in=OF_PARENTS)
                    | (Q(kind="protection", decides__in=OF_GUARDIANS, measure__in=Measure.values) & ~Q(measure=""))
                    | Q(kind__in=["emergency", "trusted"], measure="", decides="", separated=False)
                ),
                name="related_person_decides_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="related_person_dates_in_order",
            ),
            ended_for_a_reason("related_person_ended_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"related person {self.pk}"

    @property
    def phone_shown(self) -> str:
        return shown_phone(self.phone)
