"""The pages of the way back: the calendar of points, what would be lost by name, and who may see it."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.continuity import lost, points, switching
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.restic import Snapshot
from cuspide.core import clock, keystore
from cuspide.core.errors import DomainError
from cuspide.core.models import Job
from tests.integration.world import World

pytestmark = pytest.mark.django_db


def copied(disk: Destination, at: dt.datetime, snapshot: str) -> Run:
    return Run.objects.create(
        destination=disk, kind=Kind.COPY, outcome=Outcome.DONE, started_at=at, ended_at=at, snapshot=snapshot
    )


@pytest.fixture
def beside() -> Iterator[Path]:
    """A point lies beside, as it was before whatever the test writes."""
    folder = keystore.practice_home().folder / "backup" / "beside"
    folder.mkdir(parents=True)
    said = {"snapshot": "a" * 64, "at": "2026-11-30T13:05:00.123456789Z", "place": "Disque A", "marks": lost.marks(),
            "patients": 1, "entries": 2, "files": 3, "older": False}  # fmt: skip
    (folder / "point.json").write_text(json.dumps(said))
    (folder / "store.sqlite3").touch()
    yield folder
    for one in folder.iterdir():
        one.unlink()
    folder.rmdir()


def test_the_calendar_shows_the_points_of_a_place_by_day_and_hour(client: Any, disk: Destination) -> None:
    # 00:30 on the wall of Paris is the day before in UTC.
    copied(disk, dt.datetime(2026, 11, 29, 23, 30, tzinfo=dt.UTC), "b" * 64)
    copied(disk, dt.datetime(2026, 11, 30, 13, 5, tzinfo=dt.UTC), "c" * 64)
    failed = copied(disk, dt.datetime(2026, 11, 30, 13, 10, tzinfo=dt.UTC), "")
    failed.outcome = Outcome.FAILED
    failed.save()
    month = points.month_of(disk, dt.date(2026, 11, 3))
    assert {one.date.day: one.points for week in month.weeks for one in week if one.points} == {30: 2}
    page = client.get(reverse("continuity:points", args=[disk.uuid]) + "?day=2026-11-30").content.decode()
    assert "novembre 2026" in page
    assert page.index("14:05") < page.index("00:30")
    assert "14:10" not in page, "what failed is no point"
    for nonsense in ("?day=2026-13-45", "?day=x", "?day=0001-01-01", "?day=9999-12-31"):
        assert client.get(reverse("continuity:points", args=[disk.uuid]) + nonsense).status_code == 200


def test_a_point_that_the_place_never_had_is_not_found(client: Any, disk: Destination) -> None:
    copied(disk, clock.now(), "c" * 64)
    address = reverse("continuity:bring", args=[disk.uuid])
    for wrong in ("", "d" * 64, "--help", "latest"):
        assert client.post(address, {"snapshot": wrong}).status_code == 404
    assert not Job.objects.exists()
    assert client.post(address, {"snapshot": "c" * 64}).status_code == 302
    assert Job.objects.count() == 1
    assert "hx-get" in client.get(reverse("continuity:earlier")).content.decode()


def test_what_was_written_since_is_named_and_reading_it_is_traced(
    client: Any, beside: Path, make_patient: Any, django_assert_max_num_queries: Any
) -> None:
    make_patient(birth_name="PERDREAU")
    with django_assert_max_num_queries(60):
        page = client.get(reverse("continuity:earlier")).content.decode()
    assert "PERDREAU" in page
    assert "30/11/2026" in page
    assert Entry.objects.filter(action="continuity.lost").count() == 1
    assert [one.since for one in lost.since(lost.marks())] == [0, 0, 0, 0, 0]
    assert "HX-Refresh" in client.get(reverse("continuity:earlier_state"))
    assert client.post(reverse("continuity:drop")).status_code == 302
    beside.mkdir()
    assert "PERDREAU" not in client.get(reverse("continuity:earlier")).content.decode()


def test_a_technician_sets_backups_up_and_does_not_see_who_is_in_them(
    practice: object, client_as: Any, disk: Destination, beside: Path
) -> None:
    copied(disk, clock.now(), "c" * 64)
    technician = client_as("technician")
    assert "Revenir en arrière" not in technician.get(reverse("continuity:overview")).content.decode()
    for name in ("earlier", "earlier_state"):
        assert technician.get(reverse(f"continuity:{name}")).status_code == 403
    assert technician.post(reverse("continuity:switch")).status_code == 403


def test_without_a_point_nothing_is_switched(client: Any) -> None:
    for name in ("switch", "switch_back"):
        assert client.post(reverse(f"continuity:{name}")).status_code == 302
    assert not Job.objects.exists()
    assert "Rien n’est restauré à côté" in client.get(reverse("continuity:earlier")).content.decode()


SNAPSHOTS = [
    Snapshot("aa11", "2026-11-29T23:30:00.123456789Z"),
    Snapshot("aa22", "2026-11-30T13:05:00+00:00"),
    Snapshot("bb33", "2026-11-30T14:05:00.1+01:00"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("", "bb33"), ("aa1", "aa11"), ("2026-11-30", "bb33"), ("2026-11-30 00:30", "aa11"), ("2026-11-30T9:15", "aa11")],
)
def test_a_point_is_named_by_its_beginning_or_by_day_and_hour(wanted: str, found: str) -> None:
    assert points.chosen(SNAPSHOTS, wanted).id == found


@pytest.mark.parametrize("wanted", ["aa", "zz", "2026-11-29", "30/11/2026", "latest"])
def test_a_point_that_is_none_or_two_is_refused(wanted: str) -> None:
    with pytest.raises(DomainError):
        points.chosen(SNAPSHOTS, wanted)


def test_a_note_of_a_switch_that_names_a_place_outside_reaches_nothing_there(tmp_path: Path) -> None:
    """`copies/` keeps the old store whatever the note says."""
    from cuspide.core.home import Home

    home = Home(tmp_path / "home")
    home.folder.mkdir()
    home.store_file.write_bytes(b"old")
    (home.folder / "new").write_bytes(b"new")
    (home.folder / "switching.json").write_text(json.dumps({"coming": "new", "aside": "../../x.sqlite3"}))
    kept = switching.settle(home)
    assert kept == home.folder / "copies" / "x.sqlite3"
    assert (kept.read_bytes(), home.store_file.read_bytes()) == (b"old", b"new")


def test_all_that_a_practice_writes_can_be_named(world: World) -> None:
    nothing = {"written": {}, "entry": 0}
    found = lost.since(nothing)
    assert all(one.lines and one.since == one.now for one in found)
    assert all(str(line.who) and str(line.what) and line.at for one in found for line in one.lines)
    assert lost.deeds_since(nothing)
