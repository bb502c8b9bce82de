"""`cuspide check` says in plain words what is wrong with the machine and the service, and what to do."""

import asyncio
import dataclasses
import datetime as dt
import http.server
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cuspide.core import clock, keystore, store
from cuspide.core.db import durability
from cuspide.core.db.errors import StoreError
from cuspide.core.live import part
from cuspide.core.registry import Finding
from cuspide.core.service import checks, pulse, report
from cuspide.core.service.parts import Options

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A practice's folder of this test's own."""
    made = dataclasses.replace(settings.CUSPIDE_HOME, folder=tmp_path)
    settings.CUSPIDE_HOME = made
    monkeypatch.setattr(keystore, "practice_home", lambda: made)
    for path in (made.config_file, made.store_file):
        path.touch(mode=0o600)
    made.blob_folder.mkdir(mode=0o700)
    return made


def said(found: Any) -> str:
    return " ".join(f"{one.level}: {one.message} {one.remedy}" for one in found)


def test_files_that_others_may_read_are_named_with_what_to_do(home: Any) -> None:
    assert [one.level for one in checks.file_rights()] == ["ok"]
    home.config_file.chmod(0o644)
    home.blob_folder.chmod(0o755)
    found = said(checks.file_rights())
    assert f"chmod 600 {home.config_file}" in found
    assert f"chmod 700 {home.blob_folder}" in found
    assert str(home.store_file) not in found


def test_a_clock_that_was_set_back_is_found_by_the_files_written_since(
    home: Any, moved_clock: Callable[[Any], None]
) -> None:
    assert "danger" not in said(checks.machine_clock())
    later = (clock.now() + dt.timedelta(hours=3)).timestamp()
    os.utime(home.store_file, (later, later))
    assert "L’horloge de cette machine a été reculée" in said(checks.machine_clock())
    moved_clock(clock.now() + dt.timedelta(hours=4))
    assert "danger" not in said(checks.machine_clock()), "the clock is right again"


def test_a_machine_years_behind_is_found_by_the_program_itself(home: Any, moved_clock: Callable[[Any], None]) -> None:
    for path in (home.config_file, home.store_file):
        os.utime(path, (0, 0))
    moved_clock(dt.datetime(1990, 1, 1, tzinfo=dt.UTC))
    assert "danger" in said(checks.machine_clock())


def test_a_stopped_service_is_said_to_be_stopped(home: Any) -> None:
    assert said(checks.service()).startswith("watch: Le service ne tourne pas. Lancez-le")


def test_a_service_that_was_killed_is_told_from_one_that_was_stopped(home: Any) -> None:
    pulse.born(home, pulse.SUPERVISOR, "127.0.0.1:1")
    old = clock.now().timestamp() - 600
    os.utime(pulse.folder(home) / "supervisor.json", (old, old))
    assert "n’a pas été arrêté normalement" in said(checks.service())


@pytest.fixture
def answering() -> Iterator[Callable[[Any], str]]:
    """Something that answers `/healthz` with what it is given; gives its address."""
    servers = []

    def serve(body: Any) -> str:
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                self.send_response(503)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *_words: Any) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def findings(home: Any, address: str) -> list[Finding]:
    pulse.begin(home)
    pulse.born(home, pulse.SUPERVISOR, address)
    pulse.born(home, "background")
    return list(checks.service())


def test_what_does_not_work_in_a_running_service_is_named(home: Any, answering: Callable[[Any], str]) -> None:
    well = answering({"checks": {"web": "ok", "store": "ok"}})
    assert said(findings(home, well)).startswith("ok: Le service tourne et va bien.")
    unwell = answering({"checks": {"web": "ok", "store": "failing", "sealing": "failing"}})
    assert "danger: Le service tourne, mais quelque chose ne fonctionne pas\u00a0: store, sealing." in said(
        findings(home, unwell)
    )


def test_a_port_that_another_program_has_is_said_and_taken_when_it_is_free(
    home: Any, answering: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    well = answering({"checks": {"web": "ok"}})
    findings(home, well)
    pulse.born(home, "live")
    monkeypatch.setattr(part, "_AGAIN_S", 0.02)

    async def story() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            options = Options(live_port=port)
            listening = asyncio.create_task(part._listen(None, options, asyncio.Event(), None))  # type: ignore[arg-type]
            while not pulse.heard(home)[1].waits_for:
                await asyncio.sleep(0.01)
            assert f"un autre programme occupe le port {port}" in said(checks.service())
            assert any(str(port) in str(fact.note) and fact.tone == "danger" for fact in report.parts())
        server = await listening
        assert server is not None
        server.close()
        assert said(checks.service()).startswith("ok: Le service tourne et va bien.")

    asyncio.run(story())


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"checks": 3}'])
def test_another_program_on_the_port_is_no_answer(home: Any, answering: Callable[[Any], str], body: bytes) -> None:
    assert "ne répond pas à l’adresse" in said(findings(home, answering(body)))


def test_the_versions_are_said(home: Any) -> None:
    assert "Django" in said(checks.versions())


def test_a_postgresql_that_may_forget_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's settings are ours, and asserted on every connection")
    with connection.cursor() as cursor:
        assert durability.wrong_settings(cursor) == {}
        cursor.execute("SET synchronous_commit = off")
        try:
            assert durability.wrong_settings(cursor) == {"synchronous_commit": "off"}
            with pytest.raises(StoreError) as refused:
                store.prove(keystore.practice_home())
            assert "synchronous_commit = off" in str(refused.value)
        finally:
            cursor.execute("SET synchronous_commit = on")
