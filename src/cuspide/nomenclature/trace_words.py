"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.audit.naming import Detail
from cuspide.nomenclature.models import Act, Edition


def _acts(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Act.objects.filter(uuid__in=uuids).values_list("uuid", "code"))


def _editions(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Edition.objects.filter(uuid__in=uuids).values_list("uuid", "name"))


naming.namers.add(naming.Namer("nomenclature.act", _("Act"), None, _acts, url_name="nomenclature:act"))
naming.namers.add(naming.Namer("nomenclature.edition", _("Edition"), None, _editions))
naming.describe("nomenclature", Detail("amount", money=True))
