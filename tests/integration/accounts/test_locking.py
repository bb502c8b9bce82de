"""The lock: by key, by time, opened by PIN or password; several people at one workstation."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from cuspide.accounts import services as team
from cuspide.accounts import stations
from cuspide.accounts.models import OpenSession, Pin, Seat, Workstation
from cuspide.accounts.services import locking
from cuspide.accounts.services import stations as services
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role
from tests.integration.accounts.chairs import MORNING, Chair

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
PIN, OTHER_PIN = "4071", "8350"
LOCK = "/account/lock/"


@dataclass
class Station(Chair):
    """A browser at a named workstation, and the people who have signed in there."""

    workstation: Workstation

    def arrives(self, role: Role, pin: str = "") -> Any:
        """Somebody signs in in full, beside whoever waits behind the lock."""
        account = self.make_account(role)
        if pin:
            locking.set_pin(actor(account), account.user, pin)
        self.signs_in(account)
        return account

    def unlocks(self, account: Any, **proof: str) -> Any:
        return self.browser.post("/account/lock/open/", {"seat": str(self.seat(account).uuid), **proof})

    def people(self) -> list[str]:
        answer = self.browser.get(LOCK)
        return [one.seat.user.display_name for one in answer.context["held"]] if answer.status_code == 200 else []


def actor(account: Any) -> Actor:
    from cuspide.accounts.selectors import actor_of

    return actor_of(account.user, "test")


def make_station(practice: Any, browser: Client, name: str = "Fauteuil 1", **fields: Any) -> Workstation:
    wanted = {"kind": "chairside", "site": practice.site, "lock_after": 5, "shows": "picture"} | fields
    made, token = services.name_workstation(Actor.system("test"), services.Described(name=name, **wanted))
    browser.cookies[stations.STATION_COOKIE] = signing.dumps(token, salt="cuspide.accounts.workstation")
    return made


@pytest.fixture
def station(practice: Any, make_account: Callable[..., Any]) -> Station:
    browser = Client()
    return Station(browser, make_account, make_station(practice, browser))


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_a_locked_workstation_reaches_the_lock_and_nothing_else(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    assert station.browser.post(LOCK).status_code == 302
    for page in ("/", "/account/", "/patients/", "/account/pin/", "/status", "/account/sign-in/", "/preferences"):
        answer = station.browser.get(page)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOCK), page
    for address in ("/account/sessions/end/", "/account/lock/awake/", "/search", "/preferences"):
        answer = station.browser.post(address, {"text": "martin"})
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOCK), address
    for open_one in (LOCK, "/account/lock/state/", "/account/sign-out/", "/alive"):
        assert station.browser.get(open_one).status_code < 300, open_one
    page = station.browser.get(LOCK).content.decode()
    assert dentist.user.display_name in page
    assert "Fauteuil 1" in page


def test_a_script_is_told_that_it_is_locked_and_a_page_is_led_back(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    assert station.browser.get("/status", headers={"HX-Request": "true"}).status_code == 423
    assert station.browser.get("/account/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 423
    assert station.browser.get("/account/team/?x=1")["Location"] == f"{LOCK}?next=%2Faccount%2Fteam%2F%3Fx%3D1"
    lost = station.browser.post("/preferences", {}, HTTP_REFERER="http://testserver/agenda/")
    assert lost["Location"] == f"{LOCK}?next=%2Fagenda%2F&lost=1"
    assert "n’a pas été enregistré" in station.browser.get(lost["Location"]).content.decode()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", LOCK, "javascript:x"])
def test_the_lock_leads_to_no_other_host(station: Station, back: str) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    assert station.unlocks(dentist, pin=PIN, next=back)["Location"] == "/"
    assert station.browser.get(LOCK, {"next": back})["Location"] == "/"


def test_the_right_pin_leads_back_to_the_page(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    answer = station.unlocks(dentist, pin=PIN, next="/account/pin/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/pin/")
    assert station.works()
    assert actions()[-2:] == ["accounts.lock", "accounts.unlock"]
    unlocked = Entry.objects.latest("pk")
    assert unlocked.workstation == "Fauteuil 1 · 127.0.0.1"
    assert '"how":"pin"' in unlocked.payload.body


def test_the_password_unlocks_too_also_where_the_browser_has_no_name(
    client: Client, make_account: Callable[..., Any], sign_in: Callable[..., Any]
) -> None:
    account = make_account(Role.SECRETARY)
    sign_in(client, account)
    client.get("/")
    client.post(LOCK)
    seat = str(Seat.objects.get().uuid)
    assert client.post("/account/lock/open/", {"seat": seat, "password": "wrong"}).status_code == 422
    assert client.post("/account/lock/open/", {"seat": seat, "password": account.password}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert Entry.objects.latest("pk").workstation == "127.0.0.1"


def test_a_pin_is_worth_nothing_in_a_browser_without_a_name(
    client: Client, make_account: Callable[..., Any], sign_in: Callable[..., Any]
) -> None:
    account = make_account(Role.SECRETARY)
    locking.set_pin(actor(account), account.user, PIN)
    sign_in(client, account)
    client.get("/")
    client.post(LOCK)
    assert client.post("/account/lock/open/", {"seat": str(Seat.objects.get().uuid), "pin": PIN}).status_code == 422
    assert client.get("/account/").status_code == 302


def test_three_wrong_pins_ask_for_the_full_sign_in(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    first, second, third = (station.unlocks(dentist, pin="0000") for _number in range(3))
    assert "Il reste 2 essais" in first.content.decode()
    assert "Il reste 1 essai" in second.content.decode()
    assert (third.status_code, "Trois essais manqués" in third.content.decode()) == (410, True)
    assert station.unlocks(dentist, pin=PIN).status_code == 410, "the right one comes too late"
    assert station.browser.get("/account/")["Location"].startswith("/account/sign-in/")
    assert actions()[-4:] == ["accounts.unlock_refused"] * 3 + ["accounts.lock_ended"]
    told = Entry.objects.filter(action="accounts.unlock_refused").first()
    assert told is not None
    assert (told.actor_user_id, told.subject_uuid) == (None, dentist.user.uuid), "who typed it is not known"


def test_a_right_pin_forgives_the_wrong_ones_before(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    for _number in range(3):
        station.browser.post(LOCK)
        station.unlocks(dentist, pin="0000")
        station.unlocks(dentist, pin="0001")
        assert station.unlocks(dentist, pin=PIN).status_code == 302
    assert station.works()


def test_nobody_did_anything_for_too_long(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    with clock.freeze(MORNING + dt.timedelta(minutes=5)):
        assert station.works(), "on the minute the browser still has its turn"
    with clock.freeze(MORNING + dt.timedelta(minutes=11)):
        assert not station.works()
        assert not station.works()
    locked = Entry.objects.filter(action="accounts.lock")
    assert locked.count() == 1, "traced once, however many pages ask"
    assert '"how":"time"' in locked.get().payload.body


def test_a_page_that_asks_by_itself_keeps_nothing_open(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    for minute in range(1, 6):
        with clock.freeze(MORNING + dt.timedelta(minutes=minute)):
            assert station.browser.get("/status").status_code == 200
            station.browser.get("/account/lock/state/")
            station.browser.get("/", headers={"X-Unattended": "1"})
    with clock.freeze(MORNING + dt.timedelta(minutes=6)):
        assert not station.works()


def test_whoever_types_a_long_note_is_there(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    for minute in range(1, 12, 2):
        with clock.freeze(MORNING + dt.timedelta(minutes=minute)):
            assert station.browser.post("/account/lock/awake/").status_code == 204
    with clock.freeze(MORNING + dt.timedelta(minutes=13)):
        assert station.works()


def test_a_server_clock_set_back_locks_nobody_for_ever_and_opens_nothing(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    with clock.freeze(MORNING - dt.timedelta(hours=3)):
        assert station.works()
    with clock.freeze(MORNING - dt.timedelta(hours=3) + dt.timedelta(minutes=6)):
        assert not station.works(), "activity is counted from the clock as it is now"


def test_another_takes_the_workstation_with_her_own_rights(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    assistant = station.arrives(Role.ASSISTANT, OTHER_PIN)
    assert station.browser.get("/account/").context["person"] == assistant.user
    assert station.browser.post(LOCK).status_code == 302
    assert station.people() == [assistant.user.display_name, dentist.user.display_name]
    answer = station.unlocks(dentist, pin=PIN, next="/account/pin/")
    assert answer["Location"] == "/", "the page before was another's"
    assert station.browser.get("/account/").context["person"] == dentist.user
    station.browser.post(LOCK)
    station.unlocks(assistant, pin=OTHER_PIN)
    assert station.browser.get("/account/").context["person"] == assistant.user
    listed = {one.session_key: one.user for one in OpenSession.objects.all()}
    assert listed[station.seat(dentist).session_key] == dentist.user, "the list of sessions knows them apart"
    assert listed[station.seat(assistant).session_key] == assistant.user
    assert station.seat(dentist).locked_at is not None


def test_the_pin_of_another_opens_nothing(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.arrives(Role.ASSISTANT, OTHER_PIN)
    station.browser.post(LOCK)
    assert station.unlocks(dentist, pin=OTHER_PIN).status_code == 422
    assert not station.works()


def test_a_pin_without_a_session_opens_nothing(station: Station) -> None:
    """Who knows the PIN and sits at the workstation, but after the evening's sign-out."""
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post("/account/sign-out/")
    assert station.unlocks(dentist, pin=PIN).status_code == 410
    assert not station.works()
    stranger = Client()
    assert stranger.post("/account/lock/open/", {"seat": "x", "pin": PIN}).status_code == 410
    assert stranger.get(LOCK)["Location"] == "/account/sign-in/"


def test_a_copied_workstation_cookie_shows_and_opens_nothing(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    thief = Client()
    thief.cookies[stations.STATION_COOKIE] = station.browser.cookies[stations.STATION_COOKIE].value
    answer = thief.post("/account/lock/open/", {"seat": str(station.seat(dentist).uuid), "pin": PIN})
    assert answer.status_code == 410
    assert dentist.user.display_name not in answer.content.decode()
    assert thief.get(LOCK)["Location"] == "/account/sign-in/"


def test_a_session_cookie_copied_to_another_machine_is_worth_nothing(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    thief = Client()
    thief.cookies["cuspide_session"] = station.browser.cookies["cuspide_session"].value
    assert thief.get("/account/").status_code == 302
    assert station.works(), "and its person is not disturbed"


@pytest.mark.parametrize("forged", ["x", "", "a" * 5_000, '"abc":1aaaaa:bbbb', "é", "ImFiYyI:1vPCmA:AAAA"])
@pytest.mark.parametrize("cookie", ["cuspide_workstation", "cuspide_parked"])
def test_a_forged_cookie_is_no_cookie(station: Station, cookie: str, forged: str) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    stranger = Client()
    stranger.cookies[cookie] = forged
    assert stranger.get(LOCK).status_code == 302
    seat = str(station.seat(dentist).uuid)
    assert stranger.post("/account/lock/open/", {"seat": seat, "pin": PIN}).status_code == 410


def test_a_cookie_for_one_use_is_none_for_the_other(station: Station) -> None:
    """Both are signed by the same practice: a value of one does not pass for the other."""
    dentist = station.arrives(Role.DENTIST, PIN)
    key = station.seat(dentist).session_key
    stranger = Client()
    stranger.cookies[stations.PARKED_COOKIE] = signing.dumps([key], salt="cuspide.accounts.workstation")
    assert stranger.get(LOCK)["Location"] == "/account/sign-in/"


def test_a_retired_workstation_ends_its_sessions_and_its_cookie(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.arrives(Role.ASSISTANT, OTHER_PIN)
    services.retire_workstation(Actor.system("test"), station.workstation)
    assert not station.works()
    assert station.people() == []
    assert station.unlocks(dentist, pin=PIN).status_code == 410
    station.browser.post("/account/sign-in/", {"login": dentist.email, "password": dentist.password})
    assert Entry.objects.latest("pk").workstation == "127.0.0.1"


def test_sessions_that_the_owner_ended_are_no_tile(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    assistant = station.arrives(Role.ASSISTANT, OTHER_PIN)
    team.grant(Actor.system("test"), station.make_account(Role.OWNER).user, Role.BOOKKEEPER)
    team.end_sessions(Actor.system("test"), dentist.user)
    station.browser.post(LOCK)
    assert station.people() == [assistant.user.display_name]
    assert station.unlocks(dentist, pin=PIN).status_code == 410
    team.deactivate(Actor.system("test"), assistant.user)
    assert station.people() == []


def test_a_locked_session_that_was_ended_leads_to_the_sign_in(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.browser.post(LOCK)
    team.end_sessions(Actor.system("test"), dentist.user)
    answer = station.browser.get("/", follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0].split("?")[0]) == (200, "/account/sign-in/")
    station.browser.post("/account/sign-in/", {"login": dentist.email, "password": dentist.password})
    assert station.works()


def test_whoever_signs_in_again_has_one_tile(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    first = station.seat(dentist)
    station.browser.post("/account/lock/somebody-else/")
    station.browser.post("/account/sign-in/", {"login": dentist.email, "password": dentist.password})
    station.browser.get("/")
    station.browser.post(LOCK)
    assert station.people() == [dentist.user.display_name]
    first.refresh_from_db()
    assert first.ended_at is not None


def test_signing_out_leads_to_those_who_wait(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    station.arrives(Role.ASSISTANT, OTHER_PIN)
    assert station.browser.post("/account/sign-out/")["Location"] == LOCK
    assert station.people() == [dentist.user.display_name]
    assert station.unlocks(dentist, pin=PIN).status_code == 302
    assert station.works()


def test_a_write_that_was_accepted_stands_though_the_lock_came_meanwhile(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    dentist = station.arrives(Role.DENTIST)
    station.browser.get("/account/pin/")
    real = locking.set_pin

    def slow(who: Actor, user: Any, pin: str) -> None:
        locking.lock(who, Seat.objects.get(), locking.BY_KEY)
        real(who, user, pin)

    monkeypatch.setattr(locking, "set_pin", slow)
    station.browser.post("/account/pin/", {"pin": PIN, "again": PIN})
    assert Pin.objects.filter(user=dentist.user).exists()
    assert Seat.objects.get().locked_at is not None, "and a slow answer does not undo the lock"
    assert not station.works()


def test_a_form_sent_to_a_locked_workstation_is_not_obeyed(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST)
    station.browser.post(LOCK)
    station.browser.post("/account/pin/", {"pin": PIN, "again": PIN})
    assert not Pin.objects.filter(user=dentist.user).exists()


def test_what_was_shown_is_kept_in_no_cache(station: Station) -> None:
    station.arrives(Role.DENTIST, PIN)
    for page in ("/", "/account/", LOCK):
        assert "no-store" in station.browser.get(page).headers.get("Cache-Control", ""), page


def test_a_read_only_store_still_shows_its_pages(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    station.arrives(Role.DENTIST, PIN)

    def full(*_any: Any) -> bool:
        raise OperationalError("disk is full")

    monkeypatch.setattr(locking, "note_activity", full)
    assert station.works()


def test_the_pin_lies_in_the_store_as_a_slow_hash_with_a_key_of_the_practice(station: Station) -> None:
    dentist = station.arrives(Role.DENTIST, PIN)
    held = Pin.objects.get(user=dentist.user).hashed
    assert held.startswith("$argon2id$")
    assert PIN not in held
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(held, PIN)
    assert not locking.pin_matches(station.arrives(Role.ASSISTANT, OTHER_PIN).user, PIN)
