"""Trials of the way back: any recent point, every byte once a week, the sheet once a quarter; none that did not run is
passed over in silence."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from cuspide.continuity import checks, sheet_checks
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import drills
from cuspide.core.errors import Forbidden

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)


def ran(one: Destination, kind: str, at: dt.datetime, outcome: str = Outcome.DONE, said: str = "") -> Run:
    return Run.objects.create(
        destination=one, kind=kind, outcome=outcome, started_at=at, ended_at=at, snapshot="a", said=said
    )


def test_a_copy_of_three_weeks_ago_is_drawn_as_often_as_one_of_today(disk: Destination, moved_clock: Any) -> None:
    moved_clock(NOW)
    old = ran(disk, Kind.COPY, NOW - dt.timedelta(days=21))
    for minutes in range(0, 300, 5):
        ran(disk, Kind.COPY, NOW - dt.timedelta(minutes=minutes))
    ran(disk, Kind.COPY, NOW - dt.timedelta(days=40))
    drawn = Counter(drills._drawn(disk).pk == old.pk for _ in range(200))
    assert 60 < drawn[True] < 140
    assert drills._newest(disk).started_at != old.started_at


def test_every_byte_is_due_once_a_week_and_a_clock_set_back_makes_it_due(disk: Destination) -> None:
    assert drills.reads_due(NOW) == [], "nothing lies there yet"
    ran(disk, Kind.COPY, NOW)
    assert drills.reads_due(NOW) == [disk]
    ran(disk, Kind.READ, NOW, Outcome.FAILED)
    assert drills.reads_due(NOW + dt.timedelta(days=6)) == []
    assert drills.reads_due(NOW + dt.timedelta(days=8)) == [disk]
    assert drills.reads_due(NOW - dt.timedelta(days=1)) == [disk]


def test_a_trial_that_did_not_run_is_an_alarm_and_so_is_a_byte_that_is_not_what_it_was(
    disk: Destination, moved_clock: Any, practice: object
) -> None:
    ran(disk, Kind.COPY, NOW - dt.timedelta(days=4))
    moved_clock(NOW - dt.timedelta(days=2))
    ran(disk, Kind.COPY, NOW - dt.timedelta(days=2))
    assert checks._now() == ("watch", "Une sauvegarde n’est pas prouvée")
    moved_clock(NOW)
    ran(disk, Kind.COPY, NOW)
    tone, said = checks._now() or ("", "")
    assert (tone, str(said)) == ("danger", "L’essai quotidien d’une sauvegarde n’a pas eu lieu")
    assert [one.level for one in checks.backups() if "Disque A" in str(one.message)] == ["danger"]
    ran(disk, Kind.DRILL, NOW)
    assert checks._now() is None
    ran(disk, Kind.READ, NOW, Outcome.FAILED, "pack abîmé")
    assert (checks._now() or ("",))[0] == "danger"
    assert "pack abîmé" in str(checks.backups()[0].message)
    ran(disk, Kind.READ, NOW + dt.timedelta(seconds=1))
    assert checks._now() is None


def test_the_strip_shows_thirty_days_and_a_bad_trial_is_not_hidden_by_a_good_one(
    disk: Destination, moved_clock: Any, practice: object, client_as: Any
) -> None:
    moved_clock(NOW)
    ran(disk, Kind.COPY, NOW)
    ran(disk, Kind.DRILL, NOW - dt.timedelta(days=2), Outcome.FAILED)
    ran(disk, Kind.DRILL, NOW - dt.timedelta(days=2))
    ran(disk, Kind.DRILL, NOW - dt.timedelta(days=1))
    ran(disk, Kind.DRILL, NOW - dt.timedelta(days=60))
    (state,) = checks.states()
    assert [one.tone for one in state.history] == [""] * 27 + ["danger", "sound", ""]
    page = client_as("owner").get(reverse("continuity:overview")).content.decode()
    assert "Essais des trente derniers jours" in page


def test_the_sheet_is_wanted_once_a_quarter(
    disk: Destination, moved_clock: Any, practice: object, client_as: Any
) -> None:
    moved_clock(NOW)
    ran(disk, Kind.COPY, NOW - dt.timedelta(days=10))
    assert not sheet_checks.is_due(), "not in the first month"
    ran(disk, Kind.COPY, NOW - dt.timedelta(days=40))
    assert sheet_checks.is_due()
    assert "feuille de séquestre" in client_as("owner").get("/").content.decode()
    assert "Allez chercher la feuille" not in client_as("technician").get("/").content.decode()
    ran(disk, Kind.SHEET, NOW, Outcome.FAILED)
    assert sheet_checks.is_due()
    ran(disk, Kind.SHEET, NOW)
    assert not sheet_checks.is_due()
    moved_clock(NOW + dt.timedelta(days=93))
    assert sheet_checks.is_due()


def test_a_slip_of_the_hand_is_told_with_its_line_and_what_was_typed_is_kept_nowhere(
    disk: Destination, practice: object, client_as: Any, actors: Any
) -> None:
    typed = "QPZR Y9X8 GF2T VDW\n" * 5
    owner = client_as("owner")
    address = reverse("continuity:try_sheet")
    assert f">{disk.name}</option>" in owner.get(address).content.decode()
    answer = owner.post(address, {"place": str(disk.uuid), "lines": typed})
    assert answer.status_code == 422
    assert "igne 1" in answer.content.decode()
    assert not Run.objects.filter(kind=Kind.SHEET).exists(), "that is no failure of the sheet"
    here = {"place": str(disk.uuid)}
    for wrong in ({}, here, {"place": "x", "lines": typed}, here | {"lines": "x" * 500}):
        assert owner.post(address, wrong).status_code == 422
    assert client_as("technician").post(address, {}).status_code == 403
    with pytest.raises(Forbidden):
        drills.try_with_the_sheet(actors.technician, disk, typed)
