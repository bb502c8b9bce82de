"""What the pages of a record need. Each function says how many queries it makes."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.db.prepared import ALL, prepared
from cuspide.core.rights import Right
from cuspide.patients import reach
from cuspide.patients.models import (
    Address,
    Alert,
    AlertStatement,
    AmcCoverage,
    AmoCoverage,
    AmoExemption,
    ContactPoint,
    Following,
    Patient,
)
from cuspide.patients.permissions import CHANGE_ALERTS, VIEW_IDENTITY
from cuspide.patients.rules.contacts import CALL_FIRST, PHONE_FIELDS
from cuspide.patients.rules.cover import is_due
from cuspide.patients.rules.identity import shown_nir
from cuspide.patients.rules.substances import CLASSES, SUBSTANCES, Known, recognise, warns

_UUID = Patient._meta.get_field("uuid")


class MergedAway(Http404):
    """The record was merged into `kept`. A page is led there; a form is not obeyed, since it was of another record."""

    def __init__(self, kept: Patient) -> None:
        super().__init__()
        self.kept = kept


def patient_by_uuid(actor: Actor, right: Right, public: uuid.UUID | str) -> Patient:
    """The patient with that public name, where the right reaches her. Raises Http404, which says nothing of anybody:
    somebody out of reach is as unknown as somebody who does not exist. Of a record that was merged: MergedAway."""
    found = _by_uuid(_UUID.to_python(public), where=reach.within(actor, right))
    if found and found[0].merged_into_id is None:
        return found[0]
    kept = Patient.objects.filter(reach.within(actor, right), merged__uuid=_UUID.to_python(public)).first()
    if kept is not None and kept.merged_into_id is None:
        raise MergedAway(kept)
    raise Http404


def merged_names(names: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Of the public names that are of merged records, the name of the record each leads to: a merge makes what led to
    the lost record lead to the one kept, so one step is the whole way."""
    merged = Patient.objects.filter(uuid__in=names, merged_into__isnull=False)
    return dict(merged.values_list("uuid", "merged_into__uuid"))


@prepared
def _by_uuid(public: Any, where: Q = ALL) -> QuerySet[Patient]:
    return Patient.objects.filter(where, uuid=public)


def followings(actor: Actor, patient: Patient) -> list[Following]:
    """Where and by whom the patient is followed, of the sites where the actor sees patients. One query."""
    rows = Following.objects.filter(patient=patient).select_related("site", "practitioner")
    return [one for one in rows if actor.can(VIEW_IDENTITY, one.site_id)]


@dataclass(frozen=True)
class AlertState:
    """`standing` alerts, worst first; or when it was last said that there are none; or neither: nobody asked."""

    standing: tuple[Alert, ...] = ()
    none_known: AlertStatement | None = None

    @property
    def asked(self) -> bool:
        return bool(self.standing) or self.none_known is not None


_WORST_FIRST = {"danger": 0, "watch": 1, "info": 2}


def alert_state(patient: Patient) -> AlertState:
    """Two queries at most. "None known" holds until an alert is recorded after it was said."""
    alerts = tuple(sorted(_alerts(patient.pk), key=lambda alert: (_WORST_FIRST[alert.severity], alert.pk)))
    if alerts:
        return AlertState(alerts)
    return AlertState((), next(iter(_last_statement(patient.pk)), None))


@prepared
def _alerts(patient: Any) -> QuerySet[Alert]:
    return Alert.objects.filter(patient=patient, ended_at__isnull=True)


@prepared
def _last_statement(patient: Any) -> QuerySet[AlertStatement]:
    return AlertStatement.objects.filter(patient=patient).order_by("-recorded_at", "-pk")[:1]


def alert_states(patient_ids: list[int]) -> dict[int, AlertState]:
    """The same for many patients at once, in two queries."""
    standing: dict[int, list[Alert]] = {}
    for alert in Alert.objects.filter(patient_id__in=patient_ids, ended_at__isnull=True):
        standing.setdefault(alert.patient_id, []).append(alert)
    asked = AlertStatement.objects.filter(patient_id__in=patient_ids).order_by("recorded_at", "pk")
    none_known = {statement.patient_id: statement for statement in asked}
    return {
        key: AlertState(
            tuple(sorted(standing.get(key, ()), key=lambda alert: (_WORST_FIRST[alert.severity], alert.pk))),
            none_known.get(key),
        )
        for key in patient_ids
    }


@dataclass(frozen=True)
class MayBeGiven:
    """What stands against a substance: alerts with why they warn of it. Where nothing is `known` of what was typed,
    nothing can be said."""

    known: Known
    name: str
    against: tuple[tuple[Alert, str], ...] = ()


def warnings_about(state: AlertState, given: str) -> MayBeGiven:
    """The standing allergies and intolerances that warn of a substance, a brand or a class. No query."""
    known = recognise(given)
    found = SUBSTANCES.get(known.substance) or CLASSES.get(known.drug_class)
    against = ((alert, warns(alert, known)) for alert in state.standing)
    return MayBeGiven(known, str(found.label) if found else "", tuple(one for one in against if one[1]))


def alerts_to_confirm(actor: Actor, limit: int) -> list[Alert]:
    """The alerts that wait for whoever asks, with their patients, the oldest first. One query."""
    waiting = Alert.objects.filter(to_confirm=True, ended_at__isnull=True, patient__merged_into__isnull=True)
    waiting = waiting.filter(reach.within(actor, CHANGE_ALERTS, "patient"))
    return list(waiting.select_related("patient").order_by("recorded_at", "pk")[:limit])


def ended_alerts(patient: Patient) -> list[Alert]:
    """One query, the last ended first."""
    return list(Alert.objects.filter(patient=patient, ended_at__isnull=False).order_by("-ended_at"))


def alert_statements(patient: Patient) -> list[AlertStatement]:
    return list(AlertStatement.objects.filter(patient=patient).order_by("-recorded_at"))


@dataclass(frozen=True)
class ContactsNow:
    points: tuple[ContactPoint, ...] = ()
    address: Address | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    """The same as the fields of the contacts form."""


def contacts_of(patient: Patient) -> ContactsNow:
    """Two queries."""
    standing = _points(patient.pk)
    points = tuple(sorted(standing, key=lambda point: (point.kind == "email", CALL_FIRST[point.use], point.position)))
    address = next(iter(_homes(patient.pk)), None)
    places = {(point.kind, point.use): point for point in reversed(points) if point.position == 0}
    values: dict[str, Any] = {}
    for name, use in PHONE_FIELDS.items():
        point = places.get(("phone", use))
        values[name] = point.shown if point else ""
        if use == "other":
            values["other_whose"] = point.whose if point else ""
    email = places.get(("email", "home"))
    values["email"] = email.value if email else ""
    for name in ("line1", "line2", "postcode", "city"):
        values[name] = getattr(address, name) if address else ""
    values["country"] = address.country if address else "FR"
    return ContactsNow(points, address, values)


@prepared
def _points(patient: Any) -> QuerySet[ContactPoint]:
    return ContactPoint.objects.filter(patient=patient, ended_at__isnull=True)


@prepared
def _homes(patient: Any) -> QuerySet[Address]:
    return Address.objects.filter(patient=patient, use="home", ended_at__isnull=True).order_by("pk")[:1]


@dataclass(frozen=True)
class CoverageNow:
    """Rows that apply today, for the pages; prices ask `coverage_at`."""

    amo: AmoCoverage | None
    amc: AmcCoverage | None
    exemptions: tuple[AmoExemption, ...]

    @property
    def guarantee_shown(self) -> str:
        """`100 %`, or `100 % · 250 %` where prostheses have their own."""
        if self.amc is None:
            return ""
        rates = [rate for rate in (self.amc.guarantee, self.amc.prosthesis_guarantee) if rate is not None]
        return " · ".join(f"{int(rate * 100)}\u00a0%" for rate in rates)

    @property
    def values(self) -> dict[str, Any]:
        """As the fields of the coverage form."""
        values: dict[str, Any] = {}
        for name in ("regime", "caisse", "centre", "insured_nir", "beneficiary", "rights_from", "rights_to"):
            values[name] = getattr(self.amo, name) if self.amo else ""
        values["insured_nir"] = shown_nir(values["insured_nir"])
        values["learnt_from"] = self.amo.learnt_from if self.amo else "said"
        values["checked_at"] = self.amo.checked_at if self.amo else None
        amc = self.amc
        for name in ("organisation", "organisation_number", "member_number"):
            values[name] = getattr(amc, name) if amc else ""
        values["contract_kind"] = amc.contract_kind if amc else "individual"
        values["responsible"] = amc.responsible if amc else True
        values["third_party_agreement"] = amc.third_party_agreement if amc else True
        values["guarantee"] = int(amc.guarantee * 100) if amc else 100
        prosthesis = amc.prosthesis_guarantee if amc else None
        values["prosthesis_guarantee"] = int(prosthesis * 100) if prosthesis is not None else None
        values["amc_rights_to"] = amc.rights_to if amc else None
        values["amc_learnt_from"] = amc.learnt_from if amc else "said"
        values["amc_checked_at"] = amc.checked_at if amc else None
        return values


def cover_to_check(cover: CoverageNow, today: dt.date) -> list[AmoCoverage | AmcCoverage | AmoExemption]:
    """What of the cover of today must be read again today. No query."""
    return [row for row in (cover.amo, *cover.exemptions, cover.amc) if row is not None and is_due(row, today)]


def coverage_now(patient: Patient, day: dt.date | None = None) -> CoverageNow:
    """Three queries."""
    return coverage_on(coverage_history(patient), day or clock.today())


def coverage_on(history: "CoverageHistory", day: dt.date) -> CoverageNow:
    """What applied, or will, on a day. No query."""

    def applies(row: AmoCoverage | AmcCoverage | AmoExemption) -> bool:
        return row.applies_from <= day and (row.applies_to is None or row.applies_to >= day)

    return CoverageNow(
        amo=next((row for row in history.amo if applies(row)), None),
        amc=next((row for row in history.amc if applies(row)), None),
        exemptions=tuple(row for row in history.exemptions if applies(row)),
    )


@dataclass(frozen=True)
class CoverageHistory:
    amo: tuple[AmoCoverage, ...]
    amc: tuple[AmcCoverage, ...]
    exemptions: tuple[AmoExemption, ...]


def coverage_history(patient: Patient) -> CoverageHistory:
    """Everything that applied or will, the newest first. Three queries."""
    return CoverageHistory(
        amo=tuple(_amo(patient.pk)),
        amc=tuple(_amc(patient.pk)),
        exemptions=tuple(_exemptions(patient.pk)),
    )


@prepared
def _amo(patient: Any) -> QuerySet[AmoCoverage]:
    return AmoCoverage.objects.filter(patient=patient, voided_at__isnull=True)


@prepared
def _amc(patient: Any) -> QuerySet[AmcCoverage]:
    return AmcCoverage.objects.filter(patient=patient, voided_at__isnull=True)


@prepared
def _exemptions(patient: Any) -> QuerySet[AmoExemption]:
    return AmoExemption.objects.filter(patient=patient, voided_at__isnull=True)


def housemates(actor: Actor, patient: Patient) -> list[Patient]:
    """Others of the household whom the actor may find, the oldest first. One query, none without a household."""
    if patient.household_id is None:
        return []
    return _members(patient.household_id, patient.pk, where=reach.within(actor, VIEW_IDENTITY))


@prepared
def _members(household: Any, but: Any, where: Q = ALL) -> QuerySet[Patient]:
    members = Patient.objects.filter(where, household=household, merged_into__isnull=True)
    return members.exclude(pk=but).order_by("born_on", "pk")[:20]
