"""Floods: slow clients on every thread, a film sent as a form, a thousand open streams, guesses without end."""

import asyncio
import http.client
import random
import resource
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest

from cuspide.core.live.hub import STREAMS_EACH
from tests.support.booking import Places, Quarters, places_of
from tests.support.parts import below, part_of
from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice, ask
from tests.support.web import WebSession

pytestmark = pytest.mark.timeout(900)

HEAD = b"POST /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
MANY = 1_000
# The service as it is, but that a form may be on its way for two seconds and not for a minute.
IMPATIENT = """
import sys
from cuspide.core.service import intake
intake.PATIENCE_S = 2.0
from cuspide.cli import main
sys.exit(main(sys.argv[4:]))
"""


@contextmanager
def connections(port: int, count: int, begin: bytes) -> Iterator[list[socket.socket]]:
    """So many clients that began to say something and go on slowly."""
    with ExitStack() as stack:
        ends = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(count)]
        for end in ends:
            end.sendall(begin)
        yield ends


@pytest.fixture(scope="module", autouse=True)
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], min(4_096, before[1])), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_slow_clients_on_every_thread_keep_nobody_out(live_practice: LivePractice, chance: random.Random) -> None:
    """Heads and forms that drip in, more of them than the server has threads: pages and writes go on."""
    session = signed_in(live_practice)
    session.get("/patients/new/")
    with (
        connections(live_practice.port, 100, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") as heads,
        connections(live_practice.port, 100, HEAD + b"Content-Length: 200000\r\n\r\nlogin=") as forms,
    ):
        for _ in range(10):
            for end in chance.sample([*heads, *forms], 20):
                try:
                    end.send(b"a")
                except OSError:  # those beyond what one machine may send at once were answered and closed
                    continue
            assert session.get("/").status == 200
        # The attacker is at this machine too, whose forms are refused in words while he has all it may send at once.
        told = NewPatient(invented_name(chance)).send(session)
        assert record_of(told) or (told.status == 503 and "Rien n’a été enregistré" in told.text)
    for _ in range(100):  # they are gone: everything works as before, by itself
        if record_of(NewPatient(invented_name(chance)).send(session)):
            return
        time.sleep(0.1)
    raise AssertionError("forms are still refused after the flood")


def test_who_drips_forms_in_loses_his_places_to_those_who_wait(
    own_practice: LivePractice, chance: random.Random
) -> None:
    own_practice.under, own_practice.workers = (sys.executable, "-c", IMPATIENT), 1
    with own_practice:
        session = signed_in(own_practice)
        session.get("/patients/new/")

        def sent() -> int:
            session.close()
            told = NewPatient(invented_name(chance)).send(session)
            return 200 if record_of(told) else told.status

        with connections(own_practice.port, 40, HEAD + b"Content-Length: 200000\r\n\r\nlogin=") as forms:
            assert reached(sent, 503), "they hold all that one machine may send at once"
            assert reached(sent, 200), "and lose it when their time is over"
            for end in forms:
                end.settimeout(30)
                with suppress(ConnectionResetError):
                    while end.recv(65_536):
                        pass


def reached(sent: Callable[[], int], wanted: int) -> bool:
    """Whether a form is answered so within a minute; a worker that makes room for another answers none."""
    for _ in range(300):
        with suppress(OSError, http.client.HTTPException):
            if sent() == wanted:
                return True
        time.sleep(0.2)
    return False


def test_more_connections_than_places_are_cut_off_by_themselves(live_practice: LivePractice) -> None:
    session = signed_in(live_practice)
    with connections(live_practice.port, 1_500, b"GET / HTTP/1.1\r\nHost: "):
        session.close()
        assert session.get("/").status == 200


def memory_of(root: psutil.Process) -> int:
    """What all that it started holds, in bytes; what ends while it is looked at holds nothing."""
    held = 0
    for one in below(root):
        with suppress(psutil.NoSuchProcess):
            held += one.memory_info().rss
    return held


@pytest.mark.parametrize("framing", [b"Content-Length: 2147483648", b"Transfer-Encoding: chunked"])
def test_a_film_sent_as_a_form_fills_neither_disk_nor_memory(live_practice: LivePractice, framing: bytes) -> None:
    assert live_practice.process is not None
    root = psutil.Process(live_practice.process.pid)
    memory = memory_of(root)
    free = shutil.disk_usage("/tmp").free
    piece = b"x" * 1_000_000
    if b"chunked" in framing:
        piece = b"f4240\r\n" + piece + b"\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", live_practice.port), timeout=20) as end:
        end.sendall(HEAD + framing + b"\r\n\r\n")
        try:
            while sent < 2_147:
                end.sendall(piece)
                sent += 1
        except OSError:  # refused early: the rest finds no taker
            pass
        try:
            answer = end.recv(4_096)
        except OSError:
            answer = b""
    assert sent < 200, f"{sent} MB were taken"
    assert not answer or answer.split()[1] in {b"403", b"413"}, answer[:200]
    assert memory_of(root) < memory + 100_000_000
    assert shutil.disk_usage("/tmp").free > free - 200_000_000
    assert signed_in(live_practice).get("/").status == 200


SESSIONS = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from cuspide.accounts.models import Membership, User
answer = []
for number in range(int(sys.argv[1])):
    user = User.objects.create(email=f"poste{number}@essai.example", display_name="Poste", password="!")
    Membership.objects.create(user=user, role="secretary")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "cuspide.accounts.backend.PasswordBackend"
    session.create()
    answer.append(session.session_key)
"""


def test_a_thousand_open_streams(
    own_practice: LivePractice, chance: random.Random, note_figure: Callable[..., None]
) -> None:
    """All hear a booking; pages are answered meanwhile; one person's streams beyond her number are refused."""
    sessions = ask(own_practice.folder, SESSIONS, str(MANY // STREAMS_EACH))
    places = places_of(own_practice)
    with own_practice:
        secretary = signed_in(own_practice)
        live = part_of(own_practice, "live")
        empty = live.memory_info().rss

        async def story() -> None:
            keys = [key for key in sessions for _ in range(STREAMS_EACH)]
            streams = [await _listen(own_practice, key) for key in keys]
            assert len(streams) == MANY
            with pytest.raises(ConnectionError):
                await _listen(own_practice, sessions[0])
            secretary.close()
            spent = live.cpu_times()
            memory = live.memory_info().rss
            started = time.perf_counter()
            for _ in range(20):
                answer = await asyncio.to_thread(secretary.get, "/agenda/")
                assert answer.status == 200
            pages_ms = (time.perf_counter() - started) * 1000 / 20
            await asyncio.to_thread(_book, secretary, places, chance)
            await asyncio.wait_for(asyncio.gather(*(reader.readuntil(b"event: news") for reader, _ in streams)), 300)
            used = live.cpu_times()
            note_figure(
                "live_streams",
                streams=MANY,
                memory_mb=round((memory - empty) / 1e6, 1),
                page_ms=round(pages_ms, 1),
                cpu_s=round(used.user + used.system - spent.user - spent.system, 2),
            )
            assert memory - empty < 60_000_000, f"a thousand streams took {(memory - empty) / 1e6:.0f} MB"
            for _, writer in streams:
                writer.close()

        asyncio.run(story())


async def _listen(practice: LivePractice, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", practice.port + 1)
    head = [
        "GET /live/?age=0 HTTP/1.1",
        f"Host: localhost:{practice.port + 1}",
        f"Origin: {practice.url}",
        f"Cookie: cuspide_session={key}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 120)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(answer.split(b"\r\n")[0])
    await asyncio.wait_for(reader.readuntil(b"event: beat"), 120)
    return reader, writer


def _book(session: WebSession, places: Places, chance: random.Random) -> None:
    session.get("/patients/new/")
    patient = record_of(NewPatient(invented_name(chance)).send(session))
    assert patient is not None
    quarters = Quarters(places, 0)
    answer = session.post("/agenda/book/", quarters.booking(patient, quarters.next()))
    assert answer.status == 302, answer.text[:500]


def test_guesses_without_end_do_not_keep_the_owner_out(
    own_practice: LivePractice, long_run: bool, chance: random.Random
) -> None:
    """Whoever knows her address guesses on: he gets nowhere, and she signs in from the browser that she always uses."""
    with own_practice:
        owner = own_practice.accounts["secretary"]
        at_home = signed_in(own_practice)
        known = {name: value for name, value in at_home.cookies.items() if "session" not in name}
        told: set[int] = set()
        guesser = WebSession(own_practice.port)
        guesser.get("/account/sign-in/")
        for _ in range(10_000 if long_run else 150):
            try:
                answer = guesser.post("/account/sign-in/", {"login": owner.email, "password": f"{chance.random()}"})
            except (OSError, http.client.HTTPException):
                guesser.close()
                continue
            told.add(answer.status)
            assert answer.status != 302, "a guess was let in"
        assert told <= {200, 403, 422, 429}, told
        again = WebSession(own_practice.port, cookies=dict(known))
        again.sign_in(owner.email, owner.password)
        assert again.get("/").status == 200
