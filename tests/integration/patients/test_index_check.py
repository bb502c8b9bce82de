"""`cuspide check` says whether everybody is found, and `cuspide search rebuild` mends it."""

import argparse
from typing import Any

import pytest

from cuspide.cli import search as rebuild
from cuspide.core.actor import Actor
from cuspide.patients.checks import search
from cuspide.patients.models import Posting
from cuspide.patients.selectors import find_patients
from cuspide.patients.services import index

pytestmark = pytest.mark.django_db


def test_a_whole_index_is_said_to_be_whole(make_patient: Any) -> None:
    make_patient(birth_name="Lefebvre")
    assert [finding.level for finding in search()] == ["ok"]


def test_an_empty_practice_is_well(practice: Any) -> None:
    assert [finding.level for finding in search()] == ["ok"]


@pytest.mark.parametrize("harm", ["gone", "foreign", "rank"])
def test_whoever_is_not_found_is_counted_and_the_index_made_anew(make_patient: Any, harm: str) -> None:
    her = make_patient(birth_name="Lefebvre")
    make_patient(birth_name="Dubois")
    one = Posting.objects.get(patient=her, token="lefebvre")
    if harm == "gone":
        one.delete()
    elif harm == "foreign":
        Posting.objects.create(patient=her, token="zzz", rank=0)
    else:
        Posting.objects.filter(pk=one.pk).update(rank=3)
    [finding] = search()
    assert finding.level == "danger"
    assert "1" in finding.message
    assert "cuspide search rebuild" in finding.remedy
    assert list(index.rebuild()) == [2]
    assert [finding.level for finding in search()] == ["ok"]
    assert [each.patient for each in find_patients(Actor.system("test"), "lefebvre")] == [her]


def test_half_a_rebuild_changes_nothing(make_patient: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_patient(birth_name="Lefebvre")
    kept = set(Posting.objects.values_list("patient", "token"))

    def broken(*_given: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(index, "index_many", broken)
    with pytest.raises(OSError, match="disk full"):
        list(index.rebuild())
    assert set(Posting.objects.values_list("patient", "token")) == kept


def test_the_command_makes_it_anew(
    make_patient: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests' store is not where a practice's is.
    monkeypatch.setattr("cuspide.core.store.prove", lambda home: home)
    make_patient(birth_name="Lefebvre")
    Posting.objects.all().delete()
    assert rebuild.run(argparse.Namespace()) == 0
    assert "1" in capsys.readouterr().out
    assert [finding.level for finding in search()] == ["ok"]
