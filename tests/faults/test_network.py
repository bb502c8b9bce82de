"""Without name resolution mail waits with its reason, and nobody at work notices."""

import re
import time

import pytest

from tests.support.secretary import signed_in
from tests.support.server import LivePractice, ask

pytestmark = pytest.mark.timeout(900)

PUT = """
from cuspide.core.work import outbox
outbox.put("mail", "essai", {"to": ["a@b.example"], "subject": "Essai", "body": "Essai"})
answer = True
"""
STATE = """
from cuspide.core.models import OutboxMessage
message = OutboxMessage.objects.get(key="essai")
answer = [message.state, message.attempts, message.last_error]
"""
DUE = """
from cuspide.core import clock
from cuspide.core.models import OutboxMessage
answer = OutboxMessage.objects.filter(key="essai").update(due_at=clock.now())
"""


def test_mail_waits_while_no_name_is_resolved(own_practice: LivePractice) -> None:
    config = own_practice.folder / "cuspide.toml"
    # A name that is resolved nowhere (RFC 6761).
    config.write_text(re.sub(r'(?m)^host = ""$', 'host = "mail.invalid"', config.read_text(encoding="utf-8")))
    ask(own_practice.folder, PUT)
    with own_practice:
        session = signed_in(own_practice)
        for attempt in (1, 2):
            if attempt > 1:  # at once instead of after its pause
                ask(own_practice.folder, DUE)
            for _ in range(100):
                state, attempts, reason = ask(own_practice.folder, STATE)
                if attempts == attempt and state == "waiting":
                    break
                time.sleep(0.2)
            assert (state, attempts) == ("waiting", attempt), "mail is not given up while the network is away"
            assert reason == "gaierror"
            assert session.get("/").status == 200
