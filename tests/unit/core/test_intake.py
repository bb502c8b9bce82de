"""Forms that drip in hold no place to work, and nobody can have all the threads that take requests in."""

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from cuspide.core.service import intake
from cuspide.core.service.intake import Intake


class Dripping:
    """A body of which the rest comes when the test lets it."""

    def __init__(self, whole: bytes) -> None:
        self._whole, self._left = whole, BytesIO(whole)
        self.asked, self.go = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.asked.set()
        assert self.go.wait(20)
        return self._left.read(min(size, 3))


class Answers:
    """An application that says back what was sent, and keeps on which connection it ran."""

    def __init__(self) -> None:
        self.stores: list[Any] = []
        self.closed = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.stores.append(connections[DEFAULT_DB_ALIAS])
        start_response("200 OK", [])
        answers = self

        class Response:
            def __iter__(self) -> Iterator[bytes]:
                yield environ["wsgi.input"].read()

            def close(self) -> None:
                assert connections[DEFAULT_DB_ALIAS] is answers.stores[-1]
                answers.closed += 1

        return Response()


def sent(body: Any = b"", *, length: int | None = None, machine: str = "192.0.2.1", method: str = "POST") -> Any:
    size = length if length is not None else len(body) if isinstance(body, bytes) else 0
    stream = body if hasattr(body, "read") else BytesIO(body)
    return {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(size), "REMOTE_ADDR": machine, "wsgi.input": stream}


class Sender(threading.Thread):
    """Somebody who sends one request and keeps the answer."""

    def __init__(self, application: Intake, environ: Any) -> None:
        super().__init__(daemon=True)
        self.application, self.environ = application, environ
        self.status, self.body = "", b""
        self.start()

    def run(self) -> None:
        self.body = b"".join(self.application(self.environ, self._began))

    def _began(self, status: str, _headers: Any) -> None:
        self.status = status


def test_what_is_whole_is_answered_and_its_place_is_used_again() -> None:
    pages = Answers()
    application = Intake(pages, places=2, largest=100)
    for _ in range(3):
        sender = Sender(application, sent(b"nom=MARTIN"))
        sender.join(20)
        assert (sender.status, sender.body) == ("200 OK", b"nom=MARTIN")
    assert len(set(map(id, pages.stores))) == 1, "three threads, one after the other, had one connection"
    assert pages.closed == 3


def test_forms_that_drip_in_keep_nobody_out_and_are_answered_in_the_end() -> None:
    application = Intake(Answers(), places=1, largest=100)
    slow = [Dripping(b"login=a") for _ in range(8)]
    senders = [Sender(application, sent(body, length=7)) for body in slow]
    assert all(body.asked.wait(20) for body in slow)
    page = Sender(application, sent(method="GET"))
    page.join(20)
    assert page.status == "200 OK"
    for body in slow:
        body.go.set()
    for sender in senders:
        sender.join(20)
        assert (sender.status, sender.body) == ("200 OK", b"login=a")


def test_one_machine_has_not_all_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "READERS_EACH", 3)
    monkeypatch.setattr(intake, "READERS", 5)
    application = Intake(Answers(), places=1, largest=100)
    slow = [Dripping(b"x" * 9) for _ in range(5)]
    senders = [Sender(application, sent(body, length=9)) for body in slow[:3]]
    assert all(body.asked.wait(20) for body in slow[:3])
    fourth = Sender(application, sent(b"x"))
    fourth.join(20)
    assert fourth.status.startswith("503")
    assert "Rien n’a été enregistré".encode() in fourth.body
    elsewhere = Sender(application, sent(b"x", machine="192.0.2.2"))
    elsewhere.join(20)
    assert elsewhere.status == "200 OK"
    senders += [Sender(application, sent(body, length=9, machine="192.0.2.3")) for body in slow[3:]]
    assert all(body.asked.wait(20) for body in slow)
    anybody = Sender(application, sent(b"x", machine="192.0.2.4"))
    anybody.join(20)
    assert anybody.status.startswith("503")
    page = Sender(application, sent(method="GET", machine="192.0.2.4"))
    page.join(20)
    assert page.status == "200 OK"
    for body in slow:
        body.go.set()
    for sender in senders:
        sender.join(20)
    again = Sender(application, sent(b"x"))
    again.join(20)
    assert again.status == "200 OK"


def test_slow_senders_are_cut_off_once_they_keep_somebody_out_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before: whoever sends slowly through a bad line harms nobody while there is room."""
    monkeypatch.setattr(intake, "READERS_EACH", 2)
    time, renewed = [100.0], []
    application = Intake(Answers(), places=1, largest=100, renew=lambda: renewed.append(time[0]), now=lambda: time[0])
    slow = [Dripping(b"x" * 9) for _ in range(2)]
    senders = [Sender(application, sent(body, length=9)) for body in slow]
    assert all(body.asked.wait(20) for body in slow)
    for moment, wanted in ((120.0, []), (161.0, [161.0]), (300.0, [161.0])):
        time[0] = moment
        refused = Sender(application, sent(b"x"))
        refused.join(20)
        assert (refused.status[:3], renewed) == ("503", wanted), "asked for once: this process is on its way out"
    for body in slow:
        body.go.set()
    for sender in senders:
        sender.join(20)
        assert sender.status == "200 OK"


@pytest.mark.parametrize(
    "environ",
    [
        sent(Dripping(b""), length=10**12),
        sent(Dripping(b""), length=101),
        sent(Dripping(b""), length=50, method="GET"),
        sent(Dripping(b"")) | {"CONTENT_LENGTH": "-5"},
        sent(Dripping(b"")) | {"CONTENT_LENGTH": "9" * 40},
        sent(Dripping(b"")) | {"CONTENT_LENGTH": "١٢"},
    ],
)
def test_what_is_not_to_be_read_is_not_waited_for(environ: Any) -> None:
    sender = Sender(Intake(Answers(), places=1, largest=100), environ)
    sender.join(20)
    assert (sender.status, sender.body) == ("200 OK", b"")


def test_a_form_cut_short_reaches_no_page() -> None:
    pages = Answers()
    sender = Sender(Intake(pages, places=1, largest=100), sent(b"nom=MAR", length=50))
    sender.join(20)
    assert sender.status.startswith("400")
    assert not pages.stores


def test_a_page_that_fails_gives_its_place_back() -> None:
    def fails(_environ: Any, _start: Any) -> Any:
        raise RuntimeError

    application = Intake(fails, places=1, largest=100)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            application(sent(b"x"), None)
