"""`cuspide init`: a new practice, its key, its encrypted store and its owner."""

import argparse
import getpass
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.cli import escrow, start_django
from cuspide.cli.making import new_practice
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.home import Home, load
from cuspide.core.keys import copies


def run(arguments: argparse.Namespace) -> int:
    final = load().folder
    hosts = tuple(arguments.host or ["localhost"])
    try:
        with new_practice(final, url=arguments.store, hosts=hosts, key_in=arguments.key_in) as home:
            _fill(home, arguments)
    except OSError as error:
        # A full disk, a folder that this account may not write to.
        start_django()
        raise DomainError(
            _("%(path)s cannot be written: %(reason)s. Nothing was changed.")
            % {"path": error.filename or final, "reason": error.strerror or type(error).__name__}
        ) from error
    print(_("The practice is ready in %(path)s.") % {"path": final})
    _tell_key(final, arguments)
    print(_("Serve it with: cuspide serve --home %(path)s") % {"path": final})
    return 0


def _fill(home: Home, arguments: argparse.Namespace) -> None:
    """Ask first, so that nobody waits between two questions and a mistake costs nothing; then make all of it."""
    from cuspide.accounts.services import create_first_owner
    from cuspide.core import store
    from cuspide.nomenclature.services import load_edition
    from cuspide.practice.services import create_practice

    if not 1 <= arguments.chairs <= 200:
        raise DomainError(_("A practice has between 1 and 200 chairs."))
    password = _password(arguments)
    passphrase = ""
    if arguments.passphrase_stdin or sys.stdin.isatty():
        passphrase = escrow.ask_passphrase(from_stdin=arguments.passphrase_stdin, twice=True, may_be_empty=True)
        if passphrase:
            copies.refuse_short(passphrase)
    store.make(home)
    actor = Actor.system("init")
    create_practice(actor, name=arguments.name, chairs=arguments.chairs, time_zone=home.time_zone)
    load_edition(actor)
    create_first_owner(email=arguments.owner_email, name=arguments.owner_name, password=password)
    _keep_copies(home, arguments, passphrase)


def _keep_copies(home: Home, arguments: argparse.Namespace, passphrase: str) -> None:
    """The copies of the key that were asked for; the sheet last, when nothing else can fail any more."""
    from cuspide.core import keystore, tls
    from cuspide.core.tls.authority import fingerprint

    made: tuple[copies.Copy, ...] = ()
    if passphrase:
        made = (copies.for_passphrase(keystore.text_of(keystore.master(home)), passphrase),)
        copies.write(home, made)
    if arguments.without_sheet:
        return
    place = Path(arguments.sheet or f"cuspide-{home.key_id}.pdf").expanduser().absolute()
    mark = fingerprint(tls.authority(home).certificate) if home.serves_tls else ""
    with escrow.printed_sheet(
        home,
        made,
        practice=arguments.name,
        place=place,
        confirmed_by=arguments.escrow_confirmed_by,
        authority=mark,
    ) as all_copies:
        copies.write(home, all_copies)
    _print_kit(home, place)


def _print_kit(home: Home, sheet: Path) -> None:
    """Beside the sheet, for the same envelope."""
    from cuspide.cli.backup import write_kit
    from cuspide.continuity.services import kit

    write_kit(kit.printed(Actor.system("init")), sheet.with_name(f"cuspide-kit-{home.key_id}.pdf"))


def _tell_key(final: Path, arguments: argparse.Namespace) -> None:
    if arguments.key_in == "keystore":
        print(_("Its key lies in the platform's keystore of this account; the service must run under it."))
    else:
        print(_("Its key is %(path)s, which its owner alone may read.") % {"path": final / "key"})
    if arguments.without_sheet:
        print(_("There is no escrow sheet: a lost key is a lost practice. Make one with: cuspide key sheet"))


def _password(arguments: argparse.Namespace) -> str:
    """The owner's password. At a terminal it is asked again until it is one that the practice takes."""
    from cuspide.accounts.services import refuse_password_of

    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    while True:
        first = getpass.getpass(_("Password of the owner (12 characters or more, not shown as you type): "))
        try:
            refuse_password_of(first, email=arguments.owner_email, name=arguments.owner_name)
        except DomainError as error:
            print(error)
            continue
        if getpass.getpass(_("The same again: ")) == first:
            return first
        print(_("The two passwords are not the same."))
