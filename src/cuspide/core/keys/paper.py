"""The escrow sheet as PDF: what a person finds in an envelope years later and understands without us."""

import datetime as dt
import io
import os
from pathlib import Path

import segno
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cuspide.core import clock, pdf
from cuspide.core.home import sync_folder
from cuspide.core.keys import sheet
from cuspide.core.keys.errors import CopyError


def make(identity: str, *, practice: str, key_mark: str, authority: str = "") -> bytes:
    """The sheet of an age identity. `authority` is the fingerprint of the practice's certificate authority."""
    made = clock.now()
    day = clock.local(made).date()
    data = {
        "practice": practice,
        "title": _("Escrow sheet"),
        "subtitle": _("The key to the records of the practice, on paper"),
        "facts": [
            [_("Key mark"), " ".join(key_mark[at : at + 4] for at in range(0, len(key_mark), 4))],
            [_("Made on"), _day(day)],
        ],
        "words": {
            "opens": _("What this sheet opens"),
            "opens_text": _(
                "Whoever holds this sheet and a copy of the practice's folder reads every record. Without the sheet, "
                "when the machine is lost or its key damaged, nobody does: neither the maker of the program nor the "
                "IT provider."
            ),
            "keep": _("What to do with it now"),
            "keep_steps": [
                _(
                    "Print it once, on paper. Then delete the file: it must stay on no machine, in no mail, in no "
                    "cloud."
                ),
                _("Write at the bottom who checked it, and put it into a closed envelope with the practice's name."),
                _("Keep it away from the machine and its backups: a safe, the bank, the notary, the accountant."),
            ],
            "use": _("The day it is needed"),
            "use_steps": [
                _("Bring the practice's folder back from a backup, onto a machine with Cuspide."),
                _("Run: cuspide key recover --with sheet"),
                _(
                    "Type the five lines, or scan the square. A mistake is told with its line. 0 is zero; there is "
                    "no O."
                ),
            ],
            "key": _("The escrow key"),
            "key_note": _(
                "Each line ends with three control letters. The square holds the same key, in age's own writing: "
                "AGE-SECRET-KEY-1 followed by the five lines without their control letters."
            ),
            "alternative": _("Secret key of the escrow sheet as a QR code"),
            "checked": _("Read back on"),
            "by": _("by"),
            "place": _("kept at"),
            "authority": _(
                "Certificate authority of the practice (SHA-256), to compare when a workstation installs it"
            ),
        },
        "lines": [[str(number), *line.split()] for number, line in enumerate(sheet.lines(identity), start=1)],
        "code": _code(identity),
        "authority": authority,
    }
    return pdf.render(
        "core/keys/pdf/sheet.typ",
        data,
        title=str(data["title"]),
        author=practice,
        language=(get_language() or "fr").split("-")[0],
        created=made,
    )


def _day(day: dt.date) -> str:
    from django.utils.formats import date_format

    return date_format(day, "j F Y")


def _code(identity: str) -> str:
    drawn = io.BytesIO()
    segno.make(identity, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2, xmldecl=False)
    return drawn.getvalue().decode()


def put(path: Path, content: bytes) -> None:
    """Write the sheet where nothing is yet, for its owner alone. CopyError when that cannot be done."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.parent)
    except FileExistsError:
        raise CopyError(_("There is a file already: %(path)s. It was left as it is.") % {"path": path}) from None
    except OSError as error:
        raise CopyError(
            _("The sheet cannot be written to %(path)s: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
