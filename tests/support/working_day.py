"""A desk that does all that a practice does to a patient, over HTTP, and keeps account of what was acknowledged.

It goes on through anything: what got no answer is sent again, the same form with the same key, as a person would.
"""

import datetime as dt
import http.client
import random
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.booking import CONFIRMED, Places, Quarters
from tests.support.secretary import NewPatient, invented_name, record_of, signed_in
from tests.support.server import LivePractice
from tests.support.web import Answer, WebSession

CODE = "HBMD049"
PAID = {"card": "10,00", "cheque": "5,00"}
AWAY = "ne peuvent pas être ouvertes"
_APPOINTMENT = re.compile(r"#rdv-([0-9a-f-]{36})$")
_PUBLIC = re.compile(r"/(?:invoices|receipts)/([0-9a-f-]{36})/")


@dataclass
class Acknowledged:
    """What the practice said it had kept, in its own public names."""

    patients: dict[str, str] = field(default_factory=dict)
    """uuid to the birth name"""
    appointments: dict[str, str] = field(default_factory=dict)
    """uuid to the patient"""
    moved: dict[str, str] = field(default_factory=dict)
    """uuid of the appointment to its new wall time, `2031-03-04 10:30`"""
    planned: list[str] = field(default_factory=list)
    """patients of whom an act was planned"""
    done: list[str] = field(default_factory=list)
    """acts done"""
    invoices: dict[str, list[str]] = field(default_factory=dict)
    """uuid to its acts"""
    receipts: dict[str, str] = field(default_factory=dict)
    """uuid to the invoice it paid a part of"""
    count: int = 0


class GaveUp(Exception):
    """The practice did not answer for too long."""


class Desk(threading.Thread):
    """One secretary and one dentist at one workstation: patient after patient, until `stop` is set."""

    def __init__(self, practice: LivePractice, number: int, places: Places, chance: random.Random) -> None:
        super().__init__(name=f"desk-{number}", daemon=True)
        self.chance, self.quarters = chance, Quarters(places, number)
        self.secretary, self.dentist = signed_in(practice), signed_in(practice, "dentist")
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.kept = Acknowledged()
        self.told: Counter[str] = Counter()
        self.error: BaseException | None = None
        self.acknowledged = 0

    def run(self) -> None:
        try:
            for session in (self.secretary, self.dentist):  # the token of the forms
                self._send(session, "/patients/new/", None)
            while not self.stop.is_set():
                self._one_patient()
        except BaseException as error:
            self.error = error

    def taken(self) -> Acknowledged:
        """What was acknowledged since the last call."""
        with self.lock:
            kept, self.kept = self.kept, Acknowledged()
        return kept

    def _acknowledge(self, note: Callable[[Acknowledged], object]) -> None:
        with self.lock:
            note(self.kept)
            self.kept.count += 1
            self.acknowledged += 1

    def _send(self, session: WebSession, path: str, fields: list[tuple[str, str]] | dict[str, str] | None) -> Answer:
        """Until there is an answer that is one; a store that is away must be said in words."""
        limit = time.monotonic() + 90
        sent_before = False
        while time.monotonic() < limit:
            try:
                answer = session.get(path) if fields is None else session.post(path, fields)
            except (OSError, http.client.HTTPException):
                self.told["no answer"] += 1
                sent_before = True
                time.sleep(0.1)
                continue
            if answer.status == 503:
                assert AWAY in answer.text, f"503 without its sentence: {answer.text[:300]}"
                self.told["store away"] += 1
                sent_before = True
                time.sleep(0.1)
                continue
            said = f"{path} was answered {answer.status} {answer.location}: {_heading(answer)}"
            assert answer.status in {200, 302, 303, 409, 422}, said
            if sent_before:
                self.told["sent again"] += 1
            answer.headers["X-Sent-Before"] = "yes" if sent_before else ""
            return answer
        raise GaveUp(path)

    def _one_patient(self) -> None:
        form = NewPatient(invented_name(self.chance))
        answer = self._send(self.secretary, "/patients/new/", form.fields())
        patient = record_of(answer)
        if patient is None:  # a name that resembles one of the practice's: a person would be asked, this one goes on
            assert answer.status in {409, 422}, f"a patient was answered {answer.status}: {answer.text[:300]}"
            self.told["questions"] += 1
            return
        self._acknowledge(lambda kept: kept.patients.update({patient: form.name}))
        if self.stop.is_set():
            return
        self._appointment(patient)
        acts = [self._act(patient) for _ in range(self.chance.randint(1, 2))]
        invoice = self._invoice(patient, len(acts))
        self._payment(patient, invoice)

    def _appointment(self, patient: str) -> None:
        booking = self.quarters.booking(patient, self.quarters.next())
        answer = self._send(self.secretary, "/agenda/book/", booking)
        found = _APPOINTMENT.search(answer.headers.get("Location", ""))
        assert found, f"a booking was answered {answer.status}: {answer.text[:500]}"
        public = found[1]
        self._acknowledge(lambda kept: kept.appointments.update({public: patient}))
        place = self.quarters.next()
        moved = [("version", "1"), *place.items(), *CONFIRMED]
        answer = self._send(self.secretary, f"/agenda/appointments/{public}/move/", moved)
        # The first sending may have been kept without an answer: the second is told that somebody was faster.
        assert answer.status == 302 or (answer.status == 409 and answer.headers["X-Sent-Before"]), answer.status
        self._acknowledge(lambda kept: kept.moved.update({public: f"{place['day']} {place['time']}"}))

    def _act(self, patient: str) -> str:
        fields = {"code": CODE, "at": f"{self.chance.randint(1, 4)}6mo", "submission": str(uuid.uuid4())}
        answer = self._send(self.dentist, f"/care/{patient}/acts/add/", fields | {"state": "planned"})
        assert answer.status == 303, f"an act was answered {answer.status}: {answer.text[:500]}"
        self._acknowledge(lambda kept: kept.planned.append(patient))
        page = self._send(self.dentist, f"/care/{patient}/acts/", None).text
        found = re.search(rf"/care/{patient}/acts/([0-9a-f-]{{36}})/complete/", page)
        assert found, "a planned act is not on the sheet"
        act = found[1]
        answer = self._send(self.dentist, f"/care/{patient}/acts/{act}/complete/", {"version": "1"})
        assert answer.status == 303 or (answer.status == 409 and answer.headers["X-Sent-Before"]), answer.status
        self._acknowledge(lambda kept: kept.done.append(act))
        return act

    def _invoice(self, patient: str, count: int) -> str:
        address = f"/billing/patients/{patient}/issue/"
        page = self._send(self.secretary, address, None).text
        acts = re.findall(r'name="acts" value="([0-9a-f-]{36})"', page)
        group = re.search(r'name="group" value="([^"]+)"', page)
        assert group is not None
        assert len(acts) == count, "the acts that were done are not there to be invoiced"
        fields = {"group": group[1], "third_party": "00", "submission": str(uuid.uuid4())}
        answer = self._send(self.secretary, address, [*fields.items(), *(("acts", act) for act in acts)])
        found = _PUBLIC.search(answer.location)
        assert found, f"an invoice was answered {answer.status}: {answer.text[:500]}"
        self._acknowledge(lambda kept: kept.invoices.update({found[1]: acts}))
        return found[1]

    def _payment(self, patient: str, invoice: str) -> None:
        fields = {"invoices": invoice, "received_on": dt.date.today().isoformat(), "submission": str(uuid.uuid4())}
        for row, (means, amount) in enumerate(PAID.items(), start=1):
            fields |= {f"row{row}-means": means, f"row{row}-amount": amount}
        answer = self._send(self.secretary, f"/billing/patients/{patient}/pay/", fields)
        found = _PUBLIC.search(answer.location)
        assert found, f"a payment was answered {answer.status}: {answer.text[:500]}"
        self._acknowledge(lambda kept: kept.receipts.update({found[1]: invoice}))


def _heading(answer: Answer) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    return found[1] if found else answer.text[:500]
