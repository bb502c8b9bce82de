"""Whoever meets an error of the program reads a number, and by it the lines of the log are found."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cuspide.core.logs import JsonFormatter, PlainFormatter
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db
WORDS = "MARTIN Léa 284037512345678"


@pytest.fixture(params=[JsonFormatter(), PlainFormatter("%(message)s%(request_said)s")], ids=["json", "plain"])
def log(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the program writes to its log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_the_number_on_the_page_is_in_the_log_and_the_names_are_not(
    client_as: Any, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_request: Any) -> None:
        raise RuntimeError(WORDS)

    monkeypatch.setattr("cuspide.core.pages.home.cards", fail)
    client: Client = client_as(Role.SECRETARY)
    client.raise_request_exception = False
    answer = client.get("/", {"q": "DURANDEAU"})
    assert answer.status_code == 500
    found = re.search(r"demande n°\u00a0([0-9a-f]{4}-[0-9a-f]{4})", answer.content.decode())
    assert found is not None
    assert found[1] in log.getvalue()
    assert "RuntimeError" in log.getvalue()
    assert "DURANDEAU" not in log.getvalue()
    for word in WORDS.split():
        assert word not in log.getvalue()
        assert word not in answer.content.decode()


def test_what_is_not_the_programs_fault_has_no_number(client_as: Any, log: io.StringIO) -> None:
    answer = client_as(Role.SECRETARY).get("/nowhere-MARTIN/")
    assert answer.status_code == 404
    assert "demande n°" not in answer.content.decode()
    assert "MARTIN" not in log.getvalue()
