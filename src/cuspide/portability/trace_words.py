"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.portability import permissions
from cuspide.portability.models import Fate, Import, Outcome


def _imports(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Import.objects.filter(uuid__in=uuids).values_list("uuid", "file_name"))


naming.namers.add(
    naming.Namer("portability.import", _("Import"), permissions.IMPORT, _imports, url_name="portability:import")
)
naming.describe(
    "portability",
    Detail("created", label=Outcome.CREATED.label, kind="patients.patient"),
    Detail("completed", label=Outcome.COMPLETED.label, kind="patients.patient"),
    Detail("removed", label=_("Removed"), kind="patients.patient"),
    Detail("taken_back", label=Fate.UNDONE.label, kind="patients.patient"),
    Detail("same", label=Outcome.SAME.label),
    Detail("refused", label=Outcome.REFUSED.label),
    Detail("noted", label=_("To be looked at")),
    Detail("rows", label=_("Lines")),
    Detail("columns", label=_("Columns")),
    Detail("size", label=_("Size in bytes")),
    Detail("kind", label=_("Format")),
    Detail("format", label=_("Format")),
    Detail("patients", label=_("Patients")),
    Detail("sha256", label=_("Mark of the file")),
    Detail("undone", label=Fate.UNDONE.label),
    Detail("kept", label=Fate.KEPT.label),
    Detail("imported.created", label=Outcome.CREATED.label),
    Detail("appointments", label=_("Appointments"), kind="agenda.appointment"),
    Detail("earlier_acts", label=_("Acts of another program")),
    Detail("recalls", label=_("Recalls")),
    Detail("imported.appointments", label=_("Appointments")),
    Detail("imported.completed", label=Outcome.COMPLETED.label),
)
