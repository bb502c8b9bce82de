"""`cuspide init`: a new practice, its key, its encrypted store and its owner."""

import argparse
import getpass
import sys

from django.utils.translation import gettext as _

from cuspide.cli.making import new_practice
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.home import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="name of the practice")
    parser.add_argument("--chairs", type=int, default=1, help="number of dental chairs (default 1)")
    parser.add_argument("--owner-name", required=True, help="name of the owner")
    parser.add_argument("--owner-email", required=True, help="the owner signs in with it")
    parser.add_argument("--password-stdin", action="store_true", help="read the owner's password from standard input")
    parser.add_argument("--host", action="append", help="host name under which the practice is reached; repeatable")
    parser.add_argument("--store", default="", metavar="URL", help="postgresql://… (default: encrypted SQLite)")


def run(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.chairs <= 200:
        raise DomainError(_("A practice has between 1 and 200 chairs."))
    final = load().folder
    password = _password(arguments.password_stdin)
    hosts = tuple(arguments.host or ["localhost"])
    with new_practice(final, url=arguments.store, hosts=hosts) as home:
        from cuspide.accounts.services import create_first_owner
        from cuspide.nomenclature.services import load_edition
        from cuspide.practice.services import create_practice

        actor = Actor.system("init")
        create_practice(actor, name=arguments.name, chairs=arguments.chairs, time_zone=home.time_zone)
        load_edition(actor)
        create_first_owner(email=arguments.owner_email, name=arguments.owner_name, password=password)
    print(_("The practice is ready in %(path)s.") % {"path": final})
    print(
        _("Its key is %(path)s: copy it now to a place outside this machine. A lost key is a lost practice.")
        % {"path": final / "key"}
    )
    print(_("Serve it with: cuspide serve --home %(path)s") % {"path": final})
    return 0


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(_("Password of the owner: "))
    if getpass.getpass(_("The same again: ")) != first:
        raise DomainError(_("The two passwords are not the same."))
    return first
