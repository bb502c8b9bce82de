"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.care.models import Act, ActState, Finding
from cuspide.care.odontogram.words import KIND_LABELS, STATUS_LABELS
from cuspide.care.permissions import VIEW

_KINDS = {kind.value: label for kind, label in KIND_LABELS.items()}
_STATUSES = {status.value: label for status, label in STATUS_LABELS.items()}


def _acts(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Act.objects.filter(uuid__in=uuids).values_list("uuid", "code", "teeth")
    return {uuid: f"{code} {teeth}".strip() for uuid, code, teeth in rows}


def _findings(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    rows = Finding.objects.filter(uuid__in=uuids).values_list("uuid", "tooth", "kind")
    return {uuid: f"{tooth} {_KINDS.get(kind, kind)}" for uuid, tooth, kind in rows}


naming.namers.add(naming.Namer("care.act", _("Act"), VIEW, _acts))
naming.namers.add(naming.Namer("care.finding", _("Finding"), VIEW, _findings))
naming.describe(
    "care",
    Detail("state", words=dict(ActState.choices).get),
    Detail("kind", words=_KINDS.get),
    Detail("status", words=_STATUSES.get),
    Detail("fee", money=True),
    Detail("amo", money=True),
    Detail("amc", money=True),
    Detail("patient", money=True),
)
