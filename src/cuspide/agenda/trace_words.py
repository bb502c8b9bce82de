"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.agenda.models import Appointment, AppointmentType, CancelledBy
from cuspide.agenda.permissions import VIEW
from cuspide.agenda.rules import STATE_LABELS
from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.core import clock
from cuspide.core.pages import typography

_STATES = {state.value: label for state, label in STATE_LABELS.items()}
_FORCED = {
    "closed": _("The practice is closed"),
    "past": _("The time is past"),
    "chair": _("The chair is taken"),
    "practitioner": _("The practitioner is busy"),
    "patient": _("The patient has another appointment"),
}


def _appointments(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Appointment.objects.filter(uuid__in=uuids).select_related("site", "chair")
    return {
        one.uuid: f"{typography.moment(clock.local(one.starts_at, one.site.time_zone))}, {one.chair.name}"
        for one in rows
    }


def _type(key: str) -> str | None:
    found = AppointmentType.objects.filter(key=key).first()
    return found.label if found else None


naming.namers.add(
    naming.Namer("agenda.appointment", _("Appointment"), VIEW, _appointments, url_name="agenda:appointment")
)
naming.describe(
    "agenda",
    Detail("chair", kind="practice.chair"),
    Detail("practitioner", kind="practice.practitioner"),
    Detail("state", words=_STATES.get),
    Detail("before", words=_STATES.get),
    Detail("after", words=_STATES.get),
    Detail("by", words=dict(CancelledBy.choices).get),
    Detail("type", words=_type),
    Detail("due_on", label=_("Due on")),
    Detail("confirmed", words=_FORCED.get),
)
