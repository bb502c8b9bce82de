"""What strangers do at the live stream's port: drip, flood, lie about where they come from, never read."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

import cuspide.agenda.news  # noqa: F401  the kind of news that these tests tell
from cuspide.core.actor import Actor
from cuspide.core.live import door
from cuspide.core.live.door import Connection, House, StoreAway
from cuspide.core.live.hub import Hub
from cuspide.core.live.news import News

OURS = "http://localhost:8000"
LEA = Actor(1, "Léa", rights=frozenset({"agenda.view"}))


async def admit(session: str) -> Actor | None:
    if session == "away":
        raise StoreAway
    return LEA if session == "good" else None


@asynccontextmanager
async def served(hub: Hub | None = None) -> AsyncIterator[tuple[House, int]]:
    house = House(hub or Hub(), admit, ["localhost", "cabinet.lan"], "http", {8000, 80}, "cuspide_session")
    server = await asyncio.get_running_loop().create_server(lambda: Connection(house), "127.0.0.1", 0)
    try:
        yield house, server.sockets[0].getsockname()[1]
    finally:
        house.hub.end_all()
        server.close()


def head(
    *,
    method: str = "GET",
    path: str = "/live/?age=10",
    host: str = "localhost:8001",
    session: str = "good",
    **more: str,
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Cookie: a=b; cuspide_session={session}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in ({"Origin": OURS} | more).items() if value]
    return "\r\n".join([*lines, "", ""]).encode()


async def asked(port: int, sent: bytes, until: bytes = b"\r\n\r\n") -> bytes:
    """What is answered up to a mark, or to the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.readuntil(until), 10)
    except asyncio.IncompleteReadError as end:
        return end.partial
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def run(story: Callable[[], object]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_a_signed_in_page_hears_the_news() -> None:
    async def story() -> None:
        async with served() as (house, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head())
            answer = await asyncio.wait_for(reader.readuntil(b"event: beat"), 10)
            assert answer.startswith(b"HTTP/1.1 200")
            assert f"Access-Control-Allow-Origin: {OURS}".lower().encode() in answer.lower()
            house.hub.publish([News("agenda:5b0c:2026-11-24", 1)])
            assert await asyncio.wait_for(reader.readuntil(b"agenda:5b0c:2026-11-24\n\n"), 10)
            writer.close()

    run(story)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head(session="wrong"), 401),
        (head(session=""), 401),
        (head(session="away"), 503),
        (head(Origin="http://evil.example"), 403),
        (head(Origin="http://localhost:9999"), 403),
        (head(Origin="https://localhost:8000"), 403),
        (head(Origin="null"), 403),
        (head(Origin="http://[::1"), 403),
        (head(Origin="", Sec_Fetch_Site="cross-site"), 403),
        (head(host="evil.example"), 403),
        (head(host="cabinet.lan:8001"), 403),
        (head(host=""), 403),
        (head(method="POST"), 405),
        (head(method="OPTIONS"), 405),
        (head(Content_Length="5") + b"hello", 405),
        (head(path="/patients/"), 404),
        (head(X="y" * 9_000), 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /live/ HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
    ],
)
def test_what_is_not_a_page_of_ours_is_refused(sent: bytes, status: int) -> None:
    async def story() -> None:
        async with served() as (house, port):
            answer = await asked(port, sent)
            assert answer.startswith(b"HTTP/1.1 %d" % status), answer
            assert b"evil" not in answer
            assert len(house.hub) == 0

    run(story)


def test_behind_a_proxy_the_page_and_its_stream_have_one_origin() -> None:
    async def story() -> None:
        async with served() as (_house, port):
            answer = await asked(port, head(Origin="", Sec_Fetch_Site="same-origin"))
            assert answer.startswith(b"HTTP/1.1 200")

    run(story)


def test_a_head_that_drips_in_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HEAD_S", 0.2)

    async def story() -> None:
        async with served() as (house, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /live/ HTTP/1.1\r\nX-")
            assert await asyncio.wait_for(_rest(reader), 10) == b""
            assert not house.strangers
            writer.close()

    run(story)


def test_strangers_take_only_so_many_places_and_listeners_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "STRANGERS", 10)

    async def story() -> None:
        async with served() as (house, port):
            listener, _writer = await asyncio.open_connection("127.0.0.1", port)
            _writer.write(head())
            await asyncio.wait_for(listener.readuntil(b"event: beat"), 10)
            ends = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
            await asyncio.wait_for(asyncio.gather(*(_rest(reader) for reader, _ in ends[10:])), 10)
            assert len(house.strangers) == 10
            house.hub.publish([News("agenda:5b0c:2026-11-24", 1)])
            assert await asyncio.wait_for(listener.readuntil(b"2026-11-24\n\n"), 10)
            for _, writer in ends:
                writer.close()
            _writer.close()

    run(story)


def test_a_listener_that_speaks_is_cut_off() -> None:
    async def story() -> None:
        async with served() as (_house, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head())
            await asyncio.wait_for(reader.readuntil(b"event: beat"), 10)
            writer.write(b"x" * 100)
            await asyncio.wait_for(_rest(reader), 10)
            writer.close()

    run(story)


def test_a_reader_that_takes_nothing_is_dropped_and_the_others_hear_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SLOW_S", 0.3)

    async def story() -> None:
        async with served() as (house, port):
            slow = socket.socket()
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
            slow.connect(("127.0.0.1", port))
            slow.sendall(head())
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head())
            await asyncio.wait_for(reader.readuntil(b"event: beat"), 10)
            count = 0
            while len(house.hub) < 2:
                await asyncio.sleep(0.01)
            for _ in range(600):
                if len(house.hub) == 1:
                    break
                house.hub.publish([News(f"agenda:5b0c:{(count := count + 1) + number}", 1) for number in range(200)])
                await asyncio.sleep(0.01)
                await _taken(reader)
            assert len(house.hub) == 1, "the one that reads is still there, the other is gone"
            house.hub.publish([News("agenda:5b0c:last", 1)])
            assert await asyncio.wait_for(reader.readuntil(b"last\n\n"), 10)
            writer.close()
            slow.close()

    run(story)


def test_a_listener_who_was_slow_for_a_moment_looks_at_everything_again() -> None:
    async def story() -> None:
        async with served() as (house, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head())
            await asyncio.wait_for(reader.readuntil(b"event: beat"), 10)
            stream = next(iter(house.hub._streams))
            assert isinstance(stream, Connection)
            stream.pause_writing()
            house.hub.publish([News("agenda:5b0c:2026-11-24", 1)])
            stream.resume_writing()
            assert b"2026-11-24" not in await asyncio.wait_for(reader.readuntil(b"resync"), 10)
            writer.close()

    run(story)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


async def _taken(reader: asyncio.StreamReader) -> None:
    """Read what is there."""
    try:
        while True:
            await asyncio.wait_for(reader.read(65_536), 0.005)
    except TimeoutError:
        pass
