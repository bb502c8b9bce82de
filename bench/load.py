"""The bench `load`: thirty workstations at once, each answer checked, the trace counted.

One process and one event loop beside the server, on the same cores: it takes its share of them. What it does for a
request is to write a few lines and look for a uuid in the answer.
"""

import asyncio
import datetime as dt
import random
import re
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field

from bench.datasets import Dataset
from bench.measure import percentile
from tests.support.booking import Places, Quarters, places_of
from tests.support.secretary import NewPatient, invented_name, signed_in
from tests.support.server import ServerError, ask
from tests.support.web import WebSession

STATIONS = 30
SECONDS = 30.0
WARM_UP_S = 3.0
KINDS = {"patient": 45, "search": 20, "agenda": 15, "list": 10, "write": 10}
# Who sits at the workstations: as in a practice, most of them at the desk and at the chairs.
ROLES = ["secretary", "dentist", "assistant"]

# Nobody books for the dead, nor for a record that was merged.
PEOPLE = """
from cuspide.patients.models import Patient
living = Patient.objects.filter(deceased_on__isnull=True, merged_into__isnull=True)
answer = [[str(p.uuid), f"{p.birth_name} {p.first_birth_given_name}"] for p in living.order_by("?")[:2000]]
"""
TRACE = """
from django.db.models import Count
from cuspide.audit.models import Entry
answer = dict(Entry.objects.values_list("action").annotate(Count("pk")))
"""
# What each kind of request leaves in the trace, once a request.
TRACED = {"patient": "patients.record", "agenda": "agenda.day", "list": "billing.list"}


@dataclass
class Load:
    """What was measured."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        return [one for spent in self.milliseconds.values() for one in spent]


class Station:
    """One workstation: a connection that is kept, and what its person does."""

    def __init__(self, session: WebSession, people: list[tuple[str, str]], places: Places, n: int) -> None:
        self.port, self.cookies = session.port, dict(session.cookies)
        self.people, self.quarters, self.chance = people, Quarters(places, n), random.Random(n)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, fields: list[tuple[str, str]] | None = None, htmx: str = ""
    ) -> tuple[int, bytes, str]:
        """Status, body and where it leads."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        assert self.reader is not None
        body = b""
        head = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", "Accept-Language: fr"]
        head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if htmx:
            head += ["HX-Request: true", f"HX-Current-URL: http://localhost:{self.port}{htmx}"]
        if fields is not None:
            body = urllib.parse.urlencode([*fields, ("csrfmiddlewaretoken", self.cookies["cuspide_csrf"])]).encode()
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            head.append(f"Origin: http://localhost:{self.port}")
        self.writer.write("\r\n".join([*head, "", ""]).encode() + body)
        told = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)\r\ncontent-length: (\d+)", told)
        content = await self.reader.readexactly(int(length[1])) if length else await self._chunks()
        where = re.search(r"(?i)\r\nlocation: (\S+)", told)
        return int(told.split(" ", 2)[1]), content, where[1] if where else ""

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return b"".join(parts)

    async def do(self, kind: str) -> str:
        """One request; "" or what was wrong with its answer."""
        doing = {
            "patient": self._patient,
            "search": self._search,
            "agenda": self._agenda,
            "list": self._list,
            "write": self._write,
        }
        return await doing[kind]()

    async def _patient(self) -> str:
        wanted, _name = self.chance.choice(self.people)
        status, body, _ = await self.ask("GET", f"/patients/{wanted}/")
        right = status == 200 and f'<a class="banner-name" href="/patients/{wanted}/"'.encode() in body
        return "" if right else f"the record of {wanted} was answered {status}"

    async def _search(self) -> str:
        wanted, name = self.chance.choice(self.people)
        status, body, _ = await self.ask("POST", "/search", [("text", name)], htmx="/")
        # Of a name that many have the box shows some.
        right = status == 200 and (wanted.encode() in body or body.count(b"/patients/") >= 5)
        return "" if right else f"the search of {wanted} was answered {status}"

    async def _agenda(self) -> str:
        day = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=self.chance.randint(-3, 10))).isoformat()
        status, body, _ = await self.ask("GET", f"/agenda/day/{day}/")
        return "" if status == 200 and f'data-day="{day}"'.encode() in body else f"the day {day} was answered {status}"

    async def _list(self) -> str:
        status, body, _ = await self.ask("GET", "/billing/unpaid/")
        return "" if status == 200 and b"<table" in body else f"the unpaid invoices were answered {status}"

    async def _write(self) -> str:
        if self.chance.random() < 0.5:
            newcomer = NewPatient(invented_name(self.chance))
            status, _, where = await self.ask("POST", "/patients/new/", list(newcomer.fields().items()))
            return "" if status == 302 and "/patients/" in where else f"a new patient was answered {status}"
        form = self.quarters.booking(self.chance.choice(self.people)[0], self.quarters.next())
        status, _, where = await self.ask("POST", "/agenda/book/", form)
        return "" if status == 302 and "#rdv-" in where else f"a booking was answered {status}"


async def _work(stations: list[Station], think_s: float, seconds: float, load: Load) -> None:
    started = time.perf_counter()
    kinds, weights = list(KINDS), list(KINDS.values())

    async def sit(station: Station) -> None:
        while (now := time.perf_counter()) < started + WARM_UP_S + seconds:
            if think_s:
                await asyncio.sleep(station.chance.uniform(0, think_s))
                now = time.perf_counter()
            (kind,) = station.chance.choices(kinds, weights)
            wrong = await station.do(kind)
            load.asked[kind] += 1
            if wrong:
                load.errors.append(wrong)
            if now >= started + WARM_UP_S:
                load.milliseconds[kind].append((time.perf_counter() - now) * 1000)

    await asyncio.gather(*(sit(station) for station in stations))
    load.seconds = time.perf_counter() - started - WARM_UP_S


def run(dataset: Dataset, think_s: float, seconds: float) -> tuple[list[float], dict[str, object]]:
    """Thirty workstations for so long: milliseconds of each request, and the rest of the result.

    The rows of the trace are counted before and after. ServerError when one answer is wrong or one page is not traced.
    """
    if dataset.practice.process is None:
        dataset.practice.start()
    people = [(public, name) for public, name in ask(dataset.practice.folder, PEOPLE)]
    places = places_of(dataset.practice)
    stations = []
    for number in range(STATIONS):
        session = signed_in(dataset.practice, ROLES[number % len(ROLES)])
        session.get("/patients/new/")
        session.close()
        stations.append(Station(session, people, places, number))
    before = ask(dataset.practice.folder, TRACE)
    load = Load()
    asyncio.run(_work(stations, think_s, seconds, load))
    after = ask(dataset.practice.folder, TRACE)
    traced = {kind: after.get(action, 0) - before.get(action, 0) for kind, action in TRACED.items()}
    missing = {kind: load.asked[kind] - rows for kind, rows in traced.items() if load.asked[kind] != rows}
    if load.errors:
        raise ServerError(f"{len(load.errors)} answers were wrong: {sorted(set(load.errors))[:5]}")
    if missing:
        raise ServerError(f"pages shown and rows of the trace differ: {missing} of {dict(load.asked)}")
    more: dict[str, object] = {
        "requests_per_s": round(len(load.all) / load.seconds, 1),
        "errors": len(load.errors),
        "stations": STATIONS,
        "think_s": think_s,
        "traced": traced,
        "kinds": {
            kind: {
                "n": len(spent),
                "p50_ms": round(percentile(spent, 50), 1),
                "p95_ms": round(percentile(spent, 95), 1),
            }
            for kind, spent in load.milliseconds.items()
        },
    }
    return load.all, more
