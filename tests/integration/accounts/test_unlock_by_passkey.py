"""The lock opened by a passkey: the person's own, in answer to what this seat was asked, once."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from cuspide.accounts import passkeys, stations
from cuspide.accounts.models import Seat
from cuspide.accounts.services import locking
from cuspide.accounts.services import stations as services
from cuspide.audit.models import Entry
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role
from tests.integration.accounts.chairs import MORNING, Chair
from tests.support.passkeys import Device

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
LOCK, OPEN = "/account/lock/", "/account/lock/open/"
ALONE = "/account/sign-in/passkey/"
CHALLENGE = "cuspide_passkey"


@dataclass
class KeyedChair(Chair):
    """A browser at a named workstation; whoever arrives has a passkey, made through the page."""

    devices: dict[int, Device] = field(default_factory=dict)

    def arrives(self, role: Role = Role.DENTIST, *, with_passkey: bool = True) -> Any:
        account = self.make_account(role)
        self.signs_in(account)
        if with_passkey:
            device = self.devices[account.user.pk] = Device()
            options = json.loads(self.browser.get("/account/passkeys/add/").context["options_json"])
            self.browser.post("/account/passkeys/add/", {"name": "Fauteuil", "credential": device.make(options)})
        assert self.works()
        return account

    def asked(self, account: Any) -> Any:
        return self.browser.get(f"/account/lock/passkey/{self.seat(account).uuid}/")

    def answer(self, account: Any, by: Any = None, **lie: Any) -> str:
        """What the device of this person, or of `by`, says to what her seat is asked now."""
        return self.devices[(by or account).user.pk].answer(self.asked(account).json(), **lie)

    def shows(self, account: Any, credential: str, **more: str) -> Any:
        return self.browser.post(OPEN, {"seat": str(self.seat(account).uuid), "credential": credential, **more})

    def unlocks(self, account: Any, **lie: Any) -> Any:
        return self.shows(account, self.answer(account, **lie))


@pytest.fixture
def chair(practice: Any, make_account: Callable[..., Any]) -> KeyedChair:
    browser = Client(HTTP_HOST="localhost")
    wanted = services.Described("Fauteuil 1", "chairside", practice.site, 5, "picture")
    _made, token = services.name_workstation(Actor.system("test"), wanted)
    browser.cookies[stations.STATION_COOKIE] = signing.dumps(token, salt="cuspide.accounts.workstation")
    return KeyedChair(browser, make_account)


@pytest.fixture
def dentist(chair: KeyedChair) -> Any:
    """She sits there, and has just locked."""
    account = chair.arrives()
    chair.browser.post(LOCK)
    return account


def refusals() -> list[tuple[str, ...]]:
    """What the trace says of refusals, and by which means."""
    found = Entry.objects.filter(action__in=["accounts.unlock_refused", "accounts.passkey_copied"]).order_by("pk")
    how = re.compile('"how":"([a-z]+)"')
    return [
        (one.action.split(".")[1], *how.findall(one.payload.body if hasattr(one, "payload") else "")) for one in found
    ]


def is_refused(chair: KeyedChair, answer: Any, left: int) -> bool:
    """In a sentence, with a try less, and nothing open."""
    page = answer.content.decode()
    told = "Il reste 2 essais" if left == 2 else "Il reste 1 essai"
    assert (answer.status_code, "pas été acceptée" in page, told in page) == (422, True, True), page
    return not chair.works()


def test_a_passkey_opens_the_lock_and_leads_back_and_the_trace_says_so(chair: KeyedChair, dentist: Any) -> None:
    answer = chair.shows(dentist, chair.answer(dentist), next="/account/pin/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/pin/")
    assert chair.works()
    unlocked = Entry.objects.filter(action="accounts.unlock").get()
    assert (unlocked.actor_user_id, unlocked.workstation) == (dentist.user.pk, "Fauteuil 1 · 127.0.0.1")
    assert '"how":"passkey"' in unlocked.payload.body
    assert not refusals()


def test_the_browser_asks_for_that_person_s_own_passkeys_and_for_her_finger(chair: KeyedChair, dentist: Any) -> None:
    chair.arrives(Role.ASSISTANT)
    chair.browser.post(LOCK)
    answer = chair.asked(dentist)
    asked = answer.json()["publicKey"]
    assert [one["id"] for one in asked["allowCredentials"]] == [
        json.loads(chair.devices[dentist.user.pk].answer(answer.json()))["id"]
    ]
    assert (asked["userVerification"], asked["rpId"]) == ("required", "localhost")
    assert "no-store" in answer["Cache-Control"]
    cookie = chair.browser.cookies[CHALLENGE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert asked["challenge"] != chair.asked(dentist).json()["publicKey"]["challenge"]


def test_who_has_a_passkey_has_the_button_and_nobody_else(chair: KeyedChair, dentist: Any) -> None:
    assistant = chair.arrives(Role.ASSISTANT, with_passkey=False)
    chair.browser.post(LOCK)
    offered = {one.seat.user.pk: one.by_passkey for one in chair.browser.get(LOCK).context["held"]}
    assert offered == {assistant.user.pk: False, dentist.user.pk: True}
    assert str(chair.browser.get(LOCK).content).count("data-passkey-from=") == 1
    answer = chair.asked(assistant)
    assert (answer.status_code, answer.json()["refused"][:26]) == (409, "Vous n’avez pas de clé d’a")


def test_a_person_with_a_passkey_alone_is_offered_it_where_no_pin_is_good(
    chair: KeyedChair, dentist: Any, make_account: Callable[..., Any]
) -> None:
    """In a browser without a name: the session is there, a PIN would not do, a passkey does."""
    home = KeyedChair(Client(HTTP_HOST="localhost"), make_account)
    account = home.arrives(Role.SECRETARY)
    home.browser.post(LOCK)
    assert home.unlocks(account).status_code == 302
    assert home.works()


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost:9000"},
        {"origin": "http://other.localhost"},
        {"origin": "https://localhost"},
        {"flags": 0x01},
        {"flags": 0x04},
    ],
)
def test_another_address_or_a_finger_that_was_not_there_opens_nothing(
    chair: KeyedChair, dentist: Any, lie: dict[str, Any]
) -> None:
    assert is_refused(chair, chair.unlocks(dentist, **lie), left=2)
    assert refusals() == [("unlock_refused", "passkey")]


def test_the_colleague_s_passkey_does_not_open_her_seat(chair: KeyedChair, dentist: Any) -> None:
    assistant = chair.arrives(Role.ASSISTANT)
    chair.browser.post(LOCK)
    assert is_refused(chair, chair.unlocks(dentist, by=assistant), left=2)
    # And what her own seat was asked is no answer for the other.
    of_hers = chair.answer(assistant)
    assert is_refused(chair, chair.shows(dentist, of_hers), left=1)
    hers = chair.answer(assistant)
    assert chair.shows(assistant, hers).status_code == 302


def test_an_answer_that_names_the_colleague_opens_nothing(chair: KeyedChair, dentist: Any) -> None:
    assistant = chair.arrives(Role.ASSISTANT)
    chair.browser.post(LOCK)
    chair.devices[dentist.user.pk].handle = assistant.user.uuid.bytes
    assert is_refused(chair, chair.unlocks(dentist), left=2)


def test_a_stranger_s_key_that_takes_the_name_of_hers_opens_nothing(chair: KeyedChair, dentist: Any) -> None:
    hers, stranger = chair.devices[dentist.user.pk], Device()
    stranger.id, stranger.handle = hers.id, hers.handle
    chair.devices[dentist.user.pk] = stranger
    assert is_refused(chair, chair.unlocks(dentist), left=2)


def test_an_answer_opens_once(chair: KeyedChair, dentist: Any) -> None:
    """Whoever kept the answer and the browser's cookie finds that both are spent."""
    answer = chair.answer(dentist, counts=False)
    kept = chair.browser.cookies[CHALLENGE].value
    assert chair.shows(dentist, answer).status_code == 302
    assert not chair.browser.cookies[CHALLENGE].value, "the browser gives its copy back"
    chair.browser.post(LOCK)
    assert is_refused(chair, chair.shows(dentist, answer), left=2)
    chair.browser.cookies[CHALLENGE] = kept
    assert is_refused(chair, chair.shows(dentist, answer), left=1)


def is_told_to_ask_again(chair: KeyedChair, answer: Any) -> bool:
    """In a sentence, with no try less, and nothing open."""
    page = answer.content.decode()
    assert (answer.status_code, "n’est pas un essai manqué" in page, "Il reste" in page) == (422, True, False), page
    return not chair.works()


def test_a_late_answer_opens_nothing_and_costs_no_try(
    chair: KeyedChair, dentist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = chair.answer(dentist)
    monkeypatch.setattr(passkeys, "_CHALLENGE_SECONDS", -1)
    assert is_told_to_ask_again(chair, chair.shows(dentist, answer))
    assert not refusals()


def test_two_tabs_ask_and_the_older_answer_is_told_as_outdated_however_often(chair: KeyedChair, dentist: Any) -> None:
    older, newer = chair.answer(dentist), chair.answer(dentist)
    for _again in range(4):
        assert is_told_to_ask_again(chair, chair.shows(dentist, older))
    assert chair.seat(dentist).failures == 0
    assert not refusals()
    assert chair.shows(dentist, newer).status_code == 302, "the other tab's answer is still awaited"
    assert chair.works()


def test_two_tabs_that_ask_in_the_same_moment_cost_no_try_either(chair: KeyedChair, dentist: Any) -> None:
    """Neither request brings what the other was given: the browser keeps the one that comes back last."""
    first = chair.answer(dentist)
    del chair.browser.cookies[CHALLENGE]
    second = chair.answer(dentist)
    assert is_told_to_ask_again(chair, chair.shows(dentist, first))
    assert chair.shows(dentist, second).status_code == 302


def test_the_older_answer_that_comes_after_a_wrong_one_costs_no_second_try(chair: KeyedChair, dentist: Any) -> None:
    older = chair.answer(dentist)
    assert is_refused(chair, chair.unlocks(dentist, flags=0x01), left=2)
    assert is_told_to_ask_again(chair, chair.shows(dentist, older))
    assert chair.seat(dentist).failures == 1


def test_an_invented_question_is_a_wrong_try(chair: KeyedChair, dentist: Any) -> None:
    """Whoever makes up what was asked has not simply come late."""
    asked = chair.asked(dentist).json()
    for challenge in ("A" * 86, asked["publicKey"]["challenge"][:-8] + "AAAAAAAA"):
        asked["publicKey"]["challenge"] = challenge
        answer = chair.shows(dentist, chair.devices[dentist.user.pk].answer(asked))
        assert (answer.status_code, "Il reste" in answer.content.decode()) == (422, True)
    assert len(refusals()) == 2


def test_what_the_sign_in_was_asked_is_no_answer_at_the_lock_and_the_other_way_round(
    chair: KeyedChair, dentist: Any
) -> None:
    device = chair.devices[dentist.user.pk]
    visitor = Client(HTTP_HOST="localhost")
    answer = device.answer(visitor.get(ALONE).json())
    chair.browser.cookies[CHALLENGE] = visitor.cookies[CHALLENGE].value
    assert is_refused(chair, chair.shows(dentist, answer), left=2)
    answer = chair.answer(dentist)
    visitor.cookies[CHALLENGE] = chair.browser.cookies[CHALLENGE].value
    visitor.post(ALONE, {"credential": answer})
    assert visitor.get("/account/").status_code == 302


def test_what_another_session_of_hers_was_asked_is_no_answer_here(
    chair: KeyedChair, dentist: Any, make_account: Callable[..., Any]
) -> None:
    here = chair.seat(dentist)
    office = KeyedChair(Client(HTTP_HOST="localhost"), make_account)
    office.browser.post("/account/sign-in/", {"login": dentist.email, "password": dentist.password})
    office.browser.post(
        "/account/second-factor/",
        {
            "credential": chair.devices[dentist.user.pk].answer(
                json.loads(office.browser.get("/account/second-factor/").context["options_json"])
            )
        },
    )
    assert office.works()
    there = office.seat(dentist)
    assert here.pk != there.pk
    options = office.browser.get(f"/account/lock/passkey/{there.uuid}/").json()
    chair.browser.cookies[CHALLENGE] = office.browser.cookies[CHALLENGE].value
    answer = chair.devices[dentist.user.pk].answer(options)
    assert is_refused(chair, chair.browser.post(OPEN, {"seat": str(here.uuid), "credential": answer}), left=2)
    # Nor does this browser reach the seat over there at all.
    assert chair.browser.post(OPEN, {"seat": str(there.uuid), "credential": answer}).status_code == 410
    assert chair.browser.get(f"/account/lock/passkey/{there.uuid}/").status_code == 410


def test_three_wrong_answers_ask_for_the_full_sign_in_whatever_they_were(chair: KeyedChair, dentist: Any) -> None:
    locking.set_pin(Actor(user_id=dentist.user.pk, label="x"), dentist.user, "4071")
    assert is_refused(chair, chair.unlocks(dentist, flags=0x01), left=2)
    assert chair.browser.post(OPEN, {"seat": str(chair.seat(dentist).uuid), "pin": "0000"}).status_code == 422
    right = chair.answer(dentist)
    third = chair.unlocks(dentist, origin="http://evil.example")
    assert (third.status_code, "Trois essais manqués" in third.content.decode()) == (410, True)
    assert chair.shows(dentist, right).status_code == 410, "the right one comes too late"
    assert refusals() == [("unlock_refused", "passkey"), ("unlock_refused", "pin"), ("unlock_refused", "passkey")]
    assert chair.asked(dentist).status_code == 410
    assert chair.browser.get("/account/")["Location"].startswith("/account/sign-in/")


def test_a_copied_key_is_refused_and_the_owner_reads_of_it(chair: KeyedChair, dentist: Any) -> None:
    assert chair.unlocks(dentist).status_code == 302
    chair.browser.post(LOCK)
    chair.devices[dentist.user.pk].counter = 0
    answer = chair.unlocks(dentist)
    assert (answer.status_code, "comme le ferait une copie" in answer.content.decode()) == (422, True)
    assert refusals() == [("passkey_copied",), ("unlock_refused", "passkey")]
    assert not chair.works()


@pytest.mark.parametrize(
    "rubbish",
    [
        "null",
        "{",
        '"x"',
        '{"response": {"userHandle": "AAAA"}}',
        '{"id": "é", "rawId": [], "type": 7, "response": {"userHandle": {"a": 1}}}',
        "[" * 100_000,
        '{"a":' * 3_000,
    ],
)
def test_rubbish_is_a_wrong_try(chair: KeyedChair, dentist: Any, rubbish: str) -> None:
    chair.asked(dentist)
    answer = chair.shows(dentist, rubbish)
    assert (answer.status_code, "Il reste 2 essais" in answer.content.decode()) == (422, True)
    assert not chair.works()


def test_an_answer_in_a_browser_that_lost_the_question_opens_nothing(chair: KeyedChair, dentist: Any) -> None:
    answer = chair.answer(dentist)
    del chair.browser.cookies[CHALLENGE]
    assert is_told_to_ask_again(chair, chair.shows(dentist, answer))


def test_without_scripts_there_is_no_answer_and_no_try_is_lost(chair: KeyedChair, dentist: Any) -> None:
    for _number in range(4):
        answer = chair.shows(dentist, "")
        assert (answer.status_code, "Tapez votre code PIN" in answer.content.decode()) == (422, True)
    assert chair.unlocks(dentist).status_code == 302


def test_a_passkey_without_a_session_opens_nothing(chair: KeyedChair, dentist: Any) -> None:
    """After the evening's sign-out, and in a browser that never held the session."""
    answer, kept = chair.answer(dentist), chair.browser.cookies[CHALLENGE].value
    thief = Client(HTTP_HOST="localhost")
    thief.cookies[CHALLENGE] = kept
    thief.cookies[stations.STATION_COOKIE] = chair.browser.cookies[stations.STATION_COOKIE].value
    shown = {"seat": str(chair.seat(dentist).uuid), "credential": answer}
    assert thief.post(OPEN, shown).status_code == 410
    assert thief.get("/account/").status_code == 302
    chair.browser.post("/account/sign-out/")
    assert chair.browser.post(OPEN, shown).status_code == 410
    assert not chair.works()


def test_a_passkey_that_was_removed_meanwhile_opens_nothing(chair: KeyedChair, dentist: Any) -> None:
    from allauth.mfa.models import Authenticator

    answer = chair.answer(dentist)
    Authenticator.objects.filter(user=dentist.user).delete()
    assert is_refused(chair, chair.shows(dentist, answer), left=2)
    assert "data-passkey-from" not in chair.browser.get(LOCK).content.decode()


@pytest.mark.parametrize(("host", "why"), [("127.0.0.1:8000", "chiffres"), ("cabinet.example", "https")])
def test_where_browsers_give_none_there_is_no_button(
    settings: Any, make_account: Callable[..., Any], sign_in: Callable[..., Any], host: str, why: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    elsewhere = Client(HTTP_HOST=host)
    account = make_account(Role.SECRETARY)
    sign_in(elsewhere, account)
    elsewhere.get("/")
    elsewhere.post(LOCK)
    assert "data-passkey-from" not in elsewhere.get(LOCK).content.decode()
    assert why in elsewhere.get(f"/account/lock/passkey/{Seat.objects.get().uuid}/").json()["refused"]


def test_a_passkey_of_another_host_name_gets_no_button(chair: KeyedChair, dentist: Any, settings: Any) -> None:
    """The browser would look for one in vain."""
    settings.ALLOWED_HOSTS = ["*"]
    page = chair.browser.get(LOCK, secure=True, HTTP_HOST="cabinet.example")
    assert [one.by_passkey for one in page.context["held"]] == [False]


def test_asking_writes_nothing_and_keeps_no_workstation_open(chair: KeyedChair) -> None:
    account = chair.arrives()
    before = chair.seat(account)
    with clock.freeze(MORNING + dt.timedelta(minutes=4)):
        assert chair.asked(account).status_code == 200
    after = chair.seat(account)
    assert (before.active_at, before.failures, before.locked_at) == (after.active_at, after.failures, after.locked_at)
