"""Log lines without personal data: of an error, its kind and its place, never its words.

The words of an error may be a patient's: PostgreSQL quotes the value that broke a constraint, Python the string it
could not read. The store keeps what an operator needs to go further; the log must be fit to be sent to a stranger.
"""

import copy
import logging
import traceback
from types import TracebackType


class PlainFormatter(logging.Formatter):
    """One line a record; of an exception the types and the places it passed, without any message.

    What Django says of a request quotes what was sent (an address, a header): of it the answer and the page are kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith(("django.request", "django.security")):
            match = getattr(getattr(record, "request", None), "resolver_match", None)
            record = copy.copy(record)
            status = getattr(record, "status_code", "?")
            record.msg = "answered %s at %s"
            record.args = (status, match.view_name if match else "no page")
            if status == 503 and record.exc_info:
                # The store is away: everybody who works asks again, and the places would be the same each time.
                record.msg += f": {type(record.exc_info[1]).__qualname__}"
                record.exc_info = record.exc_text = None
        return super().format(record)

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
