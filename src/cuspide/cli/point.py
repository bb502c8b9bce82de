"""`cuspide point`: an earlier point of this practice brought back beside it, looked at, switched to, and back."""

import argparse
import os
import sys
from collections.abc import Callable

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError


def run(arguments: argparse.Namespace) -> int:
    start_django()
    return _DEEDS[arguments.deed](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from cuspide.cli.backup import named
    from cuspide.continuity import points, secrets

    _prove()
    for place in named(arguments.name):
        print(f"{place.name}:")
        for one in secrets.access_to(place).practice().snapshots():
            print(f"  {one.id[:8]}  {points.wall(one)}")
    return 0


def _beside(arguments: argparse.Namespace) -> int:
    from cuspide.cli.backup import named
    from cuspide.continuity.services import beside
    from cuspide.core.actor import Actor

    _prove()
    places = named(arguments.name)
    if len(places) > 1:
        raise DomainError(_("Name the place."))
    point = beside.bring(Actor.system("operator"), places[0], arguments.at)
    print(
        _("%(patients)d patients, %(entries)d entries of the trace and %(files)d files proved.")
        % {"patients": point.patients, "entries": point.entries, "files": point.files}
    )
    return _lost(arguments)


def _lost(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity import lost
    from cuspide.continuity.services import beside
    from cuspide.core import keystore
    from cuspide.core.pages.typography import moment

    _prove()
    point = beside.standing(keystore.practice_home())
    if point is None:
        raise DomainError(_("Nothing lies beside the practice. Bring a point back first."))
    print(_("The practice as it was on %(at)s lies beside. Switching to it would lose:") % {"at": moment(point.moment)})
    for kind in lost.since(point.marks):
        print(f"{kind.since:>6}  {kind.label}")
        for line in kind.lines:
            print(f"        {moment(line.at)}  {line.who}  {line.what}")
    return 0


def _look(arguments: argparse.Namespace) -> int:
    from cuspide.continuity import looked
    from cuspide.core import keystore

    try:
        folder = looked.prepare(keystore.practice_home())
    except FileNotFoundError:
        raise DomainError(_("Nothing lies beside the practice. Bring a point back first.")) from None
    print(_("What is written there is thrown away. Ctrl C ends it."), flush=True)
    command = [sys.executable, "-m", "cuspide", "serve", "--home", str(folder), "--port", str(arguments.port)]
    os.execv(sys.executable, command)  # noqa: S606 the program itself, with its own words


def _switch(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import switch
    from cuspide.core.actor import Actor

    switch.to_the_point(Actor.system("operator"))
    return _settled()


def _back(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import switch
    from cuspide.core.actor import Actor

    switch.back(Actor.system("operator"))
    return _settled()


def _drop(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import beside
    from cuspide.core.actor import Actor

    beside.drop(Actor.system("operator"))
    return 0


def _settled() -> int:
    from django.db import connections

    from cuspide.continuity import switching
    from cuspide.core import keystore

    connections.close_all()
    kept = switching.settle(keystore.practice_home())
    print(_("The practice goes on from that store. The one from before is %(path)s.") % {"path": kept})
    print(_("“cuspide point back” takes it up again. Start the service."))
    return 0


def _prove() -> None:
    from cuspide.core import keystore, store

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))


_DEEDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "beside": _beside,
    "lost": _lost,
    "look": _look,
    "switch": _switch,
    "back": _back,
    "drop": _drop,
}
