"""What `cuspide check` says of the machine and of the running service."""

import datetime as dt
import http.client
import json
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cuspide import __version__
from cuspide.core import clock, keystore
from cuspide.core.home import Home
from cuspide.core.registry import Finding
from cuspide.core.service import own_pages, pulse, starting

VERSIONS = gettext_lazy("Versions")
FILES_RIGHTS = gettext_lazy("Rights of files")
CLOCK = gettext_lazy("Clock")
PROGRAMS = gettext_lazy("Other programs")
SERVICE = gettext_lazy("Service")

_OLDEST_PYTHON, _TOO_NEW_PYTHON = (3, 11), (3, 15)
_OLDEST_POSTGRESQL = 150000
_CLOCK_MAY_DIFFER = dt.timedelta(minutes=2)


def versions() -> Sequence[Finding]:
    """What the program runs on is what it was tried on."""
    said = f"Cuspide {__version__}, Python {platform.python_version()}, Django {django.get_version()}"
    found = [Finding("ok", said)]
    if not _OLDEST_PYTHON <= sys.version_info < _TOO_NEW_PYTHON:
        found.append(
            Finding(
                "watch",
                _("This version of Python was not tried with Cuspide."),
                _("Install Cuspide under Python 3.11 to 3.14."),
            )
        )
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        if connection.connection.info.server_version < _OLDEST_POSTGRESQL:
            found.append(
                Finding("danger", _("PostgreSQL is older than version 15."), _("Upgrade the PostgreSQL server."))
            )
    return found


def file_rights() -> Sequence[Finding]:
    """Nobody but the service's account reads the practice's files."""
    home = keystore.practice_home()
    found = [
        Finding(
            "danger",
            _("Other accounts of this machine may read %(path)s.") % {"path": path},
            _("Run: chmod %(mode)s %(path)s") % {"mode": "700" if path.is_dir() else "600", "path": path},
        )
        for path in _private(home)
        if path.exists() and keystore.open_to_others(path)
    ]
    return found or [Finding("ok", _("The practice's files are for the service's account alone."))]


def _private(home: Home) -> Iterator[Path]:
    yield home.config_file
    for ending in ("", "-wal", "-shm"):
        yield home.store_file.with_name(home.store_file.name + ending)
    yield home.blob_folder
    yield pulse.folder(home)


def machine_clock() -> Sequence[Finding]:
    """The clock was not set back, and the store's server has the same."""
    now = clock.now()
    home = keystore.practice_home()
    latest = max((_written(path) for path in _private(home) if path.is_file()), default=now)
    program = _written(Path(django.__file__))
    found = []
    if latest - now > _CLOCK_MAY_DIFFER or program - now > dt.timedelta(days=1):
        found.append(
            Finding(
                "danger",
                _("The clock of this machine was set back: files were written after the time that it shows."),
                _("Set the clock and let it follow a time server; appointments, codes and the trace depend on it."),
            )
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (theirs,) = cursor.fetchone()
        if abs(theirs - now) > _CLOCK_MAY_DIFFER:
            found.append(
                Finding(
                    "watch",
                    _("The clocks of this machine and of the PostgreSQL server differ by more than two minutes."),
                    _("Let both follow a time server."),
                )
            )
    if moved := pulse.clock_moved(home):
        found.append(Finding("danger", clock_was_set(moved), set_it_right()))
    return found or [Finding("ok", _("The clock agrees with the practice's files."))]


def clock_was_set(moved: dt.timedelta) -> str:
    """The sentence for a clock that somebody set while the service ran."""
    minutes = round(abs(moved).total_seconds() / 60)
    spent = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    if moved > dt.timedelta():
        said = _("The clock was set on by %(days)d d %(hours)d h %(minutes)d min while the service ran.")
    else:
        said = _("The clock was set back by %(days)d d %(hours)d h %(minutes)d min while the service ran.")
    return said % spent


def set_it_right() -> str:
    """What to do about it."""
    return _(
        "Set it right, and let it follow a time server: until then codes from phones are refused, people are signed "
        "out, and what is written bears the wrong time. If it is right now, start the service again, and this is no "
        "longer said."
    )


def _written(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def programs() -> Sequence[Finding]:
    """Programs of others that are needed, and for what."""
    if connection.vendor == "postgresql" and shutil.which("pg_dump") is None:
        return [
            Finding(
                "watch",
                _("pg_dump is not on this machine: copies of the PostgreSQL database must be made elsewhere."),
                _("Install PostgreSQL's client programs, or see to the copies on the database server."),
            )
        ]
    return [Finding("ok", _("Cuspide needs no other program here."))]


def service() -> Sequence[Finding]:
    """The service runs and is well, as it says itself."""
    home = keystore.practice_home()
    heard = {one.key: one for one in pulse.heard(home)}
    supervisor = heard.get(pulse.SUPERVISOR)
    if supervisor is None:
        remedy = _("Start it: “%(command)s”.") % {"command": starting.command()}
        return [Finding("watch", _("The service does not run."), remedy)]
    if not any(one.fresh for one in heard.values()):
        return [
            Finding(
                "watch",
                _("The service does not run, and was not ended as it should be."),
                _("Start it again: “%(command)s”. Nothing that was saved is lost.") % {"command": starting.command()},
            )
        ]
    failing = _failing(home, supervisor.address)
    if failing is None:
        return [
            Finding(
                "watch",
                _("The service gives signs of life, but did not answer at %(address)s.")
                % {"address": supervisor.address},
                _("Wait a minute and look again; if it goes on, start the service again."),
            )
        ]
    if failing:
        return [
            Finding(
                "danger",
                _("The service runs, but something does not work: %(names)s.") % {"names": ", ".join(failing)},
                _("The lines above say why. If they do not, start the service again."),
            )
        ]
    waiting = next((one.waits_for for one in heard.values() if one.waits_for), 0)
    if waiting:
        return [
            Finding(
                "watch",
                _("Pages work, but nothing follows by itself: another program has port %(port)d.") % {"port": waiting},
                _("Stop that program: the service takes the port by itself. Or start it with another --live-port."),
            )
        ]
    restarts = sum(one.restarts for one in heard.values())
    if restarts:
        return [
            Finding(
                "watch",
                _("The service works; since its start, parts of it had to be started again %(count)d times.")
                % {"count": restarts},
                _("Its log says which part ended, and when."),
            )
        ]
    return [Finding("ok", _("The service runs and is well."))]


def _failing(home: Home, address: str) -> list[str] | None:
    """What the service says does not work; None when it does not answer."""
    host, _colon, port = address.rpartition(":")
    link = own_pages.connect(home, host, int(port), timeout=5)
    try:
        link.request("GET", "/healthz", headers=own_pages.headers(home))
        answers = json.loads(link.getresponse().read(10_000))["checks"]
        return [name for name, word in answers.items() if word != "ok"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, http.client.HTTPException):
        return None
    finally:
        link.close()
