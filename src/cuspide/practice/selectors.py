"""What pages read of the practice."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.practice.models import TINTS, Chair, LegalEntity, OpeningHours, Practitioner, Site
from cuspide.practice.permissions import CHANGE

_KEPT_FOR = dt.timedelta(minutes=1)


@dataclass
class _Kept:
    name: str = ""
    until: dt.datetime | None = None


_kept = _Kept()


def main_site() -> Site:
    """The first site; a practice always has one once it was made (Site.DoesNotExist before)."""
    return Site.objects.select_related("entity").earliest("pk")


def shown_name() -> str:
    """What the practice is called: its site, or the entity that has several; "" before it was made.

    Kept in the process until a site or an entity is saved here, and a minute at most: every page shows it.
    """
    now = clock.now()
    if _kept.until is None or not now < _kept.until <= now + _KEPT_FOR:
        _kept.name, _kept.until = _read_name(), now + _KEPT_FOR
    return _kept.name


def _read_name() -> str:
    names = list(Site.objects.values_list("name", "entity__name")[:2])
    return "" if not names else names[0][0] if len(names) == 1 else names[0][1]


def forget_kept_name(**_signal: object) -> None:
    """Ask the store again at the next page."""
    _kept.until = None


def sites() -> Sequence[Site]:
    """Every site with its entity."""
    return list(Site.objects.select_related("entity"))


def chairs(site: Site) -> Sequence[Chair]:
    """The chairs of a site that are in use, in the order of the agenda's columns."""
    return list(Chair.objects.filter(site=site, is_active=True))


def practitioners(*, active_only: bool = True) -> Sequence[Practitioner]:
    """The dentists, with their entity."""
    found = Practitioner.objects.select_related("entity")
    return list(found.filter(is_active=True) if active_only else found)


def all_practitioners() -> Sequence[Practitioner]:
    """Whoever treats or treated here, those who have left last, with entity and sites: two queries."""
    found = Practitioner.objects.select_related("entity").prefetch_related("entity__sites")
    return list(found.order_by("-is_active", "family_name", "given_name", "pk"))


def kept_practitioner(actor: Actor, public: UUID) -> Practitioner | None:
    """The practitioner, where the actor may change what the practice says of her."""
    return Practitioner.objects.filter(uuid=public, entity__in=kept_entities(actor)).select_related("entity").first()


def kept_entities(actor: Actor) -> QuerySet[LegalEntity]:
    """The entities whose practitioners the actor keeps: those of whose every site she has the right.

    A practitioner is offered wherever her entity works, so that the owner of one site alone does not decide of her.
    """
    if actor.everywhere(CHANGE):
        return LegalEntity.objects.all()
    mine = [reach.site for reach in actor.reaches(CHANGE) if reach.site is not None]
    others = Site.objects.exclude(pk__in=mine)
    return LegalEntity.objects.filter(sites__in=mine).exclude(sites__in=others).distinct()


def require_on(actor: Actor, entity: LegalEntity) -> None:
    """Raise Forbidden unless the actor keeps the practitioners of this entity."""
    if not kept_entities(actor).filter(pk=entity.pk).exists():
        raise Forbidden(CHANGE.code)


def least_used_tint() -> int:
    """The first of the colours that the fewest of today's practitioners have."""
    used = dict(Practitioner.objects.filter(is_active=True).order_by().values_list("tint").annotate(Count("pk")))
    return min(TINTS, key=lambda tint: used.get(tint, 0))


def opening_hours(site: Site) -> Sequence[OpeningHours]:
    """The stretches when a site is open, by weekday and time."""
    return list(OpeningHours.objects.filter(site=site))
