"""`cuspide key`: the practice's key, its copies, the sheet on paper, and the way back when it is lost."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.cli import escrow, key_change, start_django
from cuspide.core import keystore
from cuspide.core.errors import DomainError
from cuspide.core.home import Home
from cuspide.core.keys import copies
from cuspide.core.keys.errors import CopyError, PracticeKeyError


def run(arguments: argparse.Namespace) -> int:
    start_django()
    home = keystore.practice_home()
    if not home.exists:
        raise DomainError(_("There is no practice in %(path)s.") % {"path": home.folder})
    try:
        return _DEEDS[arguments.deed](home, arguments)
    except OSError as error:
        # A full disk, a folder that may not be written: what was there before is there still.
        raise DomainError(
            _("%(path)s cannot be written: %(reason)s. Nothing was changed.")
            % {"path": error.filename or home.folder, "reason": error.strerror or type(error).__name__}
        ) from error


def _show(home: Home, _arguments: argparse.Namespace) -> int:
    keystore.master(home)
    print(_("Mark of the key: %(mark)s") % {"mark": home.key_id})
    place = str(home.key_file) if home.key_in_file else _("the platform's keystore of this account")
    print(_("It lies in: %(place)s") % {"place": place})
    return _copies(home, _arguments)


def _copies(home: Home, _arguments: argparse.Namespace) -> int:
    from cuspide.core.keys import checks

    for finding in checks.copies():
        print(f"- {finding.message}")
        if finding.remedy and finding.level != "ok":
            print(f"    → {finding.remedy}")
    return 0


def _sheet(home: Home, arguments: argparse.Namespace) -> int:
    from cuspide.core import store, tls
    from cuspide.practice.selectors import shown_name

    store.prove(home)
    place = Path(arguments.sheet or f"cuspide-{home.key_id}.pdf").expanduser().absolute()
    with escrow.printed_sheet(
        home,
        copies.read_or_set_aside(home),
        practice=shown_name(),
        place=place,
        confirmed_by=arguments.escrow_confirmed_by,
        authority=tls.authority_mark(home),
    ) as made:
        copies.write(home, made)
    print(_("Earlier sheets of this practice open nothing any more: burn them."))
    return 0


def _passphrase(home: Home, arguments: argparse.Namespace) -> int:
    master = keystore.master(home)
    passphrase = escrow.ask_passphrase(from_stdin=arguments.passphrase_stdin, twice=True)
    made = copies.for_passphrase(keystore.text_of(master), passphrase)
    copies.write(home, copies.with_copy(copies.read_or_set_aside(home), made))
    print(_("The copy of the key opens with this passphrase, and no longer with an earlier one."))
    return 0


def _verify(home: Home, arguments: argparse.Namespace) -> int:
    kind = kind_of(arguments)
    made = copies.read(home)
    if keystore.key_id(opened(home, made, kind, arguments)) != home.key_id:
        raise CopyError(_("This copy holds another practice's key. Make a new one."))
    copies.write(home, copies.verified(made, kind))
    print(_("This copy opens the practice's key."))
    return 0


def _recover(home: Home, arguments: argparse.Namespace) -> int:
    try:
        keystore.master(home)
    except PracticeKeyError as error:
        print(error)
    else:
        print(_("The key is where it belongs and is this practice's: there is nothing to recover."))
        return 0
    master = opened(home, copies.read(home), kind_of(arguments), arguments)
    if keystore.key_id(master) != home.key_id:
        raise CopyError(_("This copy holds another practice's key. Nothing was changed."))
    if home.key_in_file and home.key_file.exists():
        # Whatever it is, somebody may need it: another practice's key is that practice.
        aside = home.key_file.with_name(f"{home.key_file.name}.before-recovery")
        if aside.exists():
            raise DomainError(_("There is a file already: %(path)s. Move it away first.") % {"path": aside})
        home.key_file.rename(aside)
        print(_("What lay in its place is now %(path)s.") % {"path": aside})
    keystore.put(home, master)
    print(_("The key is back. Prove the whole with: cuspide check"))
    return 0


def kind_of(arguments: argparse.Namespace) -> str:
    if arguments.kind:
        return str(arguments.kind)
    if arguments.passphrase_stdin:
        return copies.PASSPHRASE
    if not sys.stdin.isatty():
        raise DomainError(_("Say with which copy: --with sheet or --with passphrase."))
    print(_("With the escrow sheet (1) or the passphrase (2)? "), end="", flush=True)
    return copies.PASSPHRASE if sys.stdin.readline().strip() == "2" else copies.SHEET


def opened(home: Home, made: tuple[copies.Copy, ...], kind: str, arguments: argparse.Namespace) -> bytes:
    """The master key out of one copy."""
    if not made:
        raise CopyError(_("There are no copies of the key: %(path)s is missing.") % {"path": home.copies_file})
    return unwrapped(made, kind, asked(kind, arguments))


def asked(kind: str, arguments: argparse.Namespace) -> str:
    """The passphrase, or what was typed from the sheet."""
    if kind == copies.PASSPHRASE:
        return escrow.ask_passphrase(from_stdin=arguments.passphrase_stdin, twice=False)
    return escrow.ask_sheet()


def unwrapped(made: tuple[copies.Copy, ...], kind: str, secret: str) -> bytes:
    """The master key that passphrase or sheet open. CopyError when they do not."""
    opens = copies.open_with_passphrase if kind == copies.PASSPHRASE else copies.open_with_sheet
    text = opens(made, secret)
    try:
        return keystore.from_text(text.decode("ascii"))
    except ValueError:
        raise CopyError(_("This copy holds no key. Bring keys.json back from a backup.")) from None


_DEEDS: dict[str, Callable[[Home, argparse.Namespace], int]] = {
    "show": _show,
    "copies": _copies,
    "sheet": _sheet,
    "passphrase": _passphrase,
    "verify": _verify,
    "recover": _recover,
    "change": key_change.change,
    "former": key_change.former,
}
