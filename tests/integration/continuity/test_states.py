"""What is said of the backups: late, unproved, failed and why, or well; and who may say where they go."""

import datetime as dt
from pathlib import Path

import pytest

from cuspide.continuity import checks, secrets
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import destinations, rounds
from cuspide.core import clock, keystore
from cuspide.core.actor import Actor
from cuspide.core.db.errors import StoreError
from cuspide.core.errors import Forbidden
from cuspide.core.keys.uses import Exchange

pytestmark = pytest.mark.django_db


def ran(disk: Destination, kind: str, outcome: str, ago: dt.timedelta, said: str = "") -> Run:
    started = clock.now() - ago
    ended = None if outcome == Outcome.UNDER_WAY else started
    return Run.objects.create(
        destination=disk, kind=kind, outcome=outcome, started_at=started, ended_at=ended, said=said
    )


def told() -> tuple[str, str]:
    (finding,) = checks.backups()
    return finding.level, str(finding.message)


@pytest.fixture(autouse=True)
def _restic_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_where_nothing_copies_it_is_said() -> None:
    assert told()[0] == "watch"
    assert checks._now() is not None


def test_a_place_that_never_got_a_copy_is_a_danger_and_why_is_said(disk: Destination) -> None:
    assert told()[0] == "danger"
    ran(disk, Kind.COPY, Outcome.FAILED, dt.timedelta(minutes=3), "no room")
    level, sentence = told()
    assert level == "danger"
    assert "no room" in sentence


def test_a_copy_without_a_trial_is_not_proved_and_a_failed_trial_is_a_danger(disk: Destination) -> None:
    ran(disk, Kind.COPY, Outcome.DONE, dt.timedelta(minutes=3))
    assert told()[0] == "watch"
    ran(disk, Kind.DRILL, Outcome.DONE, dt.timedelta(days=4))
    assert told()[0] == "danger", "that was too long ago: the daily trial did not run"
    ran(disk, Kind.DRILL, Outcome.FAILED, dt.timedelta(minutes=1), "the trace does not hold")
    level, sentence = told()
    assert level == "danger"
    assert "the trace does not hold" in sentence


def test_what_is_fresh_and_proved_is_well(disk: Destination) -> None:
    ran(disk, Kind.COPY, Outcome.DONE, dt.timedelta(minutes=3))
    ran(disk, Kind.DRILL, Outcome.DONE, dt.timedelta(hours=20), "2000 patients")
    level, sentence = told()
    assert level == "ok"
    assert "2000 patients" in sentence
    assert checks._now() is None


def test_a_late_copy_is_a_danger_even_when_it_is_under_way(disk: Destination) -> None:
    ran(disk, Kind.COPY, Outcome.DONE, dt.timedelta(hours=2))
    ran(disk, Kind.DRILL, Outcome.DONE, dt.timedelta(hours=2))
    ran(disk, Kind.COPY, Outcome.UNDER_WAY, dt.timedelta(minutes=1))
    assert told()[0] == "danger"


def test_a_place_that_was_ended_is_no_longer_looked_after(disk: Destination) -> None:
    destinations.end(Actor.system("test"), disk)
    assert told()[0] == "watch"
    assert rounds.due_destinations(clock.now()) == []


def test_what_a_kill_left_counts_as_failed(disk: Destination) -> None:
    left = ran(disk, Kind.COPY, Outcome.UNDER_WAY, dt.timedelta(minutes=30))
    assert rounds.cut_short() == 1
    left.refresh_from_db()
    assert left.outcome == Outcome.FAILED
    assert left.ended_at is not None
    assert checks.states()[0].failure, "that it was cut short is said"


def test_copies_are_due_every_five_minutes_and_trials_every_day_also_after_a_wrong_clock(disk: Destination) -> None:
    now = clock.now()
    assert rounds.due_destinations(now) == [disk]
    assert rounds.drills_due(now) == [], "there is nothing to bring back"
    ran(disk, Kind.COPY, Outcome.DONE, dt.timedelta(minutes=4))
    assert rounds.due_destinations(now) == []
    assert rounds.due_destinations(now + dt.timedelta(minutes=2)) == [disk]
    assert rounds.drills_due(now) == [disk]
    ran(disk, Kind.DRILL, Outcome.FAILED, dt.timedelta(hours=23))
    assert rounds.drills_due(now) == []
    assert rounds.drills_due(now + dt.timedelta(hours=2)) == [disk]
    Run.objects.update(started_at=now + dt.timedelta(days=300))
    assert rounds.due_destinations(now) == [disk], "a clock that ran ahead keeps nothing from being copied"
    assert rounds.drills_due(now) == [disk]


def test_a_store_that_cannot_be_copied_is_told_with_its_reason_and_waits_for_the_next_round(
    disk: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(rounds, "copy_store", full)
    (run,) = rounds.copy(keystore.practice_home(), [disk])
    assert (run.outcome, run.said) == (Outcome.FAILED, "The disk is full.")
    assert "The disk is full." in told()[1]
    assert rounds.due_destinations(clock.now()) == []


@pytest.mark.parametrize("role", ["dentist", "assistant", "secretary", "bookkeeper"])
def test_who_does_not_look_after_the_practice_says_no_place(
    actors: dict[str, Actor], role: str, tmp_path: Path
) -> None:
    with pytest.raises(Forbidden):
        destinations.add(actors[role], "Disque", str(tmp_path / "disk"))
    assert not (tmp_path / "disk").exists()
    assert not Destination.objects.exists()


def test_a_change_of_key_seals_anew_what_opens_the_places(disk: Destination) -> None:
    old, new = keystore.master(keystore.practice_home()), keystore.new()
    before = secrets.access_to(disk)
    disk.envelope_digest = "of the old copies"
    disk.save()
    assert secrets.seal_anew(Exchange(old, new)) == 1
    disk.refresh_from_db()
    assert secrets.opened(bytes(disk.sealed), keystore.derived(new, secrets.LABEL)) == before
    assert disk.envelope_digest == "", "the next copy brings a new envelope"


def test_no_secret_is_written_where_somebody_reads_it(disk: Destination) -> None:
    access = secrets.access_to(disk)
    assert "secret" not in repr(access)
    assert "secret" not in repr(access.practice())
    assert b"secret" not in bytes(disk.sealed)
