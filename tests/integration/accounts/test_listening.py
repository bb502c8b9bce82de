"""Whom the live stream lets in: an open session of somebody who may ask for a page, and nobody else."""

from typing import Any

import pytest

from cuspide.accounts import services
from cuspide.accounts.listening import people
from cuspide.core import clock
from cuspide.core.live import gate

pytestmark = pytest.mark.django_db


def key_of(client: Any) -> str:
    return str(client.session.session_key)


def test_a_signed_in_person_listens_with_her_own_rights(client_as: Any, practice: Any) -> None:
    key = key_of(client_as("secretary"))
    actor = gate.people({key})[key]
    assert actor.can("agenda.view")
    assert not actor.can("audit.read")


def test_an_invented_session_is_nobodys(client_as: Any, practice: Any) -> None:
    assert not people({"", "x" * 40, "' OR 1=1 --"})


def test_a_session_that_ended_listens_no_more(client_as: Any, practice: Any) -> None:
    client = client_as("secretary")
    key = key_of(client)
    assert people({key})
    client.logout()
    assert not people({key})


def test_a_session_ends_with_its_day(client_as: Any, practice: Any) -> None:
    import datetime as dt

    key = key_of(client_as("secretary"))
    with clock.freeze(clock.now() + dt.timedelta(days=2)):
        assert not people({key})


def test_all_sessions_ended_from_elsewhere_are_nobodys(client_as: Any, users: Any, practice: Any) -> None:
    key = key_of(client_as("secretary"))
    user = users["secretary"]
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    assert not people({key})


def test_a_closed_account_listens_no_more(client_as: Any, users: Any, actors: Any, practice: Any) -> None:
    key = key_of(client_as("secretary"))
    services.deactivate(actors.owner, users["secretary"])
    assert not people({key})


def test_an_owner_without_a_second_factor_hears_nothing_as_she_sees_nothing(
    client_as: Any, users: Any, practice: Any
) -> None:
    key = key_of(client_as("owner"))
    users["owner"].second_factor_at = None
    users["owner"].save(update_fields=["second_factor_at"])
    assert not people({key})


def test_a_thousand_sessions_cost_as_many_queries_as_one(
    client_as: Any, practice: Any, django_assert_max_num_queries: Any
) -> None:
    keys = {key_of(client_as(role)) for role in ("secretary", "assistant", "dentist")}
    people(keys)
    with django_assert_max_num_queries(3):
        assert len(people(keys | {f"{number:032d}" for number in range(1_000)})) == 3
