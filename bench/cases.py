"""The benches. Each takes a data set and the number of requests (0: its own), and gives a Result."""

import json
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import importing, load
from bench import search as searching
from bench.datasets import Dataset
from bench.measure import percentile, pss_mb
from tests.support.passkeys import Device
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

# A trace of so many more rows, every tenth with a detail, sealed; then verified. In one process, without a page.
TRACE = """
import time, uuid
from cuspide.audit import chain, sealer
from cuspide.audit.models import Entry, Payload
from cuspide.audit.verify import verify

wanted, repeat = int(sys.argv[1]), int(sys.argv[2])
for low in range(0, wanted, 5000):
    rows, details = [], []
    for number in range(low, min(low + 5000, wanted)):
        row = Entry(actor_user_id=number % 9, actor_label="Person", role="dentist", workstation="Fauteuil 1",
                    action="patients.record", patient_uuid=uuid.UUID(int=number % 2000))
        if number % 10 == 0:
            body = chain.canonical({"number": number})
            row.digest = chain.digest(b"s" * 16, body)
            details.append((row, body))
        rows.append(row)
    Entry.objects.bulk_create(rows)
    Payload.objects.bulk_create([Payload(entry=row, salt=b"s" * 16, body=body) for row, body in details])
started = time.perf_counter()
while sealer.seal_pending():
    pass
sealing = time.perf_counter() - started
spent = []
for _ in range(repeat):
    started = time.perf_counter()
    verdict = verify()
    spent.append((time.perf_counter() - started) * 1000)
assert verdict.whole, verdict.faults
answer = [spent, verdict.rows, round(wanted / sealing)]
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
        # A browser goes on to the record, and is told there what was done: unread, it would be carried to the end.
        session.get(answer.location)
    return Result(spent, pss_mb(dataset.roots()))


def search(dataset: Dataset, repeat: int) -> Result:
    """Somebody looked for in the search box, by what the secretary is told at the telephone."""
    people = searching.people(dataset, (repeat or 600) + WARM_UP)
    spent, more = searching.run(_session(dataset, "secretary"), people, WARM_UP)
    return Result(spent, pss_mb(dataset.roots()), more)


def import_file(dataset: Dataset, repeat: int) -> Result:
    """A list of 20,000 patients (or `--repeat`) of another program, by `cuspide import` beside the service."""
    if dataset.practice.process is None:
        dataset.practice.start()
    took, more = importing.run(dataset, repeat or importing.LINES)
    return Result([took * 1000], pss_mb(dataset.roots()), more)


def audit_verify(dataset: Dataset, repeat: int) -> Result:
    """The whole proof of a trace of 100,000 rows more than the practice has."""
    spent, rows, sealed = ask(dataset.practice.folder, TRACE, "100000", str(repeat or 3))
    rate = round(rows / (statistics.median(spent) / 1000))
    return Result(spent, more={"rows": rows, "rows_per_s": rate, "sealed_per_s": sealed})


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


UNLOCK_PIN = "4071"

# A workstation with a name, and a session of the dentist's at it; what a browser would hold comes back.
SEAT = """
from allauth.mfa.models import Authenticator
from django.core import signing
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from cuspide.accounts.models import Seat, User
from cuspide.accounts.selectors import actor_of
from cuspide.accounts.services import locking, stations
from cuspide.core.actor import Actor
from cuspide.practice.models import Site
from django.conf import settings

user = User.objects.get(email=sys.argv[1])
locking.set_pin(actor_of(user), user, sys.argv[2])
if sys.argv[3:]:
    passkey = {"name": "bench", "host": "localhost", "credential": json.loads(sys.argv[3])}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=passkey)
number = Seat.objects.count()
wanted = stations.Described(f"Fauteuil {number}", "chairside", Site.objects.first(), 15, "nothing")
station, token = stations.name_workstation(Actor.system("bench"), wanted)
store = SessionStore()
store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[-1]
store[HASH_SESSION_KEY] = user.get_session_auth_hash()
store.create()
seat = locking.open_seat(user, store.session_key, station)
cookie = signing.dumps(token, salt="cuspide.accounts.workstation")
cookies = {settings.SESSION_COOKIE_NAME: store.session_key, "cuspide_workstation": cookie}
answer = [str(seat.uuid), user.uuid.hex, cookies]
"""

NO_PASSKEY = """
from allauth.mfa.models import Authenticator
for one in Authenticator.objects.filter(user__email=sys.argv[1], data__name="bench"):
    one.delete()
answer = ""
"""


def unlock(dataset: Dataset, repeat: int) -> Result:
    """A locked workstation unlocked by PIN, until the answer that opens it; locked again in between, unmeasured."""
    return _unlock(dataset, repeat, None)


def unlock_passkey(dataset: Dataset, repeat: int) -> Result:
    """The same by a passkey: what the browser asks for and the answer that opens, without the finger between."""
    device = Device()
    try:
        return _unlock(dataset, repeat, device)
    finally:
        ask(dataset.practice.folder, NO_PASSKEY, dataset.practice.accounts["dentist"].email)


def _unlock(dataset: Dataset, repeat: int, device: Device | None) -> Result:
    practice = dataset.practice
    if practice.process is None:
        practice.start()
    made = [device.make({"publicKey": {"user": {"id": ""}, "challenge": "AAAA"}}, practice.url)] if device else []
    seat, person, cookies = ask(practice.folder, SEAT, practice.accounts["dentist"].email, UNLOCK_PIN, *made)
    session = WebSession(practice.port, cookies=dict(cookies))
    spent = []
    for number in range((repeat or 200) + WARM_UP):
        session.get("/account/lock/")
        session.post("/account/lock/", {"how": "key"})
        session.get("/account/lock/panel/")
        started = time.perf_counter()
        proof = {"pin": UNLOCK_PIN}
        if device is not None:
            asked = json.loads(session.get(f"/account/lock/passkey/{seat}/").body)
            device.handle = bytes.fromhex(person)
            proof = {"credential": device.answer(asked, practice.url)}
        answer = session.post("/account/lock/open/", {"seat": seat} | proof)
        if number >= WARM_UP:
            spent.append((time.perf_counter() - started) * 1000)
        if answer.status != 302:
            raise ServerError(f"an unlock was answered {answer.status}")
    return Result(spent, pss_mb(dataset.roots()))


def load_saturated(dataset: Dataset, repeat: int) -> Result:
    """Thirty workstations that ask again as soon as they are answered; `repeat` is for how many seconds."""
    return _load(dataset, 0.0, repeat)


def load_thinking(dataset: Dataset, repeat: int) -> Result:
    """The same with up to two seconds of thought before each request."""
    return _load(dataset, 2.0, repeat)


def _load(dataset: Dataset, think_s: float, seconds: int) -> Result:
    spent, more = load.run(dataset, think_s, float(seconds or load.SECONDS))
    return Result(spent, pss_mb(dataset.roots()), more)


CASES: dict[str, Callable[[Dataset, int], Result]] = {
    "startup": startup,
    "record": record,
    "agenda_week": agenda_week,
    "create_patient": create_patient,
    "search": search,
    "import": import_file,
    "unlock": unlock,
    "unlock_passkey": unlock_passkey,
    "audit_verify": audit_verify,
    "load": load_saturated,
    "load_think": load_thinking,
}
