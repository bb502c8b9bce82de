"""Between the pace of the network and the threads that work.

The server gives every request a thread, and a form that drips in holds its thread until it is whole: a few slow senders
held all of them, and nobody saw a page. So there are many threads that only take requests in, and few places to work. A
request takes a place when all of it is here, and the place has the connection to the store: many threads do not mean
many connections.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from queue import LifoQueue
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

logger = logging.getLogger("cuspide.intake")

THREADS = 64
"""That take requests in."""
READERS = 48
"""Forms that may be on their way at once: pages always find a thread."""
READERS_EACH = 12
"""Of them from one machine."""
PATIENCE_S = 60.0
"""How long a form may be on its way while others are refused for want of room."""

_CROWDED = (
    "Trop d’envois sont en cours. Rien n’a été enregistré. Réessayez dans un instant.\n"
    "Too much is being sent just now. Nothing was saved. Try again in a moment.\n"
).encode()
_CUT = (
    "L’envoi n’est pas arrivé en entier. Rien n’a été enregistré.\n"
    "What was sent did not arrive whole. Nothing was saved.\n"
).encode()
Pages = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Crowded(Exception):
    """Too many forms are on their way."""


class Intake:
    """A WSGI application around another one, which it calls at so many places at once.

    `largest`: what announces more is not read; the application refuses it by the announced length. `each`: whether
    machines can be told apart (behind a proxy all have its address). `renew` asks for another process in the place of
    this one: the server gives no way to cut off one sender, and so all that drip are cut off with the process.
    """

    def __init__(
        self,
        pages: Pages,
        *,
        places: int,
        largest: int,
        each: bool = True,
        renew: Callable[[], None] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages, self._largest, self._each, self._now = pages, largest, each, now
        self._renew: Callable[[], None] | None = renew
        self._since: dict[object, float] = {}
        # The place left last is taken first: its connection and its memory are warm.
        self._places: LifoQueue[Any] = LifoQueue()
        for _ in range(places):
            self._places.put(None)
        self._reading: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        try:
            body = self._body(environ)
        except Crowded:
            return _told(start_response, "503 Service Unavailable", _CROWDED, ("Retry-After", "5"))
        if body is None:
            return _told(start_response, "400 Bad Request", _CUT)
        environ["wsgi.input"] = BytesIO(body)
        with self._place():
            response = self._pages(environ, start_response)
            try:
                return [b"".join(response)]
            finally:
                # Django's last word on a request belongs to its place: it looks after the connection.
                close = getattr(response, "close", None)
                if close is not None:
                    close()

    def _body(self, environ: dict[str, Any]) -> bytes | None:
        """All that a form sends. None: it did not come whole."""
        length = _announced(environ)
        if not length or length > self._largest or environ.get("REQUEST_METHOD") in ("GET", "HEAD"):
            return b""
        with self._reader(str(environ.get("REMOTE_ADDR", ""))):
            parts, left = [], length
            try:
                while left > 0 and (part := environ["wsgi.input"].read(left)):
                    parts.append(part)
                    left -= len(part)
            except (OSError, RuntimeError):
                return None
            return None if left > 0 else b"".join(parts)

    @contextmanager
    def _reader(self, machine: str) -> Iterator[None]:
        with self._lock:
            if self._reading.total() >= READERS or (self._each and self._reading[machine] >= READERS_EACH):
                self._cut_off_slow()
                raise Crowded
            self._reading[machine] += 1
            one = object()
            self._since[one] = self._now()
        try:
            yield
        finally:
            with self._lock:
                del self._since[one]
                self._reading[machine] -= 1
                if not self._reading[machine]:
                    del self._reading[machine]

    def _cut_off_slow(self) -> None:
        """Somebody was just refused: when as many as one machine may send have had their time, that is why."""
        long_ago = self._now() - PATIENCE_S
        if self._renew is None or sum(since < long_ago for since in self._since.values()) < READERS_EACH:
            return
        renew, self._renew = self._renew, None
        logger.warning("slow senders hold the places of forms: they are cut off, with this process")
        renew()

    @contextmanager
    def _place(self) -> Iterator[None]:
        store = self._places.get()
        try:
            if store is None:
                store = connections.create_connection(DEFAULT_DB_ALIAS)
                # One thread after the other has it, never two at once.
                store.inc_thread_sharing()
            connections[DEFAULT_DB_ALIAS] = store
            yield
        finally:
            del connections[DEFAULT_DB_ALIAS]
            self._places.put(store)


def _announced(environ: dict[str, Any]) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _told(start_response: Any, status: str, text: bytes, *more: tuple[str, str]) -> list[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text))), *more]
    start_response(status, [*headers, ("Connection", "close"), ("X-Content-Type-Options", "nosniff")])
    return [text]
