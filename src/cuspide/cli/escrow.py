"""The dialogue around the copies of the key: a passphrase asked twice, a sheet printed and typed back."""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.core import keystore
from cuspide.core.home import Home
from cuspide.core.keys import copies, paper, sheet
from cuspide.core.keys.errors import CopyError, SheetError

_ATTEMPTS = 5


def ask_passphrase(*, from_stdin: bool, twice: bool, may_be_empty: bool = False) -> str:
    """The passphrase of the key's copy, never shown; from standard input it is one line. A new one (`twice`) is asked
    again at a terminal until it is long enough and was typed the same two times."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not twice:
        return getpass.getpass(_("Passphrase of the key's copy: "))
    many = {"count": copies.SHORTEST_PASSPHRASE}
    if may_be_empty:
        asked = _("Passphrase for a copy of the key (%(count)d characters or more; empty: none): ") % many
    else:
        asked = _("Passphrase for a copy of the key (%(count)d characters or more): ") % many
    while True:
        first = getpass.getpass(asked)
        if not first and may_be_empty:
            return first
        try:
            copies.refuse_short(first)
        except CopyError as error:
            print(error)
            continue
        if getpass.getpass(_("The same again: ")) == first:
            return first
        print(_("The two passphrases are not the same."))


@contextmanager
def printed_sheet(
    home: Home,
    made: tuple[copies.Copy, ...],
    *,
    practice: str,
    place: Path,
    confirmed_by: str = "",
    authority: str = "",
    master: bytes | None = None,
) -> Iterator[tuple[copies.Copy, ...]]:
    """Make a sheet of the practice's key, or of this `master`, have it printed and typed back; gives the copies with
    the new one among them, to be kept in the body. A sheet that nobody typed back, or whose body fails, opens nothing
    and does not stay on the disk."""
    master = master or keystore.master(home)
    copy, identity = copies.for_sheet(keystore.text_of(master))
    drawn = paper.make(identity, practice=practice, key_mark=keystore.key_id(master), authority=authority)
    paper.put(place, drawn)
    try:
        print(_("The escrow sheet is %(path)s. Print it, then type its five lines from the paper.") % {"path": place})
        sys.stdout.flush()
        _typed_back(identity, confirmed_by)
        yield copies.verified(copies.with_copy(made, copy), copies.SHEET)
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    print(
        _("The sheet is right. Now delete %(path)s: the paper is the only copy that may stay.") % {"path": place},
    )


def _typed_back(identity: str, confirmed_by: str) -> None:
    """Return when what was typed is the sheet; CopyError when it is not, or nobody typed."""
    if confirmed_by:
        try:
            typed = Path(confirmed_by).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CopyError(_("%(path)s cannot be read.") % {"path": confirmed_by}) from error
        _same(sheet.read(typed), identity)
        return
    for left in range(_ATTEMPTS - 1, -1, -1):
        typed = ask_sheet()
        try:
            _same(typed, identity)
            return
        except SheetError as error:
            if not left or not sys.stdin.isatty():
                raise
            print(error)


def _same(typed: str, identity: str) -> None:
    if typed.upper() != identity.upper():
        raise SheetError(_("This is a sheet, but not the one that was just printed."))


def ask_sheet() -> str:
    """The identity typed from a sheet, line by line; a line that does not agree with its control letters is asked
    again at a terminal. The text of the square may be pasted instead of the first line."""
    at_terminal = sys.stdin.isatty()
    kept = ""
    number = 1
    while number <= sheet.LINES:
        if at_terminal:
            print(_("Line %(number)d: ") % {"number": number}, end="", flush=True)
        typed = sys.stdin.readline()
        if not typed:
            raise CopyError(_("The sheet was not typed back to its end. Nothing was kept."))
        if not typed.strip():
            continue
        if number == 1 and "".join(typed.split()).upper().startswith(sheet.PREFIX):
            return sheet.read(typed)
        try:
            kept += sheet.read_line(number, typed)
        except SheetError as error:
            if not at_terminal:
                raise
            print(error)
            continue
        number += 1
    return sheet.read(sheet.PREFIX + kept)
