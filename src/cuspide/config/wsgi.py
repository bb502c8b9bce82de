"""The WSGI application that granian serves."""

import gc
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuspide.config.settings")

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


def warm() -> None:
    """Do once what every worker forked from here would do again: compile the rooms' templates, in the language that
    most read, and answer a first page. Connections that this opens are closed."""
    from django.conf import settings
    from django.db import connections

    with translation.override(settings.LANGUAGE_CODE):
        for room in settings.ROOMS:
            folder = settings.PACKAGE / room.rsplit(".", 1)[1] / "jinja2"
            for path in sorted(folder.rglob("*.html")):
                _compile(path.relative_to(folder))
    environ: dict[str, Any] = {"PATH_INFO": "/account/sign-in/", "HTTP_X_FORWARDED_PROTO": "https"}
    setup_testing_defaults(environ)
    environ["wsgi.url_scheme"] = "https"
    environ["HTTP_HOST"] = "localhost"
    pages = application(environ, lambda _status, _headers, _error=None: None)
    for _part in pages:
        pass
    pages.close()  # type: ignore[attr-defined]  # Django's response has it
    connections.close_all()


def _compile(name: Path) -> None:
    try:
        get_template(name.as_posix())
    except (TemplateDoesNotExist, TemplateSyntaxError):
        # The page that needs it says so; the others are served.
        logger.error("a template cannot be compiled: %s", name)


_make_ready()
