"""Chairs, providers and types of appointments of another program: what each is here, guessed or remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.agenda.models import AppointmentType
from cuspide.portability.models import Import, SavedPlace
from cuspide.portability.rules import places
from cuspide.portability.rules.places import KINDS, OPERATORY, PROVIDER, TYPE, Here
from cuspide.practice.models import Chair, Practitioner, Site

LABELS: Mapping[str, Any] = {
    OPERATORY: _("Chair"),
    PROVIDER: _("Practitioner"),
    TYPE: _("Type of appointment"),
}
NONE_THERE = pgettext_lazy("place of another program", "(none)")
Places = dict[str, dict[str, str]]


def there(of: Import) -> Mapping[str, Mapping[str, str]]:
    """What appointments of the file name, by kind: number to name there."""
    named: Mapping[str, Mapping[str, str]] = of.dialect.get("places", {})
    return {kind: named[kind] for kind in KINDS if named.get(kind)}


def name_there(of: Import, kind: str, number: str) -> str:
    """What it is called there; nothing for what has no name."""
    return str(there(of).get(kind, {}).get(number, ""))


@dataclass(frozen=True)
class Known:
    """What the practice has, by kind and uuid. Three queries."""

    by_kind: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Known":
        return cls(
            {
                OPERATORY: {str(one.uuid): one for one in Chair.objects.select_related("site")},
                PROVIDER: {str(one.uuid): one for one in Practitioner.objects.all()},
                TYPE: {str(one.uuid): one for one in AppointmentType.objects.all()},
            }
        )

    def of(self, given: Places, kind: str, number: str) -> Any:
        """The chair, practitioner or type of a number there; None where none was chosen."""
        return self.by_kind[kind].get(given.get(kind, {}).get(number, ""))

    def choices(self, kind: str) -> list[tuple[str, str]]:
        """What may be chosen, as a form shows it; what is no longer used comes last."""
        found = list(self.by_kind[kind].values())
        many = Site.objects.count() > 1 if kind == OPERATORY else False
        found.sort(key=lambda one: not one.is_active)
        return [(str(one.uuid), f"{one.name} ({one.site.name})" if many else _said(one)) for one in found]


def _said(one: Any) -> str:
    return str(one.full_name if isinstance(one, Practitioner) else one)


def _here(kind: str, known: Known) -> Sequence[Here]:
    active = [one for one in known.by_kind[kind].values() if one.is_active]
    if kind == TYPE:
        # The check-up first: what has no type there is taken for one.
        active.sort(key=lambda one: one.key != "checkup")
    return [Here(str(one.uuid), _names(one)) for one in active]


def _names(one: Any) -> tuple[str, ...]:
    if isinstance(one, Practitioner):
        return (f"{one.given_name} {one.family_name}", one.family_name)
    if isinstance(one, AppointmentType):
        return (one.label_fr, one.label_en)
    return (one.name,)


def guessed(of: Import) -> Places:
    """What each is here: as it was said for the last file of this program, else by its name."""
    named = there(of)
    if not named:
        return {}
    known = Known.read()
    saved = {(row.kind, row.name): row.target for row in SavedPlace.objects.filter(source=of.source)}
    found: Places = {}
    for kind, names in named.items():
        found[kind] = places.guess(kind, names, _here(kind, known))
        for number, name in names.items():
            if (kind, name) in saved:
                target = saved[kind, name]
                found[kind].pop(number, None)
                if target is not None and str(target) in known.by_kind[kind]:
                    found[kind][number] = str(target)
    return found


def kept(of: Import, given: Places) -> Places:
    """What was said, cut down to numbers that the file names and things that the practice has."""
    known = Known.read()
    found: Places = {}
    for kind, names in there(of).items():
        said = given.get(kind, {})
        found[kind] = {number: said[number] for number in names if said.get(number) in known.by_kind[kind]}
    return found


def remember(of: Import) -> None:
    """For the next file of this program. Inside the caller's transaction."""
    said = {
        (kind, name[:120]): of.places.get(kind, {}).get(number)
        for kind, names in there(of).items()
        for number, name in names.items()
    }
    SavedPlace.objects.bulk_create(
        [SavedPlace(source=of.source, kind=kind, name=name, target=target) for (kind, name), target in said.items()],
        update_conflicts=True,
        unique_fields=["source", "kind", "name"],
        update_fields=["target"],
    )
