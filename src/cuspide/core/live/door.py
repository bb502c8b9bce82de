"""The network side of the live stream: one GET that is answered for as long as the browser listens.

HTTP is read by h11. What strangers could hold is bounded: bytes of a head, time for it, connections that have not said
yet who they are, time without taking what is sent. A page's origin is checked before its cookie is looked at.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import h11
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host

from cuspide.core.actor import Actor
from cuspide.core.live import PATH
from cuspide.core.live.hub import Full, Hub

HEAD_BYTES = 8_192
HEAD_S = 5.0
STRANGERS = 200
"""Connections at once that have not been let in."""
BEAT_S = 15.0
SLOW_S = 10.0
"""A reader that takes nothing for so long is dropped."""
_BUFFER = 16_384
_LONGEST_AGE_MS = 10**9


class StoreAway(Exception):
    """Nobody can say just now whose session this is."""


@dataclass
class House:
    """What every connection needs: who listens, who is asked, and from where pages come."""

    hub: Hub
    admit: Callable[[str], Awaitable[Actor | None]]
    hosts: Collection[str]
    scheme: str
    ports: Collection[int]
    cookie: str
    strangers: set["Connection"] = field(default_factory=set)

    def is_ours(self, origin: str | None, host: str, fetch_site: str | None) -> bool:
        """Whether a page of this practice asks: one of the same host name, from the port of the pages."""
        name, _port = split_domain_port(host)
        if not name or not validate_host(name, self.hosts):
            return False
        if origin is None:
            # Browsers leave it out where page and stream have one origin, behind a proxy.
            return fetch_site in (None, "same-origin")
        try:
            parts = urlsplit(origin)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError:
            return False
        return parts.scheme == self.scheme and parts.hostname == name and port in self.ports


class Connection(asyncio.Protocol):
    """One browser, from its first byte to the last. As a stream of the hub it is told what it may know."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._slow: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        self._origin: str | None = None
        self._missed = False
        self._read = 0
        self.session = ""

    # What the network tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if len(self._house.strangers) >= STRANGERS:
            transport.abort()
            return
        self._house.strangers.add(self)
        transport.set_write_buffer_limits(high=_BUFFER)
        end: socket.socket | None = transport.get_extra_info("socket")
        if end is not None:
            # What is not taken stays in our sight and not in the system's buffers.
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
        self._after(HEAD_S, self._drop)

    def connection_lost(self, _error: Exception | None) -> None:
        self._house.strangers.discard(self)
        self._house.hub.close(self)
        for timer in (self._timer, self._slow):
            if timer is not None:
                timer.cancel()
        if self._asking is not None:
            self._asking.cancel()

    def data_received(self, data: bytes) -> None:
        if self._asking is not None:
            # A browser that listens says nothing more.
            self._drop()
            return
        self._read += len(data)
        if self._read > HEAD_BYTES:
            self._refuse(431)
            return
        try:
            self._http.receive_data(data)
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._asked(event)
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint or 400)

    def pause_writing(self) -> None:
        self._slow = asyncio.get_running_loop().call_later(SLOW_S, self._drop)

    def resume_writing(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None
        if self._missed:
            self._missed = False
            self.tell("resync", "")

    # What the hub tells

    def tell(self, event: str, data: str) -> None:
        """Send one event; what a slow reader cannot take is remembered as missed."""
        if self._slow is not None:
            self._missed = True
            return
        self._write(f"event: {event}\ndata: {data}\n\n".encode())

    def end(self, event: str) -> None:
        """A last word. What is then not taken in time is thrown away."""
        self.tell(event, "")
        self._close()

    # Between them

    def _asked(self, request: h11.Request) -> None:
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in request.headers}
        target = urlsplit(request.target.decode("latin-1"))
        origin = headers.get("origin")
        if not self._house.is_ours(origin, headers.get("host", ""), headers.get("sec-fetch-site")):
            self._refuse(403)
            return
        self._origin = origin
        if target.path != PATH:
            self._refuse(404)
        elif request.method != b"GET" or not isinstance(self._http.next_event(), h11.EndOfMessage):
            self._refuse(405)
        else:
            # Kept until the browser is let in: who asks slowly or for nothing is cut off with the head's time.
            self.session = parse_cookie(headers.get("cookie", "")).get(self._house.cookie, "")[:100]
            age = _age_s(parse_qs(target.query).get("age", [""])[0])
            self._asking = asyncio.get_running_loop().create_task(self._let_in(age))

    async def _let_in(self, age_s: float) -> None:
        try:
            actor = await self._house.admit(self.session) if self.session else None
        except StoreAway:
            self._refuse(503, retry_s=3)
            return
        if actor is None:
            self._refuse(401)
            return
        try:
            self._house.hub.reserve(self, actor)
        except Full as full:
            self._refuse(429 if full.each else 503, retry_s=60 if full.each else 30)
            return
        self._house.strangers.discard(self)
        self._send(200, [("Content-Type", "text/event-stream; charset=utf-8"), ("X-Accel-Buffering", "no")])
        self._house.hub.welcome(self, age_s)
        self._beat()

    def _beat(self) -> None:
        """A sign of life, by which both ends notice that the other is gone."""
        self.tell("beat", "")
        self._after(BEAT_S, self._beat)

    def _refuse(self, status: int, retry_s: int = 0) -> None:
        if self._http.our_state is h11.SEND_RESPONSE or self._http.our_state is h11.IDLE:
            more = [("Retry-After", str(retry_s))] if retry_s else []
            self._send(status, [("Content-Length", "0"), *more])
        self._close()

    def _send(self, status: int, headers: list[tuple[str, str]]) -> None:
        common = [
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("Vary", "Origin, Cookie"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if self._origin:
            common += [("Access-Control-Allow-Origin", self._origin), ("Access-Control-Allow-Credentials", "true")]
        self._raw(self._http.send(h11.Response(status_code=status, headers=common + headers)))

    def _write(self, data: bytes) -> None:
        if self._http.our_state is h11.SEND_BODY:
            self._raw(self._http.send(h11.Data(data=data)))

    def _raw(self, data: bytes | None) -> None:
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _close(self) -> None:
        if self._http.our_state is h11.SEND_BODY:
            self._raw(self._http.send(h11.EndOfMessage()))
        if self._transport is not None:
            self._transport.close()
            self._after(SLOW_S, self._drop)

    def _drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, what)


def _age_s(text: str) -> float:
    """How old the asking page is, as it says; what cannot be read is very old."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return _LONGEST_AGE_MS / 1000
    return int(text) / 1000
