"""Whoever watches the service is told whether it works, and nothing else."""

import dataclasses
import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.rights import Role
from cuspide.core.service import health, pulse
from cuspide.core.work import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stopped(settings: Any, tmp_path: Path) -> None:
    """A folder in which no part ever spoke."""
    settings.CUSPIDE_HOME = dataclasses.replace(settings.CUSPIDE_HOME, folder=tmp_path)


@pytest.fixture
def working(stopped: None) -> None:
    """A service whose background gave a sign of life just now."""
    pulse.born(settings.CUSPIDE_HOME, "background")


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)


def test_a_service_that_works_says_so(working: None, client: Client) -> None:
    status, body = asked(client)
    assert status == 200
    assert body == {
        "status": "ok",
        "checks": {"web": "ok", "store": "ok", "disk": "ok", "background": "ok", "sealing": "ok"},
    }


def test_without_a_service_behind_the_pages_the_watcher_is_told(client: Client) -> None:
    status, body = asked(client)
    assert status == 503
    assert body["status"] == "failing"
    assert body["checks"]["background"] == "failing"


def test_a_background_that_stopped_breathing_is_told(working: None, client: Client) -> None:
    file = pulse.folder(settings.CUSPIDE_HOME) / "background.json"
    old = clock.now().timestamp() - 60
    os.utime(file, (old, old))
    assert asked(client)[1]["checks"]["background"] == "failing"
    pulse.beat(settings.CUSPIDE_HOME, "background")
    assert asked(client)[0] == 200, "it is told when it breathes again"


def test_a_file_of_rubbish_is_no_sign_of_life(working: None, client: Client) -> None:
    file = pulse.folder(settings.CUSPIDE_HOME) / "background.json"
    for rubbish in ("", "{", "[]", '{"pid": "x", "since": "y", "restarts": null, "address": 1}'):
        file.write_text(rubbish, encoding="utf-8")
        assert asked(client)[0] == 503


def test_a_trace_that_is_not_sealed_is_told(working: None, client: Client, moved_clock: Any) -> None:
    trail.record(Actor.system("test"), "patients.create")
    assert asked(client)[0] == 200, "it waits for its seal only since now"
    moved_clock(clock.now() + dt.timedelta(minutes=5))
    pulse.beat(settings.CUSPIDE_HOME, "background")
    assert asked(client)[1]["checks"] == {
        "web": "ok",
        "store": "ok",
        "disk": "ok",
        "background": "ok",
        "sealing": "failing",
    }


def test_a_store_that_does_not_answer_is_told_in_words_of_the_program(
    working: None, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import OperationalError

    def away() -> bool:
        raise OperationalError("connection to 10.0.0.3 as cuspide refused")

    kept = [probe for probe in health.probes if probe.key != "store"]
    monkeypatch.setattr(health, "probes", [health.Probe("store", away), *kept])
    status, body = asked(client)
    assert status == 503
    assert body["checks"]["store"] == "failing"
    assert "10.0.0.3" not in json.dumps(body) + caplog.text


def test_asking_writes_nothing_and_opens_no_session(
    working: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2) as queries:
        answer = client.get("/healthz")
    assert all(query["sql"].upper().startswith("SELECT") for query in queries.captured_queries)
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


def test_a_part_counts_how_often_it_came_back() -> None:
    home = settings.CUSPIDE_HOME
    pulse.begin(home)
    for _life in range(3):
        pulse.born(home, "web")
    (found,) = pulse.heard(home)
    assert (found.key, found.restarts, found.pid) == ("web", 2, os.getpid())
    assert (pulse.folder(home) / "web.json").stat().st_mode & 0o077 == 0
    pulse.end(home)
    assert pulse.heard(home) == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.TECHNICIAN])
def test_owner_and_technician_see_how_the_service_is_doing(working: None, client_as: Any, role: Role) -> None:
    outbox.put("mail", "one", {"to": ["x@example.org"], "subject": "MARTIN Léa", "body": "284037512345678"})
    page = client_as(role).get("/service").content.decode()
    for word in ("État du service", "Travail en arrière-plan", "Messages en attente d’envoi", "Dernier scellement"):
        assert word in page
    assert ("PostgreSQL" if connection.vendor == "postgresql" else "SQLCipher") in page
    assert "MARTIN" not in page
    assert "284037512345678" not in page


def test_a_part_that_came_back_is_to_be_looked_at(working: None, client_as: Any) -> None:
    pulse.born(settings.CUSPIDE_HOME, "background")
    page = client_as(Role.TECHNICIAN).get("/service").content.decode()
    assert "Arrêts imprévus suivis d’une relance\u00a0: 1." in page
    assert "Un point est à regarder" in page
