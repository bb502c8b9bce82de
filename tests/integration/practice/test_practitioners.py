"""A practice of one's own gets its dentists: by the service, and by the command that the operator's guide names."""

from typing import Any

import pytest

from cuspide.audit.models import Entry
from cuspide.cli import line, practitioner
from cuspide.core.actor import Actor
from cuspide.core.errors import FieldErrors, Forbidden
from cuspide.practice.models import Practitioner, Site
from cuspide.practice.services import add_practitioner, create_practice

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
MARTIN = {"family_name": " Martin ", "given_name": "Anne"}


@pytest.fixture
def site() -> Site:
    return create_practice(SYSTEM, name="Cabinet des Tilleuls")


def test_a_dentist_is_added_with_numbers_as_they_are_typed(site: Site) -> None:
    made = add_practitioner(SYSTEM, entity=site.entity, **MARTIN, rpps="1000 0000 017", am_number="26 400 0019")
    assert (made.full_name, made.rpps, made.am_number) == ("Dr Anne Martin", "10000000017", "264000019")
    assert Entry.objects.filter(action="practice.add_practitioner").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rpps": "10000000018"}, "rpps"),
        ({"rpps": "1" * 5000}, "rpps"),
        ({"am_number": "12345678"}, "am_number"),
        ({"am_number": "٢٦٤٠٠٠٠١٩"}, "am_number"),
        ({"family_name": "  "}, "family_name"),
        ({"given_name": "A" * 81}, "given_name"),
        ({"given_name": "A\x00\x1b"}, "given_name"),
    ],
)
def test_what_cannot_be_a_name_or_a_number_is_refused(site: Site, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(FieldErrors) as refused:
        add_practitioner(SYSTEM, entity=site.entity, **MARTIN | wrong)
    assert list(refused.value.errors) == [field]
    assert not Practitioner.objects.exists()


def test_the_same_rpps_number_is_not_two_dentists(site: Site) -> None:
    add_practitioner(SYSTEM, entity=site.entity, **MARTIN, rpps="10000000017")
    with pytest.raises(FieldErrors):
        add_practitioner(SYSTEM, entity=site.entity, family_name="Noir", given_name="Paul", rpps="1000 0000 017")
    assert Practitioner.objects.count() == 1


def test_nobody_without_the_right_adds_one(site: Site) -> None:
    with pytest.raises(Forbidden):
        add_practitioner(Actor.nobody(), entity=site.entity, **MARTIN)


def test_the_command_asks_which_site_where_there_are_several(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cuspide.core import store
    from cuspide.core.errors import DomainError

    # The tests' own store is no folder that could be proved; the whole command is run by tests/faults.
    monkeypatch.setattr(store, "prove", lambda _home: None)
    monkeypatch.setattr(store, "refuse_unlike", lambda _home, _state: None)

    def run(*words: str) -> Any:
        typed = ["practitioner", "--family-name", "Martin", "--given-name", "Anne", *words]
        return practitioner.run(line.parser().parse_args(typed))

    assert run() == 0
    assert "Dr Anne Martin" in capsys.readouterr().out
    Site.objects.create(name="Cabinet du Port", entity=site.entity, time_zone=site.time_zone)
    with pytest.raises(DomainError) as refused:
        run()
    assert "Cabinet des Tilleuls, Cabinet du Port" in str(refused.value)
    assert run("--site", "Cabinet du Port") == 0
    assert [one.tint for one in Practitioner.objects.order_by("pk")] == [1, 2]
