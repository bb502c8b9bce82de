"""`cuspide backup`: where copies go, a copy now, the way back tried. Exit code 1 when one of them failed."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError

if TYPE_CHECKING:
    from cuspide.continuity.models import Destination, Run


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))
    return _DEEDS[arguments.deed](arguments)


def _add(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import destinations
    from cuspide.core.actor import Actor

    if not arguments.place:
        raise DomainError(_("Name the place: a folder of another disk, or rest:…, sftp:…, s3:… as restic names it."))
    destinations.add(Actor.system("operator"), arguments.name, arguments.place, opening(os.environ))
    print(_("Copies go to “%(name)s” from now on, every five minutes.") % {"name": arguments.name.strip()})
    return 0


def _list(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity import checks

    for finding in checks.backups():
        print(finding.message)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import rounds
    from cuspide.core import keystore

    runs = rounds.copy(keystore.practice_home(), named(arguments.name), whole=arguments.whole)
    return _told(runs)


def _try(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import drills

    return _told([drills.try_the_way_back(one, newest=True) for one in named(arguments.name)])


def _end(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import destinations
    from cuspide.core.actor import Actor

    if not arguments.name:
        raise DomainError(_("Name the place."))
    for one in named(arguments.name):
        destinations.end(Actor.system("operator"), one)
    print(_("No more copies go there. What lies there stays."))
    return 0


def opening(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the environment opens a place, as restic wants it."""
    wanted = ("AWS_", "B2_", "AZURE_", "GOOGLE_", "OS_", "RCLONE_")
    return {name: value for name, value in environment.items() if name.startswith(wanted)}


def named(name: str) -> "list[Destination]":
    from cuspide.continuity.models import Destination

    in_use = Destination.objects.filter(ended_at=None).order_by("name")
    found = list(in_use.filter(name=name) if name else in_use)
    if not found:
        raise DomainError(_("There is no such place. “cuspide backup list” shows them."))
    return found


def _told(runs: "Sequence[Run]") -> int:
    from cuspide.core.pages.typography import file_size

    for one in runs:
        words = {"name": one.destination.name, "said": one.said, "size": file_size(one.size)}
        if one.outcome == "failed":
            print(_("✗ %(name)s: %(said)s") % words)
        elif one.kind == "copy":
            print(_("✓ %(name)s: %(size)s copied, %(added)s new.") % (words | {"added": file_size(one.added)}))
        else:
            print(_("✓ %(name)s: brought back and proved, %(size)s. %(said)s") % words)
    return int(any(one.outcome == "failed" for one in runs))


_DEEDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": _add,
    "list": _list,
    "run": _run,
    "try": _try,
    "end": _end,
}
