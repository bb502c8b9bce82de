"""What `cuspide check` says of the key, of its copies and of the volume they lie on."""

import datetime as dt
import os
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide.core import clock, keystore
from cuspide.core.keys import copies as wrapped
from cuspide.core.keys import platform, volumes
from cuspide.core.keys.errors import CopyError, PracticeKeyError
from cuspide.core.registry import Finding

KEY = gettext_lazy("Key")
COPIES = gettext_lazy("Copies of the key")
VOLUME = gettext_lazy("Encryption of the disk")

# A sheet that nobody looked at for so long may have been thrown away with the old desk.
_LOOK_AGAIN = dt.timedelta(days=400)


def key() -> Sequence[Finding]:
    """The key is this practice's, nobody else may read it, and where it lies is said plainly."""
    home = keystore.practice_home()
    try:
        keystore.master(home)
    except PracticeKeyError as error:
        return [Finding("danger", str(error))]
    if not home.key_in_file:
        name = platform.backend_name()
        return [Finding("ok", _("The key lies in the platform's keystore (%(name)s).") % {"name": name})]
    found = []
    if keystore.open_to_others(home.key_file):
        found.append(
            Finding(
                "danger",
                _("Other accounts of this machine may read the key file %(path)s.") % {"path": home.key_file},
                _("Run: chmod 600 %(path)s") % {"path": home.key_file},
            )
        )
    if home.engine == "sqlite" and _same_disk():
        found.append(
            Finding(
                "watch",
                _(
                    "The key lies on the same disk as the store: it protects the backups and copies. Against whoever "
                    "carries the machine or its disk away it protects nothing."
                ),
                _(
                    "Only an encrypted volume does (see below), or a key elsewhere: CUSPIDE_KEY_FILE, --key-in "
                    "keystore."
                ),
            )
        )
    return found or [Finding("ok", _("The key is this practice's, and its owner alone may read it."))]


def _same_disk() -> bool:
    home = keystore.practice_home()
    return os.stat(home.key_file).st_dev == os.stat(home.folder).st_dev


def volume() -> Sequence[Finding]:
    """Whether the practice's folder lies on an encrypted volume."""
    home = keystore.practice_home()
    found = volumes.below(home.folder)
    if found.state == volumes.ENCRYPTED:
        return [Finding("ok", _("The practice's folder lies on an encrypted volume (%(how)s).") % {"how": found.how})]
    remedy = _("Encrypt the volume: BitLocker on Windows, FileVault on macOS, LUKS on Linux.")
    if found.state == volumes.CLEAR:
        said = _("The practice's folder lies on a volume that is not encrypted (%(how)s): a stolen machine tells all.")
        return [Finding("watch", said % {"how": found.how}, remedy)]
    said = _("Whether the practice's folder lies on an encrypted volume could not be told (%(how)s).")
    return [Finding("watch", said % {"how": found.how or "?"}, _("Ask whoever set up this machine.") + " " + remedy)]


def copies() -> Sequence[Finding]:
    """Whether the key would survive the loss of this machine, and when that was last proved."""
    home = keystore.practice_home()
    try:
        made = wrapped.read(home)
    except CopyError as error:
        return [Finding("danger", str(error))]
    kinds = {copy.kind: copy for copy in made}
    found = []
    if wrapped.SHEET not in kinds:
        found.append(
            Finding(
                "watch" if home.demo or wrapped.PASSPHRASE in kinds else "danger",
                _("There is no escrow sheet: with this machine the key is lost, and with it every backup.")
                if not kinds
                else _("There is no escrow sheet: only who knows the passphrase could bring the key back."),
                _("Make one: cuspide key sheet"),
            )
        )
    for kind, copy in sorted(kinds.items()):
        found.append(_of_copy(kind, copy))
    return found


def _of_copy(kind: str, copy: wrapped.Copy) -> Finding:
    name = _("The escrow sheet") if kind == wrapped.SHEET else _("The passphrase's copy")
    try:
        seen = dt.datetime.fromisoformat(copy.verified)
    except ValueError:
        seen = None
    remedy = _("Try it: cuspide key verify --with %(kind)s") % {"kind": kind}
    if seen is None:
        return Finding("watch", _("%(name)s was never proved to open the key.") % {"name": name}, remedy)
    day = date_format(clock.local(seen).date(), "j F Y")
    said = _("%(name)s was last proved to open the key on %(day)s.") % {"name": name, "day": day}
    if clock.now() - seen > _LOOK_AGAIN:
        return Finding("watch", said, remedy)
    return Finding("ok", said)
