"""Log lines without personal data: of an error, its kind and its place, never its words.

The words of an error may be a patient's: PostgreSQL quotes the value that broke a constraint, Python the string it
could not read. The store keeps what an operator needs to go further; the log must be fit to be sent to a stranger.
"""

import copy
import datetime as dt
import json
import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import setproctitle

_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def numbered_request() -> Iterator[str]:
    """Give the request that this thread answers a number: its lines carry it, and an error page shows it."""
    number = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    kept = _request.set(number)
    try:
        yield number
    finally:
        _request.reset(kept)


def request_number() -> str:
    """The number of the request being answered; "" outside one."""
    return _request.get()


def part() -> str:
    """The part of the service that this process is."""
    title = setproctitle.getproctitle()
    return title.removeprefix("cuspide: ") if title.startswith("cuspide: ") else "cuspide"


class PlainFormatter(logging.Formatter):
    """For a person: one line a record; of an exception the types and the places it passed, without any message.

    What Django says of a request quotes what was sent (an address, a header): of it the answer and the page are kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        record = self.made_plain(record)
        record.part = part()
        record.request_said = f" [request {request_number()}]" if request_number() else ""
        return super().format(record)

    @staticmethod
    def made_plain(given: logging.LogRecord) -> logging.LogRecord:
        """A copy that says nothing of what was sent."""
        record = copy.copy(given)
        # What another handler's formatter kept of the exception has its message in it.
        record.exc_text = None
        if record.name.startswith(("django.request", "django.security")):
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            status = getattr(record, "status_code", "?")
            record.msg = "answered %s at %s"
            record.args = (status, match.view_name if match else "no page")
            if status == 503 and record.exc_info:
                # The store is away: everybody who works asks again, and the places would be the same each time.
                record.msg += f": {type(record.exc_info[1]).__qualname__}"
                record.exc_info = None
        return record

    def formatException(  # noqa: N802  logging's own name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        lines, error = [], ei[1]
        while error is not None:
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            for frame in traceback.extract_tb(error.__traceback__):
                lines.append(f"    {frame.filename}:{frame.lineno} {frame.name}")
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


class JsonFormatter(PlainFormatter):
    """For a program: one JSON object a line, with the same care."""

    def format(self, record: logging.LogRecord) -> str:
        record = self.made_plain(record)
        said: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": part(),
            "event": record.name,
            "message": record.getMessage(),
        }
        if request_number():
            said["request"] = request_number()
        if record.exc_info:
            said["error"] = [line.strip() for line in self.formatException(record.exc_info).splitlines()]
        return json.dumps(said, ensure_ascii=False)
