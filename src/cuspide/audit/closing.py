"""The evening paper: the head of the chain on one page, to be kept in a drawer."""

import datetime as dt
import io
from typing import Any

import segno
from django.conf import settings
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from cuspide.audit.anchors import Anchor
from cuspide.audit.models import Entry
from cuspide.core import clock, pdf, registry
from cuspide.core.pages import typography


def document(anchor: Anchor) -> bytes:
    """The page as PDF/A, in the practice's language. Raises DocumentError."""
    with translation.override(settings.LANGUAGE_CODE):
        said = _data(anchor)
        return pdf.render(
            "audit/pdf/closing.typ",
            said,
            title=said["title"],
            author=said["letterhead"]["name"],
            language=settings.LANGUAGE_CODE,
            created=clock.now(),
        )


def code(text: str) -> str:
    """A QR code as SVG, black on white, with the quiet zone that readers need."""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", scale=4, border=4, light="white", xmldecl=False)
    return picture.getvalue().decode()


def _data(anchor: Anchor) -> dict[str, Any]:
    day = clock.today()
    practice = next((name for place in registry.place_names if (name := place.name())), "Cuspide")
    within = Entry.objects.filter(
        at__gte=clock.at(day, dt.time.min), at__lt=clock.at(day + dt.timedelta(days=1), dt.time.min)
    )
    figures = within.aggregate(rows=Count("pk"), people=Count("actor_user_id", distinct=True))
    groups = [anchor.chain[at : at + 8] for at in range(0, len(anchor.chain), 8)]
    return {
        "title": _("Closing of the day"),
        "day": typography.day_long(day),
        "letterhead": {"name": practice, "lines": [], "identifiers": [[practice, ""]]},
        "moment": typography.moment(clock.now()),
        "facts": [
            [_("Entries of this day"), typography.number(figures["rows"])],
            [_("People who used the program"), typography.number(figures["people"])],
            [_("Entries in the whole trace"), typography.number(anchor.count)],
            [_("Last entry sealed"), typography.number(anchor.sequence)],
        ],
        "anchor": _("Anchor"),
        "sequence": str(anchor.sequence),
        "groups": groups,
        "code": code(anchor.typed),
        "code_says": _("The anchor as a QR code"),
        "made": _("Printed on"),
        "signed": _("Signature"),
        "notes": [
            _(
                "Keep this page away from the machine. Whoever rewrites the trace of this practice, even with its key, "
                "cannot rewrite this page."
            ),
            _(
                "To check: on the server, type “cuspide audit verify --anchor” and behind it the number, a colon and "
                "the digits above, or what the code says. The first sixteen digits are enough."
            ),
        ],
    }
