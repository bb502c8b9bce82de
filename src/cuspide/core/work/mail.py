"""Mail, the first channel of the outbox: by the SMTP server that the practice named in `cuspide.toml`."""

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from cuspide.core.work.outbox import NotSent, Refused


def deliver(key: str, payload: Mapping[str, Any]) -> None:
    """Send `to` (list), `subject`, `body`. The Message-ID is made of the key, so that a double shows."""
    if not settings.EMAIL_HOST:
        raise NotSent("no mail server is set")
    message = EmailMessage(
        subject=payload["subject"],
        body=payload["body"],
        to=payload["to"],
        headers={"Message-ID": f"<{key}@cuspide>"},
    )
    link = get_connection()
    try:
        link.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error
    try:
        link.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        raise Refused("the recipient was refused") from error
    except smtplib.SMTPResponseException as error:
        kind = NotSent if 400 <= error.smtp_code < 500 else Refused
        raise kind(f"SMTP {error.smtp_code}") from error
    finally:
        link.close()
