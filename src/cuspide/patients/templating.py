"""What templates may use of patients: the frame of a record, and names as they are shown."""

import datetime as dt
from decimal import Decimal

from jinja2 import pass_context
from jinja2.runtime import Context

from cuspide.core import clock
from cuspide.patients import banner
from cuspide.patients.models import AmcCoverage, AmoCoverage, Patient
from cuspide.patients.rules.cover import check_again_on, rights_need_checking
from cuspide.patients.rules.identity import shown_nir


@pass_context
def record_frame(context: Context, patient: Patient) -> banner.Frame:
    """Banner, tabs and actions of a patient's record for the person who looks at it."""
    return banner.frame(context["request"], patient)


def percent(rate: Decimal | None) -> str:
    """`125 %`; nothing is an empty text."""
    return "" if rate is None else f"{int(rate * 100)}\u00a0%"


def check_again(row: AmoCoverage | AmcCoverage) -> dt.date | None:
    """When what is known of a cover must be read again; nothing: now."""
    due = check_again_on(row.rights_to, row.checked_at)
    return None if rights_need_checking(row.rights_to, row.checked_at, clock.today()) else due


FUNCTIONS = {"record_frame": record_frame}
FILTERS = {
    "born": banner.born,  # née le 07/03/1984
    "birth_day": banner.birth_day,  # 07/03/1984, in English 7 Mar 1984
    "at_birth": banner.at_birth,  # née DUBOIS Léonie
    "warned_of": banner.warned_of,  # Amoxicilline, Cloxacilline
    "alert_words": banner.alert_words,  # Allergie : Pénicilline
    "nir": shown_nir,  # in groups, as it is printed
    "percent": percent,
    "check_again": check_again,  # the day, or nothing when it is now
}
