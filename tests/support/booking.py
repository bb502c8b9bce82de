"""Bookings as a desk sends them over HTTP, each desk in quarters of an hour of its own."""

import datetime as dt
import uuid
from dataclasses import dataclass

from tests.support.server import LivePractice, ask

PLACES = """
from cuspide.agenda.models import AppointmentType
from cuspide.practice.models import Chair
from cuspide.practice.selectors import main_site, practitioners
site = main_site()
answer = {
    "chairs": [str(one.uuid) for one in Chair.objects.filter(site=site)],
    "practitioners": [str(one.uuid) for one in practitioners()],
    "type": str(AppointmentType.objects.filter(is_active=True).first().uuid),
}
"""
CONFIRMED = [("confirm", code) for code in ("chair", "practitioner", "patient", "closed", "past")]
"""Whatever the program asks back is meant so."""


@dataclass(frozen=True)
class Places:
    """Where, with whom and for what is booked."""

    chairs: list[str]
    practitioners: list[str]
    type: str


def places_of(practice: LivePractice) -> Places:
    return Places(**ask(practice.folder, PLACES))


@dataclass
class Quarters:
    """The free quarters of an hour of the desk `number`, one after the other, months ahead."""

    places: Places
    number: int
    taken: int = 0

    def next(self) -> dict[str, str]:
        """The fields that say when, where and with whom."""
        self.taken += 1
        day = dt.date.today() + dt.timedelta(days=60 + 400 * self.number + self.taken // 40)
        minute = 8 * 60 + self.taken % 40 * 15
        return {
            "day": day.isoformat(),
            "time": f"{minute // 60:02d}:{minute % 60:02d}",
            "minutes": "15",
            "chair": self.places.chairs[self.number % len(self.places.chairs)],
            "practitioner": self.places.practitioners[self.number % len(self.places.practitioners)],
        }

    def booking(self, patient: str, when: dict[str, str]) -> list[tuple[str, str]]:
        """The form that books a patient; sent twice, it is the same form."""
        fields = {"patient": patient, "type": self.places.type, "submission": str(uuid.uuid4())}
        return [*fields.items(), *when.items(), *CONFIRMED]
