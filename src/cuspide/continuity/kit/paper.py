"""The kit as PDF: the practice brought back with public tools alone, by somebody who has never heard of Cuspide."""

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cuspide import __version__
from cuspide.continuity.kit import by_hand, steps
from cuspide.core import clock, pdf
from cuspide.core.pages.typography import day


def make(*, practice: str, key_mark: str, places: Sequence[tuple[str, str]]) -> bytes:
    """The sheets of the kit. It holds no secret: without the escrow sheet it opens nothing. `places` are name and
    place of each, as they are shown."""
    made = clock.now()
    data = {
        "practice": practice,
        "title": _("Restore kit"),
        "subtitle": _("The practice brought back with public tools alone, when nothing else is left"),
        "facts": [
            [_("Key mark"), " ".join(key_mark[at : at + 4] for at in range(0, len(key_mark), 4))],
            [_("Printed on"), day(made)],
            ["Cuspide", __version__],
        ],
        "need": _("What you need"),
        "needs": [
            _("The escrow sheet of the practice: five lines of letters. This kit alone opens nothing."),
            _("One backup: a disk, a second machine, or a copy in one file."),
            _("A machine with Debian or Ubuntu, or any on which restic, age, zstd and Python can be installed:"),
        ],
        "install": steps.INSTALL,
        "first": _(
            "With Cuspide it is shorter: install it and run “cuspide restore PLACE --with sheet”. What follows needs "
            "no Cuspide. Type the commands in an empty folder, one after the other."
        ),
        "places": _("Where the backups lie"),
        "known": [list(one) for one in places],
        "none": _("None was named when this was printed. Write them here:"),
        "sections": [
            {
                "title": _("A. From a place of backups"),
                "text": _(
                    "After PLACE= write where it is: the folder on the disk, or rest:http://… without a slash at its "
                    "end. After “head” type, in one line, AGE-SECRET-KEY-1 and the five lines of the sheet without "
                    "spaces and without the three last letters of each line, then Enter."
                ),
                "commands": list(steps.FROM_PLACE),
            },
            {
                "title": _("B. From a copy in one file"),
                "text": _(
                    "Copy the parts from all media into one folder. After FILE= write the path of the file up to "
                    "“.age”. After “head” type the sheet as above."
                ),
                "commands": list(steps.FROM_FILE),
            },
        ],
        "then": _("What you have then"),
        "thens": [
            _(
                "plain.sqlite3: the records, which every program for SQLite opens (DB Browser for SQLite). The tables "
                "are called patients_patient, agenda_appointment, care_act, billing_invoice…"
            ),
            _("documents/: every document and image, named by its number in the table core_blob."),
            _("They are no longer encrypted: keep them on an encrypted disk, and remove them when you are done."),
        ],
        "script": _("The script by_hand.py"),
        "script_text": _(
            "It lies in the envelope of each place and in each copy in one file. If it is lost, type it: standard "
            "Python and the package cryptography."
        ),
        "code": Path(by_hand.__file__).read_text(encoding="utf-8"),
    }
    return pdf.render(
        "continuity/pdf/kit.typ",
        data,
        title=str(data["title"]),
        author=practice,
        language=(get_language() or "fr").split("-")[0],
        created=made,
    )
