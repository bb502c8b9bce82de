"""What the trace calls the things of this room, and how it reads what their entries keep."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.practice.forms import TINT_NAMES
from cuspide.practice.models import Chair, Practitioner, Site

# Whoever may read the trace may know what a chair and a site are called, and who treats there.


def _sites(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Site.objects.filter(uuid__in=uuids).values_list("uuid", "name"))


def _chairs(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return dict(Chair.objects.filter(uuid__in=uuids).values_list("uuid", "name"))


def _practitioners(uuids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {one.uuid: one.full_name for one in Practitioner.objects.filter(uuid__in=uuids)}


naming.namers.add(naming.Namer("practice.site", _("Site"), None, _sites))
naming.namers.add(naming.Namer("practice.chair", _("Chair"), None, _chairs))
naming.namers.add(naming.Namer("practice.practitioner", _("Practitioner"), None, _practitioners))
for _detail in (
    naming.Detail("practice.change_key.files", _("Files whose key was encrypted again")),
    naming.Detail("practice.change_key.pins", _("PINs to be chosen again")),
    naming.Detail("practice.title", _("Title")),
    naming.Detail("practice.given_name", _("Given name")),
    naming.Detail("practice.family_name", _("Family name")),
    naming.Detail("practice.specialty", _("Speciality"), words=dict(Practitioner.Specialty.choices).get),
    naming.Detail("practice.rpps", _("RPPS number")),
    naming.Detail("practice.am_number", _("AM number")),
    naming.Detail("practice.entity", _("Bills through")),
    naming.Detail("practice.tint", _("Colour"), words=lambda tint: dict(TINT_NAMES).get(int(tint))),
    naming.Detail("practice.mark", _("Mark of the key")),
):
    naming.details.add(_detail)
