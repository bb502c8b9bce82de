"""What pages read of the practice."""

from collections.abc import Sequence

from cuspide.practice.models import Chair, OpeningHours, Practitioner, Site


def main_site() -> Site:
    """The first site; a practice always has one once it was made (Site.DoesNotExist before)."""
    return Site.objects.select_related("entity").earliest("pk")


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


def opening_hours(site: Site) -> Sequence[OpeningHours]:
    """The stretches when a site is open, by weekday and time."""
    return list(OpeningHours.objects.filter(site=site))
