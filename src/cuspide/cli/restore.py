"""`cuspide restore PLACE --home FOLDER`: a practice brought back to an empty machine."""

import argparse
import os

from django.utils.translation import gettext as _

from cuspide.cli import backup, key, start_django
from cuspide.core import keystore


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.continuity import restoring

    home = keystore.practice_home()
    kind = key.kind_of(arguments)
    found = restoring.open_place(
        arguments.place, backup.opening(os.environ), lambda made: key.opened(home, made, kind, arguments)
    )
    if arguments.list:
        for one in found.snapshots:
            print(f"{one.id[:8]}  {one.at[:19].replace('T', ' ')} UTC")
        return 0
    restored = restoring.bring_back(found, restoring.chosen(found, arguments.at), home)
    print(
        _(
            "The practice is back in %(path)s as it was on %(at)s UTC. The mark of its key is %(mark)s: compare it "
            "with your sheet."
        )
        % {"path": home.folder, "at": restored.snapshot.at[:19].replace("T", " "), "mark": restored.mark}
    )
    print(
        _("%(patients)d patients, %(entries)d entries of the trace and %(files)d files proved.")
        % {"patients": restored.proof.patients, "entries": restored.proof.entries, "files": restored.proof.files}
    )
    return 0
