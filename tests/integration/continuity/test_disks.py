"""Removable disks in rotation: which is due, which may be unplugged, which was forgotten."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from cuspide.continuity import checks, disk_checks, disks, secrets, selectors
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import disks as rotation
from cuspide.continuity.services import rounds
from cuspide.core import clock
from cuspide.core.errors import DomainError, FieldErrors
from tests.support.backups import a_place

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)


class Sockets:
    """Which disks are plugged in, and where they are mounted then."""

    def __init__(self) -> None:
        self.there: dict[str, Path] = {}


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    made = Sockets()
    monkeypatch.setattr(disks, "mounted", lambda label: made.there.get(label))
    return made


def disk(name: str, label: str, **more: Any) -> Destination:
    fields = {"created_at": NOW - dt.timedelta(days=30), "disk_every_days": 3, "disk_label": label} | more
    return a_place(name, f"/gone/{label}", **fields)


def ran(one: Destination, kind: str, at: dt.datetime, outcome: str = Outcome.DONE, said: str = "") -> None:
    Run.objects.create(destination=one, kind=kind, outcome=outcome, started_at=at, ended_at=at, snapshot="a", said=said)


def said() -> dict[str, tuple[str, str]]:
    return {turn.disk.name: (turn.said["tone"], plain(turn.said["text"])) for turn in rotation.turns()}


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ")


def test_the_disk_whose_turn_it_is_is_asked_for_in_the_morning(practice: object, moved_clock: Any) -> None:
    a, b, c = (disk(f"Disque {one}", f"CABINET-{one}") for one in "ABC")
    for one, days in ((a, 3), (b, 2), (c, 1)):
        # Written at five in the afternoon: it is due that day's morning, not at five.
        ran(one, Kind.COPY, NOW - dt.timedelta(days=days) + dt.timedelta(hours=9))
    moved_clock(NOW)
    tones = {name: tone for name, (tone, _text) in said().items()}
    assert tones == {"Disque A": "watch", "Disque B": "sound", "Disque C": "sound"}
    assert [plain(one["text"]) for one in rotation.wanted()] == ["Disque A est attendu aujourd’hui : branchez-le."]
    moved_clock(NOW + dt.timedelta(days=2))
    assert said()["Disque A"] == ("danger", "Disque A manque : branchez-le.")


def test_plugged_in_written_read_back_unplugged_and_forgotten(
    practice: object, sockets: Sockets, moved_clock: Any, tmp_path: Path
) -> None:
    a = disk("Disque A", "CABINET-A", disk_allowed_hours=2)
    moved_clock(NOW)
    sockets.there["CABINET-A"] = tmp_path
    assert rotation.look() == [a]
    assert said()["Disque A"][0] == "info"
    ran(a, Kind.COPY, NOW)
    assert said()["Disque A"][0] == "info", "what was not read back is not done"
    ran(a, Kind.DRILL, NOW)
    assert said()["Disque A"] == ("sound", "Vous pouvez débrancher Disque A : il est écrit et relu.")
    assert [lamp.tone for lamp in selectors.lamps(checks.states())][2] == "watch"
    moved_clock(NOW + dt.timedelta(hours=2, minutes=1))
    rotation.look()
    assert said()["Disque A"] == ("danger", "Débranchez Disque A : il est branché depuis plus longtemps que permis.")
    assert [lamp.tone for lamp in selectors.lamps(checks.states())][2] == "danger"
    assert [one.level for one in disk_checks.found()] == ["danger"]
    sockets.there.clear()
    assert rotation.look() == []
    assert said()["Disque A"][0] == "sound"
    assert [lamp.tone for lamp in selectors.lamps(checks.states())][2] == "sound", "an unplugged disk is out of reach"


def test_a_disk_that_cannot_be_written_says_why_and_is_tried_again_later(
    practice: object, sockets: Sockets, moved_clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = disk("Disque A", "CABINET-A")
    moved_clock(NOW)
    sockets.there["CABINET-A"] = tmp_path
    tried: list[object] = []
    monkeypatch.setattr(rounds, "copy", lambda _home, those: tried.append(those) or [Run(outcome=Outcome.FAILED)])
    (a,) = rotation.look()
    rotation.serve(a)
    ran(a, Kind.COPY, NOW, Outcome.FAILED, "Il n’y a plus de place.")
    assert said()["Disque A"] == ("danger", "Disque A n’a pas pu être écrit ou relu. Il n’y a plus de place.")
    rotation.serve(a)
    assert len(tried) == 1
    moved_clock(NOW + dt.timedelta(minutes=31))
    rotation.serve(a)
    assert len(tried) == 2


def test_a_disk_has_its_turn_and_is_not_written_every_five_minutes(practice: object, sockets: Sockets) -> None:
    a = disk("Disque A", "CABINET-A", plugged_at=NOW)
    ran(a, Kind.COPY, NOW - dt.timedelta(days=9))
    assert rounds.due_destinations(clock.now()) == []
    assert rounds.drills_due(clock.now()) == []
    with pytest.raises(DomainError, match="branché"):
        secrets.access_to(a)
    sockets.there["CABINET-A"] = Path("/media/CABINET-A")
    assert secrets.access_to(a).place == "/media/CABINET-A/cuspide", "wherever it is mounted this time"


def test_a_disk_that_is_not_there_or_known_already_is_refused(
    practice: object, sockets: Sockets, actors: Any, tmp_path: Path
) -> None:
    disk("Disque A", "CABINET-A")
    for label in ("", "  ", "CABINET-B", "../CABINET-A"):
        with pytest.raises(FieldErrors):
            rotation.add(actors.owner, "Disque B", label)
    sockets.there["CABINET-A"] = tmp_path
    with pytest.raises(FieldErrors):
        rotation.add(actors.owner, "Disque B", "CABINET-A")


def test_the_page_the_card_and_the_form(practice: object, client_as: Any, sockets: Sockets, moved_clock: Any) -> None:
    disk("Disque A", "CABINET-A")
    moved_clock(NOW)
    owner = client_as("owner")
    assert "Disque A manque" in owner.get(reverse("continuity:overview")).content.decode()
    assert "Disque A manque" in owner.get("/").content.decode()
    assert "Disque A manque" not in client_as("secretary").get("/").content.decode()
    given = {"name": "Disque B", "label": "CABINET-B", "every_days": "7", "allowed_hours": "4"}
    for wrong in ({}, given, given | {"every_days": "0"}, given | {"allowed_hours": "-1"}, given | {"label": "x" * 61}):
        answer = owner.post(reverse("continuity:add_disk"), wrong)
        assert answer.status_code == 422
    assert Destination.objects.count() == 1
    assert owner.get(reverse("continuity:add_disk")).status_code == 200
