"""`cuspide practitioner`: a dentist in whose name appointments are made and acts are done and billed."""

import argparse

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store
    from cuspide.core.actor import Actor
    from cuspide.practice.models import Site
    from cuspide.practice.services import add_practitioner

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))
    sites = list(Site.objects.filter(name=arguments.site) if arguments.site else Site.objects.all())
    if len(sites) != 1:
        names = ", ".join(Site.objects.order_by("name").values_list("name", flat=True))
        raise DomainError(_("Say with --site which one of these it is: %(names)s") % {"names": names})
    added = add_practitioner(
        Actor.system("operator"),
        entity=sites[0].entity,
        family_name=arguments.family_name,
        given_name=arguments.given_name,
        rpps=arguments.rpps,
        am_number=arguments.am_number,
    )
    print(_("Added: %(name)s. The agenda and the acts offer this name at once.") % {"name": added.full_name})
    return 0
