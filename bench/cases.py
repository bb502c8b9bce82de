"""The benches. Each takes a data set and the number of requests (0: its own), and gives a Result."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.datasets import Dataset
from bench.measure import percentile, pss_mb
from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import ServerError, ask
from tests.support.web import WebSession

WARM_UP = 20
WEEK_APPOINTMENTS = 200

# The longest histories first: what a page must cope with, not what is easy.
RECORDS = """
from django.db.models import Count
from cuspide.patients.models import Patient
found = Patient.objects.annotate(seen=Count("appointments")).order_by("-seen", "pk")
count = found.count()
answer = [[str(p.uuid), p.seen] for p in found[: max(200, count // 4)]]
"""

# A week of 200 appointments of 30 minutes, eight weeks ahead, where the demo has none.
WEEK = """
import datetime as dt
from itertools import cycle, product
from cuspide.agenda.models import Appointment, AppointmentType
from cuspide.core import clock
from cuspide.patients.models import Patient
from cuspide.practice import selectors

site = selectors.main_site()
monday = clock.today() + dt.timedelta(days=56 - clock.today().weekday())
chairs, dentists = selectors.chairs(site), selectors.practitioners()
wanted = int(sys.argv[1])
people, types = cycle(Patient.objects.all()[:wanted]), cycle(AppointmentType.objects.filter(is_active=True))
times = [dt.time(8 + step // 2, 30 * (step % 2)) for step in range(1, 23) if not 9 <= step <= 11]
places = list(product(range(5), times, chairs))
step = len(places) / wanted
rows = []
for number in range(wanted):
    day, time, chair = places[int(number * step)]
    begins = clock.at(monday + dt.timedelta(days=day), time)
    rows.append(Appointment(
        site=site, chair=chair, practitioner=dentists[chairs.index(chair) % len(dentists)], patient=next(people),
        type=next(types), starts_at=begins, ends_at=begins + dt.timedelta(minutes=30),
    ))
Appointment.objects.bulk_create(rows)
end = clock.at(monday + dt.timedelta(days=7), dt.time(0))
held = Appointment.objects.filter(starts_at__gte=clock.at(monday, dt.time(0)), starts_at__lt=end).count()
answer = [monday.isoformat(), held]
"""


@dataclass
class Result:
    """Milliseconds of each measured request, and the memory of the service at the end."""

    milliseconds: list[float]
    pss_mb: float = 0.0
    more: dict[str, object] = field(default_factory=dict)

    def percentile(self, percent: float) -> float:
        return percentile(self.milliseconds, percent)


def startup(dataset: Dataset, repeat: int) -> Result:
    """From the command to the sign-in page."""
    spent = []
    memory = 0.0
    for _ in range(min(repeat or 5, 10)):
        dataset.practice.stop()
        spent.append(dataset.practice.start() * 1000)
        memory = pss_mb(dataset.roots())
    return Result(spent, memory)


def record(dataset: Dataset, repeat: int) -> Result:
    """The whole first page of a patient's record, over the quarter of the patients with most appointments."""
    found = ask(dataset.practice.folder, RECORDS)
    chance = random.Random(1)
    chosen = [chance.choice(found) for _ in range((repeat or 300) + WARM_UP)]
    more: dict[str, object] = {"appointments_each": round(statistics.mean(seen for _, seen in chosen), 1)}
    return _pages(dataset, [f"/patients/{uuid}/" for uuid, _ in chosen], "dentist", more)


def agenda_week(dataset: Dataset, repeat: int) -> Result:
    """The week of all chairs with 200 appointments."""
    monday, held = ask(dataset.practice.folder, WEEK, str(WEEK_APPOINTMENTS))
    address = f"/agenda/week/{monday}/"
    return _pages(dataset, [address] * ((repeat or 200) + WARM_UP), "secretary", {"appointments": held})


def create_patient(dataset: Dataset, repeat: int) -> Result:
    """The form of a new patient sent, until the answer that leads to her record."""
    session = _session(dataset, "secretary")
    session.get("/patients/new/")
    chance = random.Random(2)
    spent = []
    for number in range((repeat or 200) + WARM_UP):
        form = NewPatient(invented_name(chance))
        started = time.perf_counter()
        answer = form.send(session)
        if number >= WARM_UP:
            spent.append((time.perf_counter() - started) * 1000)
        if record_of(answer) is None:
            raise ServerError(f"a patient was not created: {answer.status} {answer.location}")
    return Result(spent, pss_mb(dataset.roots()))


def _session(dataset: Dataset, role: str) -> WebSession:
    if dataset.practice.process is None:
        dataset.practice.start()
    return signed_in(dataset.practice, role)


def _pages(dataset: Dataset, paths: list[str], role: str, more: dict[str, object]) -> Result:
    session = _session(dataset, role)
    spent, size = [], 0
    for number, path in enumerate(paths):
        started = time.perf_counter()
        answer = session.get(path)
        if number >= WARM_UP:
            spent.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise ServerError(f"{path} was answered {answer.status} {answer.location}")
        size = len(answer.body)
    return Result(spent, pss_mb(dataset.roots()), more | {"page_kb": round(size / 1000, 1)})


CASES: dict[str, Callable[[Dataset, int], Result]] = {
    "startup": startup,
    "record": record,
    "agenda_week": agenda_week,
    "create_patient": create_patient,
}
