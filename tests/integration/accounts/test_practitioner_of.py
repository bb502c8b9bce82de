"""Which of the practice's dentists an account is: said on the person's page, the owner's own too."""

from typing import Any

import pytest

from cuspide.accounts.models import User
from cuspide.audit.models import Entry
from cuspide.core.rights import Role
from cuspide.practice.services import retire_practitioner
from tests.integration import sites

pytestmark = pytest.mark.django_db


def say(client: Any, user: Any, practitioner: Any, was: Any = None) -> Any:
    sent = {"practitioner": practitioner.uuid if practitioner else "", "was": was.uuid if was else ""}
    return client.post(f"/account/team/{user.uuid}/practitioner/", sent)


def test_the_owner_ties_her_own_account_and_the_practitioners_page_says_so(
    client_as: Any, users: Any, practice: Any
) -> None:
    owner, me = client_as(Role.OWNER), users[Role.OWNER]
    assert say(owner, me, None, was=practice.dentists[0]).status_code == 302
    assert User.objects.get(pk=me.pk).practitioner is None
    assert say(owner, me, practice.dentists[1]).status_code == 302
    held = User.objects.get(pk=me.pk)
    assert held.practitioner == practice.dentists[1]
    assert held.rights_version > me.rights_version, "her next page knows"
    assert me.display_name in owner.get("/practice/practitioners/").content.decode()
    entry = Entry.objects.filter(action="accounts.say_practitioner").latest("pk")
    assert "Dr Hugo LEFÈVRE" in owner.get(f"/audit/{entry.uuid}/").content.decode()


def test_the_second_of_two_is_told_that_somebody_else_said_otherwise(client_as: Any, users: Any, practice: Any) -> None:
    owner, user = client_as(Role.OWNER), users[Role.SECRETARY]
    say(owner, user, practice.dentists[0])
    late = say(owner, user, practice.dentists[1])
    assert late.status_code == 422
    assert "entre-temps" in late.content.decode()
    assert User.objects.get(pk=user.pk).practitioner == practice.dentists[0]


def test_nobody_becomes_a_practitioner_who_left_or_whom_she_replaces(
    client_as: Any, users: Any, actors: Any, practice: Any
) -> None:
    owner, user = client_as(Role.OWNER), users[Role.SECRETARY]
    sites.replacing(user, practice.dentists[1], practice.site)
    assert "remplace" in say(owner, user, practice.dentists[1]).content.decode()
    retire_practitioner(actors.owner, practice.dentists[0])
    assert say(owner, user, practice.dentists[0]).status_code == 422
    assert User.objects.get(pk=user.pk).practitioner is None
    assert not Entry.objects.filter(action="accounts.say_practitioner").exists()


def test_an_own_agenda_needs_a_practitioner(client_as: Any, practice: Any) -> None:
    dentist = sites.person(Role.DENTIST, practitioner=practice.dentists[1], own_agenda=True)
    answer = say(client_as(Role.OWNER), dentist, None, was=practice.dentists[1])
    assert "retirez d’abord ce rôle" in answer.content.decode()
    assert User.objects.get(pk=dentist.pk).practitioner == practice.dentists[1]


@pytest.mark.parametrize(
    "sent", [{"practitioner": "x"}, {"practitioner": "0" * 5000}, {"was": "x", "practitioner": ""}]
)
def test_what_names_nobody_is_refused(client_as: Any, users: Any, sent: dict[str, str]) -> None:
    user = users[Role.DENTIST]
    answer = client_as(Role.OWNER).post(f"/account/team/{user.uuid}/practitioner/", sent)
    assert answer.status_code == 422
    assert User.objects.get(pk=user.pk).practitioner == user.practitioner


def test_only_who_rules_the_whole_account_says_it(practice: Any) -> None:
    two = sites.second_site(practice.entity)
    owner_there, everywhere = sites.person(Role.OWNER, two.there), sites.person(Role.DENTIST)
    client = sites.browser(owner_there)
    assert "say_practitioner" not in client.get(f"/account/team/{everywhere.uuid}/").content.decode()
    assert say(client, everywhere, two.dentist_there).status_code == 403
    assert User.objects.get(pk=everywhere.pk).practitioner is None
