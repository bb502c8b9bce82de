"""Fill the days: who is due comes, is cared for, and is due again.

A queue holds who is due for what and when. Each day each dentist's hours are filled from it; what a visit leads to
goes back into it. Nobody is in two chairs at once and no chair holds two.
"""

import datetime as dt
import heapq
from dataclasses import dataclass, field
from typing import Any

from cuspide.agenda import hours
from cuspide.agenda.demo import courses, days
from cuspide.agenda.demo.courses import Visit
from cuspide.agenda.demo.lives import lived
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.core import clock
from cuspide.core.db import bulk
from cuspide.core.demo import DemoContext, uuid7

GAP = 0.10
"""Share of the slots that stay free."""

EARLY = 45
"""Days: a check-up may come this early when there is room."""


@dataclass(order=True)
class Due:
    """A patient who is due: sorted by day, then by her place in the file."""

    day: dt.date
    patient_at: int
    dentist: int = field(compare=False)
    visits: list[Visit] = field(compare=False)


def build(context: DemoContext) -> None:
    """Write the appointments; `context.shared["appointments"]` holds them all, oldest first, each with its patient,
    type, chair and practitioner, and `finished` ones with the instants of the visit."""
    story = _Story(context)
    story.run()
    bulk.insert(story.made)
    context.shared["appointments"] = story.made


class _Story:
    def __init__(self, context: DemoContext) -> None:
        shared = context.shared
        self.context = context
        self.chance = context.random("agenda")
        self.site = shared["site"]
        self.chairs = shared["chairs"]
        self.dentists = shared["practitioners"]
        self.patients: list[Any] = shared["patients"]
        users = shared.get("users") or {}
        self.secretary = getattr(users.get("secretary"), "pk", None)
        self.types = {one.key: one for one in AppointmentType.objects.all()}
        self.week = hours.week(self.site)
        self.made: list[Appointment] = []
        self.due: list[list[Due]] = [[] for _dentist in self.dentists]
        self.emergencies: list[int] = []

    def run(self) -> None:
        self._first_visits()
        day = self.context.first_day
        last = self.context.today + dt.timedelta(weeks=self.context.weeks_ahead)
        while day <= last:
            self._day(day)
            day += dt.timedelta(days=1)

    def _first_visits(self) -> None:
        """Whoever was known before the story begins is due some time in its first months; the others come first when
        their record was made."""
        first, chance = self.context.first_day, self.chance
        zone = self.site.time_zone
        for at, patient in enumerate(self.patients):
            if patient.merged_into_id:
                continue
            known_since = clock.local(patient.created_at, zone).date()
            dentist = chance.choices(range(len(self.dentists)), [6, 5] if len(self.dentists) == 2 else None)[0]
            if known_since <= first:
                day = first + dt.timedelta(days=chance.randrange(300))
                visit = courses.checkup(patient.age_on(day))
            else:
                day, visit = known_since, Visit("first", 45, 0)
            self._push(Due(day, at, dentist, [visit]))

    def _push(self, one: Due) -> None:
        heapq.heappush(self.due[one.dentist], one)

    def _day(self, day: dt.date) -> None:
        base = clock.at(day, dt.time(12), self.site.time_zone) - dt.timedelta(hours=12)
        waiting: list[Due] = []
        today: set[int] = set()
        worked = False
        self.emergencies = []
        for dentist in range(len(self.dentists)):
            for opens, closes in days.hours_of(dentist, day, self.week):
                worked = True
                self._fill(day, base, dentist, opens, closes, waiting, today)
        if not worked and day == self.context.today:
            # Whoever tries the demo on a Sunday finds the practice on duty.
            for opens, closes in days.DUTY:
                self._duty(day, base, opens, closes, waiting, today)
        for one in waiting:
            self._push(one)

    def _fill(
        self,
        day: dt.date,
        base: dt.datetime,
        dentist: int,
        opens: int,
        closes: int,
        waiting: list[Due],
        today: set[int],
    ) -> None:
        chance, at = self.chance, opens
        # Further ahead, the book is emptier.
        ahead = max(0, (day - self.context.today).days)
        free = GAP if ahead < 3 else min(0.75, GAP + ahead * 0.03)
        while closes - at >= 15:
            throw = chance.random()
            if throw < free:
                at += chance.choice([15, 20, 30])
                continue
            if throw > 0.965:
                self._emergency(day, base, dentist, at, closes, today)
                at += 20
                continue
            one = self._next(day, dentist, waiting, today)
            if one is None:
                at += 30
                continue
            visit = one.visits[0]
            if at + visit.minutes > closes:
                waiting.append(one)
                today.discard(one.patient_at)
                if closes - at < 30:
                    break
                at += 15
                continue
            self._visit(day, base, one, at, self.chairs[dentist % len(self.chairs)])
            at += visit.minutes

    def _next(self, day: dt.date, dentist: int, waiting: list[Due], today: set[int]) -> Due | None:
        """Whoever is due first with this dentist; a check-up may come early when there is room."""
        for _try in range(12):
            queue = self.due[dentist]
            if not queue or queue[0].day > day + dt.timedelta(days=EARLY):
                return None
            one = heapq.heappop(queue)
            patient = self.patients[one.patient_at]
            gone = patient.deceased_on
            if gone and day >= gone:
                continue
            early = one.day > day and (one.visits[0].key not in ("checkup", "child"))
            if early or one.patient_at in today or patient.born_on > day:
                waiting.append(one)
                continue
            today.add(one.patient_at)
            return one
        return None

    def _emergency(self, day: dt.date, base: dt.datetime, dentist: int, at: int, closes: int, today: set[int]) -> None:
        """Somebody in pain is taken between two, in the last chair."""
        chance = self.chance
        patient_at = chance.randrange(len(self.patients))
        patient = self.patients[patient_at]
        known = patient.merged_into_id is None and patient.born_on < day - dt.timedelta(days=1500)
        alive = not patient.deceased_on or day < patient.deceased_on
        taken = any(abs(at - other) < 20 for other in self.emergencies)
        if patient_at in today or taken or not known or not alive or at + 20 > closes:
            return
        if day > self.context.today and chance.random() < 0.8:
            return
        today.add(patient_at)
        self.emergencies.append(at)
        self._visit(day, base, Due(day, patient_at, dentist, [Visit("emergency", 20, 0)]), at, self.chairs[-1], False)

    def _duty(
        self, day: dt.date, base: dt.datetime, opens: int, closes: int, waiting: list[Due], today: set[int]
    ) -> None:
        for at in range(opens, closes - 20, 30):
            self._emergency(day, base, 0, at, closes, today)

    def _visit(self, day: dt.date, base: dt.datetime, one: Due, at: int, chair: Any, goes_on: bool = True) -> None:
        visit = one.visits[0]
        starts_at = base + dt.timedelta(minutes=at)
        ends_at = starts_at + dt.timedelta(minutes=visit.minutes)
        patient = self.patients[one.patient_at]
        chance = self.chance
        lead = dt.timedelta(days=chance.choice([3, 7, 14, 30])) if visit.key != "emergency" else dt.timedelta(hours=2)
        created_at = min(starts_at, self.context.now) - lead
        life = lived(starts_at, ends_at, self.context.now, chance)
        self.made.append(
            Appointment(
                uuid=uuid7(created_at, chance),
                site=self.site,
                chair=chair,
                practitioner=self.dentists[one.dentist],
                patient=patient,
                type=self.types[visit.key],
                starts_at=starts_at,
                ends_at=ends_at,
                created_at=created_at,
                created_by_id=self.secretary,
                **life,
            )
        )
        if goes_on:
            self._go_on(day, one, str(life["state"]))

    def _go_on(self, day: dt.date, one: Due, state: str) -> None:
        chance = self.chance
        if state in ("missed", "cancelled"):
            # Called back: the same visit, a little later; one in five is not seen again before the next recall.
            days_later = chance.randrange(4, 20) if chance.random() < 0.8 else 240
            self._push(Due(day + dt.timedelta(days=days_later), one.patient_at, one.dentist, one.visits))
            return
        age = self.patients[one.patient_at].age_on(day)
        key, rest = one.visits[0].key, one.visits[1:]
        if key == "orthodontics" and chance.random() < 0.93:
            rest = [Visit("orthodontics", 20, 35)]
        elif not rest and key in ("checkup", "child", "first"):
            rest = courses.found(age, chance)
        if rest:
            wait = rest[0].days + chance.randrange(6)
        else:
            rest, wait = [courses.checkup(age)], courses.recall_days(age, chance)
        self._push(Due(day + dt.timedelta(days=wait), one.patient_at, one.dentist, rest))
