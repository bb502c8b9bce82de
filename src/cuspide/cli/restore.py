"""`cuspide restore PLACE --home FOLDER`: a practice brought back to an empty machine."""

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.cli import backup, key, start_django
from cuspide.core import keystore

if TYPE_CHECKING:
    from cuspide.core.keys.copies import Copy

_SILENT = dt.timedelta(hours=30)
"""The trace is anchored every day, which is an entry: a copy of a practice whose service ran has a younger one."""


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.continuity import points, restoring
    from cuspide.core.pages.typography import moment

    home = keystore.practice_home()
    kind = key.kind_of(arguments)
    secret: list[str] = []

    def opened(made: "tuple[Copy, ...]") -> bytes:
        if not secret:  # asked once, however many envelopes somebody has put on top
            secret.append(key.asked(kind, arguments))
        return key.unwrapped(made, kind, secret[0])

    if Path(arguments.place).is_file():
        restored = restoring.bring_back_file(Path(arguments.place), home, opened, arguments.anchor)
    else:
        found = restoring.open_place(arguments.place, backup.opening(os.environ), opened)
        if arguments.list:
            for one in found.snapshots:
                print(f"{one.id[:8]}  {points.wall(one)}")
            return 0
        snapshot = points.chosen(found.snapshots, arguments.at)
        restored = restoring.bring_back(found, snapshot, home, arguments.anchor)
    print(
        _(
            "The practice is back in %(path)s as it was copied on %(at)s. The mark of its key is %(mark)s: compare it "
            "with your sheet."
        )
        % {"path": home.folder, "at": points.wall(restored.snapshot)[:16], "mark": restored.mark}
    )
    print(
        _("%(patients)d patients, %(entries)d entries of the trace and %(files)d files proved.")
        % {"patients": restored.proof.patients, "entries": restored.proof.entries, "files": restored.proof.files}
    )
    proof = restored.proof
    if proof.ends_at is not None:
        print(_("The last entry of its trace is of %(at)s.") % {"at": moment(proof.ends_at)})
        if points.moment(restored.snapshot) - proof.ends_at > _SILENT:
            print(
                _(
                    "CAUTION: that is long before it was copied. A practice at work writes each day: an older copy may "
                    "have been put in the place of the newest. Look at the others with --list."
                )
            )
    if proof.anchors:
        said = ngettext("%(count)d anchor of the trace fits.", "%(count)d anchors of the trace fit.", proof.anchors)
        print(said % {"count": proof.anchors})
    for later in proof.later:
        print(
            _(
                "CAUTION: the trace of this copy ends before the anchor %(anchor)s. The copy is older than that "
                "anchor: if you did not choose an older one yourself, somebody may have exchanged it."
            )
            % {"anchor": f"{later[:40]}…"}
        )
    return 0
