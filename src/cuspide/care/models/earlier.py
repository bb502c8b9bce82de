"""Care that another program recorded before the practice came to this one: told as it was told there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from cuspide.care.models.findings import KIND_CHOICES
from cuspide.core import clock
from cuspide.core.models import Exported
from cuspide.patients.models import Patient


class EarlierStage(models.TextChoices):
    """What the other program said of it."""

    DONE = "done", pgettext_lazy("earlier act", "Done")
    EXISTING = "existing", pgettext_lazy("earlier act", "Found there")
    PLANNED = "planned", pgettext_lazy("earlier act", "Planned there")
    REFERRED = "referred", pgettext_lazy("earlier act", "Referred")
    CONDITION = "condition", pgettext_lazy("earlier act", "Noted")


class EarlierAct(Exported):
    """An act of another program: its own code and label, no price. It is no `Act`: nothing here plans or bills it.

    `program` and `number` are its name there. `teeth`, `region`, `surfaces` and `draws` are as those of an act;
    `teeth_there` is a tooth that FDI has no code for, as it was written there; `done_by` is a name as it stood there.
    `day` is unknown for some.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="earlier_acts")
    program = models.CharField(max_length=60)
    number = models.CharField(max_length=30)
    code = models.CharField(max_length=15)
    label = models.CharField(max_length=255)
    stage = models.CharField(max_length=9, choices=EarlierStage.choices)
    day = models.DateField(null=True)
    teeth = models.CharField(max_length=160, blank=True)
    teeth_there = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=2, blank=True)
    surfaces = models.CharField(max_length=5, blank=True)
    draws = models.CharField(max_length=20, blank=True, choices=KIND_CHOICES)
    done_by = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["patient", "day"], name="earlier_act_of_patient")]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="earlier_act_once"),
            models.CheckConstraint(condition=Q(stage__in=EarlierStage.values), name="earlier_act_stage"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(label=""), name="earlier_act_has_code_and_label"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.stage}"

    @property
    def tooth_codes(self) -> list[str]:
        return self.teeth.split()

    @property
    def place(self) -> str:
        """Where it was done, as it is read: "16 MO", "14 15 16", "01"."""
        named = self.teeth or self.region or self.teeth_there
        return f"{named}\u00a0{self.surfaces}" if self.surfaces else named
