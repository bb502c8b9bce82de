"""Every form that makes a record, sent twice at the same instant: one record, and both answers lead to it.

Which forms there are is read from the source: a call of `core.submissions.once` that nobody drives here is a failure.
"""

import ast
import datetime as dt
import importlib
import itertools
import random
import string
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

import cuspide
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role

SOURCE = Path(cuspide.__file__).parent
SYSTEM = Actor.system("test")
WAIT = 30
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Sending:
    """A filled form. `made` counts what it made; `told` says what the page it leads to must say, once it is made."""

    address: str
    fields: dict[str, Any]
    made: Callable[[], int]
    told: Callable[[], str]
    role: Role = Role.DENTIST
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Desk:
    """A practice in which forms can be filled, each for somebody else or another hour."""

    practice: Any
    make_patient: Callable[..., Any]
    client_as: Callable[..., Client]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def act(self, patient: Any) -> Any:
        """An act done today, on no invoice."""
        from cuspide.care.services import NewAct, add_act

        dentist, site = self.practice.dentists[0], self.practice.site
        new = NewAct(code="HBJD001", practitioner=dentist, site=site, done_on=clock.today())
        return add_act(SYSTEM, patient, new)


Fill = Callable[[Desk], Sending]
FORMS: dict[str, tuple[str, Fill, bool]] = {}


def form(place: str, kind: str, *, htmx: bool = False) -> Callable[[Fill], Fill]:
    """A form that ends in the call of `once` for `kind` in the file `place`; `htmx`: its page sends it by htmx too."""

    def keep(fill: Fill) -> Fill:
        FORMS[fill.__name__] = (f"{place} {kind}", fill, htmx)
        return fill

    return keep


@form("patients/services/identity.py", "patients.create")
def new_patient(desk: Desk) -> Sending:
    from cuspide.patients.models import Patient

    number = next(desk.numbers)
    name = "DURIE" + "".join(string.ascii_uppercase[number // 26**place % 26] for place in range(3)) * 2
    born = dt.date(1950, 1, 1) + dt.timedelta(days=431 * (number % 60))
    fields = {"birth_name": name, "first_birth_given_name": "Ana", "sex": "F", "birth_date": f"{born:%d/%m/%Y}"}
    made = Patient.objects.filter(birth_name=name)
    return Sending(reverse("patients:create"), fields, made.count, lambda: str(made.get().uuid), Role.SECRETARY)


def _alert(desk: Desk, role: Role, **more: str) -> Sending:
    patient = desk.make_patient()
    fields = {"kind": "allergy", "label": "Pénicilline", **more}
    address = reverse("patients:add_alert", args=[patient.uuid])
    return Sending(address, fields, patient.alerts.count, lambda: "Pénicilline", role)


@form("patients/services/alerts.py", "patients.add_alert")
def alert(desk: Desk) -> Sending:
    return _alert(desk, Role.DENTIST, severity="danger", source="patient")


@form("patients/services/alerts.py", "patients.add_alert")
def alert_told_on_the_telephone(desk: Desk) -> Sending:
    return _alert(desk, Role.SECRETARY)


@form("patients/services/alerts.py", "patients.state_none_known")
def no_alert_known(desk: Desk) -> Sending:
    from cuspide.patients.models import AlertStatement

    patient = desk.make_patient()
    made = AlertStatement.objects.filter(patient=patient)
    return Sending(reverse("patients:none_known", args=[patient.uuid]), {}, made.count, lambda: made.get().recorded_by)


@form("patients/services/people.py", "patients.add_person")
def person_to_call(desk: Desk) -> Sending:
    patient = desk.make_patient()
    fields = {"name": "Anne Durand", "phone": "06 39 98 12 34"}
    address = reverse("patients:add_person", args=[patient.uuid, "emergency"])
    return Sending(address, fields, patient.related_people.count, lambda: "Anne Durand", Role.SECRETARY)


@form("patients/services/correspondents.py", "patients.add_correspondent")
def correspondent(desk: Desk) -> Sending:
    from cuspide.patients.models import Correspondent

    name = "DOCTEUR" + "".join(string.ascii_uppercase[next(desk.numbers) // 26**place % 26] for place in range(2))
    fields = {"family_name": name, "speciality": "Cardiologue"}
    made = Correspondent.objects.filter(family_name=name)
    return Sending(reverse("patients:add_correspondent"), fields, made.count, lambda: name, Role.SECRETARY)


@form("patients/services/correspondents.py", "patients.link_correspondent")
def doctor_of_a_patient(desk: Desk) -> Sending:
    from cuspide.patients.services.correspondents import add_correspondent

    patient = desk.make_patient()
    doctor, _made = add_correspondent(SYSTEM, {"family_name": "Medicus", "speciality": "Cardiologue"})
    fields = {"correspondent": str(doctor.uuid), "role": "treating"}
    address = reverse("patients:link_correspondent", args=[patient.uuid])
    return Sending(address, fields, patient.correspondent_links.count, lambda: "MEDICUS", Role.SECRETARY)


@form("patients/services/consents.py", "patients.state_consent")
def opposition(desk: Desk) -> Sending:
    patient = desk.make_patient()
    fields = {"agrees": "no", "manner": "oral", "said_on": f"{clock.today():%d/%m/%Y}", "said_by": "Anne Durand"}
    address = reverse("patients:state_consent", args=[patient.uuid, "sms"])
    return Sending(address, fields, patient.consents.count, lambda: "Anne Durand", Role.SECRETARY)


@form("patients/services/coverage.py", "patients.add_exemption")
def exemption(desk: Desk) -> Sending:
    from cuspide.patients.models import AmoExemption

    patient = desk.make_patient()
    made = AmoExemption.objects.filter(patient=patient)
    fields = {"kind": "ald", "applies_from": f"{clock.today():%d/%m/%Y}", "reference": "ALD 30 n° 8"}
    address = reverse("patients:add_exemption", args=[patient.uuid])
    return Sending(address, fields, made.count, lambda: "ALD 30 n° 8", Role.SECRETARY)


@form("agenda/services/booking.py", "agenda.book", htmx=True)
def booking(desk: Desk) -> Sending:
    from cuspide.agenda.models import Appointment, AppointmentType

    patient, today = desk.make_patient(), clock.today()
    # A Tuesday of its own for each; one of them may be a holiday.
    day = today + dt.timedelta(days=(1 - today.weekday()) % 7 + 7 * (1 + next(desk.numbers)))
    fields = {
        "patient": str(patient.uuid),
        "type": str(AppointmentType.objects.get(key="checkup").uuid),
        "minutes": "30",
        "day": f"{day:%d/%m/%Y}",
        "time": "10:00",
        "chair": str(desk.practice.chairs[0].uuid),
        "practitioner": str(desk.practice.dentists[0].uuid),
        "confirm": ["closed", "holiday", "hours"],
    }
    made = Appointment.objects.filter(patient=patient)
    return Sending(reverse("agenda:book"), fields, made.count, lambda: str(made.get().uuid), Role.SECRETARY)


@form("billing/services/invoices.py", "billing.issue")
def invoice(desk: Desk) -> Sending:
    from cuspide.billing.models import Invoice

    patient = desk.make_patient()
    made = Invoice.objects.filter(patient=patient)
    fields = {"acts": str(desk.act(patient).uuid), "third_party": "00"}
    address = reverse("billing:issue", args=[patient.uuid])
    return Sending(address, fields, made.count, lambda: made.get().number_text, Role.SECRETARY)


@form("billing/services/payments.py", "billing.take_payment")
def payment(desk: Desk) -> Sending:
    from cuspide.billing.models import Receipt
    from cuspide.billing.services import issue_invoice

    patient = desk.make_patient()
    due = issue_invoice(SYSTEM, patient, [desk.act(patient).uuid])
    fields = {
        "invoices": str(due.uuid),
        "received_on": f"{clock.today():%d/%m/%Y}",
        "row1-means": "card",
        "row1-amount": str(due.due).replace(".", ","),
    }
    made = Receipt.objects.filter(payer=patient)
    address = reverse("billing:pay", args=[patient.uuid])
    return Sending(address, fields, made.count, lambda: made.get().number_text, Role.SECRETARY)


def _care(desk: Desk, page: str, made: Callable[[Any], Any], told: str, fields: dict[str, Any]) -> Sending:
    patient = desk.make_patient()
    return Sending(reverse(page, args=[patient.uuid]), fields, made(patient).count, lambda: told)


def _findings(patient: Any) -> Any:
    from cuspide.care.models import Finding

    return Finding.objects.filter(patient=patient)


def _acts(patient: Any) -> Any:
    from cuspide.care.models import Act

    return Act.objects.filter(patient=patient)


@form("care/views/chart.py", "care.finding", htmx=True)
def finding(desk: Desk) -> Sending:
    return _care(desk, "care:record_findings", _findings, "carie mésiale", {"at": "16M", "kind": "caries"})


@form("care/services/lines.py", "care.finding", htmx=True)
def finding_typed_in_the_line(desk: Desk) -> Sending:
    return _care(desk, "care:line", _findings, "carie mésiale", {"at": "16", "line": "16 m c"})


@form("care/services/lines.py", "care.act", htmx=True)
def act_typed_in_the_line(desk: Desk) -> Sending:
    return _care(desk, "care:line", _acts, "HBMD053", {"at": "16", "line": "16 o HBMD053"})


@form("care/views/acts.py", "care.act", htmx=True)
def act_chosen_beside_the_chart(desk: Desk) -> Sending:
    fields = {"from": "chart", "at": "16O", "code": "HBMD053", "state": "done"}
    return _care(desk, "care:add_act", _acts, "HBMD053", fields)


@form("care/views/acts.py", "care.act", htmx=True)
def act_chosen_on_its_page(desk: Desk) -> Sending:
    return _care(desk, "care:add_act", _acts, "HBJD001", {"code": "HBJD001", "state": "done"})


@form("practice/services.py", "practice.practitioner")
def practitioner(desk: Desk) -> Sending:
    from cuspide.practice.models import Practitioner

    name = "DURIEU" + string.ascii_uppercase[next(desk.numbers) % 26]
    fields = {"title": "Dr", "given_name": "Ana", "family_name": name, "specialty": "19", "tint": "3"}
    made = Practitioner.objects.filter(family_name=name)
    address = reverse("practice:add_practitioner")
    return Sending(address, fields | {"entity": str(desk.practice.entity.uuid)}, made.count, lambda: name, Role.OWNER)


# A session belongs to the workstation that its browser became, which a window without the new cookie is not:
# `accounts/test_stations.py` sends that form twice in one browser.
ELSEWHERE = {"accounts/services/stations.py accounts.workstation"}


def calls(files: dict[str, str], constant: Callable[[str, str], str]) -> set[str]:
    """ "<file> <kind>" of every call of `once`; `constant(file, name)` is the value of a kind that stands as a name."""
    found = set()
    for place, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "once":
                given = {each.arg: each.value for each in node.keywords}
                kind = node.args[1] if len(node.args) > 1 else given["kind"]
                is_plain = isinstance(kind, ast.Constant)
                found.add(f"{place} {kind.value if is_plain else constant(place, ast.unparse(kind))}")  # type: ignore[attr-defined]
    return found


def _constant(place: str, name: str) -> str:
    return str(getattr(importlib.import_module("cuspide." + place.removesuffix(".py").replace("/", ".")), name))


def test_every_form_that_makes_a_record_is_sent_here() -> None:
    files = {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    assert calls(files, _constant) == {place for place, _fill, _htmx in FORMS.values()} | ELSEWHERE


def test_a_form_that_nobody_sends_is_found() -> None:
    planted = {
        "stock/services.py": 'submissions.once(key, "stock.receive", make, Lot)\nonce(key, KIND, make, Lot)',
        "stock/views.py": 'once(key=key, kind="stock.use", create=make, model=Lot)\nat_once(key, "stock.no", make)',
    }
    found = calls(planted, lambda place, name: f"value of {name}")
    assert found == {
        "stock/services.py stock.receive",
        "stock/services.py value of KIND",
        "stock/views.py stock.use",
    }


@pytest.fixture
def desk(practice: Any, nomenclature: Any, make_patient: Any, client_as: Any) -> Desk:
    from cuspide.agenda.usual_types import fill

    fill("default")  # a test before this one may have emptied the store
    return Desk(practice, make_patient, client_as)


def _send(browser: Client, sending: Sending, headers: dict[str, str]) -> Any:
    """Send the form from another window of the browser."""
    window = Client(raise_request_exception=False)
    window.cookies["cuspide_session"] = browser.cookies["cuspide_session"].value
    return window.post(sending.address, sending.fields | {"submission": sending.key}, headers=headers)


def _threads(*works: Callable[[], None]) -> None:
    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"


def _both_at_once(browser: Client, sending: Sending, headers: dict[str, str]) -> list[Any]:
    gate, answers = threading.Barrier(2, timeout=WAIT), []

    def send() -> None:
        gate.wait()
        answers.append(_send(browser, sending, headers))

    _threads(send, send)
    return answers


def _queries(browser: Client, sending: Sending, headers: dict[str, str]) -> int:
    """How often an answer asks the store outside a transaction, where nothing is locked yet."""
    seen: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        if not connection.in_atomic_block:
            seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        _send(browser, sending, headers)
    return len(seen)


def _one_within_the_other(browser: Client, sending: Sending, headers: dict[str, str], place: int) -> list[Any]:
    """The second half of the double click is answered wholly while the first waits before its query number `place`,
    of those that `_queries` counts."""
    may_begin, is_done, seen = threading.Event(), threading.Event(), itertools.count()
    answers: dict[str, Any] = {}

    def hold(execute: Any, *query: Any) -> Any:
        if not connection.in_atomic_block and next(seen) == place:
            may_begin.set()
            is_done.wait(WAIT)
        return execute(*query)

    def outer() -> None:
        try:
            with connection.execute_wrapper(hold):
                answers["outer"] = _send(browser, sending, headers)
        finally:
            may_begin.set()

    def inner() -> None:
        try:
            may_begin.wait(WAIT)
            answers["inner"] = _send(browser, sending, headers)
        finally:
            is_done.set()

    _threads(outer, inner)
    return [answers["outer"], answers["inner"]]


def _faults(browser: Client, sending: Sending, answers: list[Any]) -> Iterator[str]:
    if sending.made() != 1:
        yield f"{sending.made()} records"
        return
    for answer in answers:
        page = answer
        if answer.status_code in {302, 303}:
            page = browser.get(answer["Location"])
        if page.status_code != 200:
            yield f"answered {answer.status_code}, led to {page.status_code}"
        elif sending.told() not in page.content.decode() + answer.get("Location", ""):
            yield f"does not lead to {sending.told()}: {answer.get('Location', '')}"
    if len({answer.get("Location") for answer in answers}) > 1:
        yield "the answers lead to different places"


DRIVEN = [
    pytest.param(fill, headers, id=name + ("-htmx" if headers else ""))
    for name, (_place, fill, htmx) in FORMS.items()
    for headers in ([{}, HTMX] if htmx else [{}])
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fill", "headers"), DRIVEN)
def test_a_double_click_makes_one_record_and_both_answers_lead_to_it(
    desk: Desk, fill: Fill, headers: dict[str, str], chance: random.Random, long_run: bool
) -> None:
    faults: list[str] = []
    sending = fill(desk)
    browser = desk.client_as(sending.role)
    for each in (sending, fill(desk)):
        answers = _both_at_once(browser, each, headers)
        faults += [f"at once: {fault}" for fault in _faults(browser, each, answers)]
    asked = _queries(browser, fill(desk), headers)
    assert asked > 2, "the program asks the store something before it writes"
    for place in range(asked) if long_run else chance.sample(range(asked), 3):
        sending = fill(desk)
        answers = _one_within_the_other(browser, sending, headers, place)
        faults += [f"before query {place}: {fault}" for fault in _faults(browser, sending, answers)]
    assert not faults, "\n".join(faults)
