"""Who listens, and what each is told. Knows neither network nor store: streams are given to it, and news.

Nothing is queued for a stream. News that a slow reader could not take yet are told later as one word, `resync`: look at
everything again. So a thousand streams cost a thousand small objects, and nobody holds memory by reading slowly.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from cuspide.core.actor import Actor
from cuspide.core.live.news import News

STREAMS = 2_000
"""Open at once, of all people together."""
STREAMS_EACH = 40
"""Open at once by one person: browsers, and tabs of those that cannot share one stream."""
_REMEMBERED = 1_000
_REMEMBERED_S = 900.0


class Stream(Protocol):
    """One browser's end."""

    session: str

    def tell(self, event: str, data: str) -> None: ...

    def end(self, event: str) -> None:
        """Say a last word and close."""


class Full(Exception):
    """One stream more than allowed: by this person (`each`), or in all."""

    def __init__(self, *, each: bool) -> None:
        super().__init__("too many streams")
        self.each = each


class Hub:
    """The streams that are open. Everything happens in one thread, that of the event loop."""

    def __init__(
        self, limit: int = STREAMS, each: int = STREAMS_EACH, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit, self.each, self._now = limit, each, now
        self._streams: dict[Stream, Actor] = {}
        self._count: Counter[int | None] = Counter()
        self._told: deque[tuple[float, News]] = deque(maxlen=_REMEMBERED)
        self._whole_since = now()

    def __len__(self) -> int:
        return len(self._streams)

    def sessions(self) -> set[str]:
        """The sessions that have a stream."""
        return {stream.session for stream in self._streams}

    def reserve(self, stream: Stream, actor: Actor) -> None:
        """Let a browser listen. Raises Full."""
        if len(self._streams) >= self.limit:
            raise Full(each=False)
        if self._count[actor.user_id] >= self.each:
            raise Full(each=True)
        self._streams[stream] = actor
        self._count[actor.user_id] += 1

    def welcome(self, stream: Stream, age_s: float) -> None:
        """The first words to a browser whose page is so old: what it missed since."""
        actor = self._streams[stream]
        stream.tell("open", "")
        since = self._now() - age_s
        if since < self._whole_since or age_s > _REMEMBERED_S:
            stream.tell("resync", "")
            return
        for moment, news in self._told:
            if moment >= since and news.may_be_told(actor):
                stream.tell("news", news.topic)

    def close(self, stream: Stream) -> None:
        """The browser is gone."""
        actor = self._streams.pop(stream, None)
        if actor is not None:
            self._count[actor.user_id] -= 1
            if not self._count[actor.user_id]:
                del self._count[actor.user_id]

    def publish(self, news: Collection[News]) -> None:
        """Pass on what the store told, to each what she may know."""
        moment = self._now()
        for one in dict.fromkeys(news):
            if len(self._told) == self._told.maxlen:
                self._whole_since = self._told[0][0]
            self._told.append((moment, one))
            for stream, actor in list(self._streams.items()):
                if one.may_be_told(actor):
                    stream.tell("news", one.topic)

    def lost(self) -> None:
        """The store was away, and nobody knows what it would have told: everybody looks at everything again."""
        self._told.clear()
        self._whole_since = self._now()
        for stream in list(self._streams):
            stream.tell("resync", "")

    def recheck(self, asked: Collection[str], actors: Mapping[str, Actor]) -> None:
        """Sessions as they are now: of those that were asked for, who is missing has ended or is locked, and hears
        nothing more. Who came in since was asked for on the way in."""
        for stream in list(self._streams):
            if stream.session not in asked:
                continue
            actor = actors.get(stream.session)
            if actor is None:
                self.close(stream)
                stream.end("ended")
            else:
                # Her rights may have changed; the count is by person, who stays.
                self._streams[stream] = actor

    def end_all(self) -> None:
        """The service stops."""
        for stream in list(self._streams):
            self.close(stream)
            stream.end("again")
