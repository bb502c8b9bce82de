"""Real traffic against the served practice, honest and hostile: its log and its error pages name nobody."""

import html
import socket
import urllib.parse
import uuid
from collections.abc import Iterator

import pytest

from tests.support import leaks
from tests.support.secretary import record_of, signed_in
from tests.support.server import LivePractice, ask
from tests.support.web import Answer, WebSession

WORDS = (*leaks.IDENTITY, *leaks.MEDICAL)
FORM = "application/x-www-form-urlencoded"
# What belongs to no form: a person reads these pages when nothing else could be shown.
ERROR_PAGES = {400, 403, 404, 405, 413, 500, 503}
NEW = {
    "birth_name": leaks.BIRTH_NAME, "first_birth_given_name": leaks.GIVEN_NAME, "used_name": leaks.USED_NAME,
    "sex": "F", "birth_date": "07/03/1984", "nir": leaks.NIR[:13], "mobile": leaks.PHONE, "email": leaks.EMAIL,
    "note": leaks.DESK_NOTE, "line1": leaks.STREET, "postcode": "26000", "city": "Valence",
}  # fmt: skip
# A value that no page expects, with a name in it: reading it raises an error whose words are the name.
SPOIL = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("PRAGMA ignore_check_constraints = ON")
    cursor.execute("UPDATE patients_patient SET birth_date = %s WHERE uuid = %s", [sys.argv[1], sys.argv[2]])
answer = cursor.rowcount
"""
TAKE_AWAY = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("ALTER TABLE patients_posting RENAME TO patients_away")
answer = True
"""


@pytest.fixture
def practice(own_practice: LivePractice) -> Iterator[LivePractice]:
    with own_practice:
        yield own_practice


def raw(practice: LivePractice, *lines: str, body: bytes = b"") -> bytes:
    """A request as no client of ours would send it."""
    with socket.create_connection(("127.0.0.1", practice.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
        try:
            return connection.recv(200)
        except OSError:
            return b""


class Abrupt(WebSession):
    """A connection for each request: the server hangs up on whoever sends what it does not read."""

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        self.close()
        return super().request(method, path, body, headers)


def hostile(session: WebSession, record: str) -> Iterator[Answer]:
    """Everything that goes wrong, each with the patient's words in it."""
    name, nir = urllib.parse.quote(leaks.BIRTH_NAME), urllib.parse.quote(leaks.NIR_SHOWN)
    for address in (f"/patients/{name}/", f"/patients/{nir}/?q={name}", f"/{name}", f"/patients/{record}/{name}/"):
        yield session.get(address)
        yield session.post(address, NEW)
    for address in (f"/agenda/go/?day={name}", f"/agenda/?only={name}", f"/agenda/book/?day={name}&chair={nir}",
                    f"/agenda/book/patients/?patient_text={name}"):  # fmt: skip
        yield session.get(address)
    yield session.post("/agenda/book/", NEW | {"site": leaks.BIRTH_NAME})
    yield session.post(f"/patients/{record}/identity/", NEW | {"version": leaks.BIRTH_NAME})
    typed = urllib.parse.urlencode(NEW).encode()
    for headers in (
        {"Content-Type": FORM},
        {"Content-Type": FORM, "Origin": f"http://{leaks.BIRTH_NAME}.example"},
        {"Content-Type": FORM, "Referer": f"http://elsewhere.example/?q={name}", "X-CSRFToken": leaks.BIRTH_NAME},
        {"Content-Type": f"multipart/form-data; boundary={name}"},
        {"Content-Type": f"{FORM}; charset={name}"},
    ):
        yield session.request("POST", f"/patients/?text={name}", typed, headers)
    yield session.request("POST", "/patients/", typed + b"&x=1" * 3_000, {"Content-Type": FORM})
    yield session.request("DELETE", f"/patients/{record}/?q={name}")
    yield session.request("PUT", f"/patients/{record}/", typed, {"Content-Type": FORM})


def test_neither_log_nor_error_page_names_a_patient(practice: LivePractice) -> None:
    secretary, technician = signed_in(practice), signed_in(practice, "technician")
    key = {"submission": str(uuid.uuid4())}
    made = secretary.post("/patients/new/", NEW | key)
    record = record_of(made)
    assert record is not None, made.text
    assert secretary.post("/patients/new/", NEW | key).status == 302, "the same form again"
    assert secretary.post("/patients/new/", NEW | {"submission": str(uuid.uuid4())}).status == 409, "a duplicate"
    assert leaks.BIRTH_NAME in secretary.post("/patients/", {"text": leaks.BIRTH_NAME}).text
    assert record in secretary.post("/search", {"text": leaks.NIR_SHOWN}).text
    secretary.post(f"/patients/{record}/identity/", NEW | {"version": "1", "nir": "2 84 03 75 123 001 99"})

    answers: list[Answer] = []
    for cookies in (secretary.cookies, technician.cookies, {}):
        answers += hostile(Abrupt(practice.port, dict(cookies)), record)
    for session in (technician, WebSession(practice.port)):
        answers += [session.get(f"/patients/{record}/"), session.post(f"/patients/{record}/identity/", NEW)]
    raw(practice, f"GET /patients/?q={leaks.BIRTH_NAME} HTTP/1.1", f"Host: {leaks.BIRTH_NAME}.example")
    raw(practice, f"GET /{leaks.BIRTH_NAME} HTTP/9.9", "Host: localhost")
    raw(practice, f"{leaks.BIRTH_NAME} / HTTP/1.1", "Host: localhost")
    raw(practice, f"GET /%{leaks.BIRTH_NAME} HTTP/1.1", "Host: localhost", f"Cookie: cuspide_session={leaks.NIR}")
    large = ("POST /patients/ HTTP/1.1", "Host: localhost", f"Content-Type: {FORM}", "Content-Length: 9000000")
    assert b"413" in raw(practice, *large, body=leaks.BIRTH_NAME.encode() * 100)

    assert ask(practice.folder, SPOIL, leaks.BIRTH_NAME, record.replace("-", "")) == 1
    answers += [secretary.get(f"/patients/{record}/"), secretary.get(f"/agenda/patients/{record}/")]
    failed = [answer for answer in answers if answer.status >= 500]
    assert failed, "the spoilt record was to make the program fail"
    assert ask(practice.folder, TAKE_AWAY)
    answers.append(secretary.post("/patients/", {"text": leaks.BIRTH_NAME}))
    assert answers[-1].status == 503

    seen = {answer.status for answer in answers}
    assert {400, 403, 404, 405, 500, 503} <= seen, f"only {sorted(seen)} were provoked"
    for answer in answers:
        if answer.status in ERROR_PAGES:
            # The address that was asked for comes back in the page's own forms: what was typed there, and no more.
            shown = answer.text.replace(html.escape(answer.asked), "")
            assert leaks.said(shown, WORDS) == [], f"{answer.asked}: {answer.status}"
    log = practice.log.read_text(encoding="utf-8")
    assert "answered 500" in log, "what failed is logged"
    assert leaks.said(log, WORDS) == []
    assert record not in log, "nor by her uuid"
