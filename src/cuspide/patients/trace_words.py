"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.core.actor import Actor
from cuspide.patients import permissions, selectors
from cuspide.patients.banner import alert_words, born
from cuspide.patients.forms import ContactsForm, IdentityForm
from cuspide.patients.forms.readers import IDENTITY_CHECKS, RECIPIENTS
from cuspide.patients.models import (
    Alert,
    AmoExemption,
    ConsentStatement,
    Correspondent,
    CorrespondentLink,
    Patient,
    RelatedPerson,
)
from cuspide.patients.models.alerts import AlertKind, AlertSeverity
from cuspide.patients.models.consents import ConsentSubject
from cuspide.patients.models.contacts import ContactKind, ContactUse
from cuspide.patients.models.correspondents import LinkRole
from cuspide.patients.models.coverage import ExemptionKind, LearntFrom
from cuspide.patients.models.identity import InsStatus
from cuspide.patients.models.people import Decides, Measure, PersonKind
from cuspide.patients.traces import trace_found

_FORMS = {
    "edit_identity": _("Change the identity"),
    "edit_contacts": _("Change the contact details"),
    "edit_coverage": _("Change the cover"),
    "add_exemption": _("Add an exemption or a right"),
    "end_exemption": _("Close the right"),
    "add_alert": _("Record an alert"),
    "end_alert": _("End the alert"),
    "create_relative": _("New patient of the household"),
    "add_person": _("Record somebody around the patient"),
    "change_person": _("Correct somebody around the patient"),
    "end_person": _("End somebody around the patient"),
    "duplicates": _("Duplicates"),
    "merge": _("Merge two records"),
    "link_correspondent": _("Tie a correspondent"),
    "end_link": _("Untie a correspondent"),
    "state_consent": _("Note a consent or an opposition"),
    "void_consent": _("Take back a consent noted by mistake"),
    "who_sees": _("Who sees this record"),
}


def _patients(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.display_name for one in Patient.objects.filter(uuid__in=uuids)}


def _find(actor: Actor, text: str, limit: int) -> Sequence[naming.Choice]:
    """Patients for the filter of the trace, noted as shown like every list."""
    found = selectors.find_patients(actor, text, limit)
    trace_found(actor, [each.patient for each in found])
    patients = [each.patient for each in found]
    return [naming.Choice(one.uuid, one.display_name, f"{born(one)} · {one.number}") for one in patients]


def _alerts(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: alert_words(one) for one in Alert.objects.filter(uuid__in=uuids)}


def _exemptions(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.get_kind_display() for one in AmoExemption.objects.filter(uuid__in=uuids)}


def _people(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.name for one in RelatedPerson.objects.filter(uuid__in=uuids)}


def _correspondents(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.full_name for one in Correspondent.objects.filter(uuid__in=uuids)}


def _links(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    links = CorrespondentLink.objects.filter(uuid__in=uuids).select_related("correspondent")
    return {one.uuid: one.correspondent.full_name for one in links}


def _consents(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.get_subject_display() for one in ConsentStatement.objects.filter(uuid__in=uuids)}


def _part(kept: str) -> str | None:
    """`amo`, `amc`, `address`, or a telephone as `phone:mobile`."""
    kind, _colon, use = kept.partition(":")
    if use:
        kinds, uses = dict(ContactKind.choices), dict(ContactUse.choices)
        return f"{kinds[kind]} ({uses[use]})" if kind in kinds and use in uses else None
    known = {"amo": "AMO", "amc": "AMC", "amocoverage": "AMO", "amccoverage": "AMC", "address": str(_("Address"))}
    rights = {one.value: str(one.label) for one in ExemptionKind}
    return known.get(kept) or rights.get(kept)


def _traits() -> Iterator[Detail]:
    """The fields of a patient as their forms call them."""
    for name, field in {**IdentityForm.base_fields, **ContactsForm.base_fields}.items():
        choices = getattr(field, "choices", None)
        yield Detail(name, label=field.label or "", words=dict(choices).get if choices else None)


naming.namers.add(
    naming.Namer(
        "patients.patient",
        _("Patient"),
        permissions.VIEW_IDENTITY,
        _patients,
        url_name="patients:record",
        of_patients=True,
        find=_find,
    )
)
naming.namers.add(naming.Namer("patients.alert", _("Alert"), permissions.VIEW_ALERTS, _alerts))
naming.namers.add(naming.Namer("patients.amoexemption", _("Right"), permissions.VIEW, _exemptions))
naming.namers.add(naming.Namer("patients.relatedperson", _("Person around the patient"), permissions.VIEW, _people))
naming.namers.add(naming.Namer("patients.correspondent", _("Correspondent"), permissions.VIEW, _correspondents))
naming.namers.add(naming.Namer("patients.correspondentlink", _("Correspondent"), permissions.VIEW, _links))
naming.namers.add(naming.Namer("patients.consentstatement", _("Consent"), permissions.VIEW, _consents))
naming.describe(
    "patients",
    *_traits(),
    Detail("ins_status", label=_("INS status"), words=dict(InsStatus.choices).get),
    Detail("learnt_from", label=_("Learnt from"), words=dict(LearntFrom.choices).get),
    Detail("form", words=_FORMS.get),
    Detail("changed", words=_part),
    Detail("kind", words={**dict(AlertKind.choices), **dict(ExemptionKind.choices)}.get),
    Detail("identity", label=_("Identity checked by"), words=dict(IDENTITY_CHECKS).get),
    Detail("recipient", label=_("Handed to"), words=dict(RECIPIENTS).get),
    Detail("names", label=_("With names")),
    Detail("lines", label=_("Lines")),
    Detail("sha256", label=_("Mark of the file")),
    Detail("role", label=_("Is to the patient"), words=dict(PersonKind.choices).get),
    Detail("link", label=_("To the patient"), words=dict(LinkRole.choices).get),
    Detail("about", label=_("About"), words=dict(ConsentSubject.choices).get),
    Detail("agrees", label=_("Agrees")),
    Detail("measure", label=_("Measure"), words=dict(Measure.choices).get),
    Detail("decides", label=_("Decides"), words=dict(Decides.choices).get),
    Detail("other", label=_("Other record"), kind="patients.patient"),
    Detail("rows", label=_("Rows")),
    Detail("pairs", label=_("Pairs that wait for a word")),
    Detail("left_out", label=_("Groups too large to be compared")),
    Detail("left", label=_("Rows changed since, left as they are")),
    Detail("severity", words=dict(AlertSeverity.choices).get),
)
