"""How the rows of this room behave when two records are merged."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.patients import permissions
from cuspide.patients.merging import MergeRule, merge_rules
from cuspide.patients.models import AmcCoverage, AmoCoverage, ContactPoint, Patient


def _contact(row: ContactPoint, kept: Patient) -> Mapping[str, Any]:
    """A number that the kept record has already is ended; another one stands behind those it has."""
    theirs = ContactPoint.objects.filter(patient=kept, kind=row.kind, ended_at__isnull=True)
    if theirs.filter(normalised=row.normalised).exists():
        return {"ended_at": clock.now()}
    last = theirs.filter(use=row.use).aggregate(last=Max("position"))["last"]
    return {"position": (last or 0) + 1}


def _ended(_row: Any, _kept: Patient) -> Mapping[str, Any]:
    """Of two, the address of the kept record holds; the other one is in the history."""
    return {"ended_at": clock.now()}


def _void(_row: AmoCoverage | AmcCoverage, _kept: Patient) -> Mapping[str, Any]:
    """Of two covers of one time, that of the kept record applies."""
    return {"voided_at": clock.now()}


for _rule in (
    MergeRule("patients.alert.patient", _("Alerts"), permissions.VIEW_ALERTS, order=10),
    MergeRule("patients.contactpoint.patient", _("Contact details"), permissions.VIEW, _contact, order=20),
    MergeRule("patients.address.patient", settle=_ended),
    MergeRule("patients.amocoverage.patient", settle=_void),
    MergeRule("patients.amccoverage.patient", settle=_void),
    MergeRule("patients.amoexemption.patient", settle=_void),
    MergeRule("patients.relatedperson.patient", _("People around the patient"), permissions.VIEW, order=30),
    MergeRule("patients.correspondentlink.patient", _("Correspondents"), permissions.VIEW, order=31),
    MergeRule("patients.consentstatement.patient", _("Consents and oppositions"), permissions.VIEW, order=32),
    # Made anew of what the two records then are.
    MergeRule("patients.posting.patient", stays=True),
    # What was found or decided of two records stays said of those two.
    MergeRule("patients.possibleduplicate.low", stays=True),
    MergeRule("patients.possibleduplicate.high", stays=True),
    MergeRule("patients.merge.kept", stays=True),
    MergeRule("patients.merge.lost", stays=True),
):
    merge_rules.add(_rule)
