"""What the owner and the technician are told of the running service. Nothing of a patient."""

import importlib.metadata
import platform
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cuspide import __version__
from cuspide.core.models import OutboxMessage
from cuspide.core.pages import typography
from cuspide.core.registry import Point
from cuspide.core.service import checks, pulse, starting

_LOW_BYTES = 5 * 1024**3


@dataclass(frozen=True)
class Fact:
    """One line: `tone` is plain, sound, watch or danger; `note` says what to do or what it means."""

    label: Any
    value: Any
    tone: str = "plain"
    note: Any = ""


@dataclass(frozen=True)
class FactGroup:
    """A section of the page. `facts()` asks a known number of queries."""

    key: str
    label: Any
    facts: Callable[[], Sequence[Fact]]
    order: int = 50


groups: Point[FactGroup] = Point("fact_groups")

_PARTS = {
    "supervisor": gettext_lazy("Supervisor"),
    "web": gettext_lazy("Pages"),
    "web worker": gettext_lazy("Pages: worker"),
    "background": gettext_lazy("Work beside the pages"),
    "live": gettext_lazy("Live updates"),
    "door": gettext_lazy("First visit of a workstation, without TLS"),
}


def parts() -> list[Fact]:
    """Which parts run, since when, and how often each had to be started again."""
    found = []
    known = list(_PARTS)
    heard = pulse.heard(settings.CUSPIDE_HOME)
    for one in sorted(heard, key=lambda one: known.index(_kind(one)) if _kind(one) in known else len(known)):
        value = _("since %(moment)s") % {"moment": typography.moment(one.since)}
        tone, note = "sound", ""
        if one.restarts:
            tone = "watch"
            note = _("Ended unexpectedly and was started again: %(count)d times.") % {"count": one.restarts}
        if one.key == "background" and not one.fresh:
            note = _("Gives no sign of life. Start the service again: “%(command)s”.") % {"command": starting.command()}
            tone = "danger"
        if one.waits_for:
            tone, note = "danger", _("Waits for port %(port)d, which another program has.") % {"port": one.waits_for}
        kind = _kind(one)
        found.append(Fact(f"{_PARTS.get(kind, kind)} {one.key.removeprefix(kind)[1:]}".rstrip(), value, tone, note))
    if not found:
        return [Fact(_("Parts"), _("The service was not started by “cuspide serve”."), "watch")]
    if moved := pulse.clock_moved(settings.CUSPIDE_HOME):
        found.append(Fact(_("Clock"), checks.clock_was_set(moved), "danger", checks.set_it_right()))
    return found


def _kind(part: pulse.Pulse) -> str:
    """What it is, without its number where there are several of a kind."""
    return part.key.split("-")[0]


def store() -> list[Fact]:
    """The store's kind, version and size, and the room that is left for it."""
    home = settings.CUSPIDE_HOME
    free = shutil.disk_usage(home.folder).free
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            version, size = cursor.fetchone()
            kind = f"PostgreSQL {version}"
        else:
            cursor.execute("PRAGMA cipher_version")
            kind = f"SQLCipher {cursor.fetchone()[0]}"
            size = sum(path.stat().st_size for path in _store_files(home.store_file))
    low = free < _LOW_BYTES
    return [
        Fact(_("Store"), kind),
        Fact(_("Size"), typography.file_size(size)),
        Fact(
            _("Free on the disk of the practice's folder"),
            typography.file_size(free),
            "danger" if low else "sound",
            _("Free some room: with a full disk nothing more can be saved.") if low else "",
        ),
    ]


def _store_files(store_file: Path) -> list[Path]:
    return [path for path in (store_file, store_file.with_name(store_file.name + "-wal")) if path.exists()]


def work() -> list[Fact]:
    """Jobs and outgoing messages: how many wait, failed, or are uncertain."""
    jobs = _counted(DBTaskResult.objects.values_list("status").annotate(count=Count("pk")).order_by())
    out = _counted(OutboxMessage.objects.values_list("state").annotate(count=Count("pk")).order_by())
    state = OutboxMessage.State
    return [
        _number(_("Jobs waiting"), jobs.get(TaskResultStatus.READY, 0)),
        _number(_("Jobs running"), jobs.get(TaskResultStatus.RUNNING, 0)),
        _number(_("Jobs failed"), jobs.get(TaskResultStatus.FAILED, 0), bad=True),
        _number(_("Messages waiting to go out"), out.get(state.WAITING, 0) + out.get(state.SENDING, 0)),
        _number(_("Messages failed"), out.get(state.FAILED, 0), bad=True),
        _number(_("Messages perhaps sent"), out.get(state.UNCERTAIN, 0), bad=True),
    ]


def _counted(rows: Any) -> Mapping[str, int]:
    return {str(key): count for key, count in rows}


def _number(label: str, count: int, *, bad: bool = False) -> Fact:
    return Fact(label, typography.number(count), "watch" if bad and count else "plain")


def versions() -> list[Fact]:
    """What the program is made of, as a supplier asks it."""
    return [
        Fact("Cuspide", __version__),
        Fact("Python", platform.python_version()),
        Fact("Django", django.get_version()),
        Fact("granian", importlib.metadata.version("granian")),
        Fact(_("Operating system"), f"{platform.system()} {platform.release()}"),
    ]


groups.add(FactGroup("parts", gettext_lazy("Parts of the service"), parts, order=10))
groups.add(FactGroup("store", gettext_lazy("Store"), store, order=20))
groups.add(FactGroup("work", gettext_lazy("Jobs and messages"), work, order=40))
groups.add(FactGroup("versions", gettext_lazy("Versions"), versions, order=90))
