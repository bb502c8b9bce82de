"""Whom of the team somebody with rights over it reaches: an owner of one site rules that site, and nobody else's."""

from django.db.models import Q

from cuspide.accounts.models import Membership, Replacement, User
from cuspide.accounts.permissions import TEAM
from cuspide.core.actor import Actor
from cuspide.core.errors import Forbidden
from cuspide.practice.models import Site


def sites_of(actor: Actor) -> set[int] | None:
    """The sites whose team the actor rules; None for all of them and the practice itself."""
    if actor.everywhere(TEAM):
        return None
    return {reach.site for reach in actor.reaches(TEAM) if reach.site is not None}


def people(actor: Actor) -> Q:
    """Those who work at her sites, whoever works at all of them too."""
    sites = sites_of(actor)
    if sites is None:
        return Q()
    roles = Membership.objects.filter(Q(site_id__in=sites) | Q(site__isnull=True))
    contracts = Replacement.objects.filter(site_id__in=sites)
    return Q(pk__in=roles.values("user_id")) | Q(pk__in=contracts.values("user_id"))


def roles(actor: Actor) -> Q:
    """The roles and contracts of her sites, and the roles at all sites: what she is shown of somebody."""
    sites = sites_of(actor)
    return Q() if sites is None else Q(site_id__in=sites) | Q(site__isnull=True)


def rules_all_of(actor: Actor, user: User) -> bool:
    """Whether the actor rules every site where the person has a role: only then is the account itself hers to close,
    to give a code for, to sign out. Else the owner of one site could become the owner of all by another's account."""
    sites = sites_of(actor)
    if sites is None:
        return True
    held = {*Membership.objects.filter(user=user).values_list("site_id", flat=True)}
    held |= {*Replacement.objects.filter(user=user, ended_at__isnull=True).values_list("site_id", flat=True)}
    return bool(held) and held <= sites


def require_all_of(actor: Actor, user: User) -> None:
    """Raise Forbidden unless the person's whole account is the actor's to change."""
    actor.require(TEAM)
    if not rules_all_of(actor, user):
        raise Forbidden(TEAM.code)


def require_at(actor: Actor, site: Site | int | None) -> None:
    """Raise Forbidden unless the actor gives and takes roles at this site, or at all sites for None."""
    if site is None:
        actor.require_everywhere(TEAM)
    else:
        actor.require(TEAM, site.pk if isinstance(site, Site) else site)
