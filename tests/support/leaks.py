"""What must not leak: a patient with words that nobody else has, and where to look for them in an answer."""

import html
import re
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

_ADDRESS = re.compile(r'\s(?:href|src|action|formaction|poster|data-url|hx-[a-z-]+)\s*=\s*"([^"]*)"', re.IGNORECASE)
_HEADERS = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url", "Content-Disposition", "Link")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|submission)" value="[^"]*"|name="csrf-token" content="[^"]*"')

BIRTH_NAME, GIVEN_NAME, USED_NAME = "ZZYXWARD", "Quillonette", "Vraquemont"
NIR, NIR_SHOWN = "284037512300110", "2 84 03 75 123 001 10"
PHONE, PHONE_SHOWN, EMAIL = "0639981234", "06 39 98 12 34", "quxambre@patiente.example"
DESK_NOTE, STREET = "Wolframine au comptoir", "17 rue Xylocarpe"
ALERT, ALERT_REMARK, FINDING_NOTE, BOOKING_NOTE = "Zirtexalline", "Oedemquax en 2019", "Fissurquax", "Peurdukwax"

RELATED = "Proximaquette Wilhelmyne"

IDENTITY = (BIRTH_NAME, GIVEN_NAME, USED_NAME, NIR[:13], PHONE, "+33" + PHONE[1:], EMAIL, DESK_NOTE, STREET, RELATED)
MEDICAL = (ALERT, ALERT_REMARK, FINDING_NOTE, BOOKING_NOTE)


@dataclass
class Marked:
    """The patient, and one record of each kind that is hers."""

    patient: Any
    records: dict[str, Any] = field(default_factory=dict)


def mark(site: Any, chair: Any, practitioner: Any) -> Marked:
    """Make the patient as the rooms make her, through their services."""
    import datetime as dt

    from cuspide.agenda import services as agenda
    from cuspide.agenda.models import AppointmentType
    from cuspide.billing.services import Tender, issue_invoice, take_payment
    from cuspide.care import services as care
    from cuspide.core import clock
    from cuspide.core.actor import Actor
    from cuspide.core.money import euros
    from cuspide.patients.services import alerts, consents, correspondents, people
    from cuspide.patients.services.confirming import NeedsConfirmation
    from cuspide.patients.services.identity import create_patient

    actor = Actor.system("test")
    typed = {
        "birth_name": BIRTH_NAME, "first_birth_given_name": GIVEN_NAME, "used_name": USED_NAME, "sex": "F",
        "birth_date": "07/03/1984", "nir": NIR[:13], "mobile": PHONE, "email": EMAIL, "note": DESK_NOTE,
        "line1": STREET, "postcode": "26000", "city": "Valence", "regime": "01", "caisse": "261", "centre": "0000",
    }  # fmt: skip
    try:
        patient = create_patient(actor, typed).patient
    except NeedsConfirmation as asked:
        known = frozenset({doubt.key for doubt in asked.doubts} | {asked.duplicates_key})
        patient = create_patient(actor, typed, confirmed=known).patient
    alert = {"kind": "allergy", "label": ALERT, "severity": "danger", "source": "patient", "remark": ALERT_REMARK}
    new = {"code": "HBMD053", "practitioner": practitioner, "site": site, "teeth": ["16"], "surfaces": "O"}
    done = care.add_act(actor, patient, care.NewAct(**new, done_on=clock.today()))
    invoice = issue_invoice(actor, patient, [done.uuid])
    receipt = take_payment(actor, patient, [invoice.uuid], [Tender("card", euros("5.00"))])
    doctor = correspondents.add_correspondent(actor, {"family_name": "Docteur", "speciality": "Cardiologue"})[0]
    marked = Marked(patient)
    marked.records = {
        "alert": alerts.add_alert(actor, patient, alert)[0],
        "person": people.add_person(actor, patient, "emergency", {"name": RELATED, "phone": PHONE})[0],
        "correspondent": doctor,
        "link": correspondents.link_correspondent(actor, patient, doctor, "specialist")[0],
        "consent": consents.state_consent(actor, patient, "sms", {"agrees": False, "manner": "oral"})[0],
        "finding": care.record_finding(actor, patient, "26", "caries", surfaces="O", note=FINDING_NOTE),
        "act": done,
        "planned": care.add_act(actor, patient, care.NewAct(**new | {"teeth": ["36"]})),
        "invoice": invoice,
        "receipt": receipt,
        "payment": receipt.payments.get(),
        "appointment": agenda.book(
            actor,
            chair=chair,
            starts_at=clock.at(clock.today() + dt.timedelta(days=400), dt.time(10)),
            minutes=30,
            patient=patient,
            practitioner=practitioner,
            type=AppointmentType.objects.first(),
            note=BOOKING_NOTE,
            confirmed=["closed", "past", "chair", "practitioner", "patient", "hours", "holiday"],
        ),
    }
    return marked


def addresses_in(answer: Any) -> Iterator[str]:
    """Every address that an answer holds: of links, of forms, of htmx, of its headers."""
    for header in _HEADERS:
        if answer.headers.get(header):
            yield str(answer.headers[header])
    if "text/html" in answer.headers.get("Content-Type", ""):
        for found in _ADDRESS.findall(answer.content.decode("utf-8")):
            yield html.unescape(found)


def _plain(text: str) -> str:
    """Without case, percent signs and the spaces in which a NIR or a telephone is read."""
    return re.sub(r"[\s.\u00a0\u202f+-]+", "", urllib.parse.unquote_plus(html.unescape(text))).casefold()


def said(text: str, words: Iterable[str]) -> list[str]:
    """Which of the words a text says, however they are written there."""
    plain = _plain(text)
    return [word for word in words if _plain(word) in plain]


def unmarked(text: str) -> str:
    """An answer without what differs from request to request: the tokens of its forms."""
    return _TOKEN.sub("", text)
