"""Queries that are built once answer what they would answer if they were built each time."""

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from django.db.models import Count, Q, QuerySet

from cuspide.accounts.models import Membership, User
from cuspide.core import clock
from cuspide.core.db.prepared import ALL, among, prepared

pytestmark = pytest.mark.django_db


def _make(name: str) -> User:
    return User.objects.create(email=f"{uuid.uuid4()}@example.org", display_name=name, password="!")


def test_each_asking_is_answered_for_its_own_values() -> None:
    @prepared
    def named(name: Any, public: Any, since: Any) -> QuerySet[User]:
        return User.objects.filter(display_name=name, uuid=public, created_at__gte=since, is_active=True)

    first, second, today = _make("Ada"), _make("Eve"), clock.now() - dt.timedelta(hours=1)
    assert named("Ada", first.uuid, today) == [first]
    assert named("Eve", second.uuid, today) == [second]
    assert named("Eve", first.uuid, today) == []
    assert named("Ada", first.uuid, clock.now() + dt.timedelta(hours=1)) == []
    assert named("x' OR 1=1 --", uuid.uuid4(), today) == []


def test_what_changed_since_is_seen_at_once(django_assert_num_queries: Any) -> None:
    @prepared
    def open_accounts(name: Any) -> QuerySet[User]:
        return User.objects.filter(display_name=name, is_active=True)

    user = _make("Ada")
    assert [one.language for one in open_accounts("Ada")] == [user.language]
    User.objects.filter(pk=user.pk).update(language="en")
    with django_assert_num_queries(1):
        assert [one.language for one in open_accounts("Ada")] == ["en"]
    User.objects.filter(pk=user.pk).update(is_active=False, deactivated_at=clock.now())
    assert open_accounts("Ada") == []


def test_joined_rows_narrowed_columns_and_sums_come_as_from_any_query(django_assert_num_queries: Any) -> None:
    @prepared
    def roles(user: Any) -> QuerySet[Membership]:
        return Membership.objects.select_related("user").only("role", "user__display_name").filter(user=user)[:1]

    @prepared
    def counted(user: Any) -> "QuerySet[Membership, Any]":
        return Membership.objects.filter(user=user).order_by().values("user_id").annotate(count=Count("pk"))

    for name in ("Ada", "Eve"):
        user = _make(name)
        Membership.objects.create(user=user, role="dentist", starts_on=clock.today())
        with django_assert_num_queries(1):
            (found,) = roles(user.pk)
            assert (found.role, found.user.display_name) == ("dentist", name)
        assert "starts_on" in found.get_deferred_fields()
        assert counted(user.pk) == [{"user_id": user.pk, "count": 1}]


def test_a_reach_is_never_kept_for_the_next_who_asks() -> None:
    @prepared
    def people(name: Any, where: Q = ALL) -> QuerySet[User]:
        return User.objects.filter(where, display_name=name)

    user = _make("Ada")
    assert people("Ada", where=Q(pk__in=[])) == []
    assert people("Ada", where=Q()) == [user]
    assert people("Ada", where=~Q(pk=user.pk)) == []
    assert people("Ada") == [user]


def test_a_value_that_no_column_takes_is_refused_and_not_compared() -> None:
    @prepared
    def named(name: Any) -> QuerySet[User]:
        return User.objects.filter(display_name=name)

    for value in (None, ["Ada"], object()):
        with pytest.raises(TypeError):
            named(value)


def test_among_many_it_is_built_for_each_power_of_two_and_answers_for_exactly_those(
    django_assert_num_queries: Any,
) -> None:
    built: list[int] = []

    @prepared
    def roles(users: Any, role: Any, where: Q = ALL) -> QuerySet[Membership]:
        built.append(len(users))
        return Membership.objects.filter(where, among("user_id", users), role=role).order_by("user_id")

    users = [_make(f"Person {number}") for number in range(9)]
    for user in users:
        Membership.objects.create(user=user, role="dentist", starts_on=clock.today())
    keys = [user.pk for user in users]
    for number in (9, 1, 5, 3, 2, 4, 8, 6, 7):
        with django_assert_num_queries(1):
            assert [one.user_id for one in roles(tuple(keys[:number]), "dentist")] == keys[:number]
    assert built == [16, 1, 8, 4, 2]
    assert roles(tuple(keys), "secretary") == []
    assert [one.user_id for one in roles(tuple(keys[:3]), "dentist", where=~Q(user_id=keys[0]))] == keys[1:3]
    with django_assert_num_queries(0):
        assert roles((), "dentist") == []


@pytest.mark.django_db(transaction=True)
def test_threads_with_connections_of_their_own_do_not_mix_what_they_ask() -> None:
    @prepared
    def named(name: Any) -> QuerySet[User]:
        return User.objects.filter(display_name=name)

    names = [f"Person {number}" for number in range(6)]
    for name in names:
        _make(name)
    wrong: list[str] = []

    def ask(name: str) -> None:
        try:
            for _ in range(40):
                if [one.display_name for one in named(name)] != [name]:
                    wrong.append(name)
        except Exception as error:
            wrong.append(f"{name}: {error!r}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_nothing_stays_nothing_whatever_a_column_holds() -> None:
    """What is nothing is not converted in the rows of a prepared query: no field of ours makes something of it."""
    asked = 0
    for model in apps.get_models():
        compiler = model._default_manager.all().query.get_compiler("default")
        compiler.pre_sql_setup()
        columns = [column for column, _sql, _alias in compiler.select]
        for converters, column in compiler.get_converters(columns).values():
            for convert in converters:
                asked += 1
                assert convert(None, column, compiler.connection) is None, f"{column}: {convert}"
    assert asked > 20
