"""A log may be sent to a stranger."""

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from cuspide.core.logs import JsonFormatter, PlainFormatter, numbered_request, request_number


def test_of_an_error_the_kind_and_the_place_are_logged_never_the_words() -> None:
    def fail() -> None:
        try:
            int("MARTIN Léa 284037512345678")
        except ValueError as error:
            raise RuntimeError("Key (nir)=(284037512345678) already exists") from error

    with pytest.raises(RuntimeError) as caught:
        fail()
    record = logging.LogRecord(
        "django.request",
        logging.ERROR,
        __file__,
        1,
        "Internal Server Error: %s",
        ("/patients/",),
        (RuntimeError, caught.value, caught.value.__traceback__),
    )
    line = PlainFormatter("%(message)s").format(record)
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "284037512345678" not in line
    assert "MARTIN" not in line


def test_the_running_program_logs_through_it(settings) -> None:  # type: ignore[no-untyped-def]
    formatters = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    assert formatters == {"plain"}
    assert settings.LOGGING["formatters"]["plain"]["()"].endswith("PlainFormatter")


@pytest.mark.parametrize("name", ["django.request", "django.security.csrf", "django.security.DisallowedHost"])
@pytest.mark.parametrize("found", [None, SimpleNamespace(view_name="patients:list")])
def test_of_a_request_the_answer_and_the_page_are_logged_never_what_was_sent(name: str, found: Any) -> None:
    sent = ("Origin checking failed - http://martin.example", "/patients/MARTIN/")
    record = logging.LogRecord(name, logging.WARNING, __file__, 1, "Forbidden (%s): %s", sent, None)
    record.__dict__ |= {"status_code": 403, "request": SimpleNamespace(resolver_match=found)}
    line = PlainFormatter("%(message)s").format(record)
    assert "martin" not in line.casefold()
    assert line == f"answered 403 at {found.view_name if found else 'no page'}"


def test_a_store_that_is_away_is_one_line_a_request_and_not_a_hundred() -> None:
    try:
        raise OperationalError("connection to 10.0.0.3 refused")
    except OperationalError as error:
        caught = (OperationalError, error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Service Unavailable", (), caught)
    record.status_code = 503  # type: ignore[attr-defined]
    line = PlainFormatter("%(message)s").format(record)
    assert line == "answered 503 at no page: OperationalError"
    assert record.exc_info is caught, "another handler still has all of it"


def failed(words: str) -> logging.LogRecord:
    try:
        raise ValueError(words)
    except ValueError as error:
        caught = (ValueError, error, error.__traceback__)
    return logging.LogRecord("cuspide.web", logging.ERROR, __file__, 1, "no page could be made", (), caught)


def test_for_a_program_a_line_is_one_object_with_the_same_care() -> None:
    with numbered_request() as number:
        line = JsonFormatter().format(failed("MARTIN Léa 284037512345678"))
    assert "\n" not in line
    said = json.loads(line)
    assert said["level"] == "error"
    assert said["part"] == "cuspide"
    assert said["event"] == "cuspide.web"
    assert said["message"] == "no page could be made"
    assert said["request"] == number
    assert said["error"][0] == "builtins.ValueError"
    assert said["time"].endswith("+00:00")
    assert "MARTIN" not in line
    assert "284037512345678" not in line


def test_a_line_carries_the_number_of_its_request_and_of_no_other() -> None:
    formatter = PlainFormatter("%(part)s %(message)s%(request_said)s")
    record = logging.LogRecord("cuspide.web", logging.INFO, __file__, 1, "said", (), None)
    with numbered_request() as first:
        assert formatter.format(record) == f"cuspide said [request {first}]"
        with numbered_request() as second:
            assert second != first
        assert request_number() == first
    assert formatter.format(record) == "cuspide said"
