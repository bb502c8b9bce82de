"""How the backups are, in plain words: for `cuspide check`, and for the owner's status line."""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.kept import kept_for
from cuspide.core.registry import Finding
from cuspide.core.rights import Role

LATE = dt.timedelta(hours=1)
DRILL_LATE = dt.timedelta(days=3)
DAYS = 30


@dataclass(frozen=True)
class DayOfTrials:
    """What the trials of a day came to: sound, danger, or "" where none was made."""

    date: dt.date
    tone: str


@dataclass(frozen=True)
class State:
    """What is known of one destination."""

    destination: Destination
    last_copy: Run | None
    """the last that was done"""
    last_try: Run | None
    """the last trial of the way back, however it ended"""
    failure: str
    """why the last copy failed; "" where it did not"""
    first_copy: dt.datetime | None = None
    read_failed: str = ""
    """why the last reading of every byte failed; "" where it did not"""
    history: Sequence[DayOfTrials] = ()
    """the last days, the oldest first"""

    @property
    def is_late(self) -> bool:
        return self.last_copy is None or clock.now() - self.last_copy.started_at > self._within(LATE)

    @property
    def is_unproved(self) -> bool:
        tried = self.last_try
        if self.read_failed:
            return True
        long_ago = tried is not None and clock.now() - tried.started_at > self._within(DRILL_LATE)
        return tried is None or tried.outcome != Outcome.DONE or long_ago

    @property
    def is_untried(self) -> bool:
        """Nothing was brought back for days although it holds copies: the trial that should run each day did not."""
        since = self.last_try.started_at if self.last_try else self.first_copy
        return since is not None and clock.now() - since > self._within(DRILL_LATE)

    def _within(self, usual: dt.timedelta) -> dt.timedelta:
        """A disk of the rotation has a day more than its turn."""
        return dt.timedelta(days=self.destination.disk_every_days + 1) if self.destination.is_disk else usual


def states() -> list[State]:
    """Every destination in use. Seven queries each."""
    return [_state(one) for one in Destination.objects.filter(ended_at=None).order_by("name")]


def _state(destination: Destination) -> State:
    runs = Run.objects.filter(destination=destination).exclude(outcome=Outcome.UNDER_WAY).order_by("-started_at", "-pk")
    copies = runs.filter(kind=Kind.COPY)
    last = copies.first()
    failed = last is not None and last.outcome == Outcome.FAILED
    read = runs.filter(kind=Kind.READ).first()
    return State(
        destination,
        copies.filter(outcome=Outcome.DONE).first(),
        runs.filter(kind=Kind.DRILL).first(),
        (last.said or str(_("It was cut short."))) if failed and last else "",
        copies.filter(outcome=Outcome.DONE).order_by("started_at").values_list("started_at", flat=True).first(),
        (read.said or str(_("It was cut short."))) if read and read.outcome == Outcome.FAILED else "",
        _history(destination),
    )


def _history(destination: Destination) -> list[DayOfTrials]:
    today = clock.today()
    first = clock.at(today - dt.timedelta(days=DAYS - 1), dt.time.min)
    kinds = [Kind.DRILL, Kind.READ, Kind.SHEET]
    trials = Run.objects.filter(destination=destination, kind__in=kinds, started_at__gte=first)
    tones: dict[dt.date, str] = {}
    for at, outcome in trials.exclude(outcome=Outcome.UNDER_WAY).values_list("started_at", "outcome"):
        day = clock.local(at).date()
        tones[day] = "danger" if outcome == Outcome.FAILED or tones.get(day) == "danger" else "sound"
    days = [today - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [DayOfTrials(one, tones.get(one, "")) for one in days]


def backups() -> Sequence[Finding]:
    """One finding a destination; a warning where there is none."""
    found = [_finding(one) for one in states()]
    if not found:
        return [
            Finding(
                "watch",
                _("Nothing copies the practice by itself yet."),
                _("“cuspide backup add NAME PLACE” says where copies go: a folder of another disk, a second machine."),
            )
        ]
    if shutil.which("restic") is None:
        found.append(
            Finding(
                "danger", _("The program restic is missing: no copy can be made."), _("On Debian: apt install restic.")
            )
        )
    return found


def _finding(state: State) -> Finding:
    words = {"name": state.destination.name, "place": state.destination.place, "reason": state.failure}
    if state.last_copy is None:
        return Finding(
            "danger",
            _("%(name)s (%(place)s): nothing was copied there yet. %(reason)s") % words,
            _("Run “cuspide backup run” and see what it says."),
        )
    words["at"] = f"{clock.local(state.last_copy.started_at):%d/%m/%Y %H:%M}"
    if state.is_late:
        return Finding(
            "danger",
            _("%(name)s (%(place)s): the last copy is of %(at)s. %(reason)s") % words,
            _("Is the disk plugged in, the other machine on? Run “cuspide backup run” and see what it says."),
        )
    if state.is_unproved:
        why = state.last_try.said if state.last_try and state.last_try.outcome == Outcome.FAILED else state.read_failed
        return Finding(
            "danger" if why or state.is_untried else "watch",
            _("%(name)s (%(place)s): copied at %(at)s, but the way back is not proved. %(why)s")
            % (words | {"why": why}),
            _("“cuspide backup try” tries it."),
        )
    assert state.last_try is not None
    return Finding(
        "ok",
        _("%(name)s (%(place)s): copied at %(at)s; brought back on %(tried)s: %(said)s")
        % (words | {"tried": f"{clock.local(state.last_try.started_at):%d/%m/%Y}", "said": state.last_try.said}),
    )


def status(actor: Actor) -> tuple[str, Any] | None:
    """In the owner's status line, while something is wrong."""
    return _status() if Role.OWNER in actor.roles else None


def _now() -> tuple[str, Any] | None:
    found = states()
    if not found:
        return "watch", _("No automatic backup")
    if any(one.is_late for one in found):
        return "danger", _("A backup is late")
    if any(one.read_failed or (one.last_try and one.last_try.outcome == Outcome.FAILED) for one in found):
        return "danger", _("What lies at a place of backups is not good")
    if any(one.is_untried for one in found):
        return "danger", _("The daily trial of a backup did not run")
    return ("watch", _("A backup is not proved")) if any(one.is_unproved for one in found) else None


_status = kept_for(15)(_now)
"""Every page asks; the store is asked four times a minute."""
