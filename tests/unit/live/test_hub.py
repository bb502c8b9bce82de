"""Who is told what by the live stream: nobody what she may not know, nobody more often than allowed."""

import pytest

import cuspide.agenda.news  # noqa: F401  the kind of news that these tests tell
from cuspide.core.actor import Actor
from cuspide.core.live.hub import Full, Hub
from cuspide.core.live.news import News

VALENCE, ROMANS = 1, 2
TUESDAY = News("agenda:5b0c:2026-11-24", VALENCE)
ELSEWHERE = News("agenda:77aa:2026-11-24", ROMANS)


class Listener:
    """A browser's end that keeps what it was told."""

    def __init__(self, session: str) -> None:
        self.session, self.ended = session, ""
        self.heard: list[str] = []

    def tell(self, event: str, data: str) -> None:
        self.heard.append(f"{event} {data}".strip())

    def end(self, event: str) -> None:
        self.ended = event


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def somebody(number: int = 1, *sites: int, everywhere: bool = False, right: str = "agenda.view") -> Actor:
    rights = frozenset({right})
    return Actor(
        number, "Léa", rights=rights if everywhere else frozenset(), rights_by_site=dict.fromkeys(sites, rights)
    )


def joined(hub: Hub, actor: Actor, session: str = "s", age_s: float = 0.0) -> Listener:
    listener = Listener(session)
    hub.reserve(listener, actor)
    hub.welcome(listener, age_s)
    return listener


def test_a_change_is_told_to_those_who_may_see_that_sites_agenda() -> None:
    hub = Hub()
    at_valence, at_romans = joined(hub, somebody(1, VALENCE)), joined(hub, somebody(2, ROMANS))
    everywhere, bookkeeper = (
        joined(hub, somebody(3, everywhere=True)),
        joined(hub, somebody(4, everywhere=True, right="billing.view")),
    )
    hub.publish([TUESDAY])
    assert at_valence.heard == everywhere.heard == ["open", "news agenda:5b0c:2026-11-24"]
    assert at_romans.heard == bookkeeper.heard == ["open"]


def test_what_no_room_declared_is_told_to_nobody() -> None:
    hub = Hub()
    owner = joined(hub, somebody(everywhere=True))
    hub.publish([News("patient:5b0c"), News("")])
    assert owner.heard == ["open"]


def test_the_same_change_told_twice_in_one_look_is_told_once() -> None:
    hub = Hub()
    listener = joined(hub, somebody(everywhere=True))
    hub.publish([TUESDAY, ELSEWHERE, TUESDAY])
    assert listener.heard[1:] == ["news agenda:5b0c:2026-11-24", "news agenda:77aa:2026-11-24"]


def test_a_page_hears_what_changed_between_its_drawing_and_its_listening() -> None:
    time = Time()
    hub = Hub(now=time)
    time.now += 60
    hub.publish([ELSEWHERE])
    time.now += 10
    hub.publish([TUESDAY])
    time.now += 2
    assert joined(hub, somebody(everywhere=True), age_s=5).heard == ["open", "news agenda:5b0c:2026-11-24"]
    assert joined(hub, somebody(2, ROMANS), age_s=5).heard == ["open"], "the past too is told by right"


def test_a_page_older_than_what_is_remembered_looks_at_everything_again() -> None:
    time = Time()
    hub = Hub(now=time)
    time.now += 60
    assert joined(hub, somebody(), age_s=61).heard == ["open", "resync"]
    time.now += 10_000
    assert joined(hub, somebody(), age_s=1_000).heard == ["open", "resync"]


def test_a_practice_so_busy_that_news_are_forgotten_does_not_hide_it() -> None:
    time = Time()
    hub = Hub(now=time)
    time.now += 60
    for minute in range(2_000):
        time.now += 0.01
        hub.publish([News(f"agenda:5b0c:{minute}", VALENCE)])
    assert joined(hub, somebody(everywhere=True), age_s=15).heard == ["open", "resync"]
    assert "resync" not in joined(hub, somebody(everywhere=True), age_s=5).heard


def test_after_the_store_was_away_everybody_looks_again() -> None:
    hub = Hub()
    listener = joined(hub, somebody())
    hub.lost()
    assert listener.heard == ["open", "resync"]


def test_an_ended_session_hears_nothing_more() -> None:
    hub = Hub()
    actor = somebody(everywhere=True)
    left, stays, came_since = joined(hub, actor, "left"), joined(hub, actor, "stays"), joined(hub, actor, "new")
    hub.recheck({"left", "stays"}, {"stays": actor})
    hub.publish([TUESDAY])
    assert (left.ended, left.heard) == ("ended", ["open"])
    assert len(stays.heard) == len(came_since.heard) == 2


def test_a_right_that_was_taken_away_ends_the_telling() -> None:
    hub = Hub()
    listener = joined(hub, somebody(1, VALENCE))
    hub.recheck({"s"}, {"s": somebody(1, ROMANS)})
    hub.publish([TUESDAY])
    assert listener.heard == ["open"]


def test_one_person_cannot_take_all_the_streams() -> None:
    hub = Hub(limit=5, each=2)
    first = joined(hub, somebody(1))
    joined(hub, somebody(1))
    with pytest.raises(Full) as refused:
        joined(hub, somebody(1))
    assert refused.value.each
    for number in (2, 3, 4):
        joined(hub, somebody(number))
    with pytest.raises(Full) as refused:
        joined(hub, somebody(9))
    assert not refused.value.each
    hub.close(first)
    hub.close(first)
    joined(hub, somebody(1))
    assert len(hub) == 5
