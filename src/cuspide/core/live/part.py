"""The live stream as a part of the service: an event loop with the browsers, and one thread with the store."""

import asyncio
import contextlib
import logging
import signal
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.conf import settings
from django.db import Error, connection, connections

from cuspide.core import tls
from cuspide.core.actor import Actor
from cuspide.core.live import gate
from cuspide.core.live.door import Connection, House, StoreAway
from cuspide.core.live.hub import STREAMS, Hub
from cuspide.core.live.news import News
from cuspide.core.live.source import Source, source
from cuspide.core.service import pulse
from cuspide.core.service.limits import allow_files
from cuspide.core.service.parts import Options

logger = logging.getLogger("cuspide.live")

LOOK_S = 0.2
RECHECK_S = 3.0
_AGAIN_S = 5.0
_LOOK_AT_CERTIFICATE_S = 600.0
T = TypeVar("T")


class Store:
    """The store, asked in one thread, so that its connection is kept and the browsers do not wait for each other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "live-store")
        self._source: Source | None = None

    async def people(self, keys: set[str]) -> dict[str, Actor]:
        """See `gate.people`. StoreAway when the store does not answer."""
        return await self._ask(lambda: gate.people(keys))

    async def news(self) -> list[News]:
        """What was told since the last call. StoreAway when some of it may have been missed."""
        return await self._ask(self._look)

    def _look(self) -> list[News]:
        self._source = self._source or source()
        return self._source.look()

    async def _ask(self, question: Callable[[], T]) -> T:
        def asked() -> T:
            try:
                return question()
            except Error as error:
                connection.close()
                self._source = None
                raise StoreAway from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)

    def close(self) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown()


async def serve(options: Options, stop: asyncio.Event) -> None:
    """Serve streams until `stop` is set. A port that is taken is tried again until it is free."""
    hub = Hub()
    store = Store()

    async def admit(session: str) -> Actor | None:
        return (await store.people({session})).get(session)

    home = settings.CUSPIDE_HOME
    https = home.https or home.serves_tls
    serving = tls.for_serving(home)
    house = House(
        hub=hub,
        admit=admit,
        hosts=settings.ALLOWED_HOSTS,
        scheme="https" if https else "http",
        ports={options.port, 443 if https else 80},
        cookie=settings.SESSION_COOKIE_NAME,
    )
    work = [asyncio.create_task(_pass_on(store, hub)), asyncio.create_task(_recheck(store, hub))]
    try:
        context = None if serving is None else _context(serving)
        if serving is not None and context is not None:
            work.append(asyncio.create_task(_renew(context, serving)))
        server = await _listen(house, options, stop, context)
        await stop.wait()
        if server is not None:
            server.close()
        hub.end_all()
        await asyncio.sleep(0.1)
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        store.close()


def _context(serving: tls.Serving) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(serving.certificate, serving.key)
    return context


async def _renew(context: ssl.SSLContext, serving: tls.Serving) -> None:
    """Greet new browsers with the renewed certificate; those that are there keep the stream they have."""
    known = serving.stamp()
    while True:
        await asyncio.sleep(_LOOK_AT_CERTIFICATE_S)
        if serving.stamp() != known:
            with contextlib.suppress(OSError):
                context.load_cert_chain(serving.certificate, serving.key)
                known = serving.stamp()


async def _listen(
    house: House, options: Options, stop: asyncio.Event, context: ssl.SSLContext | None
) -> asyncio.Server | None:
    told = False
    port = options.live_port
    while not stop.is_set():
        try:
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: Connection(house), options.host, port, backlog=1024, ssl=context)
            pulse.wait_for_port(settings.CUSPIDE_HOME, "live", 0)
            return server
        except OSError as error:
            pulse.wait_for_port(settings.CUSPIDE_HOME, "live", port)
            if not told:
                logger.error("no live updates: port %d cannot be listened on (%s)", port, error.strerror)
            told = True
            try:
                await asyncio.wait_for(stop.wait(), _AGAIN_S)
            except TimeoutError:
                continue
    return None


async def _pass_on(store: Store, hub: Hub) -> None:
    away = False
    while True:
        try:
            told = await store.news()
        except StoreAway:
            away = True
            await asyncio.sleep(1)
            continue
        if away:
            away = False
            hub.lost()
        hub.publish(told)
        await asyncio.sleep(LOOK_S)


async def _recheck(store: Store, hub: Hub) -> None:
    while True:
        await asyncio.sleep(RECHECK_S)
        asked = hub.sessions()
        try:
            actors = await store.people(asked)
        except StoreAway:
            # Pages show nothing either while the store is away.
            continue
        hub.recheck(asked, actors)


def run(options: Options) -> int:
    """The part: until SIGTERM or SIGINT."""
    allow_files(STREAMS + 500)
    asyncio.run(_until_told(options))
    return 0


async def _until_told(options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))
    await serve(options, stop)
