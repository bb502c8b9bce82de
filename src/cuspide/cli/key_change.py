"""`cuspide key change`: another master key for the practice; `cuspide key former`: one from before, for what is old."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.cli import escrow
from cuspide.core import keystore
from cuspide.core.errors import DomainError
from cuspide.core.home import Home, write_private
from cuspide.core.keys import copies, platform


def change(home: Home, arguments: argparse.Namespace) -> int:
    from cuspide.core import store, tls
    from cuspide.core.keys.changing import making
    from cuspide.practice.selectors import shown_name

    state = store.prove(home)
    store.refuse_unlike(home, state)
    if not home.key_in_file:
        platform.refuse_unusable()
    making.refuse_full_disk(home)
    _tell_before()
    new = keystore.new()
    made = _passphrase_copy(new, arguments)
    if arguments.without_sheet:
        _change(home, new, made)
        print(_("There is no escrow sheet: a lost key is a lost practice. Make one with: cuspide key sheet"))
    else:
        place = Path(arguments.sheet or f"cuspide-{keystore.key_id(new)}.pdf").expanduser().absolute()
        with escrow.printed_sheet(
            home,
            made,
            practice=shown_name(),
            place=place,
            confirmed_by=arguments.escrow_confirmed_by,
            authority=tls.authority_mark(home),
            master=new,
        ) as all_copies:
            _change(home, new, all_copies)
    _tell_after(home, new)
    return 0


def _passphrase_copy(new: bytes, arguments: argparse.Namespace) -> tuple[copies.Copy, ...]:
    if not (arguments.passphrase_stdin or sys.stdin.isatty()):
        return ()
    passphrase = escrow.ask_passphrase(from_stdin=arguments.passphrase_stdin, twice=True, may_be_empty=True)
    return (copies.for_passphrase(keystore.text_of(new), passphrase),) if passphrase else ()


def _change(home: Home, new: bytes, made: tuple[copies.Copy, ...]) -> None:
    from cuspide.core.keys.changing import making

    listener = making.Listener(_step, lambda rows: _trace(home, new, rows), _proof)
    making.change(home, new, copies.encoded(made), listener)


def _step(key: str) -> None:
    words = {
        "proof": _("Proving the trace…"),
        "copy": _("Encrypting a copy of the store under the new key…"),
        "rows": _("Making again what hangs on the key…"),
        "switch": _("Switching to the new key…"),
    }
    print(words[key], flush=True)


def _trace(home: Home, new: bytes, rows: dict[str, int]) -> None:
    from cuspide.audit import trail
    from cuspide.core.actor import Actor

    said = {"before": home.key_id, "after": keystore.key_id(new), "files": rows["blobs"], "pins": rows["pin"]}
    trail.record(Actor.system("operator"), "practice.change_key", detail=said)


def _proof() -> list[Any]:
    """The faults of the trace, everything that waits sealed first."""
    from cuspide.audit import sealer
    from cuspide.audit.verify import standing_faults

    sealer.seal_all()
    return standing_faults()


def _tell_before() -> None:
    print(
        _(
            "Afterwards everybody signs in again and chooses a PIN again, and each workstation is named again. Second "
            "factors, passkeys and passwords stay."
        )
    )


def _tell_after(home: Home, new: bytes) -> None:
    from cuspide.core.upgrading import copies as old_stores

    print(_("The practice has its new key. Mark of the key: %(mark)s") % {"mark": keystore.key_id(new)})
    print(
        _(
            "Sheets and passphrases from before open nothing but backups from before. Burn the sheets: the old key "
            "lies sealed in the store (cuspide key former)."
        )
    )
    if kept := old_stores.kept(home):
        said = ngettext(
            "%(count)d copy of the store from before still opens with the old key, and with that alone: to go back to "
            "it, have “cuspide key former” hand the key out first. Remove it once the practice has a backup:",
            "%(count)d copies of the store from before still open with the old key, and with that alone: to go back "
            "to one, have “cuspide key former” hand the key out first. Remove them once the practice has a backup:",
            len(kept),
        )
        print(said % {"count": len(kept)})
        for path in kept:
            print(f"  {path}")
    print(_("Make a backup now. Prove the whole with: cuspide check"))


def former(home: Home, arguments: argparse.Namespace) -> int:
    """Which keys there were; with `--to`, one of them as a key file."""
    from cuspide.core import store
    from cuspide.core.keys import retired

    store.prove(home)
    kept = retired.kept()
    if not arguments.to:
        for one in kept:
            print(one.mark)
        if not kept:
            print(_("The key of this practice was never changed."))
        return 0
    wanted = [one for one in kept if arguments.mark in ("", one.mark)]
    if len(wanted) != 1:
        raise DomainError(_("Say which one with --mark: “cuspide key former” lists them."))
    place = Path(arguments.to).expanduser().absolute()
    if place.exists():
        raise DomainError(_("There is a file already: %(path)s. Move it away first.") % {"path": place})
    _trace_handed_out(wanted[0].mark)
    write_private(place, keystore.text_of(wanted[0].master))
    print(
        _("The key from before is in %(path)s: use it with CUSPIDE_KEY_FILE, and remove it afterwards.")
        % {"path": place}
    )
    return 0


def _trace_handed_out(mark: str) -> None:
    from cuspide.audit import trail
    from cuspide.core.actor import Actor

    trail.record(Actor.system("operator"), "practice.hand_out_key", detail={"mark": mark})
