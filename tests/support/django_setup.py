"""Sets Django up for the tests: on the tests' own home, with what tests add to the settings."""

import datetime as dt
import os
from decimal import Decimal

from tests.support.practice_home import make_home, postgresql_url, store


def configure() -> None:
    """Called once, before anything imports a model."""
    home = make_home(postgresql_url() if store() == "postgresql" else "")
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuspide.config.settings"
    from django.conf import settings

    # A file, not memory: threads and processes meet there as they do in a practice.
    name = home / "test.sqlite3" if store() == "sqlite" else f"test_cuspide_{os.getpid()}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name
    # A password is hashed hundreds of times here; its strength has a test of its own.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every request of the test client is watched for one query per row.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]
    settings.TEMPLATES[0]["OPTIONS"]["finalize"] = _written
    settings.ZEAL_RAISE = True
    settings.ZEAL_NPLUSONE_THRESHOLD = 3
    # They are loaded. A worker of the tests that finds them named loads them before it has made a home of its own, and
    # then shares this one's key and files with the other workers.
    del os.environ["DJANGO_SETTINGS_MODULE"]
    _show_contexts()
    _load_middleware_once()
    if store() == "postgresql":
        _empty_by_deleting()


def _written(value: object) -> object:
    """What a template writes: it is there, amounts and days are written by a filter, what is to be called is called."""
    from jinja2 import Undefined, UndefinedError

    if isinstance(value, Undefined):
        raise UndefinedError(value._undefined_message)
    raw = isinstance(value, float | Decimal | dt.date | dt.time)
    if raw or (callable(value) and not hasattr(value, "__html__")):
        raise TypeError(f"written as it is: {value!r}")
    return value


def _empty_by_deleting() -> None:
    """After a test that committed: TRUNCATE makes every table's files anew, 1.9 s of which a few rows need none.

    Foreign keys are checked at the end of the transaction, so the order is no matter.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(
        self: DatabaseOperations,
        _style: object,
        tables: list[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    DatabaseOperations.sql_flush = sql_flush


def _show_contexts() -> None:
    """`response.context` holds what the view gave its template, as Django's own engine tells its test client."""
    from django.test.signals import template_rendered

    from cuspide.core.pages.engine import Page

    render = Page.render

    def told(page: Page, context: dict[str, object] | None = None, request: object = None) -> object:
        template_rendered.send(sender=page, template=page, context=context or {})
        return render(page, context, request)

    Page.render = told


def _load_middleware_once() -> None:
    """Each test client is a browser of its own, often for one request; the program behind them is one."""
    from django.core.handlers.base import BaseHandler
    from django.test.client import ClientHandler
    from django.test.signals import setting_changed

    kept: dict[str, object] = {}

    def load(handler: ClientHandler, is_async: bool = False) -> None:
        if not kept:
            BaseHandler.load_middleware(handler, is_async)
            # The chain comes last: whoever sees it finds the rest.
            kept.update(sorted(vars(handler).items(), key=lambda one: one[0] == "_middleware_chain"))
            del kept["enforce_csrf_checks"]
        vars(handler).update(kept)

    ClientHandler.load_middleware = load
    # Middleware reads settings when it is made.
    setting_changed.connect(lambda **_changed: kept.clear(), weak=False)
