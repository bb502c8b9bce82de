"""The room's cards on the first page of a record."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.pages.addresses import address
from cuspide.core.pages.read_once import once_a_page
from cuspide.core.rights import Right
from cuspide.patients import permissions, reach, selectors
from cuspide.patients.models import Patient
from cuspide.patients.models.identity import InsStatus
from cuspide.patients.rules.cover import is_due
from cuspide.patients.selectors.duplicates import has_possible_duplicate
from cuspide.patients.traces import trace_shown

SHOWN_TO_CONFIRM = 6

# The banner asks them too.
coverage_now = once_a_page(selectors.coverage_now)
alert_state = once_a_page(selectors.alert_state)
people_around = once_a_page(selectors.people_around)


def _edit(actor: Actor, right: Right, url_name: str, patient: Patient, key: str) -> dict[str, Any]:
    if not reach.may(actor, right, patient):
        return {}
    return {
        "edit_url": address(url_name, patient.uuid),
        "edit_label": pgettext("record", "Change"),
        "edit_key": key,
    }


def identity(actor: Actor, patient: Patient) -> dict[str, Any]:
    return {
        "patient": patient,
        **_edit(actor, permissions.CHANGE, "patients:edit_identity", patient, "i"),
        "housemates": selectors.housemates(actor, patient),
        "may_change": reach.may(actor, permissions.CHANGE, patient),
        "validated": patient.ins_status in {InsStatus.VALIDEE, InsStatus.QUALIFIEE},
    }


def contacts(actor: Actor, patient: Patient) -> dict[str, Any]:
    now = selectors.contacts_of(patient)
    edit = _edit(actor, permissions.CHANGE, "patients:edit_contacts", patient, "k")
    return {"patient": patient, "contacts": now, **edit}


def people(actor: Actor, patient: Patient) -> dict[str, Any]:
    return {
        "patient": patient,
        "around": selectors.shown_people(actor, people_around(patient)),
        "links": selectors.correspondents_of(patient),
        **_edit(actor, permissions.CHANGE, "patients:people", patient, "e"),
    }


def coverage(actor: Actor, patient: Patient) -> dict[str, Any]:
    cover = coverage_now(patient)
    amo = cover.amo
    return {
        "patient": patient,
        "cover": cover,
        "check_rights": amo is not None and is_due(amo, clock.today()),
        **_edit(actor, permissions.CHANGE, "patients:edit_coverage", patient, "m"),
    }


def alerts(actor: Actor, patient: Patient) -> dict[str, Any]:
    treats = reach.may(actor, permissions.CHANGE_ALERTS, patient)
    edit = _edit(actor, permissions.NOTE_ALERTS, "patients:alerts" if treats else "patients:add_alert", patient, "l")
    if edit and not treats:
        edit["edit_label"] = _("Note an alert")
    return {
        "patient": patient,
        "state": alert_state(patient),
        **edit,
        "may_read": reach.may(actor, permissions.VIEW_ALERT_DETAILS, patient),
    }


def duplicates(actor: Actor, patient: Patient) -> dict[str, Any] | None:
    """A hint, where the search through the store found somebody who may be the same; else no card."""
    if not has_possible_duplicate(actor, patient):
        return None
    return {"edit_url": address("patients:duplicates", patient.uuid), "edit_label": _("Look at it")}


def to_confirm(actor: Actor, _request: Any) -> dict[str, Any] | None:
    """The alerts that were told on the telephone and that nobody who treats has confirmed; no card without any."""
    waiting = selectors.alerts_to_confirm(actor, SHOWN_TO_CONFIRM + 1)
    if not waiting:
        return None
    shown = waiting[:SHOWN_TO_CONFIRM]
    trace_shown(actor, list({alert.patient_id: alert.patient for alert in shown}.values()))
    return {"waiting": shown, "more": len(waiting) > len(shown)}
