"""The patient: INS traits, used names, what the practice needs to address somebody; and the household."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.models import Exported, Versioned
from cuspide.patients.rules import birth
from cuspide.patients.rules.identity import INS_OIDS, shown_nir
from cuspide.patients.rules.people import OF_MAJORITY


class Sex(models.TextChoices):
    """Sex of the civil register, as the INS gives it."""

    FEMALE = "F", _("Female")
    MALE = "M", _("Male")
    UNKNOWN = "U", _("Not stated")


class InsStatus(models.TextChoices):
    """The four statuses of a digital health identity (RNIV). `recuperee` and `qualifiee` need the INSi teleservice."""

    PROVISOIRE = "provisoire", pgettext_lazy("INS status", "provisional")
    RECUPEREE = "recuperee", pgettext_lazy("INS status", "retrieved")
    VALIDEE = "validee", pgettext_lazy("INS status", "validated")
    QUALIFIEE = "qualifiee", pgettext_lazy("INS status", "qualified")


class NirKind(models.TextChoices):
    NIR = "nir", _("NIR")
    NIA = "nia", _("NIA (waiting number)")


class Civility(models.TextChoices):
    NONE = "", "—"
    MADAME = "mme", pgettext_lazy("civility", "Mrs")
    MONSIEUR = "m", pgettext_lazy("civility", "Mr")
    DOCTEUR = "dr", pgettext_lazy("civility", "Dr")
    PROFESSEUR = "pr", pgettext_lazy("civility", "Prof.")
    MAITRE = "me", pgettext_lazy("civility", "Maître")


class IdentityDocument(models.TextChoices):
    """Documents of high trust, on sight of which an identity may be validated (RNIV)."""

    NONE = "", "—"
    CNI = "cni", _("National identity card")
    PASSPORT = "passport", _("Passport")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit")
    MINOR_TRAVEL = "minor_travel", _("Travel document of a foreign minor (DCEM)")
    FAMILY_BOOK = "family_book", _("Family record book, for a minor, with a parent’s identity document")
    BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate, for a minor, with a parent’s identity document")


class Household(Exported):
    """People who share an address and often a payer."""

    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"household {self.pk}"


class RecordNumber(models.Model):
    """The last record number given. One row; it is locked only while a patient is created."""

    last = models.PositiveBigIntegerField(default=1000)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_record_number_counter")]

    def __str__(self) -> str:
        return str(self.last)


class Patient(Exported, Versioned):
    """Somebody who is cared for. A name never stands in `__str__`, so that it cannot slip into a log through it."""

    number = models.PositiveBigIntegerField(unique=True)

    # INS traits.
    birth_name = models.CharField(max_length=200)
    first_birth_given_name = models.CharField(max_length=200, blank=True)
    birth_given_names = models.CharField(max_length=500, blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices)
    birth_date = models.CharField(max_length=10)
    """As the administration gives it: `YYYY-MM-DD`, 00 for what is unknown; see `rules.birth`."""
    born_on = models.DateField(db_index=True)
    """A day of the calendar near `birth_date`, for ages and sorting; never shown."""
    birth_place_code = models.CharField(max_length=5, blank=True)
    birth_place = models.CharField(max_length=120, blank=True)
    nir = models.CharField(max_length=15, blank=True)
    nir_kind = models.CharField(max_length=3, choices=NirKind.choices, default=NirKind.NIR)
    ins_status = models.CharField(max_length=10, choices=InsStatus.choices, default=InsStatus.PROVISOIRE)
    identity_document = models.CharField(max_length=20, choices=IdentityDocument.choices, blank=True)
    identity_seen_at = models.DateTimeField(null=True, blank=True)
    identity_seen_by = models.CharField(max_length=150, blank=True)
    homonym = models.BooleanField(default=False)
    """Somebody else of the practice has nearly these traits: look twice (attribute of the RNIV; changes no status)."""
    doubtful = models.BooleanField(default=False)
    """Perhaps not who this person says she is (attribute of the RNIV): goes with the provisional status alone."""
    doubtful_reason = models.CharField(max_length=200, blank=True)

    used_name = models.CharField(max_length=200, blank=True)
    used_given_name = models.CharField(max_length=200, blank=True)
    civility = models.CharField(max_length=4, choices=Civility.choices, blank=True)
    language = models.CharField(max_length=8, default="fr")
    interpreter = models.BooleanField(default=False)
    emancipated_on = models.DateField(null=True, blank=True)
    """Since when a minor decides as somebody of age does (Code civil, art. 413-1 to 413-6)."""
    deceased_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)

    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    guarantor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="dependants")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["nir"], name="patient_nir", condition=~Q(nir=""))]
        constraints = [
            models.CheckConstraint(condition=~Q(birth_name=""), name="patient_has_a_name"),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex"),
            models.CheckConstraint(condition=Q(ins_status__in=InsStatus.values), name="patient_ins_status"),
            models.CheckConstraint(condition=Exact(Length("birth_date"), 10), name="patient_birth_date_form"),
            models.CheckConstraint(
                condition=Q(Q(nir=""), Exact(Length("nir"), 15), _connector=Q.OR), name="patient_nir_length"
            ),
            models.CheckConstraint(
                condition=~Q(ins_status__in=["validee", "qualifiee"])
                | (~Q(identity_document="") & Q(identity_seen_at__isnull=False)),
                name="patient_identity_validated_on_sight",
            ),
            models.CheckConstraint(
                condition=~Q(ins_status__in=["recuperee", "qualifiee"]) | ~Q(nir=""),
                name="patient_ins_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(doubtful=False, doubtful_reason="")
                | (Q(doubtful=True, ins_status="provisoire") & ~Q(doubtful_reason="")),
                name="patient_doubtful_is_provisional",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="patient_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"patient {self.number}"

    @property
    def family_name(self) -> str:
        """The name the patient goes by, in capitals."""
        return self.used_name or self.birth_name

    @property
    def given_name(self) -> str:
        return self.used_given_name or self.first_birth_given_name

    @property
    def display_name(self) -> str:
        """`MARTIN Léa`: the names in daily use."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def differs_at_birth(self) -> bool:
        """Whether the names at birth are not those in daily use: the banner then shows both."""
        return bool(
            (self.used_name and self.used_name != self.birth_name)
            or (self.used_given_name and self.used_given_name != self.first_birth_given_name)
        )

    @property
    def birth_identity(self) -> str:
        """`DUBOIS Léonie`: the names at birth, as the INS has them."""
        return f"{self.birth_name} {self.first_birth_given_name}".strip()

    @property
    def birth_date_shown(self) -> str:
        """`07/03/1984`, `03/1984` or `1984`."""
        return birth.shown_birth_date(self.birth_date)

    @property
    def nir_shown(self) -> str:
        """`2 84 03 67 482 123 45`, with no-break spaces."""
        return shown_nir(self.nir)

    @property
    def ins_oid(self) -> str:
        """The OID under which the number may leave the practice as an INS: of a qualified identity only, else empty."""
        return INS_OIDS[self.nir_kind] if self.ins_status == InsStatus.QUALIFIEE else ""

    def age_on(self, day: dt.date) -> int:
        """Whole years on a day, or at death."""
        return birth.age_in_years(self.born_on, min(day, self.deceased_on) if self.deceased_on else day)

    @property
    def age(self) -> int:
        return self.age_on(clock.today())

    @property
    def is_minor(self) -> bool:
        """Whether others decide: under 18, and not emancipated."""
        return self.age < OF_MAJORITY and not self.emancipated

    @property
    def emancipated(self) -> bool:
        return self.emancipated_on is not None and self.emancipated_on <= clock.today()
