"""A practice of two sites, and people whose rights are of one of them: for what only a group of centres shows."""

from dataclasses import dataclass
from typing import Any


@dataclass
class TwoSites:
    """`here` is the site of the `practice` fixture, with its two dentists; `there` has a chair and a dentist."""

    here: Any
    there: Any
    chair_there: Any
    dentist_there: Any


def second_site(entity: Any) -> TwoSites:
    """Add a site to a practice that has one."""
    from cuspide.core.actor import Actor
    from cuspide.practice import services
    from cuspide.practice.models import Chair, Site

    here = Site.objects.get()
    there = Site.objects.create(name="Centre du Port", entity=entity)
    chair = Chair.objects.create(site=there, name="Fauteuil du port", position=1)
    dentist = services.add_practitioner(
        Actor.system("test"), entity=entity, family_name="PORTAL", given_name="Anne", rpps="10000000033"
    )
    return TwoSites(here, there, chair, dentist)


def person(role: str, site: Any = None, *, practitioner: Any = None, own_agenda: bool = False, login: str = "") -> Any:
    """An account with one role, at a site or at all of them."""
    from cuspide.accounts.models import Membership, User
    from cuspide.core import clock

    at = site.pk if site else "all"
    user = User(email=login or f"{role}-{at}@deux.example", display_name=f"{role} {at}", practitioner=practitioner)
    user.second_factor_at = clock.now()
    user.set_unusable_password()
    user.save()
    Membership.objects.create(user=user, role=role, site=site, own_agenda=own_agenda)
    return user


def replacing(user: Any, practitioner: Any, site: Any) -> Any:
    """Today is within a contract of replacement."""
    import datetime as dt

    from cuspide.accounts.models import Replacement
    from cuspide.core import clock

    return Replacement.objects.create(
        user=user,
        replaced=practitioner,
        site=site,
        starts_on=clock.today() - dt.timedelta(days=1),
        ends_on=clock.today() + dt.timedelta(days=5),
        executant_rpps="10000000041",
        billing_number=practitioner.am_number,
    )


def account(login: str, practitioner: Any = None) -> Any:
    """An account without any role."""
    from cuspide.accounts.models import User
    from cuspide.core import clock

    user = User(email=login, display_name=login.split("@")[0], practitioner=practitioner, second_factor_at=clock.now())
    user.set_unusable_password()
    user.save()
    return user


def browser(user: Any) -> Any:
    """A signed-in browser of somebody."""
    from django.conf import settings
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client
