"""`cuspide nomenclature import FILE`: an official CNAM export becomes a new edition in the store."""

import sys
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.formats.ccam import read_export
from cuspide.formats.errors import FormatError
from cuspide.nomenclature import services, wording
from cuspide.nomenclature.models import Edition

# The full export has some three megabytes.
_LARGEST = 50_000_000


def import_file(actor: Actor, path: Path) -> Edition:
    """Bring in the edition of a file. Raises DomainError that names line and column; nothing is half-written."""
    try:
        if path.stat().st_size > _LARGEST:
            raise DomainError(_("This file is too large to be an export of the CCAM."))
        data = path.read_bytes()
    except OSError as error:
        raise DomainError(_("The file cannot be read: %(reason)s.") % {"reason": error.strerror}) from error
    try:
        official = read_export(data)
    except FormatError as error:
        raise wording.refusal(error) from error
    return services.bring_in(actor, official)


def run(path: Path) -> None:
    """The verb of the command line."""
    edition = import_file(Actor.system("nomenclature import"), path)
    said = _("CCAM version %(name)s, in force from %(day)s, is in the nomenclature.")
    sys.stdout.write(said % {"name": edition.name, "day": edition.in_force.strftime("%d/%m/%Y")} + "\n")
