"""The WSGI application that granian serves."""

import gc
import logging
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from cuspide.core.orphans import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuspide.config.settings")

end_with_parent()
logger = logging.getLogger("cuspide.web")
_pages = get_wsgi_application()
_LAST_WORD = (
    "Le programme a fait une erreur et n’a pas pu montrer sa page d’erreur. Ce qui était enregistré est intact.\n"
    "The program made a mistake and could not show its error page. What was saved is intact.\n"
).encode()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's application. What it lets through is logged here: the server would print an error's words, which may
    be a patient's."""
    try:
        return _pages(environ, start_response)
    except Exception:
        logger.exception("no page could be made of an error")
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [_LAST_WORD]


def _make_ready() -> None:
    """Do what the first page would wait for."""
    _views = get_resolver().url_patterns
    # The program itself is nobody's garbage: to look through it again cost now and then a page 50 ms.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


_make_ready()
