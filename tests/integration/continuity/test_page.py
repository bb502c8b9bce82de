"""The page of the backups: its lamps, its places, and what the owner may ask for."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from cuspide.audit.models import Entry
from cuspide.continuity import checks, restic, selectors
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.core import clock
from cuspide.core.models import Job

pytestmark = pytest.mark.django_db
OVERVIEW = "continuity:overview"


def ended(disk: Destination, kind: str, outcome: str, said: str = "") -> Run:
    return Run.objects.create(
        destination=disk, kind=kind, outcome=outcome, ended_at=clock.now(), said=said, size=4_200_000
    )


def tones() -> list[str]:
    return [lamp.tone for lamp in selectors.lamps(checks.states())]


def shown(client: Any) -> str:
    answer = client.get(reverse(OVERVIEW))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_practice_without_backups_is_told_so_and_what_to_do(client: Any) -> None:
    page = shown(client)
    assert "Rien ne copie" in page
    assert tones() == ["danger", "danger", "danger"]


def test_the_lamps_turn_green_one_after_the_other(client: Any, disk: Destination) -> None:
    assert tones() == ["danger", "watch", "watch"]
    ended(disk, Kind.COPY, Outcome.DONE)
    assert tones() == ["sound", "watch", "watch"]
    ended(disk, Kind.DRILL, Outcome.DONE, "2000 patients")
    assert tones() == ["sound", "sound", "watch"]
    for only_takes, tone in ((False, "danger"), (True, "sound")):
        disk.only_takes = only_takes
        disk.save()
        assert tones() == ["sound", "sound", tone]
    assert "2000 patients" in shown(client)
    ended(disk, Kind.DRILL, Outcome.FAILED, "abîmée")
    assert tones() == ["sound", "danger", "sound"]
    assert "abîmée" in shown(client)


def test_a_place_that_takes_no_copies_is_refused_and_what_was_typed_is_kept(
    client: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(restic.shutil, "which", lambda _name: None)
    answer = client.post(reverse("continuity:add"), {"name": "Disque A", "place": str(tmp_path / "disk")})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "restic" in page
    assert "Disque A" in page
    assert not Destination.objects.exists()
    assert client.post(reverse("continuity:add"), {"name": "", "place": ""}).status_code == 422


def test_a_copy_and_a_trial_are_asked_for_and_an_end_is_traced(client: Any, disk: Destination) -> None:
    assert client.post(reverse("continuity:copy")).status_code == 302
    assert client.post(reverse("continuity:try", args=[disk.uuid])).status_code == 302
    assert Job.objects.count() == 2
    assert client.post(reverse("continuity:end", args=[disk.uuid])).status_code == 302
    assert Entry.objects.filter(action="continuity.end_place").count() == 1
    assert client.post(reverse("continuity:end", args=[disk.uuid])).status_code == 404
    assert client.post(reverse("continuity:try", args=[disk.uuid])).status_code == 404


def test_while_something_is_under_way_the_page_asks_again(client: Any, disk: Destination) -> None:
    assert "hx-get" not in client.get(reverse("continuity:state")).content.decode()
    Run.objects.create(destination=disk, kind=Kind.COPY)
    assert "hx-get" in client.get(reverse("continuity:state")).content.decode()
