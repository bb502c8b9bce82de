"""What templates may use of patients: the frame of a record, and names as they are shown."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from jinja2 import pass_context
from jinja2.runtime import Context

from cuspide.core import clock
from cuspide.core.pages import typography
from cuspide.patients import banner
from cuspide.patients.models import AmcCoverage, AmoCoverage, AmoExemption, Patient
from cuspide.patients.models.coverage import ExemptionKind
from cuspide.patients.rules.cover import due_on, is_due
from cuspide.patients.rules.identity import shown_nir


@pass_context
def record_frame(context: Context, patient: Patient) -> banner.Frame:
    """Banner, tabs and actions of a patient's record for the person who looks at it."""
    return banner.frame(context["request"], patient)


def percent(rate: Decimal | None) -> str:
    """`125 %`; nothing is an empty text."""
    return "" if rate is None else f"{int(rate * 100)}\u00a0%"


def check_again(row: AmoCoverage | AmcCoverage | AmoExemption) -> dt.date | None:
    """When what is known of a cover must be read again; nothing: now."""
    return None if is_due(row, clock.today()) else due_on(row)


def right_details(row: AmoExemption) -> str:
    """`ALD 8 · protocole 1234`, `accident du 03/05/2026`."""
    said = [_("ALD %(number)s") % {"number": row.ald_number}] if row.ald_number else []
    if row.event_on:
        words = _("birth expected on %(day)s") if row.kind == ExemptionKind.MATERNITY else _("accident of %(day)s")
        said.append(words % {"day": typography.day(row.event_on)})
    if row.reference:
        said.append(_("no. %(number)s") % {"number": row.reference} if row.reference.isdigit() else row.reference)
    return " · ".join(said)


FUNCTIONS = {"record_frame": record_frame}
FILTERS = {
    "born": banner.born,  # née le 07/03/1984
    "birth_day": banner.birth_day,  # 07/03/1984, in English 7 Mar 1984
    "at_birth": banner.at_birth,  # née DUBOIS Léonie
    "warned_of": banner.warned_of,  # Amoxicilline, Cloxacilline
    "alert_words": banner.alert_words,  # Allergie : Pénicilline
    "nir": shown_nir,  # in groups, as it is printed
    "percent": percent,
    "right_details": right_details,  # ALD 8 · no. 1234
    "cover_name": banner.cover_name,  # AMO, ALD, AMC
    "check_again": check_again,  # the day, or nothing when it is now
}
