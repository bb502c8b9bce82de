"""What a secretary does all day, over HTTP: for faults, races and benches that need a real write."""

import random
import re
import uuid
from dataclasses import dataclass, field

from tests.support.server import LivePractice
from tests.support.web import Answer, WebSession

_SYLLABLES = ["BAR", "CAN", "DOR", "FIL", "GUE", "LAN", "MOR", "NIV", "PEL", "ROU", "SAV", "TIN", "VAL", "ZEL"]
_RECORD = re.compile(r"/patients/([0-9a-f-]{36})/?$")


def signed_in(practice: LivePractice, role: str = "secretary") -> WebSession:
    """A session of the demo practice's person of this role."""
    account = practice.accounts[role]
    session = WebSession(practice.port)
    session.sign_in(account.email, account.password, account.totp_secret)
    return session


def invented_name(chance: random.Random) -> str:
    """A surname that nobody of the demo has."""
    return "".join(chance.choice(_SYLLABLES) for _ in range(4)) + "-" + "".join(chance.choice(_SYLLABLES) for _ in "12")


@dataclass
class NewPatient:
    """A filled-in form of the new-patient page. The same object sent twice is the same form sent twice."""

    name: str
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    def fields(self) -> dict[str, str]:
        digits = uuid.UUID(self.key).int % 10**9
        return {
            "submission": self.key,
            "birth_name": self.name,
            "first_birth_given_name": "Camille",
            "sex": "F",
            # Spread, so that the practice does not take one for a duplicate of another.
            "birth_date": f"{1 + digits % 28:02d}/{1 + digits // 28 % 12:02d}/{1930 + digits // 400 % 90}",
            "mobile": f"06 39 98 {digits % 100:02d} {digits // 100 % 100:02d}",
            "line1": "3 rue des Lilas",
            "postcode": "26000",
            "city": "Valence",
        }

    def send(self, session: WebSession) -> Answer:
        return session.post("/patients/new/", self.fields())


def record_of(answer: Answer) -> str | None:
    """The uuid of the record that an answer leads to: the practice has acknowledged that it is kept."""
    found = _RECORD.search(answer.location) if answer.status == 302 else None
    return found[1] if found else None
