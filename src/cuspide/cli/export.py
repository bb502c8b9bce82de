"""`cuspide export patients --to FILE`: all patients as CSV or FHIR, in a file that its owner alone may read."""

import argparse
import os

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store
    from cuspide.core.actor import Actor
    from cuspide.portability import export

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))
    try:
        written = os.open(arguments.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise DomainError(_("The file cannot be written: %(reason)s"), {"reason": error.strerror}) from error
    with os.fdopen(written, "w", encoding="utf-8", newline="") as stream:
        drawn = export.patients_fhir if arguments.form == "fhir" else export.patients_csv
        for lines in drawn(Actor.system("operator")):
            stream.write(lines)
    print(_("Written: %(file)s") % {"file": arguments.to})
    return 0
