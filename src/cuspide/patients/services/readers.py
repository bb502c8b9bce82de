"""Hand over the list of who saw a record (article 15 of the GDPR), as a document."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.audit import trail
from cuspide.core import clock, pdf
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.core.pages.typography import day as said_day
from cuspide.core.pages.typography import moment
from cuspide.patients import banner, permissions, reach
from cuspide.patients.models import Patient
from cuspide.patients.selectors import parents_may_know
from cuspide.patients.selectors.readers import Reading, readings
from cuspide.practice import selectors as practice


@dataclass(frozen=True)
class Asked:
    """For which days, to whom, how the identity was checked, and whether people are named."""

    first: dt.date
    last: dt.date
    recipient: str
    identity: str
    names: bool


def hand_over(actor: Actor, patient: Patient, asked: Asked) -> bytes:
    """The document as PDF/A. Handing it over is traced with what was stated. Raises Forbidden or DocumentError."""
    reach.require(actor, permissions.READERS, patient)
    if asked.recipient == "representative" and not parents_may_know(patient):
        raise DomainError(
            _("This minor asked that the parents be told nothing of some care: hand the list to the minor alone.")
        )
    with translation.override(settings.LANGUAGE_CODE):
        rows = readings(patient, asked.first, asked.last)
        said = _data(patient, asked, rows)
        content = pdf.render(
            "patients/pdf/readers.typ",
            said,
            title=said["title"],
            author=said["letterhead"]["name"],
            language=settings.LANGUAGE_CODE,
            created=clock.now(),
        )
    with transaction.atomic():
        trail.record(
            actor,
            "patients.hand_readers",
            subject=patient,
            patient_uuid=patient.uuid,
            detail={
                "from": asked.first,
                "to": asked.last,
                "recipient": asked.recipient,
                "identity": asked.identity,
                "names": asked.names,
                "lines": len(rows),
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
    return content


def _data(patient: Patient, asked: Asked, rows: list[Reading]) -> dict[str, Any]:
    entity = practice.main_site().entity
    return {
        "title": _("Who saw your record"),
        "letterhead": {
            "name": entity.name,
            "lines": [*entity.address.splitlines(), entity.phone],
            "identifiers": [[entity.name, ""], *([["SIRET", entity.siret]] if entity.siret else [])],
        },
        "patient": patient.display_name,
        "born": banner.born(patient),
        "period": _("From %(first)s to %(last)s") % {"first": said_day(asked.first), "last": said_day(asked.last)},
        "made": _("Made on %(moment)s") % {"moment": moment(clock.now())},
        "head": [_("Day"), _("Who"), _("What"), _("Seen or changed")],
        "rows": _merged(rows, asked.names),
        "nobody": _("Nobody opened or changed your record in this time."),
        "notes": [
            _(
                "This list is given to you under article 15 of the General Data Protection Regulation. It says on "
                "which days people of the practice opened your record or changed something in it, and in which "
                "function."
            ),
            _(
                "Lists in which your name stands among others, such as the agenda of a day, are not openings of your "
                "record and are not in it."
            ),
            _(
                "If something surprises you, ask us. You may also turn to the CNIL (www.cnil.fr), 3 place de Fontenoy, "
                "TSA 80715, 75334 Paris Cedex 07."
            ),
        ],
    }


def _merged(rows: list[Reading], names: bool) -> list[list[str]]:
    """Lines of the document: without names, several people of the same function are one line a day and matter."""
    counted: dict[tuple[dt.date, str, str], list[int]] = {}
    for row in rows:
        who = f"{row.name} ({row.function})" if names and row.name else row.function
        line = counted.setdefault((row.day, who, str(row.matter)), [0, 0])
        line[0] += row.seen
        line[1] += row.changed
    return [[said_day(day), who, matter, deeds(*both)] for (day, who, matter), both in counted.items()]


def deeds(seen: int, changed: int) -> str:
    """`seen 3 times, changed once`."""
    parts = []
    if seen:
        parts.append(ngettext("seen once", "seen %(count)d times", seen) % {"count": seen})
    if changed:
        parts.append(ngettext("changed once", "changed %(count)d times", changed) % {"count": changed})
    return ", ".join(parts)
